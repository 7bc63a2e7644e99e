from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.daypart import DayException, Daypart, WeeklyWindow, zone
from playlists.language import SegmentLanguage
from playlists.manifest import Manifest, ManifestOverride, PanelSpec, ScheduleEntry, Segment
from playlists.playlist import Item, Playlist, Take
from playlists.recurrence import Recurrence
from playlists.timeline import Facts, Layer, at, between, explain, next_change
from playlists.trust import strict_json

HANOI = zone("Asia/Ho_Chi_Minh")
ALL_DAYS = (1, 2, 3, 4, 5, 6, 7)


def digest(number: int) -> str:
    return f"{number:064x}"


def item(number: int, on_air_ms: int) -> Item:
    takes = tuple(
        Take(language=language, sha256=digest(number * 10 + index))
        for index, language in enumerate((SegmentLanguage.VI, SegmentLanguage.EN, SegmentLanguage.ZH))
    )
    return Item(
        id=UUID(int=number), notice_id=UUID(int=100 + number), title=f"{number}", on_air_ms=on_air_ms, takes=takes
    )


WORK = Playlist(id=UUID(int=1000), name="work", items=(item(1, 5000), item(2, 8000)))
REST = Playlist(id=UUID(int=1001), name="rest", items=(item(3, 11000),))
EMPTY = Playlist(id=UUID(int=1002), name="empty", items=())


def manifest(**changes: object) -> Manifest:
    segments = tuple(
        Segment(sha256=take.sha256, size=1, profile="768x384p25-nf1", language=take.language, duration_ms=1000)
        for playlist in (WORK, REST)
        for one in playlist.items
        for take in one.takes
    )
    fields: dict[str, object] = {
        "kiosk_id": UUID(int=7),
        "seq": 1,
        "issued_at": datetime(2026, 11, 23, tzinfo=UTC),
        "site": "tra-linh",
        "time_zone": "Asia/Ho_Chi_Minh",
        "tzdata": "2026.6",
        "panel": PanelSpec(id=UUID(int=8), slug="tra-linh-1", name="Trà Lĩnh 1", width=768, height=384),
        "segments": segments,
        "playlists": (WORK, REST, EMPTY),
        "schedule": (
            ScheduleEntry(
                id=UUID(int=50),
                playlist_id=WORK.id,
                daypart=WeeklyWindow(weekdays=ALL_DAYS, start="07:00", end="17:00"),
            ),
        ),
        "default_playlist_id": REST.id,
    }
    return Manifest.model_validate(fields | changes)


def local(hour: int, minute: int = 0, second: int = 0, milli: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, second, milli * 1000, tzinfo=HANOI).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "layer", "sha256", "language"),
    [
        (local(7), Layer.SCHEDULE, digest(10), "vi"),
        (local(7, 0, 4, 999), Layer.SCHEDULE, digest(10), "vi"),
        (local(7, 0, 5), Layer.SCHEDULE, digest(11), "en"),
        (local(7, 0, 10), Layer.SCHEDULE, digest(12), "zh"),
        (local(7, 0, 15), Layer.SCHEDULE, digest(20), "vi"),
        (local(7, 0, 39), Layer.SCHEDULE, digest(10), "vi"),
        (local(17), Layer.DEFAULT, digest(30), "vi"),
        (local(6, 59, 59), Layer.DEFAULT, digest(31), "en"),
    ],
)
def test_each_language_of_an_item_follows_then_the_next_item(
    when: datetime, layer: Layer, sha256: str, language: str
) -> None:
    showing = at(manifest(), Facts(), when)
    assert (showing.layer, showing.sha256, showing.language) == (layer, sha256, language)
    assert showing.starts_at <= when < showing.ends_at


def test_outside_operating_hours_the_panel_is_dark_by_plan() -> None:
    panel = manifest().panel.model_copy(
        update={"operating_hours": (WeeklyWindow(weekdays=ALL_DAYS, start="05:00", end="22:00"),)}
    )
    showing = at(manifest(panel=panel), Facts(), local(23))
    assert showing.layer is Layer.DARK
    assert showing.ends_at == local(23) + timedelta(hours=1)


def test_an_untrusted_clock_plays_the_default_playlist_only() -> None:
    assert at(manifest(), Facts(clock_trusted=False), local(8)).layer is Layer.DEFAULT


def test_what_is_not_stored_or_is_quarantined_is_left_out() -> None:
    assert at(manifest(), Facts(stored=frozenset({digest(11)})), local(7)).sha256 == digest(11)
    assert at(manifest(), Facts(quarantined=frozenset({digest(10)})), local(7)).sha256 == digest(11)
    assert at(manifest(), Facts(stored=frozenset({digest(30)})), local(7)).layer is Layer.DEFAULT
    assert at(manifest(), Facts(stored=frozenset()), local(7)).layer is Layer.SAFE_LOOP


def test_the_higher_priority_wins_and_an_empty_playlist_gives_way() -> None:
    window = WeeklyWindow(weekdays=ALL_DAYS, start="08:00", end="09:00")
    urgent = ScheduleEntry(id=UUID(int=51), playlist_id=REST.id, daypart=window, priority=90)
    both = manifest(schedule=(*manifest().schedule, urgent))
    assert at(both, Facts(), local(8)).playlist_id == REST.id
    assert at(both, Facts(), local(9)).playlist_id == WORK.id
    nothing = manifest(default_playlist_id=EMPTY.id, schedule=())
    assert at(nothing, Facts(), local(8)).layer is Layer.SAFE_LOOP


def test_no_take_starts_within_three_seconds_of_its_windows_end() -> None:
    window = WeeklyWindow(weekdays=ALL_DAYS, start="07:00", end="07:01")
    short = manifest(schedule=(ScheduleEntry(id=UUID(int=50), playlist_id=WORK.id, daypart=window),))
    airings = between(short, Facts(), local(7), local(7, 1))
    assert airings[-1].ends_at == local(7, 1)
    assert all(one.ends_at - one.starts_at >= timedelta(seconds=3) for one in airings)


@given(
    st.integers(0, 3 * 86_400_000),
    st.sampled_from([Facts(), Facts(clock_trusted=False), Facts(stored=frozenset({digest(10), digest(31)}))]),
)
def test_an_airing_is_the_same_wherever_one_looks_into_it(offset_ms: int, facts: Facts) -> None:
    moment = local(0) + timedelta(milliseconds=offset_ms)
    showing = at(manifest(), facts, moment)
    assert showing.starts_at <= moment < showing.ends_at
    last = showing.ends_at - timedelta(milliseconds=1)
    assert at(manifest(), facts, last) == showing
    if showing.starts_at >= local(0):
        assert at(manifest(), facts, showing.starts_at) == showing
    assert next_change(manifest(), facts, moment) == showing.ends_at
    assert at(manifest(), facts, showing.ends_at).starts_at == showing.ends_at


def test_airings_follow_without_a_gap_through_a_whole_day() -> None:
    airings = between(manifest(), Facts(), local(0), local(23, 59))
    for earlier, later in pairwise(airings):
        assert earlier.ends_at == later.starts_at


def rich() -> Manifest:
    entries = (
        ScheduleEntry(id=UUID(int=50), playlist_id=WORK.id, daypart_id="work", weight=2),
        ScheduleEntry(
            id=UUID(int=51),
            playlist_id=REST.id,
            recurrence=Recurrence.model_validate({"dtstart": "2026-11-23T09:00", "rrule": "FREQ=DAILY;COUNT=2"}),
            duration_s=3600,
        ),
    )
    windows = (WeeklyWindow(weekdays=(1, 2, 3, 4, 5), start="07:00", end="17:00"),)
    closed = (DayException.model_validate({"date": "2026-11-25"}),)
    storm = ManifestOverride(id=UUID(int=60), playlist_id=REST.id, starts_at=local(10), ends_at=local(10, 30))
    return manifest(
        schedule=entries, dayparts=(Daypart(id="work", windows=windows, exceptions=closed),), overrides=(storm,)
    )


def test_entries_of_one_priority_share_by_weight() -> None:
    hour = between(rich(), Facts(), local(9), local(10))
    spent = {
        entry: sum((one.ends_at - one.starts_at for one in hour if one.entry_id == UUID(int=entry)), timedelta())
        for entry in (50, 51)
    }
    assert abs(spent[50] - timedelta(minutes=40)) < timedelta(seconds=39)
    assert sum(spent.values(), timedelta()) == timedelta(hours=1)


def test_an_override_is_above_the_schedule_and_is_explained() -> None:
    explained = explain(rich(), Facts(), local(10, 15))
    assert (explained.showing.layer, explained.showing.entry_id) == (Layer.OVERRIDE, UUID(int=60))
    assert explained.showing.why.endswith("until 2026-11-23T03:30:00.000Z")
    assert explained.displaced == (f"scheduled by {UUID(int=50)}, priority 50", "default playlist")
    assert at(rich(), Facts(), local(10, 30)).layer is Layer.SCHEDULE


def test_an_exception_of_a_daypart_and_of_the_hours_is_followed() -> None:
    wednesday = local(8) + timedelta(days=2)
    assert at(rich(), Facts(), wednesday).layer is Layer.DEFAULT
    assert at(rich(), Facts(), wednesday - timedelta(days=1)).layer is Layer.SCHEDULE
    closed = (DayException.model_validate({"date": "2026-11-24"}),)
    panel = rich().panel.model_copy(update={"hours_exceptions": closed})
    assert at(rich().model_copy(update={"panel": panel}), Facts(), wednesday - timedelta(days=1)).layer is Layer.DARK


def test_a_manifest_with_rules_survives_the_wire() -> None:
    sent = rich().model_dump_json().encode()
    strict_json(sent)
    assert Manifest.model_validate_json(sent) == rich()
    for minute in range(0, 26 * 60, 17):
        moment = local(0) + timedelta(minutes=minute)
        assert at(Manifest.model_validate_json(sent), Facts(), moment) == at(rich(), Facts(), moment)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dayparts": ()}, "names a daypart"),
        ({"overrides": (rich().overrides[0].model_copy(update={"id": UUID(int=50)}),)}, "same id"),
        ({"overrides": (rich().overrides[0].model_copy(update={"playlist_id": UUID(int=1)}),)}, "names a playlist"),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(changes: dict[str, object], sentence: str) -> None:
    fields = {name: getattr(rich(), name) for name in Manifest.model_fields}
    with pytest.raises(ValueError, match=sentence):
        Manifest.model_validate(fields | changes)
