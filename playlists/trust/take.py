"""Taking signed documents: bytes and a clock in, the next state out, or a refusal that names its rule.

Nothing is done here. Whoever calls stores the returned state first and acts on it then. What was accepted before
comes back as the same state, so that a document may arrive any number of times.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import ValidationError

from playlists.board import Board
from playlists.board_values import unfit
from playlists.manifest import PAYLOAD_TYPE as MANIFEST_TYPE
from playlists.manifest import Manifest
from playlists.trust.envelope import Envelope, parse_envelope
from playlists.trust.quorum import Signers, signers
from playlists.trust.release import Release
from playlists.trust.root import LEAST_SIGNERS, RoleName
from playlists.trust.rules import Late, Rule, Untrusted
from playlists.trust.shape import Document
from playlists.trust.statements import Hold, Time, Values, Withdrawal
from playlists.trust.strict import strict_json
from playlists.trust.trusted import REACH, Clock, Counter, Held, Source, Trusted


class Opened(NamedTuple):
    """An envelope, what it holds, and who of those who count at the reader's site signed it."""

    envelope: Envelope
    signers: Signers


def open_document(trusted: Trusted, content: bytes, shape: type[Document]) -> Opened:
    """Open an envelope of the expected type; nothing of its payload is read yet (V1 to V4).

    Raises:
        Untrusted: V1, V2, V3, V4 or V6.
    """
    envelope = parse_envelope(content, shape.payload_type, most_bytes=shape.most_bytes)
    return Opened(envelope, signers(envelope, trusted.root.document, trusted.reader.site))


def take_release(trusted: Trusted, content: bytes, clock: Clock) -> Trusted:
    """Accept a release.

    Raises:
        Untrusted: V1 to V6, V8 for others, V9b retired, V11 over, V13 withdrawn.
    """
    opened = open_document(trusted, content, Release)
    digest = opened.envelope.digest
    if digest in trusted.releases:
        return trusted
    release = read_release(opened)
    if not release.audience.includes(trusted.reader):
        raise Untrusted(Rule.V8_AUDIENCE, "a release for other panels")
    if digest in trusted.retired:
        raise Untrusted(Rule.V9B_RETIRED, "a release that a later one retired")
    if release.show_until <= trusted.time(clock):
        raise Late(Rule.V11_WINDOW, "a release that is over")
    if digest in trusted.withdrawn or trusted.withdrawn.issuperset(one.sha256 for one in release.files):
        raise Untrusted(Rule.V13_WITHDRAWN, "a release that was withdrawn")
    gone = trusted.retired | set(release.retires)
    kept = {name: held for name, held in trusted.releases.items() if name not in gone}
    kept[digest] = Held.of(release, content, opened.envelope)
    return _surely(replace(trusted, releases=kept, retired=gone), release.issued_at, clock)


def read_release(opened: Opened) -> Release:
    """Return a release after its signers were held to the route that it names (V5, V6, and what its form breaks).

    V6 wants a payload read only after its signatures hold, and the route stands in the payload: so at least two
    people have to have signed before it is read, and the route is judged then.
    """
    opened.signers.need_people(LEAST_SIGNERS)
    release = Release.read(opened.envelope.payload)
    route = opened.signers.root.route(release.route)
    if route is None:
        raise Untrusted(Rule.V5_SIGNERS, f"the root knows no route {release.route}")
    sites = {*release.audience.sites, *(one.site for one in release.audience.panels)}
    if route.sites and not sites <= set(route.sites):
        raise Untrusted(Rule.V8_AUDIENCE, f"the route {route.id} does not lead to all of the release's sites")
    opened.signers.without(release.author).need_route(route, release.concerns)
    return release


def take_withdrawal(trusted: Trusted, content: bytes, clock: Clock) -> Trusted:
    """Accept a withdrawal; one of what was withdrawn already changes nothing.

    Raises:
        Untrusted: V1 to V6, V8, V10.
    """
    opened = open_document(trusted, content, Withdrawal)
    opened.signers.need(RoleName.APPROVER, 1)
    one = Withdrawal.read(opened.envelope.payload)
    if not one.audience.includes(trusted.reader):
        raise Untrusted(Rule.V8_AUDIENCE, "a withdrawal for other panels")
    withdrawn = trusted.withdrawn | set(one.withdraws)
    if withdrawn == trusted.withdrawn:
        return trusted
    reached = within_reach(trusted, one.issued_at, clock)
    kept = {name: held for name, held in reached.releases.items() if name not in withdrawn}
    return replace(reached, withdrawn=withdrawn, releases=kept)


def take_hold(trusted: Trusted, content: bytes, clock: Clock) -> Trusted:
    """Accept the list of what rests.

    Raises:
        Untrusted: V1 to V6, V8, V9, V10.
    """
    opened = open_document(trusted, content, Hold)
    opened.signers.need(RoleName.SERVER)
    if trusted.hold is not None and trusted.hold.digest == opened.envelope.digest:
        return trusted
    one = Hold.read(opened.envelope.payload)
    _check_site(trusted, one.site)
    _check_number(trusted, Counter.HOLD, one.seq)
    reached = heard(within_reach(trusted, one.issued_at, clock), one.issued_at)
    return replace(reached, hold=Held.of(one, content, opened.envelope)).counted(Counter.HOLD, one.seq)


def take_values(trusted: Trusted, content: bytes, clock: Clock) -> Trusted:
    """Accept the values of a board.

    Raises:
        Untrusted: V1 to V6, V8, V9, V10, V11 over, V15 outside of what was released for the board.
    """
    opened = open_document(trusted, content, Values)
    opened.signers.need(RoleName.STATUS)
    one = Values.read(opened.envelope.payload)
    held = trusted.values.get(one.board)
    if held is not None and held.digest == opened.envelope.digest:
        return trusted
    _check_site(trusted, one.site)
    _check_number(trusted, Counter.VALUES, one.seq, one.board)
    reached = within_reach(trusted, one.issued_at, clock)
    if one.expires_at <= reached.time(clock):
        raise Late(Rule.V11_WINDOW, "values that are over")
    if not any(unfit(board, one.values) is None for board in released_boards(trusted, one.board)):
        raise Untrusted(Rule.V15_RELEASED_ONLY, "values that no released board allows")
    kept = {**reached.values, one.board: Held.of(one, content, opened.envelope)}
    return replace(reached, values=kept).counted(Counter.VALUES, one.seq, one.board)


def take_time(trusted: Trusted, content: bytes, nonce: str, clock: Clock) -> tuple[Trusted, Clock]:
    """Accept the server's answer about the time; it can only put the clock forward.

    A synchronised clock stays as it is. What is told holds until the next start, and the floor hardly follows: so a
    stolen server key cannot make a kiosk believe for ever that everything is over.

    Raises:
        Untrusted: V1 to V6, V10 another nonce, or a time before the trusted one.
    """
    opened = open_document(trusted, content, Time)
    opened.signers.need(RoleName.SERVER)
    one = Time.read(opened.envelope.payload)
    if one.nonce != nonce:
        raise Untrusted(Rule.V10_TIME, "an answer to another question")
    if one.issued_at < trusted.floor:
        raise Untrusted(Rule.V10_TIME, "the clock is not put back")
    if clock.source is Source.SYNCHRONISED:
        return heard(within_reach(trusted, one.issued_at, clock), one.issued_at), clock
    told = Clock(max(one.issued_at, trusted.time(clock)), Source.TOLD)
    return heard(within_reach(trusted, one.issued_at, told), one.issued_at), told


def take_manifest(trusted: Trusted, content: bytes, clock: Clock) -> tuple[Trusted, Manifest]:
    """Accept a manifest: by the root's server key, for this kiosk, newer, and naming released segments only.

    Raises:
        Untrusted: V1 to V6, V8, V9, V10, V15.
    """
    manifest = read_manifest(trusted, content)
    _check_number(trusted, Counter.MANIFEST, manifest.seq)
    reached = within_reach(trusted, manifest.issued_at, clock)
    check_released(trusted, manifest)
    return heard(reached, manifest.issued_at).counted(Counter.MANIFEST, manifest.seq), manifest


def read_manifest(trusted: Trusted, content: bytes) -> Manifest:
    """Return the manifest that a server key of the root signed for this kiosk, whatever its number and its releases.

    Raises:
        Untrusted: V1 to V6, V8.
    """
    envelope = parse_envelope(content, MANIFEST_TYPE)
    signers(envelope, trusted.root.document, trusted.reader.site).need(RoleName.SERVER)
    manifest = _manifest(envelope)
    if (manifest.kiosk_id, manifest.panel.id, manifest.site) != (
        trusted.reader.kiosk,
        trusted.reader.panel,
        trusted.reader.site,
    ):
        raise Untrusted(Rule.V8_AUDIENCE, "a manifest for another kiosk, panel or site")
    return manifest


def check_released(trusted: Trusted, manifest: Manifest) -> None:
    """Hold a manifest to what was released (V15): its segments in all that is said of them, and its boards.

    Raises:
        Untrusted: V15, with what is missing.
    """
    if missing := set(manifest.releases) - trusted.releases.keys():
        raise Untrusted(Rule.V15_RELEASED_ONLY, f"{len(missing)} of its releases are not here or do not count")
    released = [trusted.releases[name].document for name in manifest.releases]
    notices = [one for one in released if one.template is None]
    allowed = {
        (one.sha256, one.size, one.profile, one.language, one.duration_ms)
        for release in notices
        for one in release.segments
    }
    for one in manifest.segments:
        if (one.sha256, one.size, one.profile, one.language, one.duration_ms) not in allowed:
            raise Untrusted(Rule.V15_RELEASED_ONLY, f"no release of the manifest allows the segment {one.sha256}")
    for board in manifest.boards:
        if all(board not in release.boards for release in notices):
            raise Untrusted(Rule.V15_RELEASED_ONLY, f"no release of the manifest allows the board {board.id} as it is")


def without_the_over(trusted: Trusted, manifest: Manifest) -> Trusted:
    """Return the state without releases that are over for sure and that the manifest does not name.

    They would be refused if they came again, so forgetting them changes nothing; else a kiosk would keep all for ever.
    """
    kept = {
        name: held
        for name, held in trusted.releases.items()
        if held.document.show_until > trusted.floor or name in manifest.releases
    }
    return replace(trusted, releases=kept) if len(kept) < len(trusted.releases) else trusted


def released_boards(trusted: Trusted, board: UUID) -> tuple[Board, ...]:
    """Return how a board was released, by each release that is accepted."""
    held = (one.document for one in trusted.releases.values())
    return tuple(found for release in held for found in release.boards if found.id == board)


def within_reach(trusted: Trusted, issued_at: datetime, clock: Clock) -> Trusted:
    """Return the state after one key said a time: the floor rises, but never past a synchronised clock.

    Without one it rises to a day after the last word of two people at most, however often the key is used.

    Raises:
        Untrusted: V10, the time lies more than a day ahead of the trusted one.
    """
    if issued_at > trusted.time(clock) + REACH:
        raise Untrusted(Rule.V10_TIME, "issued more than a day ahead of the trusted time")
    kept = clock.now if clock.source is Source.SYNCHRONISED else trusted.sure + REACH
    return replace(trusted, floor=max(trusted.floor, min(issued_at, kept)))


def heard(trusted: Trusted, issued_at: datetime) -> Trusted:
    """Return the state after the server's key said something."""
    return replace(trusted, heard_at=max(trusted.heard_at, issued_at))


def _surely(trusted: Trusted, issued_at: datetime, clock: Clock) -> Trusted:
    said = min(issued_at, clock.now) if clock.source is Source.SYNCHRONISED else issued_at
    return replace(trusted, floor=max(trusted.floor, said), sure=max(trusted.sure, said))


def _manifest(envelope: Envelope) -> Manifest:
    written = strict_json(envelope.payload)
    try:
        return Manifest.model_validate_json(json.dumps(written))
    except (ValidationError, OverflowError) as error:
        raise Untrusted(Rule.V6_FORM, f"not a manifest that this program understands ({_first(error)})") from error


def _first(error: ValidationError | OverflowError) -> str:
    if isinstance(error, OverflowError):
        return str(error)
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'document'}: {first['msg']}"


def _check_site(trusted: Trusted, site: str) -> None:
    if site != trusted.reader.site:
        raise Untrusted(Rule.V8_AUDIENCE, f"a document for the site {site}")


def _check_number(trusted: Trusted, counter: Counter, number: int, of: UUID | None = None) -> None:
    last = trusted.last(counter, of)
    if number <= last:
        raise Untrusted(Rule.V9_NUMBER, f"{counter} {number} is not newer than {last}")
