"""The library as a table for spreadsheets: one line a medium, with its origin, right of use and where it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from server.content.library.schemas import LibraryMedia, Use

HEAD = (
    "name", "kind", "width", "height", "duration_s", "size_bytes", "has_sound", "uploaded_at", "tags", "source",
    "author", "right_of_use", "right_note", "rights_until", "rights_missing", "used_by", "media_id", "sha256",
)  # fmt: skip
WIDTHS = (40, 12, 8, 8, 10, 12, 10, 20, 24, 30, 24, 14, 30, 12, 10, 40, 38, 20)
"""Of the workbook's columns, in characters."""


def rows(media: Sequence[LibraryMedia], uses: Mapping[str, Iterable[Use]]) -> list[tuple[object, ...]]:
    """Return the lines of the table; `uses` by the medium's id as text."""
    return [_row(one, uses.get(str(one.id), ())) for one in media]


def _row(one: LibraryMedia, uses: Iterable[Use]) -> tuple[object, ...]:
    return (
        one.name, str(one.kind), one.width, one.height,
        None if one.duration_ms is None else round(one.duration_ms / 1000, 1),
        one.size, _yes(one.has_sound), one.created_at.isoformat(timespec="seconds"), "; ".join(one.tags), one.source,
        one.author, str(one.right_of_use), one.right_note,
        None if one.rights_until is None else one.rights_until.isoformat(),
        _yes(one.rights_missing), "; ".join(use.title for use in uses if use.newest), str(one.id), one.sha256,
    )  # fmt: skip


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def as_text(cell: object) -> str:
    """Return a cell as the workbook holds it."""
    return "" if cell is None else str(cell)
