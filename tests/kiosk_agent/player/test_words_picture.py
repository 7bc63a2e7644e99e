"""The picture with which a kiosk waits for a yes: its words stand there on every panel, its code can be read."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image

from kiosk_agent.player.letters import HEIGHT, WIDTH, write
from kiosk_agent.player.words_picture import words_picture
from playlists.trust.fingerprint import in_words

ADDRESS = "https://bangtin.example.vn/kiosks/waiting/0123456789abcdef"
WORDS = "business abstract mountain tomorrow zebra quick"
SIZES = [(64, 32), (128, 64), (320, 160), (768, 384), (384, 768), (1920, 1080)]


def drawn(picture: Image.Image, word: str, scale: int) -> bool:
    """Tell whether a word stands somewhere in a picture, to the pixel."""
    mask = Image.new("1", (len(word) * (WIDTH + 1) * scale - scale, HEIGHT * scale))
    target = Image.new("RGB", mask.size)
    write(target, (0, 0), word, scale, (255, 255, 255))
    wanted = target.convert("1").tobytes()
    plain = picture.convert("1")
    return any(
        plain.crop((x, y, x + mask.width, y + mask.height)).tobytes() == wanted
        for y in range(picture.height - mask.height + 1)
        for x in range(picture.width - mask.width + 1)
    )


@pytest.mark.parametrize("words", [WORDS, in_words("0f" * 32), "abandon " * 5 + "abandon"])
def test_all_six_words_stand_on_the_smallest_panel(words: str) -> None:
    picture = words_picture(64, 32, words, ADDRESS)
    assert all(drawn(picture, word, 1) for word in words.split())


@pytest.mark.parametrize(("width", "height"), SIZES[2:])
def test_a_phone_reads_the_code(width: int, height: int) -> None:
    picture = words_picture(width, height, WORDS, ADDRESS)
    assert picture.size == (width, height)
    larger = picture.resize((width * 2, height * 2), Image.Resampling.NEAREST)
    assert [found.text for found in zxingcpp.read_barcodes(larger)] == [ADDRESS]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_words_and_code_do_not_overlap(width: int, height: int) -> None:
    with_words = words_picture(width, height, WORDS, ADDRESS)
    without = words_picture(width, height, "a a a a a a", ADDRESS)
    codes = [zxingcpp.read_barcodes(one.resize((width * 3, height * 3), 0)) for one in (with_words, without)]
    assert len(codes[0]) == len(codes[1])


def test_every_letter_is_another() -> None:
    pictures = set()
    for letter in "abcdefghijklmnopqrstuvwxyz":
        picture = Image.new("RGB", (3, 5))
        write(picture, (0, 0), letter, 1, (255, 255, 255))
        pictures.add(picture.tobytes())
    assert len(pictures) == 26
