"""Whether a new password would be guessed soon: common ones, names, dates, rows of keys; all offline (zxcvbn).

Length is asked for by the shapes of the API. A few words in a row pass easily; "Matkhau@2026!" does not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from zxcvbn import zxcvbn

from server.errors import Problem, invalid

LEAST_SCORE = 3
"""Of 4: safely unguessable at 10 billion tries a second against a slow hash begins here."""
LEAST_OWN_LETTERS = 6
MOST_LOOKED_AT = 72
COMMON_HERE = (
    "matkhau", "matkhaumoi", "bangtin", "quantri", "quantrivien", "dangnhap", "hethong", "mậtkhẩu", "bảngtin",
    "vietnam", "việtnam", "hanoi", "hànội", "saigon", "sàigòn", "danang", "caobang", "caobằng", "cao bằng", "tralinh",
    "tràlĩnh", "bangioc", "bangiốc", "cuakhau", "cửakhẩu", "bienphong", "haiquan", "ubnd", "emyeuanh", "anhyeuem",
    "yeuem", "yeuanh", "iloveyou", "khongco", "khongbiet", "xinchao", "matma", "nguyen", "tran", "phuong", "thanh",
    "hoang", "trung", "quoc", "tuan", "linh", "doclap", "tudo", "hanhphuc", "chutich", "mattran", "abc123", "admin",
    "administrator", "panel", "border", "gate", "waterfall", "mima", "zhongguo", "longbang", "chalingkouan",
)  # fmt: skip
"""What people at these offices think of first, and the lists of other countries do not know."""


def check_strength(password: str, about: Iterable[str]) -> None:
    """Let a new password pass that would not be guessed soon; `about` is what others know of its owner.

    Raises:
        Problem: 422 `weak-password`.
    """
    if is_weak(password, about):
        raise weak_password()


def is_weak(password: str, about: Iterable[str]) -> bool:
    """Tell whether a password would be guessed soon."""
    told = [part for text in about for part in (text, *text.replace(".", " ").split()) if len(part) > 2]
    known = [*COMMON_HERE, *told, *(_plain(part) for part in told)]
    looked_at = password[:MOST_LOOKED_AT]
    return (
        _is_made_of(looked_at, known) or min(_score(one, known) for one in (looked_at, _plain(looked_at))) < LEAST_SCORE
    )


def _is_made_of(password: str, known: list[str]) -> bool:
    """Tell whether little is left of the letters without the words that are guessed first: "Matkhau@2026!"."""
    letters = rest = _letters(password)
    for word in sorted({_letters(one) for one in known} - {""}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != letters and len(rest) < LEAST_OWN_LETTERS


def _letters(text: str) -> str:
    return "".join(one for one in _plain(text).lower() if one.isalpha())


def weak_password() -> Problem:
    """Return the refusal of a password that would be guessed soon."""
    return invalid(
        "weak-password",
        "This password would be guessed soon: it is common, or made of your name, a date or a row of keys. "
        "Take four or five words that have nothing to do with each other.",
    )


def _score(password: str, known: list[str]) -> int:
    return int(zxcvbn(password, user_inputs=known)["score"])


def _plain(text: str) -> str:
    """The same without Vietnamese marks: whoever guesses tries it with and without."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(one for one in parts if not unicodedata.combining(one))
