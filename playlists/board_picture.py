"""The picture of a board: which cells of its sheet are laid where on its base, as values with a digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from playlists.board import UNKNOWN, Align, Board, Box, Face, Place
from playlists.board_shown import Shown, Standing, Tiles
from playlists.ids import sha256_hex


@dataclass(frozen=True, slots=True)
class Laid:
    """One cell of the sheet, and where its left upper corner lies on the panel."""

    cell: Box
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class BoardPicture:
    """All that decides the pixels of a board in one language: equal when two look alike.

    It is right in [since, until), UTC.
    """

    board: UUID
    base: str
    sheet: str
    laid: tuple[Laid, ...]
    since: datetime
    until: datetime
    seq: int
    standing: Standing

    @property
    def key(self) -> str:
        """The digest of what decides the pixels; it names the composed file."""
        laid = ";".join(",".join(map(str, (*one.cell, one.x, one.y))) for one in self.laid)
        return sha256_hex(f"bangtin board\n{self.base}\n{self.sheet}\n{laid}".encode())


def picture(board: Board, face: Face, shown: Shown) -> BoardPicture | None:
    """Return the picture of a face, or None when the board is not on air."""
    if shown.standing is Standing.DROPPED:
        return None
    if shown.standing is Standing.PLATE:
        laid: list[Laid] = [Laid(face.plate, face.plate_at.x, face.plate_at.y)]
    else:
        laid = [one for name, tiles in shown.tiles for one in _row(face.places[name], tiles)]
    return BoardPicture(
        board.id, face.base, face.sheet, tuple(laid), shown.since, shown.until, shown.seq, shown.standing
    )


def _row(place: Place, tiles: Tiles) -> list[Laid]:
    """Lay tiles beside each other, in the middle between top and bottom; a value that does not fit is not known."""
    cells = [place.cells[tile] for tile in tiles]
    if sum(cell.width for cell in cells) > place.box.width:
        cells = [place.cells[UNKNOWN]]
    spare = max(0, place.box.width - sum(cell.width for cell in cells))
    x = place.box.x + {Align.LEFT: 0, Align.CENTRE: spare // 2, Align.RIGHT: spare}[place.align]
    row = []
    for cell in cells:
        width, height = min(cell.width, place.box.width), min(cell.height, place.box.height)
        top = place.box.y + (place.box.height - height) // 2
        row.append(Laid(Box(cell.x, cell.y, width, height), x, top))
        x += width
    return row
