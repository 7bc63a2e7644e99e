"""The simulator against frames that vendor documents print, both ways, to the byte."""

from __future__ import annotations

import pytest

from simulator.led.frames import Listener
from simulator.led.novastar import Controller
from simulator.led.wall import Card, MonitorCard, Wall, wall

PRINTED_RIBBONS = bytes.fromhex("88 88 88 88 88 88 88 88 F8 F0 F0 FF F0 F0 F0 FF")


def asked(controller: Controller, request: str) -> str:
    """Return the reply to one request, as it is printed: hexadecimal bytes with spaces."""
    (heard,) = Listener().hear(bytes.fromhex(request))
    answer = controller.answer(heard)
    assert answer is not None
    return answer.content.hex(" ").upper()


def m3(**facts: object) -> Wall:
    """A controller as the M3 protocol's examples have it: acknowledgements echo all ports."""
    made = wall((1,), ())
    made.model = 0x0001
    for name, value in facts.items():
        setattr(made, name, value)
    return made


def with_card(**facts: object) -> Wall:
    made = m3()
    made.ports = {0: [Card(**facts)]}  # type: ignore[arg-type] # each case names the facts it is about
    return made


PROBE = "55 AA 00 00 FE 00 00 00 00 00 00 00 02 00 00 00 02 00 57 56"
DVI = "55 AA 00 16 FE 00 00 00 00 00 00 00 17 00 00 02 01 00 83 56"
INPUTS = "55 AA 00 32 FE 00 00 00 00 00 00 00 4D 00 00 02 01 00 D5 56"

CASES = {
    "probe MCTRL300": (m3(), PROBE, "AA 55 00 00 00 FE 00 00 00 00 00 00 02 00 00 00 02 00 01 00 58 56"),
    "probe MCTRL660Pro": (
        m3(model=0x1107),
        PROBE,
        "AA 55 00 00 00 FE 00 00 00 00 00 00 02 00 00 00 02 00 07 11 6F 56",
    ),
    "probe VX4S": (m3(model=0x6106), PROBE, "AA 55 00 00 00 FE 00 00 00 00 00 00 02 00 00 00 02 00 06 61 BE 56"),
    "firmware": (
        m3(),
        "55 AA 00 15 FE 00 00 00 00 00 00 00 04 00 10 04 04 00 84 56",
        "AA 55 00 15 00 FE 00 00 00 00 00 00 04 00 10 04 04 00 04 03 00 00 8B 56",
    ),
    "DVI none": (m3(signal_bits=0), DVI, "AA 55 00 16 00 FE 00 00 00 00 00 00 17 00 00 02 01 00 00 83 56"),
    "DVI present": (m3(signal_bits=4), DVI, "AA 55 00 16 00 FE 00 00 00 00 00 00 17 00 00 02 01 00 01 84 56"),
    "HDMI present": (m3(signal_bits=2), INPUTS, "AA 55 00 32 00 FE 00 00 00 00 00 00 4D 00 00 02 01 00 02 D7 56"),
    "no input": (m3(signal_bits=0), INPUTS, "AA 55 00 32 00 FE 00 00 00 00 00 00 4D 00 00 02 01 00 00 D5 56"),
    "card present": (
        m3(),
        "55 AA 00 32 FE 00 01 00 00 00 00 00 00 00 00 00 06 00 8C 56",
        "AA 55 00 32 00 FE 01 00 00 00 00 00 00 00 00 00 06 00 05 41 04 02 00 01 D9 56",
    ),
    "card absent": (
        m3(),
        "55 AA 00 01 FE 00 01 01 03 00 00 00 00 00 00 00 06 00 5F 56",
        "AA 55 01 01 00 FE 01 01 03 00 00 00 00 00 00 00 00 00 5A 56",
    ),
    "temperature 36.0": (
        with_card(temperature_c=36.0),
        "55 AA 00 32 FE 00 01 00 00 00 00 00 00 00 00 0A 02 00 92 56",
        "AA 55 00 32 00 FE 01 00 00 00 00 00 00 00 00 0A 02 00 80 48 5A 57",
    ),
    "voltage 4.1": (
        with_card(voltage=4.1),
        "55 AA 00 32 FE 00 01 00 00 00 00 00 03 00 00 0A 01 00 94 56",
        "AA 55 00 32 00 FE 01 00 00 00 00 00 03 00 00 0A 01 00 A9 3D 57",
    ),
    "ribbons": (
        with_card(monitor=MonitorCard(ribbons=PRINTED_RIBBONS)),
        "55 AA 00 32 FE 00 01 00 00 00 00 00 42 00 00 0A 10 00 E2 56",
        "AA 55 00 32 00 FE 01 00 00 00 00 00 42 00 00 0A 10 00 88 88 88 88 88 88 88 88 F8 F0 F0 FF F0 F0 F0 FF C8 62",
    ),
    "brightness read": (
        m3(),
        "55 AA 00 14 FE 00 01 00 00 00 00 00 01 00 00 02 05 00 70 56",
        "AA 55 00 14 00 FE 01 00 00 00 00 00 01 00 00 02 05 00 FF FF FF FF FF 6B 5B",
    ),
    "brightness of one": (
        m3(),
        "55 AA 00 15 FE 00 01 00 00 00 01 00 01 00 00 02 01 00 80 EE 56",
        "AA 55 00 15 00 FE 01 00 00 00 01 00 01 00 00 02 00 00 6D 56",
    ),
    "brightness of all": (
        m3(),
        "55 AA 00 15 FE 00 01 FF FF FF 01 00 01 00 00 02 05 00 80 80 80 80 80 EF 5B",
        "AA 55 00 15 00 FE 01 FF FF FF 01 00 01 00 00 02 00 00 6A 59",
    ),
    "brightness 0 to every device": (
        m3(),
        "55 AA 00 00 FE FF 01 FF FF FF 01 00 01 00 00 02 01 00 00 55 5A",
        "AA 55 00 00 FF FE 01 FF FF FF 01 00 01 00 00 02 00 00 54 5A",
    ),
    "brightness FF to every device": (
        m3(),
        "55 AA 00 00 FE FF 01 FF FF FF 01 00 01 00 00 02 01 00 FF 54 5B",
        "AA 55 00 00 FF FE 01 FF FF FF 01 00 01 00 00 02 00 00 54 5A",
    ),
    "save to flash": (
        m3(),
        "55 AA 00 15 FE 00 01 FF FF FF 01 00 11 00 00 01 01 00 11 8B 59",
        "AA 55 00 15 00 FE 01 FF FF FF 01 00 11 00 00 01 00 00 79 59",
    ),
    "blackout of all at a 660Pro": (
        m3(model=0x1107),
        "55 AA 00 80 FE 00 01 FF FF FF 01 00 00 01 00 02 01 00 FF D5 5A",
        "AA 55 00 80 00 FE 01 00 FF FF 01 00 00 01 00 02 00 00 D6 58",
    ),
    "red at port 1": (
        m3(),
        "55 AA 00 80 FE 00 01 00 FF FF 01 00 01 01 00 02 01 00 02 DA 58",
        "AA 55 00 80 00 FE 01 00 FF FF 01 00 01 01 00 02 00 00 D7 58",
    ),
    "gamma 2.8": (
        m3(),
        "55 AA 00 15 FE 00 01 00 00 00 00 00 00 00 00 02 01 00 6C 56",
        "AA 55 00 15 00 FE 01 00 00 00 00 00 00 00 00 02 01 00 1C 88 56",
    ),
    "112 lux": (
        m3(light_lux=112),
        "55 AA 00 5B FE 00 00 00 00 00 00 00 0F 00 00 02 02 00 C1 56",
        "AA 55 00 5B 00 FE 00 00 00 00 00 00 0F 00 00 02 02 00 38 80 79 57",
    ),
    "input to HDMI": (
        m3(),
        "55 AA 00 32 FE 00 00 00 00 00 01 00 23 00 00 02 01 00 05 B1 56",
        "AA 55 00 32 00 FE 00 00 00 00 01 00 23 00 00 02 00 00 AB 56",
    ),
    "VX4S black": (
        m3(model=0x6106),
        "55 AA 00 00 FE 00 00 00 00 00 01 00 50 00 20 02 01 00 02 C9 56",
        "AA 55 00 00 00 FE 00 00 00 00 01 00 50 00 20 02 00 00 C6 56",
    ),
    "VX4S normal": (
        m3(model=0x6106),
        "55 AA 00 00 FE 00 00 00 00 00 01 00 50 00 20 02 01 00 00 C7 56",
        "AA 55 00 00 00 FE 00 00 00 00 01 00 50 00 20 02 00 00 C6 56",
    ),
}
SENT_ALONE = {
    "all cards normal again": "55 AA 00 80 FE 00 01 FF FF FF 01 00 00 01 00 02 01 00 00 D6 59",
    "pattern off at port 1": "55 AA 00 80 FE 00 01 00 FF FF 01 00 01 01 00 02 01 00 00 D8 58",
    "freeze the first card": "55 AA 00 80 FE 00 01 00 00 00 01 00 02 01 00 02 01 00 FF DA 57",
    "monitoring, 256 bytes": "55 AA 00 32 FE 00 01 00 00 00 00 00 00 00 00 0A 00 01 91 56",
    "monitoring, 82 bytes": "55 AA 00 02 FE 00 01 00 00 00 00 00 00 00 00 0A 52 00 B2 56",
    "redundancy": "55 AA 00 0B FE 00 00 00 00 00 00 00 1E 00 00 02 01 00 7F 56",
}


@pytest.mark.parametrize(("played", "request_", "reply"), CASES.values(), ids=list(CASES))
def test_the_reply_is_the_printed_one(played: Wall, request_: str, reply: str) -> None:
    assert asked(Controller(played), request_) == reply


@pytest.mark.parametrize("request_", SENT_ALONE.values(), ids=list(SENT_ALONE))
def test_a_request_without_a_printed_reply_is_understood(request_: str) -> None:
    (heard,) = Listener().hear(bytes.fromhex(request_))
    assert heard.sound
    answer = Controller(m3()).answer(heard)
    assert answer is not None
    assert answer.content[2] == 0


def test_the_monitoring_block_is_the_captured_one() -> None:
    monitor = MonitorCard(
        temperature_c=None, humidity=50, fans_rpm=[0] * 4, doors_open=[True, True], ribbons=b"\xff" * 16
    )
    played = with_card(temperature_c=27.0, voltage=4.9, monitor=monitor)
    block = bytes.fromhex(asked(Controller(played), SENT_ALONE["monitoring, 82 bytes"]))[18:-2]
    assert block[:4].hex(" ") == "80 36 00 b1"
    assert block[0x20:0x24].hex(" ") == "ff 01 00 04"
    assert block[0x29:0x31].hex(" ") == "b2 80 80 80 80 80 b1 80"
    assert block[0x41:].hex(" ") == "03" + " ff" * 16
    assert len(block) == 82


@pytest.mark.parametrize(("played", "request_", "reply"), CASES.values(), ids=list(CASES))
def test_a_request_is_found_in_any_two_pieces_and_behind_junk(played: Wall, request_: str, reply: str) -> None:
    whole = bytes.fromhex(request_)
    for cut in range(len(whole) + 1):
        listener = Listener()
        heard = listener.hear(b"\x00\x55" + whole[:cut]) + listener.hear(whole[cut:] + b"\x55")
        assert [one.sound for one in heard] == [True], cut
        answer = Controller(played).answer(heard[0])
        assert answer is not None
        assert answer.content.hex(" ").upper() == reply
