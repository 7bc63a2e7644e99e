"""The ladder a panel comes down when content is missing, damaged or not due: always a picture that was allowed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from kiosk_agent.airings import Airings, Plan
from kiosk_agent.core import events
from kiosk_agent.core.seal import Seal, Verified
from playlists.ids import sha256_hex
from playlists.manifest import Manifest
from playlists.timeline import Facts
from tests.kiosk_agent.making import digest, document, envelope
from tests.kiosk_agent.playbook import Playbook

URGENT, HIGH, LOW, DEFAULT = (digest(number) for number in (1, 2, 3, 4))
ALL = frozenset({URGENT, HIGH, LOW, DEFAULT})
NAMES = {URGENT: "urgent", HIGH: "high", LOW: "low", DEFAULT: "default"}
NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
HOURS = [{"weekdays": list(range(1, 8)), "start": "06:00", "end": "22:00"}]


def no_boards(key: str, seconds: float) -> Verified | None:
    raise AssertionError(f"no board is on air, and {key} was asked for within {seconds} s")


def playlist(number: int) -> dict[str, object]:
    made = document(numbers=(number,))["playlists"][0]
    return {**made, "id": str(UUID(int=500 + number))}


def manifest() -> Manifest:
    """Return a manifest with an override, two schedule entries and a default playlist, dark from 22:00 to 06:00."""
    made = document(numbers=(1, 2, 3, 4))
    made["panel"] |= {"operating_hours": HOURS}
    made["playlists"] = [playlist(number) for number in (1, 2, 3, 4)]
    made["default_playlist_id"] = str(UUID(int=504))
    window = {"weekdays": list(range(1, 8)), "start": "00:00", "end": "24:00"}
    made["schedule"] = [
        {"id": str(UUID(int=700 + number)), "playlist_id": str(UUID(int=500 + number)), "daypart": window} | more
        for number, more in ((2, {"priority": 5}), (3, {"priority": 1}))
    ]
    urgent = {"starts_at": "2026-11-25T00:00:00.000Z", "ends_at": "2026-11-26T00:00:00.000Z"}
    made["overrides"] = [{"id": str(UUID(int=800)), "playlist_id": str(UUID(int=501)), "priority": 9} | urgent]
    return Manifest.model_validate(made)


def opened(sha256: str) -> Verified:
    return Verified(Path(sha256), Seal(1, 1, ""))


@pytest.mark.parametrize(
    ("at", "missing", "damaged", "trusted", "shown"),
    [
        (NOON, (), (), True, "urgent"),
        (NOON, (URGENT,), (), True, "high"),
        (NOON, (), (URGENT,), True, "high"),
        (NOON, (URGENT,), (HIGH,), True, "low"),
        (NOON, (URGENT, HIGH, LOW), (), True, "default"),
        (NOON, (), (URGENT, HIGH, LOW), True, "default"),
        (NOON, (URGENT, HIGH, LOW), (DEFAULT,), True, "safe_loop"),
        (NOON, ALL, (), True, "safe_loop"),
        (NOON, (), ALL, True, "safe_loop"),
        (NOON, (), (), False, "default"),
        (NOON, (DEFAULT,), (), False, "safe_loop"),
        (NIGHT, (), (), True, "dark"),
        (NIGHT, ALL, (), True, "dark"),
    ],
)
def test_every_rung_of_the_ladder(
    at: datetime, missing: tuple[str, ...], damaged: tuple[str, ...], trusted: bool, shown: str
) -> None:
    told: list[str] = []
    airings = Airings(lambda sha256: None if sha256 in damaged else opened(sha256), told.append, no_boards)
    airings.follow(Plan(manifest(), Facts(clock_trusted=trusted, stored=ALL - set(missing))))
    cue = airings.next_cue(at)
    assert NAMES.get(cue.key, cue.key) == shown
    assert (cue.path is None) == (shown in ("safe_loop", "dark"))
    assert set(told) <= set(damaged)
    assert cue.starts_at <= at < cue.ends_at


def test_a_segment_that_comes_back_is_shown_when_its_turn_comes() -> None:
    damaged = {URGENT}
    airings = Airings(lambda sha256: None if sha256 in damaged else opened(sha256), damaged.discard, no_boards)
    airings.follow(Plan(manifest(), Facts(stored=ALL)))
    assert NAMES[airings.next_cue(NOON).key] == "high"
    assert NAMES[airings.next_cue(NOON + timedelta(seconds=30)).key] == "urgent"


def test_the_last_good_manifest_plays_until_the_next_one_is_whole() -> None:
    book = Playbook().start(installed_seq=4).link_up()
    coming = envelope(5, (8, 9))
    book.tell(events.ManifestFetched(coming))
    book.tell(events.SegmentStored(digest(8)))
    assert book.state.installed is not None
    assert book.state.installed.manifest.seq == 4
    book.tell(events.SegmentStored(digest(9)))
    book.tell(events.Installed(sha256_hex(coming)))
    assert book.state.installed.manifest.seq == 5
