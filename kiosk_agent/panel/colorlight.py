"""Colorlight processors over TCP 9999: commands only. They say nothing back, so everything about the panel is unknown.

Two forms of frames are in use: Z (X2s to X20, S20, X6, X7, X12) and V (U9 Max, X100, X20m, X26m, X40m, Z8t, Z6 PRO-G2,
Z4 Pro, Z5, D9, D16, V8).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection
from enum import StrEnum

from kiosk_agent.panel.line import Line
from kiosk_agent.panel.survey import Card, Contended, Failure, Link, Place, Refused, Survey, Unknown
from playlists.wire.messages import PanelPicture

MUTE = Unknown("a Colorlight processor takes commands and never answers")
EVERY_DEVICE = b"\xff\xff"
DRAIN_S = 0.05
FULL = 255
_COLOURS = {
    PanelPicture.VIDEO: 0,
    PanelPicture.RED: 1,
    PanelPicture.GREEN: 2,
    PanelPicture.BLUE: 3,
    PanelPicture.WHITE: 4,
}
_TEST_TAIL = bytes.fromhex("FF 00 FF 00 FF 00 00")


class Form(StrEnum):
    """Which frames a processor understands."""

    Z = "z"
    V = "v"


class Colorlight:
    """The driver. `most` is the model's word for full brightness in the Z form: 100, or 1 on some."""

    name = "colorlight"

    def __init__(self, open_line: Callable[[], Line], form: Form, most: float = 100.0) -> None:
        self._open_line, self._form, self._most = open_line, form, most

    def survey(self, places: Collection[Place]) -> Survey:
        """Tell whether it takes a connection; nothing else can be known."""
        try:
            self._open_line().close()
        except Contended as error:
            return Survey(Link.CONTENDED, str(error))
        except Failure as error:
            return Survey(Link.SILENT, str(error))
        return Survey(
            Link.ANSWERS,
            signal=MUTE,
            backup_ports=MUTE,
            brightness=MUTE,
            shows=MUTE,
            light_lux=MUTE,
            dims_itself=MUTE,
            cards=dict.fromkeys(places, Card(MUTE, MUTE, MUTE, MUTE)),
        )

    def set_brightness(self, level: int) -> None:
        """Set the brightness of all devices."""
        if self._form is Form.Z:
            self._send(_z(b"\x21", struct.pack("<f", level * self._most / FULL)))
        else:
            self._send(_v(b"\x50", round(level * 10_000 / FULL).to_bytes(2, "little")))

    def show(self, picture: PanelPicture) -> None:
        """Show the video, black or a colour; nothing stays frozen."""
        is_black = picture is PanelPicture.BLACK
        colour = _COLOURS.get(PanelPicture.VIDEO if is_black else picture)
        if colour is None:
            raise Refused(f"a Colorlight processor is not asked for {picture}: how is not published")
        if self._form is Form.Z:
            self._send(
                _z(b"\x12", b"\x00"),
                _z(b"\x32", bytes((colour,)) + _TEST_TAIL),
                _z(b"\x11", bytes((not is_black,))),
            )
        else:
            self._send(_v(b"\x11", b"\x00"), _v(b"\x12", bytes((colour,))), _v(b"\x10", bytes((is_black,))))

    def _send(self, *frames: bytes) -> None:
        beat = b"\x99\x99\x04\x00" if self._form is Form.Z else b"\x99\x99\x00\x08\x00\x00\x00\x00"
        line = self._open_line()
        try:
            line.send(beat + b"".join(frames))
            line.receive(DRAIN_S)  # closing with something unread would cut off what was sent
        finally:
            line.close()


def _z(kind: bytes, content: bytes) -> bytes:
    return kind + b"\x00" + bytes((16 + len(content),)) + bytes(3) + EVERY_DEVICE + bytes(8) + content


def _v(kind: bytes, content: bytes) -> bytes:
    head = kind + b"\x10\x00" + bytes((17 + len(content),)) + bytes(3) + EVERY_DEVICE
    return head + b"\x02" + bytes(7) + content
