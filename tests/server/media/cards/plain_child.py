"""Draws every template in three languages without Raqm and prints what was measured, for `test_plain_layout`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from playlists.card import Template
from playlists.language import Language
from server.media.cards import compose
from server.media.cards.fonts import BOLD, Type, layout_engine
from tests.server.media.cards.samples import pictures, sample

SIZES = ((128, 64), (768, 384))
MARKED = "ẨỖỰẰỠỆ"


def main() -> None:
    """Print one JSON object."""
    drawn = []
    with tempfile.TemporaryDirectory() as folder:
        files = pictures(Path(folder))
        for template in Template:
            for language in Language:
                for size in SIZES:
                    measured = compose(sample(template, language, min(size)), *size, files).measured
                    texts = [[one.text, one.clipped, one.missing] for one in measured.texts]
                    drawn.append({"template": template, "language": language, "size": size, "texts": texts})
    letters = Type(Language.VI, BOLD, 40)
    inks = {letter: letters.ink(letter) for letter in MARKED}
    json.dump({"layout": layout_engine(), "drawn": drawn, "inks": inks}, sys.stdout)


if __name__ == "__main__":
    main()
