"""What is known of each NovaStar model: only what stands here is asked, because a register that is not there lies."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk_agent.panel.registers import DVI_SIGNAL, INPUT_SIGNALS, Read


@dataclass(frozen=True, slots=True)
class Model:
    """One kind of controller."""

    name: str
    signal: Read | None = None
    """The register that tells whether a picture comes in."""
    redundancy: bool = False
    auto_brightness: bool = False


MODELS: dict[int, Model] = {
    0x0001: Model("MCTRL300", DVI_SIGNAL, redundancy=True),
    0x0101: Model("MCTRL500", DVI_SIGNAL, redundancy=True),
    0x1101: Model("MCTRL600/660", INPUT_SIGNALS, redundancy=True, auto_brightness=True),
    0x1103: Model("MCTRL4K", INPUT_SIGNALS),
    0x1104: Model("MCTRL R5", INPUT_SIGNALS),
    0x1107: Model("MCTRL660 Pro", INPUT_SIGNALS, redundancy=True, auto_brightness=True),
    0x6106: Model("VX4S"),
    0x6107: Model("VX4S"),
    0x612A: Model("VX4S-N"),
    0x6205: Model("NovaPro UHD Jr"),
    0x620B: Model("VX16S"),
    0x620C: Model("VX1000"),
    0x620E: Model("VX600"),
    0x6211: Model("VX400"),
    0x622B: Model("VX1000 Pro"),
}


def model_of(number: int) -> Model:
    """Return what is known of a model; of one that is not listed nothing but its number."""
    return MODELS.get(number, Model(f"model {number:04X}"))
