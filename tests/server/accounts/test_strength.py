"""New passwords: what is guessed first is refused, a few words in a row are good."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts.passwords import generate_password
from server.accounts.strength import is_weak

ABOUT = ["quan.tri", "Nguyễn Văn An", "Ban quản lý cửa khẩu Trà Lĩnh", "tra-linh"]


@pytest.mark.parametrize(
    "password",
    [
        "matkhau123456",
        "Matkhau@2026!",
        "mật khẩu mật khẩu",
        "Caobang@2026",
        "tralinh-caobang",
        "nguyenvanan1990",
        "Nguyễn Văn An 1990",
        "quan.tri-2026-11",
        "QuanTri!QuanTri!",
        "Emyeuanh123456",
        "Bangtin123456@",
        "admin123456789",
        "password1234",
        "qwertyuiop123",
        "123456789012345",
        "aaaaaaaaaaaaaaaa",
        "P@ssw0rd2026",
    ],
)
def test_what_is_guessed_first_is_weak(password: str) -> None:
    assert is_weak(password, ABOUT)


@pytest.mark.parametrize(
    "password",
    [
        "một câu dài dễ nhớ",
        "một mật khẩu dài",
        "bốn từ không liên quan",
        "correct horse battery staple",
        "con trâu uống cà phê sữa",
        "茶杯里的风暴和青山常在",
    ],
)
def test_a_few_words_in_a_row_are_good(password: str) -> None:
    assert not is_weak(password, ABOUT)


def test_generated_passwords_are_good() -> None:
    assert not any(is_weak(generate_password(), ABOUT) for _ in range(20))


@given(st.text(min_size=12, max_size=128), st.lists(st.text(max_size=40), max_size=4))
def test_any_text_gets_an_answer(password: str, about: list[str]) -> None:
    assert is_weak(password, about) in (True, False)
