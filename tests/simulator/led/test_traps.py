"""What real controllers do that no document says: stale buffers, moved reads, aliases, wrong echoes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.led.frames import ABSENT, BAD_CHECKSUM, Listener, checksum
from simulator.led.novastar import Controller
from simulator.led.wall import wall

SENDER, RECEIVER = 0, 1
ALL = (0xFF, 0xFFFF)


def frame(
    device: int, register: int, length: int, place: tuple[int, int] = (0, 0), content: bytes = b"", *, wrong: int = 0
) -> bytes:
    body = bytes((0, 9, 0xFE, 0, device, place[0])) + place[1].to_bytes(2, "little")
    body += bytes((bool(content), 0)) + register.to_bytes(4, "little") + length.to_bytes(2, "little") + content
    return b"\x55\xaa" + body + (int.from_bytes(checksum(body), "little") ^ wrong).to_bytes(2, "little")


def ask(controller: Controller, request: bytes) -> tuple[int, bytes, bytes]:
    """Return ack, content, and the whole reply."""
    (heard,) = Listener().hear(request)
    answer = controller.answer(heard)
    assert answer is not None
    assert answer.content[-2:] == checksum(answer.content[2:-2])
    return answer.content[2], answer.content[18:-2], answer.content


def test_a_register_that_is_not_there_gives_the_read_before_once_more() -> None:
    controller = Controller(wall())
    _, model, _ = ask(controller, frame(SENDER, 0x02, 2))
    ack, content, _ = ask(controller, frame(SENDER, 0x07654321, 4))
    assert (ack, content) == (0, model + model)


def test_a_read_inside_a_field_is_moved_to_its_beginning() -> None:
    controller = Controller(wall())
    assert ask(controller, frame(SENDER, 0x03, 2))[1] == ask(controller, frame(SENDER, 0x02, 2))[1]


def test_the_controller_says_full_brightness_whatever_the_cards_have() -> None:
    controller = Controller(wall())
    ask(controller, frame(RECEIVER, 0x02000001, 1, ALL, b"\xaa"))
    assert ask(controller, frame(SENDER, 0x02000001, 1))[1] == b"\xff"
    assert ask(controller, frame(RECEIVER, 0x02000001, 1, (1, 3)))[1] == b"\xaa"


def test_ports_may_have_gaps_and_an_absent_card_takes_its_time() -> None:
    controller = Controller(wall((2, 0, 1)), absent_delay_s=0.7)
    assert ask(controller, frame(RECEIVER, 0, 6, (2, 0)))[0] == 0
    (heard,) = Listener().hear(frame(RECEIVER, 0, 6, (1, 0)))
    answer = controller.answer(heard)
    assert answer is not None
    assert (answer.content[2], len(answer.content), answer.delay_s) == (ABSENT, 20, 0.7)


def test_a_wrong_checksum_is_told_and_the_content_comes_all_the_same_but_nothing_is_written() -> None:
    controller = Controller(wall())
    ack, content, _ = ask(controller, frame(SENDER, 0x02, 2, wrong=2))
    assert (ack, content) == (BAD_CHECKSUM, b"\x07\x11")
    assert ask(controller, frame(RECEIVER, 0x02000100, 1, ALL, b"\xff", wrong=2))[0] == BAD_CHECKSUM
    assert controller.wall.ports[0][0].blackout == 0


def test_a_write_to_all_reaches_every_card_and_is_acknowledged_once_with_port_0_by_some_models() -> None:
    played = wall()
    played.ports[1][2].plugged = False
    for model, port in ((0x1107, 0), (0x0001, 0xFF)):
        played.model = model
        _, _, reply = ask(Controller(played), frame(RECEIVER, 0x02000100, 1, ALL, b"\xff"))
        assert (reply[7], reply[8:10]) == (port, b"\xff\xff")
    assert [card.blackout for cards in played.ports.values() for card in cards] == [0xFF] * 6 + [0, 0xFF]


def test_reading_past_the_monitoring_block_gives_other_registers() -> None:
    controller = Controller(wall())
    ask(controller, frame(RECEIVER, 0x02000001, 1, ALL, b"\x42"))
    _, content, _ = ask(controller, frame(RECEIVER, 0x0A000000, 0x108))
    assert content[0x100:0x103] == b"\x1c\x42\xff"


def test_channels_without_a_sensor_read_a_valid_zero() -> None:
    _, block, _ = ask(Controller(wall()), frame(RECEIVER, 0x0A000000, 0x52))
    assert block[0x2F] == 0x80 | 49
    assert set(block[0x30:0x38]) == {0x80}


def test_dangerous_writes_are_counted() -> None:
    controller = Controller(wall())
    ask(controller, frame(RECEIVER, 0x01000011, 1, ALL, b"\x11"))
    ask(controller, frame(SENDER, 0x01000002, 1, content=b"\x01"))
    assert controller.wall.flash_writes == 1
    assert controller.wall.forbidden == [(0x01000002, b"\x01")]


def test_without_power_nobody_answers() -> None:
    controller = Controller(wall())
    controller.wall.powered = False
    (heard,) = Listener().hear(frame(SENDER, 0x02, 2))
    assert controller.answer(heard) is None


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_whatever_comes_in_is_survived(pieces: list[bytes]) -> None:
    controller, listener = Controller(wall()), Listener()
    for piece in pieces:
        for heard in listener.hear(piece):
            controller.answer(heard)
    asked = frame(SENDER, 0x02, 2)
    heard_last = [one for _ in range(120) for one in listener.hear(asked)]
    assert heard_last[-1].sound


@given(
    device=st.integers(0, 3),
    register=st.integers(0, 0xFFFFFFFF),
    length=st.integers(0, 2048),
    place=st.tuples(st.integers(0, 255), st.integers(0, 0xFFFF)),
)
def test_every_read_gets_a_sound_reply_of_the_asked_length_or_none(
    device: int, register: int, length: int, place: tuple[int, int]
) -> None:
    ack, content, _ = ask(Controller(wall()), frame(device, register, length, place))
    assert len(content) == (length if ack == 0 else 0)
