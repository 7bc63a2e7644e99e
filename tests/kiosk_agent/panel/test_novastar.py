"""The NovaStar driver against the simulator: real TCP, a real terminal, and everything that goes wrong between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk_agent.panel.line import Line, SerialLine, TcpLine
from kiosk_agent.panel.models import MODELS
from kiosk_agent.panel.novastar import PATTERNS, NovaStar
from kiosk_agent.panel.registers import INPUT_SIGNALS
from kiosk_agent.panel.survey import Cabinet, Contended, Failure, Link, Place, Shows, Silent, Survey, Unknown
from playlists.wire.messages import PanelPicture
from simulator.led.novastar import Controller
from simulator.led.script import obey
from simulator.led.serving import Bus, Controllers
from simulator.led.wall import wall

EVERY = tuple(Place(port, card) for port in (0, 1) for card in range(4))
FIRST = EVERY[0]
Opener = Callable[[], Line]
HURRIED_S = 0.15
LONGEST_REPLY = 20 + 0x52


def is_true(survey: Survey) -> bool:
    """Tell whether a survey of the untouched wall says what is so."""
    card = survey.cards[FIRST]
    return (survey.link, survey.model, survey.signal, survey.brightness) == (
        Link.ANSWERS,
        "MCTRL660 Pro",
        True,
        0xFF,
    ) and (card.answers, card.temperature_milli, card.voltage_milli) == (True, 36_000, 4100)


def test_all_is_told_over_either_line(open_line: Opener, bus: Bus) -> None:
    survey = NovaStar(open_line, has_light_sensor=True).survey(EVERY)
    assert is_true(survey)
    assert (survey.light_lux, survey.backup_ports, survey.dims_itself) == (112, frozenset(), False)
    assert [card.answers for card in survey.cards.values()] == [True] * 8
    cabinet = survey.cards[FIRST].cabinet
    assert isinstance(cabinet, Cabinet)
    assert cabinet.fans_rpm == (1500,) * 4
    assert isinstance(survey.cards[EVERY[1]].cabinet, Unknown)
    assert bus.controller.wall.writes == []


def test_brightness_and_pictures_reach_all_cards(open_line: Opener, bus: Bus) -> None:
    driver, card = NovaStar(open_line), bus.controller.wall.ports[1][3]
    driver.set_brightness(0x80)
    assert driver.survey((Place(1, 3),)).brightness == 0x80
    assert card.brightness[1:] == b"\xff" * 4
    for picture, number in PATTERNS.items():
        driver.show(picture)
        assert (card.pattern, card.blackout) == (number, 0), picture
        assert driver.survey((Place(1, 3),)).shows is Shows.PATTERN
    card.freeze, card.pattern = 0xFF, 1
    assert driver.survey((Place(1, 3),)).shows is Shows.FROZEN
    driver.show(PanelPicture.BLACK)
    assert driver.survey((Place(1, 3),)).shows is Shows.BLACK
    assert (card.pattern, card.blackout, card.freeze) == (0, 0xFF, 0)
    driver.show(PanelPicture.VIDEO)
    assert (card.pattern, card.blackout, card.freeze) == (0, 0, 0)


def test_a_controller_that_does_not_acknowledge_writes_to_all_is_believed_while_it_answers(
    open_line: Opener, bus: Bus
) -> None:
    driver = NovaStar(open_line, wait_s=0.2)
    obey(bus, "no acknowledgements")
    driver.set_brightness(7)
    assert driver.survey((FIRST,)).brightness == 7
    obey(bus, "power off")
    with pytest.raises(Silent, match="no answer"):
        driver.set_brightness(8)


def test_replies_torn_at_every_byte_are_understood(open_line: Opener, bus: Bus) -> None:
    driver = NovaStar(open_line)
    for cut in range(1, LONGEST_REPLY):
        obey(bus, f"split {cut}")
        assert is_true(driver.survey((FIRST,))), cut


@pytest.mark.parametrize("sentence", ["wrong serial 3", "duplicate 3", "junk 3", "drop 1", "delay 20"])
def test_what_the_wire_does_to_single_replies_does_no_harm(open_line: Opener, bus: Bus, sentence: str) -> None:
    driver = NovaStar(open_line, wait_s=1.0 if "drop" in sentence else None)
    obey(bus, sentence)
    assert is_true(driver.survey((FIRST,)))


@pytest.mark.parametrize("door", ["tcp", "pty"])
@given(
    troubles=st.lists(
        st.sampled_from(
            ["wrong serial 2", "duplicate 2", "junk", "drop", "drop 9", "reset", "delay 3", "delay 250", "whole"]
        )
        | st.integers(1, LONGEST_REPLY).map(lambda cut: f"split {cut}"),
        max_size=3,
    )
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_wire_does_the_driver_tells_the_truth_or_that_it_knows_nothing(
    door: str, troubles: list[str]
) -> None:
    bus = Bus(Controller(wall((4, 4)), absent_delay_s=0.0))
    with Controllers(bus) as doors:
        opened: Opener = partial(TcpLine, "127.0.0.1", doors.tcp().port)
        if door == "pty":
            opened = partial(SerialLine, doors.pty().path, 115_200)
        driver = NovaStar(opened, wait_s=HURRIED_S)
        for trouble in troubles:
            obey(bus, trouble)
            survey = driver.survey((FIRST,))
            for told, true in (
                (survey.signal, True),
                (survey.brightness, 0xFF),
                (survey.backup_ports, frozenset()),
                (survey.dims_itself, False),
            ):
                assert isinstance(told, Unknown) or told == true
            card = survey.cards.get(FIRST)
            if card is not None and not isinstance(card.temperature_milli, Unknown):
                assert (card.answers, card.temperature_milli, card.voltage_milli) == (True, 36_000, 4100)
            assert survey.link is Link.ANSWERS or survey.reason
            try:
                driver.show(PanelPicture.RED)
            except Failure:
                continue
            assert bus.controller.wall.ports[0][0].pattern == PATTERNS[PanelPicture.RED]
    assert bus.controller.wall.forbidden == []
    assert bus.controller.wall.flash_writes == 0


def test_an_absent_card_is_told_apart_from_one_of_which_nothing_is_known(open_line: Opener, bus: Bus) -> None:
    obey(bus, "unplug card 2 of port 1")
    survey = NovaStar(open_line).survey(EVERY)
    assert [place for place, card in survey.cards.items() if card.answers is False] == [Place(0, 1)]
    obey(bus, "unplug port 1")
    survey = NovaStar(open_line).survey(EVERY)
    assert [card.answers for card in survey.cards.values()] == [False] * 4 + [True] * 4
    assert survey.brightness == 0xFF


def test_a_session_that_another_program_takes_is_told_as_that(tcp: Opener, bus: Bus) -> None:
    obey(bus, "contend")
    driver = NovaStar(tcp)
    survey = driver.survey(EVERY)
    assert (survey.link, survey.reason) == (Link.CONTENDED, "another program took the controller's session")
    assert not survey.cards
    with pytest.raises(Contended):
        driver.set_brightness(1)
    obey(bus, "contend ends")
    assert driver.survey(()).link is Link.ANSWERS


def test_a_serial_port_that_another_program_holds_is_told_as_that(doors: Controllers) -> None:
    path = doors.pty().path
    held = SerialLine(path, 115_200)
    try:
        survey = NovaStar(partial(SerialLine, path, 115_200)).survey(())
        assert (survey.link, survey.reason) == (Link.CONTENDED, f"another program holds {path}")
    finally:
        held.close()


def test_the_speed_that_has_no_name_is_set_too(doors: Controllers) -> None:
    assert NovaStar(partial(SerialLine, doors.pty().path, 1_048_576)).survey(()).link is Link.ANSWERS


def test_without_power_it_is_silent(open_line: Opener, bus: Bus) -> None:
    obey(bus, "power off")
    survey = NovaStar(open_line, wait_s=HURRIED_S).survey(EVERY)
    assert (survey.link, survey.reason) == (Link.SILENT, "no answer within 0.15 s, asked 2 times")


def test_where_nobody_is_the_sentence_says_where() -> None:
    survey = NovaStar(partial(TcpLine, "127.0.0.1", 9)).survey(())
    assert survey.link is Link.SILENT
    assert survey.reason.startswith("127.0.0.1:9 cannot be connected to")
    with pytest.raises(Silent, match="/dev/no-such-port cannot be opened"):
        SerialLine("/dev/no-such-port", 115_200)


@pytest.mark.parametrize("number", [*MODELS, 0x7777])
def test_only_registers_that_the_model_has_are_asked(tcp: Opener, bus: Bus, number: int) -> None:
    bus.controller.wall.model = number
    survey = NovaStar(tcp).survey((FIRST,))
    assert survey.model == (MODELS[number].name if number in MODELS else "model 7777")
    known = number in MODELS and MODELS[number].signal is not None
    assert (survey.signal is True) == known
    if not known:
        assert survey.signal == Unknown("which register tells this is not known for this model")
    assert NovaStar(tcp, signal=INPUT_SIGNALS).survey(()).signal is True


def test_what_the_wall_says_is_believed(tcp: Opener, bus: Bus) -> None:
    for sentence in ("signal lost", "light fails", "backup at port 2"):
        obey(bus, sentence)
    bus.controller.wall.auto_brightness = 0x7D
    survey = NovaStar(tcp, has_light_sensor=True).survey((FIRST,))
    assert (survey.signal, survey.backup_ports, survey.dims_itself) == (False, frozenset({1}), True)
    assert survey.light_lux == Unknown("the light sensor gives no reading")
