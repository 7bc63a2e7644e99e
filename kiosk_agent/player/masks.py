"""Words as masks, white on black, drawn once by `scripts/draw_words.py`, because no font ships with the agent."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from PIL import Image


@lru_cache(maxsize=16)
def mask(word: str) -> Image.Image:
    """Return the mask of a word by its name; it is made smaller for use, never larger."""
    with (files("kiosk_agent.player") / "words" / f"{word}.png").open("rb") as file:
        found = Image.open(file)
        found.load()
    return found
