"""Contacts at GPIO inputs: what a level means, lines that cannot be read, and chips that are found by their label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import gpiod
import pytest
from gpiod.line import Bias, Direction, Value
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kiosk_agent.health.contacts import Contacts, GpioLines, Input, level_path, recorded_lines
from kiosk_agent.settings import Settings
from playlists.fault import CheckResult, FaultCode
from simulator.device.tree import write

OK, FAULT, UNKNOWN = CheckResult.OK, CheckResult.FAULT, CheckResult.UNKNOWN
DOOR, MAINS = FaultCode.KIOSK_DOOR, FaultCode.MAINS_LOST
LID, SUPPLY = Input("pinctrl-rp1", 17), Input("pinctrl-rp1", 27, fault_is_low=True)


def said(root: Path, inputs: Mapping[FaultCode, Input | None]) -> dict[FaultCode | None, CheckResult]:
    return {one.code: one.result for one in Contacts(inputs, recorded_lines(root)).check()}


def set_level(root: Path, one: Input, level: str) -> None:
    write(root, str(level_path(Path(), one)), level)


def test_an_open_contact_is_a_fault_and_a_closed_one_is_not(tmp_path: Path) -> None:
    inputs = {DOOR: LID, MAINS: SUPPLY}
    assert said(tmp_path, inputs) == {DOOR: UNKNOWN, MAINS: UNKNOWN}
    set_level(tmp_path, LID, "0")
    set_level(tmp_path, SUPPLY, "1\n")
    assert said(tmp_path, inputs) == {DOOR: OK, MAINS: OK}
    set_level(tmp_path, LID, "1")
    set_level(tmp_path, SUPPLY, "0")
    assert said(tmp_path, inputs) == {DOOR: FAULT, MAINS: FAULT}


@given(st.binary(max_size=40).filter(lambda content: content[:4].strip() not in (b"0", b"1")))
def test_a_line_that_says_anything_else_is_unknown(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    root = tmp_path_factory.mktemp("tree")
    write(root, str(level_path(Path(), LID)), content)
    assert said(root, {DOOR: LID}) == {DOOR: UNKNOWN}


def test_what_is_not_connected_is_unknown_with_its_reason(tmp_path: Path) -> None:
    (found,) = Contacts({DOOR: None}, recorded_lines(tmp_path)).check()
    assert (found.result, found.detail) == (UNKNOWN, "no input is named in the settings")
    (found,) = Contacts({DOOR: LID}, GpioLines(tmp_path)).check()
    assert (found.result, "there is no GPIO chip with the label pinctrl-rp1" in found.detail) == (UNKNOWN, True)


@pytest.mark.parametrize(
    "text", ["", "17", "pinctrl-rp1", "pinctrl-rp1:", ":17", "a:17:high", "a:99999", "a b:1", "a:1:low:"]
)
def test_a_setting_that_names_no_input_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="door_input"):
        Settings(door_input=text)


def test_a_setting_is_read(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, door_input="pinctrl-rp1:17", mains_input="pinctrl-rp1:27:low")
    assert (settings.door_input, settings.mains_input) == ("pinctrl-rp1:17", "pinctrl-rp1:27:low")
    assert [Input.parse(text) for text in ("pinctrl-rp1:17", "pinctrl-rp1:27:low")] == [LID, SUPPLY]


@dataclass
class Board:
    """Chips as the character device shows them, by path; `levels` are their lines."""

    labels: dict[str, str]
    levels: dict[int, Value] = field(default_factory=dict)
    wanted: list[dict[int, gpiod.LineSettings]] = field(default_factory=list)
    released: int = 0
    fails: OSError | None = None

    def chip(self, path: str) -> Any:
        board = self

        class Chip:
            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_: object) -> None: ...

            def close(self) -> None: ...

            def get_info(self) -> SimpleNamespace:
                return SimpleNamespace(label=board.labels[path])

            def request_lines(self, *, consumer: str, config: dict[int, gpiod.LineSettings]) -> Any:
                assert consumer == "bangtin-kiosk"
                board.wanted.append(config)
                return SimpleNamespace(get_value=board.level, release=board.release)

        return Chip()

    def level(self, line: int) -> Value:
        if self.fails is not None:
            raise self.fails
        return self.levels[line]

    def release(self) -> None:
        self.released += 1


@pytest.fixture
def board(tmp_path: Path) -> Board:
    """Two chips; the second is the processor's."""
    made = Board({str(tmp_path / "dev/gpiochip0"): "gpio-brcmstb", str(tmp_path / "dev/gpiochip4"): "pinctrl-rp1"})
    for path in made.labels:
        write(tmp_path, str(Path(path).relative_to(tmp_path)), "")
    return made


def test_a_line_is_asked_for_once_with_pull_up_and_debounce_and_again_after_it_failed(
    tmp_path: Path, board: Board
) -> None:
    lines = GpioLines(tmp_path, board.chip)
    board.levels[17] = Value.ACTIVE
    assert (lines(LID), lines(LID)) == (True, True)
    ((offset, asked),) = [pair for config in board.wanted for pair in config.items()]
    assert (offset, asked.direction, asked.bias) == (17, Direction.INPUT, Bias.PULL_UP)
    assert asked.debounce_period.total_seconds() == 0.05
    board.fails = OSError(5, "Input/output error")
    (found,) = Contacts({DOOR: LID}, lines).check()
    assert (found.result, found.detail) == (UNKNOWN, "line 17 of pinctrl-rp1: Input/output error")
    board.fails, board.levels[17] = None, Value.INACTIVE
    assert lines(LID) is False
    assert len(board.wanted) == 2
    lines.close()
    assert board.released == 2
