"""`bangtin cap check`: what becomes of one alert, without a server. docs/cap.md has the rules."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from playlists.cap.accept import MOST_TEXT, Feed
from playlists.cap.area import FIRST_PANELS, PANELS
from playlists.cap.report import check
from playlists.cap.xml import MOST_BYTES
from playlists.instant import parse_instant
from playlists.language import Language

MOST_DESCRIPTION_BYTES = 4 << 20
TEMPLATES: TypeAdapter[dict[str, dict[Language, str]]] = TypeAdapter(
    dict[str, dict[Language, Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]]]
)


def check_file(
    file: Path,
    *,
    panels: Path | None = None,
    templates: Path | None = None,
    senders: Sequence[str] | None = None,
    after: Sequence[Path] | None = None,
    at: str | None = None,
    lacks_ends: bool = False,
) -> dict[str, Any]:
    """Return the answer about the alert in a file, `-` for standard input.

    Raises:
        OSError, ValueError: a file cannot be read, or an option is not what it should be.
    """
    feed = Feed(
        panels=PANELS.validate_json(_read(panels, MOST_DESCRIPTION_BYTES)) if panels else FIRST_PANELS,
        senders=frozenset(senders) if senders else None,
        templates=TEMPLATES.validate_json(_read(templates, MOST_DESCRIPTION_BYTES)) if templates else {},
        lacks_ends=lacks_ends,
    )
    earlier = [_read(one, MOST_BYTES) for one in after] if after else None
    content = _read(file, MOST_BYTES)
    began = perf_counter()
    answer = check(content, feed, parse_instant(at) if at else None, earlier)
    answer["took_ms"] = round((perf_counter() - began) * 1000, 3)
    return answer


def _read(file: Path, most: int) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read(most + 1)
    with file.open("rb") as source:
        return source.read(most + 1)
