"""What the catalogue says of a code: for people in three languages, and for other systems in their own words."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from playlists.fault.code import Severity


class EventType(StrEnum):
    """ITU-T X.733 clause 8.1.1: what kind of trouble it is."""

    COMMUNICATIONS = "communications"
    QUALITY_OF_SERVICE = "quality_of_service"
    PROCESSING_ERROR = "processing_error"
    EQUIPMENT = "equipment"
    ENVIRONMENTAL = "environmental"


class SignError(StrEnum):
    """NTCIP 1203 `shortErrorStatus`: the bit of a message sign that says about the same; OTHER where none does."""

    OTHER = "other"
    COMMUNICATIONS = "communications"
    POWER = "power"
    ATTACHED_DEVICE = "attached_device"
    PIXEL = "pixel"
    PHOTOCELL = "photocell"
    MESSAGE = "message"
    CONTROLLER = "controller"
    TEMPERATURE_WARNING = "temperature_warning"
    CLIMATE_CONTROL = "climate_control"
    CRITICAL_TEMPERATURE = "critical_temperature"
    DOOR_OPEN = "door_open"
    HUMIDITY = "humidity"

    @property
    def bit(self) -> int:
        """Its position in the bit field."""
        return _BITS[self]


_BITS = {
    SignError.OTHER: 0,
    SignError.COMMUNICATIONS: 1,
    SignError.POWER: 2,
    SignError.ATTACHED_DEVICE: 3,
    SignError.PIXEL: 5,
    SignError.PHOTOCELL: 6,
    SignError.MESSAGE: 7,
    SignError.CONTROLLER: 8,
    SignError.TEMPERATURE_WARNING: 9,
    SignError.CLIMATE_CONTROL: 10,
    SignError.CRITICAL_TEMPERATURE: 11,
    SignError.DOOR_OPEN: 13,
    SignError.HUMIDITY: 14,
}


class Said(NamedTuple):
    """One sentence in the three languages, in the order of `playlists.language.Language`."""

    vi: str
    en: str
    zh: str


class Explained(NamedTuple):
    """A code's severity, its name, what it means, and the first step of who goes."""

    severity: Severity
    name: Said
    meaning: Said
    first_step: Said
    event: EventType = EventType.EQUIPMENT
    sign: SignError = SignError.OTHER
