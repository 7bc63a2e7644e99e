"""The page about alerts and the rules in code are the same."""

from __future__ import annotations

import re
from pathlib import Path

from playlists.cap.rules import CapRule
from playlists.cap.xml import MOST_BYTES
from playlists.trust.emergency import DRILL_FRAME

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "cap.md").read_text("utf-8")


def test_the_page_has_a_row_for_every_rule_and_no_other() -> None:
    assert re.findall(r"^\| (C\d+) \|", PAGE, re.MULTILINE) == [str(rule) for rule in CapRule]


def test_every_rule_has_tests_that_begin_with_its_code() -> None:
    folder = ROOT / "tests" / "playlists" / "cap"
    source = "".join((folder / name).read_text("utf-8") for name in ("test_cap.py", "test_active.py"))

    assert set(re.findall(r"^def test_(c\d+)_", source, re.MULTILINE)) == {rule.lower() for rule in CapRule}


def test_the_page_says_size_and_frame() -> None:
    assert f"{MOST_BYTES:,} bytes" in PAGE
    assert f"`{DRILL_FRAME}`" in PAGE
