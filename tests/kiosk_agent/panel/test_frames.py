"""The driver's frames against those that vendor documents print, and against whatever else may come in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_agent.panel import monitoring, registers
from kiosk_agent.panel.frames import Replies, Reply, read_request, write_request
from kiosk_agent.panel.registers import Device, Read, Setting, Write
from kiosk_agent.panel.survey import Cabinet, Place, Unknown

FIRST, ELSEWHERE = Place(0, 0), Place(1, 3)
DVI, INPUTS = registers.DVI_SIGNAL, registers.INPUT_SIGNALS
IDENTITY = registers.CARD_IDENTITY
TEMPERATURE = Read(Device.CARD, 0x0A000000, 2)
VOLTAGE = Read(Device.CARD, 0x0A000003, 1)
RIBBONS = Read(Device.CARD, 0x0A000042, 16)
FIVE_LEVELS = Read(Device.CARD, 0x02000001, 5)
GAMMA = Read(Device.CARD, 0x02000000, 1)

READS = [
    (0x00, registers.MODEL, None, "55 AA 00 00 FE 00 00 00 00 00 00 00 02 00 00 00 02 00 57 56"),
    (0x15, registers.FIRMWARE, None, "55 AA 00 15 FE 00 00 00 00 00 00 00 04 00 10 04 04 00 84 56"),
    (0x16, DVI, None, "55 AA 00 16 FE 00 00 00 00 00 00 00 17 00 00 02 01 00 83 56"),
    (0x32, INPUTS, None, "55 AA 00 32 FE 00 00 00 00 00 00 00 4D 00 00 02 01 00 D5 56"),
    (0x5B, registers.LIGHT, None, "55 AA 00 5B FE 00 00 00 00 00 00 00 0F 00 00 02 02 00 C1 56"),
    (0x0B, registers.REDUNDANCY, None, "55 AA 00 0B FE 00 00 00 00 00 00 00 1E 00 00 02 01 00 7F 56"),
    (0x32, IDENTITY, FIRST, "55 AA 00 32 FE 00 01 00 00 00 00 00 00 00 00 00 06 00 8C 56"),
    (0x01, IDENTITY, ELSEWHERE, "55 AA 00 01 FE 00 01 01 03 00 00 00 00 00 00 00 06 00 5F 56"),
    (0x32, TEMPERATURE, FIRST, "55 AA 00 32 FE 00 01 00 00 00 00 00 00 00 00 0A 02 00 92 56"),
    (0x32, VOLTAGE, FIRST, "55 AA 00 32 FE 00 01 00 00 00 00 00 03 00 00 0A 01 00 94 56"),
    (0x02, registers.MONITORING, FIRST, "55 AA 00 02 FE 00 01 00 00 00 00 00 00 00 00 0A 52 00 B2 56"),
    (0x32, RIBBONS, FIRST, "55 AA 00 32 FE 00 01 00 00 00 00 00 42 00 00 0A 10 00 E2 56"),
    (0x14, FIVE_LEVELS, FIRST, "55 AA 00 14 FE 00 01 00 00 00 00 00 01 00 00 02 05 00 70 56"),
    (0x15, GAMMA, FIRST, "55 AA 00 15 FE 00 01 00 00 00 00 00 00 00 00 02 01 00 6C 56"),
]
BRIGHTER = Write(Setting.BRIGHTNESS, 0x80, FIRST)
WRITES = [
    (0x15, BRIGHTER, "55 AA 00 15 FE 00 01 00 00 00 01 00 01 00 00 02 01 00 80 EE 56"),
    (0x80, Write(Setting.BLACKOUT, 0xFF), "55 AA 00 80 FE 00 01 FF FF FF 01 00 00 01 00 02 01 00 FF D5 5A"),
    (0x80, Write(Setting.BLACKOUT, 0x00), "55 AA 00 80 FE 00 01 FF FF FF 01 00 00 01 00 02 01 00 00 D6 59"),
]
READ, WRITE = False, True
CONTROLLER, CARD = 0, 1
REPLIES = [
    (
        "AA 55 00 00 00 FE 00 00 00 00 00 00 02 00 00 00 02 00 01 00 58 56",
        Reply(0, 0, CONTROLLER, READ, 0x02, b"\x01\x00"),
    ),
    (
        "AA 55 00 00 00 FE 00 00 00 00 00 00 02 00 00 00 02 00 07 11 6F 56",
        Reply(0, 0, CONTROLLER, READ, 0x02, b"\x07\x11"),
    ),
    (
        "AA 55 00 00 00 FE 00 00 00 00 00 00 02 00 00 00 02 00 06 61 BE 56",
        Reply(0, 0, CONTROLLER, READ, 0x02, b"\x06\x61"),
    ),
    (
        "AA 55 00 15 00 FE 00 00 00 00 00 00 04 00 10 04 04 00 04 03 00 00 8B 56",
        Reply(0, 0x15, CONTROLLER, READ, 0x04100004, b"\x04\x03\x00\x00"),
    ),
    (
        "AA 55 00 16 00 FE 00 00 00 00 00 00 17 00 00 02 01 00 00 83 56",
        Reply(0, 0x16, CONTROLLER, READ, 0x02000017, b"\x00"),
    ),
    (
        "AA 55 00 16 00 FE 00 00 00 00 00 00 17 00 00 02 01 00 01 84 56",
        Reply(0, 0x16, CONTROLLER, READ, 0x02000017, b"\x01"),
    ),
    (
        "AA 55 00 32 00 FE 00 00 00 00 00 00 4D 00 00 02 01 00 02 D7 56",
        Reply(0, 0x32, CONTROLLER, READ, 0x0200004D, b"\x02"),
    ),
    (
        "AA 55 00 32 00 FE 00 00 00 00 00 00 4D 00 00 02 01 00 00 D5 56",
        Reply(0, 0x32, CONTROLLER, READ, 0x0200004D, b"\x00"),
    ),
    (
        "AA 55 00 32 00 FE 01 00 00 00 00 00 00 00 00 00 06 00 05 41 04 02 00 01 D9 56",
        Reply(0, 0x32, CARD, READ, 0x00, b"\x05\x41\x04\x02\x00\x01"),
    ),
    ("AA 55 01 01 00 FE 01 01 03 00 00 00 00 00 00 00 00 00 5A 56", Reply(1, 1, CARD, READ, 0x00, b"")),
    (
        "AA 55 00 32 00 FE 01 00 00 00 00 00 00 00 00 0A 02 00 80 48 5A 57",
        Reply(0, 0x32, CARD, READ, 0x0A000000, b"\x80\x48"),
    ),
    (
        "AA 55 00 32 00 FE 01 00 00 00 00 00 03 00 00 0A 01 00 A9 3D 57",
        Reply(0, 0x32, CARD, READ, 0x0A000003, b"\xa9"),
    ),
    (
        "AA 55 00 32 00 FE 01 00 00 00 00 00 42 00 00 0A 10 00 88 88 88 88 88 88 88 88 F8 F0 F0 FF F0 F0 F0 FF C8 62",
        Reply(0, 0x32, CARD, READ, 0x0A000042, bytes.fromhex("88 88 88 88 88 88 88 88 F8 F0 F0 FF F0 F0 F0 FF")),
    ),
    (
        "AA 55 00 14 00 FE 01 00 00 00 00 00 01 00 00 02 05 00 FF FF FF FF FF 6B 5B",
        Reply(0, 0x14, CARD, READ, 0x02000001, b"\xff" * 5),
    ),
    (
        "AA 55 00 15 00 FE 01 00 00 00 01 00 01 00 00 02 00 00 6D 56",
        Reply(0, 0x15, CARD, WRITE, 0x02000001, b""),
    ),
    (
        "AA 55 00 15 00 FE 01 FF FF FF 01 00 01 00 00 02 00 00 6A 59",
        Reply(0, 0x15, CARD, WRITE, 0x02000001, b""),
    ),
    (
        "AA 55 00 00 FF FE 01 FF FF FF 01 00 01 00 00 02 00 00 54 5A",
        Reply(0, 0, CARD, WRITE, 0x02000001, b""),
    ),
    (
        "AA 55 00 80 00 FE 01 00 FF FF 01 00 00 01 00 02 00 00 D6 58",
        Reply(0, 0x80, CARD, WRITE, 0x02000100, b""),
    ),
    (
        "AA 55 00 80 00 FE 01 00 FF FF 01 00 01 01 00 02 00 00 D7 58",
        Reply(0, 0x80, CARD, WRITE, 0x02000101, b""),
    ),
    (
        "AA 55 00 15 00 FE 01 00 00 00 00 00 00 00 00 02 01 00 1C 88 56",
        Reply(0, 0x15, CARD, READ, 0x02000000, b"\x1c"),
    ),
    (
        "AA 55 00 5B 00 FE 00 00 00 00 00 00 0F 00 00 02 02 00 38 80 79 57",
        Reply(0, 0x5B, CONTROLLER, READ, 0x0200000F, b"\x38\x80"),
    ),
    (
        "AA 55 00 32 00 FE 00 00 00 00 01 00 23 00 00 02 00 00 AB 56",
        Reply(0, 0x32, CONTROLLER, WRITE, 0x02000023, b""),
    ),
    (
        "AA 55 00 00 00 FE 00 00 00 00 01 00 50 00 20 02 00 00 C6 56",
        Reply(0, 0, CONTROLLER, WRITE, 0x02200050, b""),
    ),
]
JUNK = st.binary(max_size=40).filter(lambda junk: b"\xaa\x55" not in junk and not junk.endswith(b"\xaa"))


@pytest.mark.parametrize(("serial", "what", "place", "printed"), READS)
def test_a_read_is_the_printed_frame(serial: int, what: Read, place: Place | None, printed: str) -> None:
    assert read_request(serial, what, place).hex(" ").upper() == printed


@pytest.mark.parametrize(("serial", "what", "printed"), WRITES)
def test_a_write_is_the_printed_frame(serial: int, what: Write, printed: str) -> None:
    assert write_request(serial, what).hex(" ").upper() == printed


@pytest.mark.parametrize(("printed", "meaning"), REPLIES)
def test_a_printed_reply_is_understood_in_any_two_pieces(printed: str, meaning: Reply) -> None:
    whole = bytes.fromhex(printed)
    for cut in range(len(whole) + 1):
        replies = Replies()
        assert replies.feed(whole[:cut]) + replies.feed(whole[cut:]) == [meaning], cut


@pytest.mark.parametrize(("printed", "meaning"), REPLIES)
def test_a_reply_with_any_one_byte_damaged_is_none(printed: str, meaning: Reply) -> None:
    whole = bytes.fromhex(printed)
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        assert meaning not in Replies().feed(bytes(damaged)), place


@given(st.lists(st.sampled_from(REPLIES), min_size=1, max_size=4), st.data())
def test_replies_are_found_among_junk_however_the_stream_is_torn(
    chosen: list[tuple[str, Reply]], data: st.DataObject
) -> None:
    stream = b"".join(data.draw(JUNK) + bytes.fromhex(printed) for printed, _ in chosen)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    replies, found = Replies(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += replies.feed(stream[start:end])
    assert found == [meaning for _, meaning in chosen]


def test_a_damaged_length_does_not_swallow_the_next_reply() -> None:
    damaged = bytearray.fromhex(REPLIES[0][0])
    damaged[17] = 0x0F
    assert Replies().feed(bytes(damaged) + bytes.fromhex(REPLIES[1][0])) == [REPLIES[1][1]]


def test_an_error_that_names_the_asked_length_and_holds_nothing_is_understood() -> None:
    echoing = bytearray.fromhex("AA 55 01 01 00 FE 01 01 03 00 00 00 00 00 00 00 06 00 60 56")
    after = bytes.fromhex(REPLIES[0][0])
    for cut in range(len(echoing)):
        replies = Replies()
        found = replies.feed(bytes(echoing[:cut])) + replies.feed(bytes(echoing[cut:]) + after)
        assert found == [Reply(1, 1, CARD, READ, 0x00, b""), REPLIES[0][1]], cut


def test_a_reply_for_another_computer_is_passed_over() -> None:
    other = bytearray.fromhex(REPLIES[0][0])
    other[5] = 0xFD
    other[-2] -= 1
    assert Replies().feed(bytes(other)) == []


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_whatever_comes_in_is_survived_and_not_hoarded(pieces: list[bytes]) -> None:
    replies = Replies()
    for piece in pieces:
        replies.feed(piece)
    assert len(replies._rest) <= 5000


@given(st.integers(), st.integers(), st.integers(-5, 300), st.integers(-5, 70_000))
def test_only_permitted_registers_and_values_can_be_written(register: int, level: int, port: int, card: int) -> None:
    try:
        write = Write(Setting(register), level, Place(port, card))
    except ValueError:
        return
    frame = write_request(0, write)
    assert int.from_bytes(frame[12:16], "little") in (0x02000001, 0x02000100, 0x02000101, 0x02000102)
    assert frame[6] == CARD


@pytest.mark.parametrize("register", [0x01000002, 0x01000011, 0x01000001, 0x0A000000, 0x08000000, 0x02000000, "x"])
def test_flash_and_factory_reset_do_not_exist_here(register: object) -> None:
    with pytest.raises(ValueError, match="is not a valid Setting"):
        Write(register, 1)  # type: ignore[arg-type] # what the type forbids is forbidden at run time too


@pytest.mark.parametrize(
    ("setting", "level"),
    [(Setting.FREEZE, 0xFF), (Setting.BLACKOUT, 1), (Setting.PATTERN, 0x0A), (Setting.BRIGHTNESS, 256)],
)
def test_a_permitted_register_takes_permitted_values_only(setting: Setting, level: int) -> None:
    with pytest.raises(registers.Forbidden, match="is never set to"):
        Write(setting, level)


@given(st.integers(0, 0xFF), st.sampled_from(Device), st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFF))
def test_a_read_is_never_a_write(serial: int, device: Device, register: int, length: int) -> None:
    frame = read_request(serial, Read(device, register, length), ELSEWHERE)
    assert (frame[10], len(frame)) == (0, 20)


CAPTURED = bytes.fromhex("80 36 00 B1").ljust(0x20, b"\0") + bytes.fromhex("FF 01 00 04").ljust(9, b"\0")
CAPTURED += bytes.fromhex("B2 80 80 80 80 80 B1 80 80 80 80 80 80 80 80").ljust(0x18, b"\0") + b"\x03" + b"\xff" * 16


def test_the_captured_monitoring_block_is_read() -> None:
    card = monitoring.parse(CAPTURED)
    assert (card.answers, card.temperature_milli, card.voltage_milli) == (True, 27_000, 4900)
    assert isinstance(card.cabinet, Cabinet)
    assert (card.cabinet.humidity_percent, card.cabinet.smoke, card.cabinet.fans_rpm) == (50, False, (0, 0, 0, 0))
    assert card.cabinet.rails_milli == (4900, *[0] * 8)
    assert card.cabinet.doors_open == (True, True)
    assert card.cabinet.ribbons_open == (1 << 128) - 1
    assert isinstance(card.cabinet.temperature_milli, Unknown)


def test_below_zero_and_what_has_no_sensor() -> None:
    card = monitoring.parse(bytes.fromhex("81 0B 00 00").ljust(0x52, b"\0"))
    assert card.temperature_milli == -5500
    assert isinstance(card.voltage_milli, Unknown)
    assert isinstance(card.cabinet, Unknown)


@given(st.binary(max_size=300))
def test_any_block_is_read_without_an_error(block: bytes) -> None:
    assert monitoring.parse(block).answers is True
