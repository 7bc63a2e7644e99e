"""`bangtin timeline explain`: what a document's panel shows and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from playlists import document as documents
from playlists.daypart import use_pinned_zones
from server.offline.root import NotDone

MOST_AIRINGS = 100_000


def explain(file: Path, start: str, end: str, most: int) -> dict[str, Any]:
    """Return the spans and airings of a timeline document (`-`: standard input) between two times, with `text`.

    Raises:
        NotDone: the span is empty or more airings are asked for than are listed.
        ValueError: the document or a time cannot be read; the message says what and where.
    """
    use_pinned_zones()
    with sys.stdin.buffer if str(file) == "-" else file.open("rb") as source:
        document = documents.read_document(source.read(documents.MOST_BYTES + 1))
    first = documents.read_moment(start, document, is_end=False)
    last = documents.read_moment(end, document, is_end=True)
    if last <= first:
        raise NotDone(f"--to {end} does not lie after --from {start}; give a later end.")
    if not 1 <= most <= MOST_AIRINGS:
        raise NotDone(f"--most {most} lies outside 1 to {MOST_AIRINGS}.")
    explained = documents.explain_document(document, first, last, most=most)
    return documents.to_answer(document, explained) | {"text": documents.to_text(explained)}
