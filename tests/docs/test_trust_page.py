"""The page about trust and the verifier name the same rules, and every rule has tests under its code."""

from __future__ import annotations

import re
from pathlib import Path

from playlists.trust import Rule
from playlists.trust.emergency import DRILL_FRAME, Emergency
from playlists.trust.release import Release
from playlists.trust.root import Root
from playlists.trust.shape import Document
from playlists.trust.statements import Hold, Time, Values, Withdrawal

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "trust.md").read_text("utf-8")
SHAPES: tuple[type[Document], ...] = (Root, Release, Values, Withdrawal, Hold, Emergency, Time)


def test_the_page_has_a_row_for_every_rule_and_no_other() -> None:
    rows = re.findall(r"^\| (V\d+b?) \|", PAGE, re.MULTILINE)

    assert rows == [str(rule) for rule in Rule]


def test_every_rule_has_tests_that_begin_with_its_code() -> None:
    folder = ROOT / "tests" / "playlists" / "trust"
    source = "".join(file.read_text("utf-8") for file in folder.glob("test_*.py"))

    tested = set(re.findall(r"^def test_(v\d+b?)_", source, re.MULTILINE))
    assert tested == {rule.lower() for rule in Rule}


def test_the_page_names_every_document_with_its_fields_and_size() -> None:
    for shape in SHAPES:
        row = re.search(rf"^\| {shape.__name__.lower()} \|.*$", PAGE, re.MULTILINE)
        assert row is not None, shape.__name__
        fields = set(shape.model_fields) - {"v", "must_understand", "issued_at"}
        assert {field for field in fields if f"`{field}`" not in row[0]} == set(), shape.__name__
        size = shape.most_bytes
        assert row[0].endswith(f"| {size >> 20} MiB |" if size >= 1 << 20 else f"| {size >> 10} KiB |")


def test_the_page_shows_the_frame_of_drills() -> None:
    assert f"`{DRILL_FRAME}`" in PAGE
