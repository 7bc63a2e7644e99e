"""Capital letters and digits of 3 by 5 pixels: readable on the coarsest panel, and no font needs to be there."""

from __future__ import annotations

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 3, 5
Colour = tuple[int, int, int]
_ROWS = {
    "A": "010 101 111 101 101", "B": "110 101 110 101 110", "C": "011 100 100 100 011", "D": "110 101 101 101 110",
    "E": "111 100 110 100 111", "F": "111 100 110 100 100", "G": "011 100 101 101 011", "H": "101 101 111 101 101",
    "I": "111 010 010 010 111", "J": "001 001 001 101 010", "K": "101 101 110 101 101", "L": "100 100 100 100 111",
    "M": "101 111 111 101 101", "N": "110 101 101 101 101", "O": "010 101 101 101 010", "P": "110 101 110 100 100",
    "Q": "010 101 101 011 001", "R": "110 101 110 101 101", "S": "011 100 010 001 110", "T": "111 010 010 010 010",
    "U": "101 101 101 101 111", "V": "101 101 101 101 010", "W": "101 101 111 111 101", "X": "101 101 010 101 101",
    "Y": "101 101 010 010 010", "Z": "111 001 010 100 111",
}  # fmt: skip


def write(picture: Image.Image, at: tuple[int, int], word: str, scale: int, colour: Colour) -> None:
    """Write a word of the letters a to z, each letter three pixels wide and one apart, times `scale`."""
    draw = ImageDraw.Draw(picture)
    for place, letter in enumerate(word.upper()):
        for down, row in enumerate(_ROWS[letter].split()):
            for across, dot in enumerate(row):
                if dot == "1":
                    x = at[0] + (place * (WIDTH + 1) + across) * scale
                    y = at[1] + down * scale
                    draw.rectangle((x, y, x + scale - 1, y + scale - 1), colour)
