"""Text for short messages: the letters that a phone network carries in 160 to a message, and not one too many."""

from __future__ import annotations

import unicodedata

MOST = 160
_GSM = frozenset("@$_ !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
"""Of GSM 03.38 what every gateway passes on unchanged; one septet each."""
_SAME = str.maketrans({"đ": "d", "Đ": "D", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "·": "-",
                       "…": "...", "×": "x", "\n": " ", "\t": " "})  # fmt: skip


def plain(text: str) -> str:
    """Return text in those letters: Vietnamese without its accents, anything else as `?`.

    >>> plain("Bảng Đồng Đăng – mất điện")
    'Bang Dong Dang - mat dien'
    """
    parts = unicodedata.normalize("NFKD", text.translate(_SAME))
    bare = (char for char in parts if not unicodedata.combining(char))
    return " ".join("".join(char if char in _GSM else "?" for char in bare).split())


def fitted(text: str, link: str, most: int = MOST) -> str:
    """Return text with its link, cut in the text so that both fit in `most` characters; too long a link is left out."""
    tail = f" {link}" if link and len(link) + 1 <= most - 20 else ""
    room = most - len(tail)
    if len(text) <= room:
        return text + tail
    return text[: room - 3].rstrip() + "..." + tail
