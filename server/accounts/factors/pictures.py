"""QR codes for authenticator apps."""

from __future__ import annotations

import segno


def qr_picture(text: str) -> str:
    """Return a QR code of a text as the `data:` address of an SVG picture, dark on white with its quiet zone."""
    return segno.make(text, error="m").svg_data_uri(scale=6, border=4, dark="#000", light="#fff")
