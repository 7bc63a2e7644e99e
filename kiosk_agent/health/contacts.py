"""Contacts at GPIO inputs: the lid of the kiosk's box, and whether mains is there while a reserve carries the kiosk.

The wiring is fail-safe: a contact that is closed in good order pulls the line to ground against the processor's own
pull-up, so an open lid, lost mains and a cut wire all read high. An input that is wired the other way says `:low`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

import gpiod
from gpiod.line import Bias, Direction, Value

from kiosk_agent.core.finding import Finding
from playlists.fault import CheckResult, FaultCode

log = logging.getLogger(__name__)
DOOR, MAINS = "kiosk_door", "mains"
DEBOUNCE = timedelta(milliseconds=50)
CHIPS = "dev/gpiochip*"
_SAID = {
    FaultCode.KIOSK_DOOR: (DOOR, "the lid's contact is open"),
    FaultCode.MAINS_LOST: (MAINS, "the input says that mains is gone"),
}


@dataclass(frozen=True, slots=True)
class Input:
    """One line of a chip. Chips are named by label, because their numbers change between kernels."""

    chip: str
    line: int
    fault_is_low: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a setting: `CHIP:LINE` or `CHIP:LINE:low`."""
        chip, line, *low = text.split(":")
        return cls(chip, int(line), fault_is_low=bool(low))


ReadLevel = Callable[[Input], bool]
"""Returns whether a line is high. Raises OSError when it cannot be read."""


class Contacts:
    """What the inputs say, by the fault that each can raise."""

    def __init__(self, inputs: Mapping[FaultCode, Input | None], read_level: ReadLevel) -> None:
        self._inputs, self._read_level = inputs, read_level

    def check(self) -> tuple[Finding, ...]:
        """Read each input; the kernel has waited for a contact that bounces."""
        return tuple(self._check(code, one) for code, one in self._inputs.items())

    def _check(self, code: FaultCode, one: Input | None) -> Finding:
        name, wrong = _SAID[code]
        if one is None:
            return Finding(name, CheckResult.UNKNOWN, code, "no input is named in the settings")
        try:
            is_high = self._read_level(one)
        except OSError as error:
            reason = error.strerror or str(error)
            return Finding(name, CheckResult.UNKNOWN, code, f"line {one.line} of {one.chip}: {reason}")
        if is_high is not one.fault_is_low:
            return Finding(name, CheckResult.FAULT, code, wrong, settled=True)
        return Finding(name, CheckResult.OK, code, settled=True)


class GpioLines:
    """Lines of the GPIO character device, each asked for once and held; one that fails is asked for again."""

    def __init__(self, root: Path = Path("/"), open_chip: Callable[[str], gpiod.Chip] = gpiod.Chip) -> None:
        self._root, self._open_chip = root, open_chip
        self._held: dict[Input, gpiod.LineRequest] = {}

    def __call__(self, one: Input) -> bool:
        """Return whether a line is high.

        Raises:
            OSError: there is no such chip or line, or it does not answer.
        """
        try:
            request = self._held.get(one) or self._request(one)
            self._held[one] = request
            return request.get_value(one.line) is Value.ACTIVE
        except OSError:
            self._release(one)
            raise
        except (ValueError, gpiod.RequestReleasedError, gpiod.ChipClosedError) as error:
            self._release(one)
            raise OSError(str(error)) from error

    def close(self) -> None:
        """Give all lines back."""
        for one in list(self._held):
            self._release(one)

    def _request(self, one: Input) -> gpiod.LineRequest:
        with self._open(one.chip) as chip:
            wanted = gpiod.LineSettings(direction=Direction.INPUT, bias=Bias.PULL_UP, debounce_period=DEBOUNCE)
            return chip.request_lines(consumer="bangtin-kiosk", config={one.line: wanted})

    def _open(self, label: str) -> gpiod.Chip:
        for path in sorted(self._root.glob(CHIPS)):
            try:
                chip = self._open_chip(str(path))
            except OSError as error:
                log.debug("%s cannot be opened: %s", path, error)
                continue
            if chip.get_info().label == label:
                return chip
            chip.close()
        raise OSError(f"there is no GPIO chip with the label {label}")

    def _release(self, one: Input) -> None:
        request = self._held.pop(one, None)
        if request is not None:
            try:
                request.release()
            except (OSError, gpiod.RequestReleasedError) as error:
                log.debug("a GPIO line was not released: %s", error)


def level_path(root: Path, one: Input) -> Path:
    """Return where a tree that stands for `/` keeps a line's level, `0` or `1`."""
    return root / "answers" / f"gpio_{one.chip}_{one.line}"


def recorded_lines(root: Path) -> ReadLevel:
    """Return the lines of a tree that stands for `/`."""

    def read(one: Input) -> bool:
        with level_path(root, one).open("rb") as file:
            said = file.read(4).strip()
        if said not in (b"0", b"1"):
            raise OSError("it does not answer")
        return said == b"1"

    return read
