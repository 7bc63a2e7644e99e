"""Contact sheets are made when they are first looked at, page by page, and kept beside the thumbnails.

Two who look at once wait for one rendering, whichever process they came to.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from playlists.notice import MediaKind, NoticeKind
from server.content.sheets.schemas import CellShown, SheetShown
from server.errors import invalid, not_found
from server.media.render import RenderFault, SheetAnswer, contact_sheet
from server.media.sheet_size import COLUMNS, GAP_PX, pages
from server.parts import Parts
from server.tables import Media

VERSION = 1
"""Part of the names of kept sheets; raised when they are made otherwise."""


def page_of(parts: Parts, media: Media, page: int) -> tuple[SheetShown, Path]:
    """Return one page of a clip's contact sheet and where its JPEG lies; makes it when it is not kept.

    Blocks for seconds when it is made. Opens no database session.

    Raises:
        Problem: 422 for a still picture, 404 for a page that is not there or a clip that cannot be read.
    """
    if MediaKind(media.kind).notice_kind is not NoticeKind.CLIP:
        raise invalid("no-clip", "Only clips have a contact sheet; this is a still picture.")
    count = pages(media.duration_ms or 0)
    if page >= count:
        raise not_found("page")
    answer, path = _kept(parts, media, page)
    cells = [CellShown(at_ms=one.at_ms, why=one.why, difference=one.difference) for one in answer.pictures]
    shown = SheetShown(
        page=page,
        pages=count,
        columns=min(COLUMNS, len(cells)),
        cell_width=answer.width,
        cell_height=answer.height,
        gap=GAP_PX,
        picture=f"/api/v1/media/{media.id}/contact-sheet.jpg?page={page}",
        cells=cells,
    )
    return shown, path


def _kept(parts: Parts, media: Media, page: int) -> tuple[SheetAnswer, Path]:
    folder = parts.thumbnails_dir
    name = f"{media.sha256}-sheet{VERSION}-{page}"
    picture, cells = folder / f"{name}.jpg", folder / f"{name}.json"
    if not cells.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / f".{name}.lock"):
            if not cells.is_file():
                _make(parts.blobs.path(media.sha256), page, picture, cells)
    return SheetAnswer.model_validate_json(cells.read_text("utf-8")), picture


def _make(clip: Path, page: int, picture: Path, cells: Path) -> None:
    """Write both files; the list of cells comes last, so that where it is, the picture is."""
    try:
        answer, content = contact_sheet(clip, page, folder=picture.parent)
    except RenderFault as fault:
        raise not_found("contact sheet") from fault
    for path, written in ((picture, content), (cells, answer.model_dump_json().encode())):
        part = path.with_name(f".{uuid4().hex}.part")
        part.write_bytes(written)
        part.replace(path)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    lock.unlink(missing_ok=True)
