"""What may be on a panel by all that was accepted: asked again each time, with the time.

A panel never goes dark because a document is old. What ends is said in the release itself; that nothing new was heard
for long hides only what its release calls time-critical.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from playlists.board import Board
from playlists.trust.emergency import Emergency, Severity, Text, Urgency
from playlists.trust.release import Release, ReleasedFile
from playlists.trust.rules import Rule, Untrusted
from playlists.trust.statements import Values
from playlists.trust.trusted import Clock, Held, Trusted


class Rest(StrEnum):
    """Why bytes are not shown now."""

    UNRELEASED = "unreleased"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    NOT_YET = "not_yet"
    OVER = "over"
    CLOCK_UNKNOWN = "clock_unknown"
    SILENCE = "silence"
    """Nothing was heard of the server for longer than the release allows."""


RULE_OF_REST: dict[Rest, Rule] = {
    Rest.UNRELEASED: Rule.V15_RELEASED_ONLY,
    Rest.WITHDRAWN: Rule.V13_WITHDRAWN,
    Rest.HELD: Rule.V13_WITHDRAWN,
    Rest.NOT_YET: Rule.V11_WINDOW,
    Rest.OVER: Rule.V11_WINDOW,
    Rest.CLOCK_UNKNOWN: Rule.V10_TIME,
    Rest.SILENCE: Rule.V10_TIME,
}


def rest(trusted: Trusted, sha256: str, clock: Clock) -> Rest | None:
    """Return why bytes may not be shown by a playlist now, or None when a release allows it."""
    found = Rest.UNRELEASED
    for name, held in trusted.releases.items():
        if held.document.template is None and any(one.sha256 == sha256 for one in held.document.files):
            why = _rest(trusted, name, held.document, sha256, clock)
            if why is None:
                return None
            found = why
    return found


def shown(trusted: Trusted, clock: Clock) -> frozenset[str]:
    """Return the digests of everything that playlists may show now: those for which `rest` gives no reason."""
    found: set[str] = set()
    for name, held in trusted.releases.items():
        if held.document.template is None and _rest(trusted, name, held.document, name, clock) is None:
            found.update(_digests(held.document))
    held_back = trusted.hold.document.holds if trusted.hold is not None else ()
    return frozenset(found.difference(trusted.withdrawn, held_back))


def boards_shown(trusted: Trusted, clock: Clock) -> tuple[Board, ...]:
    """Return the boards, as they were released, of the releases that may be shown now."""
    return tuple(
        board
        for name, held in trusted.releases.items()
        if held.document.boards
        if held.document.template is None and _rest(trusted, name, held.document, name, clock) is None
        for board in held.document.boards
    )


def emergencies(trusted: Trusted, clock: Clock) -> tuple[Emergency, ...]:
    """Return the emergencies that run now, most serious and urgent first, then the newest. They end by themselves."""
    now = trusted.time(clock)
    running = [held.document for held in trusted.emergencies.values() if held.document.expires_at > now]
    return tuple(sorted(running, key=_weight))


def pictures(trusted: Trusted, one: Emergency) -> frozenset[str]:
    """Return the digests that an emergency may show: of its template's release or its own, but nothing withdrawn."""
    if one.text is Text.FREE:
        found: Iterable[ReleasedFile] = one.pictures
    else:
        held = trusted.releases.get(one.release or "")
        found = held.document.segments if held is not None else ()
    return frozenset(picture.sha256 for picture in found) - trusted.withdrawn


def values(trusted: Trusted, board: UUID, clock: Clock) -> Values | None:
    """Return the values of a board that hold now."""
    held: Held[Values] | None = trusted.values.get(board)
    return held.document if held is not None and held.document.expires_at > trusted.time(clock) else None


class Bytes:
    """Hashes bytes on their way, when they are downloaded and again when they are opened for display (V12)."""

    def __init__(self, expected: ReleasedFile) -> None:
        self._expected, self._left = expected, expected.size
        self._sha256 = hashlib.sha256()

    def take(self, chunk: bytes) -> bytes:
        """Count and hash some bytes and hand them back.

        Raises:
            Untrusted: V12, there are more than were released.
        """
        self._left -= len(chunk)
        if self._left < 0:
            raise Untrusted(Rule.V12_BYTES, f"more than the {self._expected.size} bytes that were released")
        self._sha256.update(chunk)
        return chunk

    def end(self) -> None:
        """Say that these were all.

        Raises:
            Untrusted: V12, bytes are missing, or they are others than those released.
        """
        if self._left or self._sha256.hexdigest() != self._expected.sha256:
            raise Untrusted(Rule.V12_BYTES, "not the bytes that were released")


def checked(expected: ReleasedFile, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield chunks as they come and refuse at the first byte too many, or at the end when they are not the right ones.

    Raises:
        Untrusted: V12.
    """
    passing = Bytes(expected)
    for chunk in chunks:
        yield passing.take(chunk)
    passing.end()


@lru_cache(maxsize=4096)
def _digests(release: Release) -> frozenset[str]:
    return frozenset(one.sha256 for one in release.files)


def _rest(trusted: Trusted, name: str, release: Release, sha256: str, clock: Clock) -> Rest | None:
    now = trusted.time(clock)
    if trusted.withdrawn & {name, sha256}:
        return Rest.WITHDRAWN
    if trusted.hold is not None and {name, sha256} & set(trusted.hold.document.holds):
        return Rest.HELD
    if release.show_until <= now:
        return Rest.OVER
    if now < release.not_before:
        return Rest.NOT_YET
    if not release.time_critical:
        return None
    if not clock.is_known:
        return Rest.CLOCK_UNKNOWN
    is_silent = now - trusted.heard_at > timedelta(days=release.max_offline_days)
    return Rest.SILENCE if is_silent else None


def _weight(one: Emergency) -> tuple[int, int, float]:
    severities, urgencies = list(Severity), list(Urgency)
    return severities.index(one.severity), urgencies.index(one.urgency), -one.issued_at.timestamp()
