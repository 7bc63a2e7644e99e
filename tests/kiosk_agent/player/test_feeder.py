from __future__ import annotations

import io
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from kiosk_agent.player.feeder import TICKS_PER_S, CueUnanswered, Feeder, forgiving
from kiosk_agent.player.pacing import RENEWAL_S
from kiosk_agent.player.plan import MOST_SECONDS, Plan, PlannedSecond
from kiosk_agent.player.port import Cue, NextCue
from kiosk_agent.player.safe import StandIns

from .conftest import PANEL, MakeSegment, TurnedClock, in_turns
from .test_groups import hostile_files

BEGIN = datetime(2026, 11, 23, 8, 0, 1, tzinfo=UTC)


class Fed:
    """A feeder driven by hand for some seconds, and what came of it."""

    def __init__(
        self, next_cue: NextCue, spare: StandIns, seconds: int, *, timeline_s: int = 0, mid_second: bool = False
    ) -> None:
        self.clock = TurnedClock()
        self.asked: list[datetime] = []
        self.rows: list[PlannedSecond] = []
        self.written: list[tuple[float, int]] = []
        self._stream = bytearray()
        self._seconds = seconds
        self._next_cue = next_cue
        self.feeder = Feeder(
            PANEL.profile,
            self._ask,
            spare,
            self._write,
            Plan(self._note),
            ahead_s=0.3,
            timeline_s=timeline_s,
            mid_second=mid_second,
            clock=self.clock,
        )

    def run(self) -> Fed:
        self.feeder.run()
        return self

    def packets(self) -> list[tuple[int, bool]]:
        with av.open(io.BytesIO(bytes(self._stream)), "r", format="mpegts") as container:
            found = [(packet.dts, packet.is_keyframe) for packet in container.demux(video=0) if packet.dts is not None]
        return [(int(dts), key) for dts, key in found]

    def pes_times(self) -> list[int]:
        """Read presentation times as they are written (ISO 13818-1, 2.4.3.7): demuxers would straighten them."""
        times = []
        for at in range(0, len(self._stream), 188):
            packet = self._stream[at : at + 188]
            start = packet.find(b"\x00\x00\x01\xe0")
            if packet[1] & 0x40 and start >= 0:
                pts = packet[start + 9 : start + 14]
                high, middle, low = pts[0] >> 1 & 7, (pts[1] << 8 | pts[2]) >> 1, (pts[3] << 8 | pts[4]) >> 1
                times.append(high << 30 | middle << 15 | low)
        return times

    @property
    def paths(self) -> list[str]:
        return [row.path.name.partition("-256")[0] for row in self.rows]

    def _ask(self, at: datetime) -> Cue:
        self.asked.append(at)
        return self._next_cue(at)

    def _note(self, row: PlannedSecond) -> None:
        if len(self.rows) == self._seconds:
            self.feeder.stop()
            return
        self.rows.append(row)

    def _write(self, chunk: bytes) -> None:
        self._stream += chunk
        self.written.append((self.clock.now().mono, len(self.rows)))


def fixed(key: str, path: Path | None, seconds: int = 3600) -> NextCue:
    return lambda _at: Cue(key, path, BEGIN, BEGIN + timedelta(seconds=seconds))


def test_timestamps_rise_evenly_over_items_of_different_files(make_segment: MakeSegment, spare: StandIns) -> None:
    items: list[tuple[str, Path | None]] = [("r", make_segment("red")), ("gb", make_segment("green", "blue"))]
    fed = Fed(in_turns([*items, ("dark", None)], seconds=3), spare, 12).run()
    packets = fed.packets()
    steps = {later - earlier for (earlier, _), (later, _) in itertools.pairwise(packets)}
    assert steps == {TICKS_PER_S // 25}
    assert len(packets) == 12 * 25
    assert [number for number, (_, key) in enumerate(packets) if key] == list(range(0, 300, 25))


def test_items_last_whole_seconds_and_are_asked_for_at_the_last_moment(
    make_segment: MakeSegment, spare: StandIns
) -> None:
    fed = Fed(in_turns([("r", make_segment("red")), ("g", make_segment("green"))], seconds=3), spare, 9).run()
    assert [row.at for row in fed.rows] == [BEGIN + timedelta(seconds=n) for n in range(9)]
    assert len(fed.asked) == 4
    assert all(at.microsecond == 0 for at in fed.asked)
    changes = [b.at for a, b in zip(fed.rows, fed.rows[1:], strict=False) if a.cue.key != b.cue.key]
    assert changes == fed.asked[1:]


def test_frames_are_written_at_their_time(make_segment: MakeSegment, spare: StandIns) -> None:
    fed = Fed(fixed("r", make_segment("red")), spare, 4).run()
    moments = sorted({moment for moment, _ in fed.written})
    steps = [round(later - earlier, 4) for earlier, later in itertools.pairwise(moments)]
    assert set(steps) == {0.04}
    assert moments[0] == pytest.approx(1000.7)


def test_last_second_repeats_when_the_airing_is_longer(make_segment: MakeSegment, spare: StandIns) -> None:
    fed = Fed(fixed("rgb", make_segment("red", "green", "blue")), spare, 7).run()
    assert [row.group for row in fed.rows] == [0, 1, 2, 2, 2, 2, 2]


def test_airing_is_cut_at_a_whole_second_when_it_is_shorter(make_segment: MakeSegment, spare: StandIns) -> None:
    items: list[tuple[str, Path | None]] = [("rgb", make_segment("red", "green", "blue")), ("g", make_segment("green"))]
    fed = Fed(in_turns(items, seconds=2), spare, 8).run()
    shown = {(row.cue.key, row.group) for row in fed.rows}
    assert shown == {("rgb", 0), ("rgb", 1), ("g", 0)}


def test_airing_that_has_begun_is_joined_where_it_is(make_segment: MakeSegment, spare: StandIns) -> None:
    path = make_segment("red", "green", "blue")
    begun = BEGIN - timedelta(seconds=1)
    fed = Fed(lambda _at: Cue("rgb", path, begun, begun + timedelta(hours=1)), spare, 3).run()
    assert [row.group for row in fed.rows] == [1, 2, 2]


def test_dark_is_black_and_no_path_is_the_safe_picture(spare: StandIns) -> None:
    fed = Fed(in_turns([("dark", None), ("safe_loop", None)]), spare, 2).run()
    shown = {row.cue.key: row.path for row in fed.rows}
    assert shown == {"dark": spare.black, "safe_loop": spare.safe}


@pytest.mark.parametrize("name", ["empty", "random", "cut_head", "text", "playlist", "missing", "folder"])
def test_unreadable_segment_gives_way_to_the_safe_picture(
    name: str, tmp_path: Path, make_segment: MakeSegment, spare: StandIns
) -> None:
    bad = hostile_files(tmp_path, make_segment("red", "green"))[name]
    fed = Fed(in_turns([("bad", bad), ("r", make_segment("red"))], seconds=2), spare, 6).run()
    by_key = {row.cue.key: row for row in fed.rows}
    assert set(by_key) == {"safe_loop", "r"}
    assert by_key["safe_loop"].path == spare.safe
    assert "segment bad cannot be played" in (by_key["safe_loop"].error or "")
    assert by_key["r"].error is None
    assert len(fed.packets()) == 6 * 25


def test_segment_that_breaks_off_holds_its_last_good_second(
    tmp_path: Path, make_segment: MakeSegment, spare: StandIns
) -> None:
    whole = make_segment("red", "green", "blue").read_bytes()
    cut = tmp_path / "cut-256.mp4"
    cut.write_bytes(whole[:-700])
    fed = Fed(fixed("cut", cut), spare, 6).run()
    assert {row.path for row in fed.rows} == {cut}
    assert "cannot be played" in (fed.rows[-1].error or "")
    assert fed.rows[-1].group < 2


def test_refresh_changes_the_picture_at_the_next_second(make_segment: MakeSegment, spare: StandIns) -> None:
    red, green = make_segment("red"), make_segment("green")
    fed: list[Fed] = []

    def next_cue(at: datetime) -> Cue:
        hour = at + timedelta(hours=1)
        return Cue("r", red, at, hour) if len(fed[0].asked) == 1 else Cue("g", green, at, hour)

    fed.append(Fed(next_cue, spare, 5))
    _on_second(fed[0], 3, fed[0].feeder.refresh)
    fed[0].run()
    assert fed[0].paths == ["red", "red", "red", "green", "green"]


def test_refresh_without_a_change_does_not_begin_a_clip_again(make_segment: MakeSegment, spare: StandIns) -> None:
    fed = Fed(fixed("rgb", make_segment("red", "green", "blue")), spare, 3)
    _on_second(fed, 1, fed.feeder.refresh)
    assert [row.group for row in fed.run().rows] == [0, 1, 2]
    assert len(fed.asked) == 2


@pytest.mark.parametrize("held_up_s", [0.6, 3.2, 7.5])
def test_stall_never_bursts_and_the_plan_returns_to_the_wall_clock(
    held_up_s: float, make_segment: MakeSegment, spare: StandIns
) -> None:
    next_cue = in_turns([("r", make_segment("red")), ("g", make_segment("green"))], seconds=3)
    fed = Fed(next_cue, spare, 16)
    _on_second(fed, 4, lambda: fed.clock.hold_up(held_up_s))
    fed.run()
    moments = sorted({moment for moment, _ in fed.written})
    steps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert min(steps) >= 0.039
    assert [step for step in steps if step > 0.05] == [pytest.approx(held_up_s, abs=1.05)]
    assert all(next_cue(row.at).key == row.cue.key for row in fed.rows[6:])
    assert all(row.at.microsecond == 0 for row in fed.rows)


def test_short_delay_is_made_up_for(make_segment: MakeSegment, spare: StandIns) -> None:
    fed = Fed(fixed("r", make_segment("red")), spare, 6)
    _on_second(fed, 2, lambda: fed.clock.hold_up(0.4))
    fed.run()
    assert [row.at for row in fed.rows] == [BEGIN + timedelta(seconds=n) for n in range(6)]
    assert max(moment for moment, _ in fed.written) == pytest.approx(1000.7 + 5.96)


@pytest.mark.parametrize("by_s", [3600.4, -3600.4, 0.7])
def test_wall_clock_that_was_set_is_followed(by_s: float, make_segment: MakeSegment, spare: StandIns) -> None:
    next_cue = in_turns([("r", make_segment("red")), ("g", make_segment("green"))], seconds=2)
    fed = Fed(next_cue, spare, 9)
    _on_second(fed, 3, lambda: fed.clock.set_wall(by_s))
    fed.run()
    assert all(next_cue(row.at).key == row.cue.key for row in fed.rows)
    shift = (fed.rows[-1].at - BEGIN).total_seconds() - 8
    assert shift == pytest.approx(by_s, abs=1)


def test_timeline_begins_anew_at_an_items_end(make_segment: MakeSegment, spare: StandIns) -> None:
    cues = in_turns([("r", make_segment("red")), ("g", make_segment("green"))], seconds=4)
    fed = Fed(cues, spare, 12, timeline_s=RENEWAL_S - 5).run()
    changes = [n for n in range(1, 12) if fed.rows[n].cue.key != fed.rows[n - 1].cue.key]
    renewed = next(n for n in changes if n >= 5)
    times = fed.pes_times()
    assert len(times) == 12 * 25
    backwards = [n for n in range(1, len(times)) if times[n] < times[n - 1]]
    assert backwards == [renewed * 25]
    assert times[0] == times[backwards[0]] + (RENEWAL_S - 5) * TICKS_PER_S


def test_nobody_knows_what_is_on_holds_the_picture(make_segment: MakeSegment, spare: StandIns) -> None:
    red = make_segment("red")
    complaints: list[str | None] = []

    def next_cue(at: datetime) -> Cue:
        if at >= BEGIN + timedelta(seconds=2):
            raise KeyError("playlist")
        return Cue("r", red, at, at + timedelta(seconds=2))

    fed = Fed(forgiving(next_cue, complaints.append), spare, 5).run()
    assert fed.paths == ["red"] * 5
    assert complaints[0] is None
    assert "nobody could say what is on" in (complaints[-1] or "")


def test_nobody_knows_from_the_start_shows_the_safe_picture(spare: StandIns) -> None:
    def next_cue(_at: datetime) -> Cue:
        raise CueUnanswered

    fed = Fed(next_cue, spare, 3).run()
    assert {row.path for row in fed.rows} == {spare.safe}


def test_plan_stays_bounded() -> None:
    plan = Plan()
    cue = Cue("dark", None, BEGIN, BEGIN)
    for n in range(MOST_SECONDS * 3):
        plan.add(PlannedSecond(BEGIN + timedelta(seconds=n), cue, Path("a"), n))
    assert plan.at(BEGIN) is None
    last = plan.at(BEGIN + timedelta(days=1))
    assert last is not None
    assert last.group == MOST_SECONDS * 3 - 1


def _on_second(fed: Fed, number: int, act: Callable[[], None]) -> None:
    """Do something once, while the numbered second is being written."""
    write = fed._write
    done: list[bool] = []

    def watch(chunk: bytes) -> None:
        write(chunk)
        if len(fed.rows) == number and not done:
            done.append(True)
            act()

    fed.feeder._write = watch


def test_a_stream_that_begins_in_the_middle_of_a_second_changes_items_on_whole_ones(
    make_segment: MakeSegment, spare: StandIns
) -> None:
    fed = Fed(in_turns([(name, make_segment(name)) for name in ("red", "green")]), spare, 3, mid_second=True)
    fed.clock.hold_up(0.5)
    fed.run()
    first, second, third = (row.at for row in fed.rows[:3])
    assert first == BEGIN - timedelta(seconds=0.2)
    assert (second, third) == (BEGIN, BEGIN + timedelta(seconds=1))
    packets = fed.packets()
    assert [number for number, (_, is_key) in enumerate(packets) if is_key][:3] == [0, 5, 30]


def test_who_asks_to_be_told_hears_when_the_answer_is_on_screen(make_segment: MakeSegment, spare: StandIns) -> None:
    told: list[float] = []
    unanswered = [2]

    def next_cue(at: datetime) -> Cue:
        if len(fed.rows) == 1:
            fed.feeder.refresh(told.append)
        elif fed.feeder.frames > 25 and unanswered[0]:
            unanswered[0] -= 1
            raise CueUnanswered("busy")
        return Cue("red", make_segment("red"), BEGIN, at + timedelta(seconds=1))

    fed = Fed(next_cue, spare, 8)
    fed.run()
    # Asked for in the second second, unanswered twice: the answer is on screen from the fifth on.
    began = 1001.0
    assert told == [pytest.approx(began + 4)]
