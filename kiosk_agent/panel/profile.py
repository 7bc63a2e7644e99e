"""What a site says of its panel: where each cabinet is, which channels are connected, what voltage is usual.

A JSON file that a technician writes once. Parts count from 1, as people and labels do.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kiosk_agent.panel.brightness import BrightnessPolicy
from kiosk_agent.panel.survey import Place

MOST_BYTES = 256 << 10
Number = Annotated[int, Field(ge=1, le=9999)]
Ribbon = Annotated[int, Field(ge=1, le=128)]


class WrongProfile(ValueError):
    """The file cannot be read or says something that cannot be; the text says what and where."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fan(_Part):
    """A fan that is connected."""

    fan: Annotated[int, Field(ge=1, le=4)]
    nominal_rpm: Annotated[int, Field(ge=100, le=6350)]


class Channels(_Part):
    """What of a monitoring card is connected: only this can be at fault, because the rest reads zero or open."""

    fans: tuple[Fan, ...] = ()
    doors: tuple[Literal[1, 2], ...] = ()
    smoke: bool = False
    humidity: bool = False
    ribbons: tuple[Ribbon, ...] = ()


class CabinetSpec(_Part):
    """One cabinet with its receiving card."""

    port: Annotated[int, Field(ge=1, le=32)]
    card: Annotated[int, Field(ge=1, le=1024)]
    row: Number
    column: Number
    number: Annotated[int, Field(ge=0, lt=1 << 31)] | None = None
    """A COEX controller's own number of the cabinet."""
    channels: Channels = Channels()

    @property
    def place(self) -> Place:
        """Where its card is, from 0."""
        return Place(self.port - 1, self.card - 1)


class PanelProfile(_Part):
    """One panel."""

    cabinets: Annotated[tuple[CabinetSpec, ...], Field(max_length=2000)] = ()
    usual_millivolts: Annotated[int, Field(ge=3000, le=6000)] | None = None
    """What the cards read when all is well; they differ by make."""
    brightness: BrightnessPolicy | None = None
    """Without it nobody sets the brightness."""
    light_sensor: Literal["none", "controller", "kernel"] = "none"
    signal_register: Literal["by_model", "inputs", "dvi"] = "by_model"
    on_signal_loss: Literal["black", "leave"] = "black"
    baud: Literal[115_200, 1_048_576] = 115_200
    """The serial speed: 1048576 for MSD600, MCTRL600 and MCTRL660, 115200 for the others."""
    colorlight_form: Literal["z", "v"] = "v"
    full_brightness: Literal[1, 100] = 100
    """The word for full brightness of COEX and of Colorlight's Z form: a percentage or a share."""
    screens: tuple[int, ...] = (1,)
    """The screens of a COEX controller."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        _once("card", [f"port {one.port} card {one.card}" for one in self.cabinets])
        _once("place", [f"row {one.row}, column {one.column}" for one in self.cabinets])
        _once("number", [str(one.number) for one in self.cabinets if one.number is not None])
        return self


def load(path: Path | None) -> PanelProfile:
    """Read a profile; without a file there is an empty one, of which nothing is known.

    Raises:
        WrongProfile: with what is wrong and where.
    """
    if path is None:
        return PanelProfile()
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise WrongProfile(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise WrongProfile(f"{path} is larger than {MOST_BYTES >> 10} KiB")
    try:
        return PanelProfile.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise WrongProfile(f"{path}: {place}: {first['msg']}") from error


def _once(what: str, names: Sequence[str]) -> None:
    twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    if twice:
        raise ValueError(f"two cabinets have the same {what}: {min(twice)}")
