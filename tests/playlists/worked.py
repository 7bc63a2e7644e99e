"""The worked examples of the timeline's pages: read out of them, and what they come to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playlists.document import Refused, explain_document, read_document, read_moment

_DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = _DOCS / "timeline.md", _DOCS / "timeline-examples.md"
_BASE = re.compile(r"<!-- base -->\n+```json\n(.*?)```", re.DOTALL)
_EXAMPLE = re.compile(
    r"^### (\d+)\. ([^\n]+)\n(?:(?!```).)*```json\n(.*?)```\n+```text\n(.*?)```", re.DOTALL | re.MULTILINE
)


def examples() -> list[tuple[str, dict[str, Any], str, list[str]]]:
    """Return title, document, question and expected lines of each example."""
    base: dict[str, Any] = {}
    made = []
    for page in (path.read_text("utf-8") for path in PAGES):
        found = _BASE.search(page)
        assert found is not None
        base |= json.loads(found[1])
        for number, title, changes, said in _EXAMPLE.findall(page):
            ask, *expected = said.strip().splitlines()
            made.append((f"{number}. {title}", base | json.loads(changes), ask, expected))
    return made


def outcome(document: dict[str, Any], ask: str) -> list[str]:
    """Return the lines that a question to a document comes to."""
    kind, *span = ask.split()
    try:
        read = read_document(json.dumps(document).encode())
    except Refused as error:
        return [str(error)]
    start = read_moment(span[0], read, is_end=False)
    explained = explain_document(read, start, read_moment(span[1], read, is_end=True))
    if kind == "airings":
        return [
            f"{one['local_start'][11:19]} {one['local_end'][11:19]} {one['item']} {one['language']}"
            for one in explained.airings
        ]
    lines: list[list[str]] = []
    for one in explained.spans:
        what = "+".join(one["playlists"]) or one["layer"]
        if lines and lines[-1][1:] == [one["local_start"], what]:
            lines[-1][1] = one["local_end"]
        elif one["layer"] != "default":
            lines.append([one["local_start"], one["local_end"], what])
    return [" ".join([_short(first), _short(last), what]) for first, last, what in lines]


def _short(stamp: str) -> str:
    return stamp[:16] + stamp[19:]
