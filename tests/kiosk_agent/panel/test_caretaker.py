"""Orders, pictures, dimming and the one session, on virtual time against the simulated controller."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from pathlib import Path
from uuid import UUID

import pytest

from kiosk_agent.core.commands import LeaveController, ShowPicture
from kiosk_agent.panel.brightness import FULL, BrightnessPolicy
from kiosk_agent.panel.caretaker import Caretaker
from kiosk_agent.panel.line import Line, TcpLine
from kiosk_agent.panel.novastar import NovaStar
from kiosk_agent.panel.picture import LONGEST_S, NOTE, USUAL_S
from kiosk_agent.panel.profile import PanelProfile
from kiosk_agent.panel.rounds import Rounds
from kiosk_agent.panel.survey import Card, Place, Survey
from playlists import cabinets
from playlists.fault import CheckResult, FaultCode
from playlists.wire.messages import PanelPicture
from simulator.led.serving import Bus, Controllers
from simulator.led.wall import Card as PlayedCard
from tests.kiosk_agent.panel.looking import DIMMING, PROFILE, Panel
from tests.kiosk_agent.test_mqtt import wait_for

Opener = Callable[[], Line]
ID = UUID(int=5)


@pytest.fixture
def panel(tcp: Opener, bus: Bus, tmp_path: Path) -> Panel:
    made = Panel(NovaStar(tcp, has_light_sensor=True), bus, tmp_path)
    made.pass_time(15)
    return made


def card(panel: Panel) -> PlayedCard:
    return panel.bus.controller.wall.ports[1][3]


def show(picture: PanelPicture, seconds: int = 0) -> ShowPicture:
    return ShowPicture(ID, picture, seconds)


def test_a_test_picture_ends_by_itself(panel: Panel, tmp_path: Path) -> None:
    assert panel.order(show(PanelPicture.RED, 30)) is None
    assert card(panel).pattern == 2
    assert (tmp_path / NOTE).exists()
    panel.pass_time(28)
    assert card(panel).pattern == 2
    panel.pass_time(3)
    assert card(panel).pattern == 0
    assert not (tmp_path / NOTE).exists()


def test_black_follows_a_colour_and_video_ends_both(panel: Panel) -> None:
    panel.order(show(PanelPicture.WHITE, 30))
    panel.order(show(PanelPicture.BLACK, 30))
    assert (card(panel).pattern, card(panel).blackout) == (0, 0xFF)
    panel.order(show(PanelPicture.VIDEO))
    assert (card(panel).pattern, card(panel).blackout) == (0, 0)


@pytest.mark.parametrize(("asked", "lasts"), [(0, USUAL_S), (7200, LONGEST_S)])
def test_no_picture_lasts_for_ever(panel: Panel, asked: int, lasts: int) -> None:
    panel.order(show(PanelPicture.GREYS, asked))
    took = panel.seconds_until(lambda: card(panel).pattern == 0)
    assert lasts - 2 <= took <= lasts + 2


def test_a_picture_that_cannot_be_shown_is_not_shown_later(panel: Panel) -> None:
    panel.say("contend")
    assert panel.order(show(PanelPicture.RED)) == "another program took the controller's session"
    panel.say("contend ends")
    panel.pass_time(100)
    assert (card(panel).pattern, card(panel).blackout) == (0, 0)


def test_the_return_is_tried_until_it_succeeds(panel: Panel) -> None:
    panel.order(show(PanelPicture.RED, 5))
    panel.say("contend")
    panel.pass_time(60)
    assert card(panel).pattern == 2
    panel.say("contend ends")
    panel.seconds_until(lambda: card(panel).pattern == 0)


def test_after_a_restart_in_the_middle_of_a_picture_the_video_returns(
    panel: Panel, tcp: Opener, bus: Bus, tmp_path: Path
) -> None:
    panel.order(show(PanelPicture.BLACK, 600))
    again = Panel(NovaStar(tcp), bus, tmp_path)
    again.seconds_until(lambda: card(panel).blackout == 0)
    assert not (tmp_path / NOTE).exists()


def test_without_a_note_nothing_is_written_at_the_start(panel: Panel) -> None:
    panel.pass_time(60)
    assert panel.bus.controller.wall.writes == []


def test_without_a_signal_the_panel_is_black_and_not_the_last_frame(panel: Panel) -> None:
    card(panel).freeze = 0xFF
    panel.say("signal lost")
    panel.seconds_until(lambda: card(panel).blackout == 0xFF, 60)
    assert card(panel).freeze == 0
    assert panel.order(show(PanelPicture.WHITE, 5)) is None
    assert (card(panel).blackout, card(panel).pattern) == (0, 5)
    panel.seconds_until(lambda: card(panel).blackout == 0xFF, 30)
    panel.say("signal back")
    panel.seconds_until(lambda: card(panel).blackout == 0, 60)


def test_a_card_that_was_without_power_is_told_again_that_it_is_black(panel: Panel) -> None:
    panel.say("signal lost")
    panel.seconds_until(lambda: card(panel).blackout == 0xFF, 60)
    for one in panel.bus.controller.wall.answering(None, None):
        one.blackout = 0
    panel.seconds_until(lambda: card(panel).blackout == 0xFF, 60)


@pytest.mark.parametrize("left", ["freeze", "blackout", "pattern"])
def test_what_somebody_left_on_the_panel_ends_like_a_test_picture(panel: Panel, left: str) -> None:
    played = panel.bus.controller.wall.ports[0][0]
    setattr(played, left, 5)
    panel.pass_time(LONGEST_S - 20)
    assert getattr(played, left) == 5
    result, _, detail = panel.reading("panel_picture")
    assert result is CheckResult.FAULT
    assert detail.endswith("where the video was asked for")
    took = panel.seconds_until(lambda: getattr(played, left) == 0, 60)
    assert took <= 60
    panel.pass_time(15)
    assert panel.reading("panel_picture")[0] is CheckResult.OK


def test_a_site_may_leave_the_panel_as_it_is(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    panel = Panel(NovaStar(tcp), bus, tmp_path, PROFILE.model_copy(update={"on_signal_loss": "leave"}))
    panel.say("signal lost")
    panel.seconds_until(lambda: (FaultCode.PANEL_SIGNAL_MISSING, "") in panel.faults)
    assert bus.controller.wall.writes == []


def test_a_session_left_to_a_technician_is_not_touched(doors: Controllers, bus: Bus, tmp_path: Path) -> None:
    door = doors.tcp()
    panel = Panel(NovaStar(lambda: TcpLine("127.0.0.1", door.port)), bus, tmp_path)
    panel.pass_time(15)
    panel.order(show(PanelPicture.RED, 600))
    assert panel.order(LeaveController(ID, 600)) is None
    assert card(panel).pattern == 0
    sessions = door.sessions
    panel.say("smoke", "unplug port 1")
    panel.pass_time(590)
    assert door.sessions == sessions
    assert panel.faults == {}
    assert panel.reading("panel_controller") == (
        CheckResult.UNKNOWN,
        None,
        "the controller is left to a technician",
    )
    assert panel.order(show(PanelPicture.RED)) == "the controller is left to a technician; take it back first"
    panel.seconds_until(lambda: bool(panel.faults))
    assert door.sessions > sessions


def test_a_session_is_taken_back_by_an_order(doors: Controllers, bus: Bus, tmp_path: Path) -> None:
    door = doors.tcp()
    panel = Panel(NovaStar(lambda: TcpLine("127.0.0.1", door.port)), bus, tmp_path)
    panel.order(LeaveController(ID, 7200))
    sessions = door.sessions
    panel.order(LeaveController(ID, 0))
    assert door.sessions > sessions
    assert panel.reading("panel_controller")[0] is CheckResult.OK


def test_a_program_that_fights_for_the_session_is_given_room(doors: Controllers, bus: Bus, tmp_path: Path) -> None:
    door = doors.tcp()
    panel = Panel(NovaStar(lambda: TcpLine("127.0.0.1", door.port)), bus, tmp_path)
    panel.say("contend")
    panel.pass_time(600)
    assert 3 <= door.sessions <= 12
    assert (FaultCode.CONTROLLER_CONTENDED, "") in panel.faults
    assert (FaultCode.CONTROLLER_OFFLINE, "") not in panel.faults


def test_dimming_writes_memory_only_and_follows_the_light(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    panel = Panel(NovaStar(tcp, has_light_sensor=True), bus, tmp_path, DIMMING)
    panel.say("light 30")
    levels: list[int] = []
    panel.pass_time(400, lambda: levels.append(card(panel).brightness[0]))
    assert card(panel).brightness[0] == pytest.approx(0.089 * FULL, abs=3)
    assert levels == sorted(levels, reverse=True)
    panel.say("light 60000")
    panel.pass_time(600)
    assert card(panel).brightness[0] == FULL
    wall = bus.controller.wall
    assert (wall.flash_writes, wall.forbidden) == (0, [])
    assert {register for register, _ in wall.writes} == {0x02000001}


def test_the_brightness_rests_while_a_test_picture_is_shown(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    panel = Panel(NovaStar(tcp, has_light_sensor=True), bus, tmp_path, DIMMING)
    panel.order(show(PanelPicture.WHITE, 300))
    level = card(panel).brightness[0]
    panel.say("light 2")
    panel.pass_time(200)
    assert card(panel).brightness[0] == level


def test_a_clock_that_is_not_trusted_keeps_the_panel_low(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    panel = Panel(NovaStar(tcp, has_light_sensor=True), bus, tmp_path, DIMMING)
    panel.trusted = False
    panel.say("light 60000")
    panel.pass_time(400)
    assert card(panel).brightness[0] == pytest.approx(0.3 * FULL, abs=2)


def test_the_kiosks_own_sensor_and_the_sun_count_too(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    place = {"latitude_microdegrees": 22_850_000, "longitude_microdegrees": 106_720_000}
    policy = BrightnessPolicy.model_validate({"place": place})
    profile = PanelProfile(cabinets=PROFILE.cabinets, brightness=policy, light_sensor="kernel")
    panel = Panel(NovaStar(tcp), bus, tmp_path, profile)
    night, lux = [-20.0], [90_000]
    panel.caretaker = Caretaker(
        NovaStar(tcp), profile, tmp_path, sun=lambda *_: night[0], kernel_lux=lambda: lux[0] + int(panel.seconds) % 7
    )
    panel.pass_time(400)
    assert card(panel).brightness[0] == pytest.approx(0.3 * FULL, abs=2)
    night[0] = 40.0
    panel.pass_time(400)
    assert card(panel).brightness[0] == FULL


class Hanging:
    """A controller whose line hangs, and one that fails in a way nobody foresaw."""

    name = "hanging"

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.asked = 0

    def survey(self, places: Collection[Place]) -> Survey:
        self.asked += 1
        self.go_on.wait(60)
        raise RuntimeError("cosmic ray")

    def set_brightness(self, level: int) -> None:
        raise AssertionError("nobody writes to a line that hangs")

    def show(self, picture: PanelPicture) -> None:
        raise AssertionError("nobody writes to a line that hangs")


def test_a_line_that_hangs_makes_everything_unknown(tmp_path: Path) -> None:
    hanging = Hanging()
    caretaker = Caretaker(hanging, PROFILE, tmp_path, stuck_s=0.0).start()
    wait_for(lambda: "has hung" in caretaker.read()[0].detail)
    hanging.go_on.set()
    caretaker.close()


def test_a_surprise_makes_everything_unknown_and_ends_nothing(tmp_path: Path) -> None:
    hanging = Hanging()
    caretaker = Caretaker(hanging, PROFILE, tmp_path, round_s=0.0).start()
    hanging.go_on.set()
    wait_for(lambda: hanging.asked > 1)
    assert "cosmic ray" in caretaker.read()[0].detail
    *measured, where = caretaker.read()
    assert where.check == cabinets.CHECK
    assert all(one.result is CheckResult.UNKNOWN for one in measured)
    caretaker.close()


def test_the_thread_does_what_is_asked_and_ends_a_picture_with_itself(tcp: Opener, bus: Bus, tmp_path: Path) -> None:
    caretaker = Caretaker(NovaStar(tcp), PROFILE, tmp_path).start()
    answers: list[str | None] = []
    caretaker.obey(show(PanelPicture.RED, 600), answers.append)
    wait_for(lambda: answers == [None])
    played = bus.controller.wall.ports[0][0]
    assert played.pattern == 2
    caretaker.close()
    assert played.pattern == 0
    assert caretaker.name == "novastar"


PLACES = [Place(0, number) for number in range(4)] + [Place(1, number) for number in range(3)]
HERE, GONE = Card(answers=True), Card(answers=False)


def test_rounds_ask_all_now_and_then_and_doubtful_ones_at_once() -> None:
    rounds = Rounds(PLACES)
    assert rounds.due(0) == PLACES
    rounds.note(dict.fromkeys(PLACES, HERE), 0)
    assert rounds.due(10) == PLACES[:1]
    rounds.note({Place(1, 1): GONE}, 10)
    assert rounds.due(20) == [PLACES[0], Place(1, 1)]
    assert rounds.due(30) == PLACES


def test_absent_cards_are_asked_one_a_port_until_one_is_back() -> None:
    rounds = Rounds(PLACES)
    dead = PLACES[4:]
    for _ in range(3):
        rounds.note(dict.fromkeys(dead, GONE), 0)
    asked = [rounds.due(at)[4:] for at in (0, 30, 60)]
    assert sorted(place for places in asked for place in places) == dead
    rounds.note({dead[1]: HERE}, 61)
    assert rounds.due(70) == PLACES
