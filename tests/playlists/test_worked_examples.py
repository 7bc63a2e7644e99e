from __future__ import annotations

from typing import Any

import pytest

from playlists.daypart import use_pinned_zones
from tests.playlists.worked import PAGE, examples, outcome

EXAMPLES = examples()


@pytest.mark.parametrize(
    ("document", "ask", "expected"), [one[1:] for one in EXAMPLES], ids=[one[0] for one in EXAMPLES]
)
def test_an_example_of_the_page_holds(document: dict[str, Any], ask: str, expected: list[str]) -> None:
    use_pinned_zones()
    assert outcome(document, ask) == expected


def test_every_example_of_the_page_is_read() -> None:
    numbered = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("### ")]
    assert [line.removeprefix("### ") for line in numbered] == [title for title, *_ in EXAMPLES]
    assert len(EXAMPLES) >= 30
