"""Pictures of what is signed, made on this computer from the bytes that were hashed here."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from playlists.trust.release import ReleasedSegment
from server.media.render import contact_sheet
from server.media.sheet_size import pages

MOST_PAGES = 60


def draw(segments: Sequence[ReleasedSegment], folder: Path) -> list[Path]:
    """Draw the contact sheets of segments that lie in a folder under their digests; return them in order.

    Each page is drawn in a confined child: the bytes came from a server that is not believed.

    Raises:
        server.media.render.RenderFault: a segment cannot be shown, so nobody should sign it.
    """
    made: list[Path] = []
    for one in {one.sha256: one for one in segments}.values():
        for page in range(min(pages(one.duration_ms), MOST_PAGES)):
            _, content = contact_sheet(folder / one.sha256, page, folder=folder)
            target = folder / f"{one.profile}-{one.language}-{one.sha256[:8]}-{page + 1}.jpg"
            target.write_bytes(content)
            made.append(target)
    return made


def write_page(folder: Path, lines: Sequence[str], sheets: Sequence[Path]) -> Path:
    """Write a page that shows everything, for a browser without a network; return its path."""
    words = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines)
    pictures = "\n".join(
        f'<h2>{html.escape(one.stem)}</h2><img src="{html.escape(one.name)}" alt="{html.escape(one.stem)}">'
        for one in sheets
    )
    target = folder / "index.html"
    target.write_text(f'<!doctype html><meta charset="utf-8"><title>bangtin sign</title>{words}{pictures}', "utf-8")
    return target
