from __future__ import annotations

from typing import Any

import pytest

from playlists.daypart import use_pinned_zones
from tests.playlists.worked import PAGES, examples, outcome

EXAMPLES = examples()


@pytest.mark.parametrize(
    ("document", "ask", "expected"), [one[1:] for one in EXAMPLES], ids=[one[0] for one in EXAMPLES]
)
def test_an_example_of_the_page_holds(document: dict[str, Any], ask: str, expected: list[str]) -> None:
    use_pinned_zones()
    assert outcome(document, ask) == expected


def test_every_example_of_the_page_is_read() -> None:
    lines = [line for page in PAGES for line in page.read_text("utf-8").splitlines() if line.startswith("### ")]
    assert [line.removeprefix("### ") for line in lines] == [title for title, *_ in EXAMPLES]
    assert [int(title.split(".")[0]) for title, *_ in EXAMPLES] == list(range(1, len(EXAMPLES) + 1))
