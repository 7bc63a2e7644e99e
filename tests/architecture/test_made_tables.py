"""Tables that a script made are what the script makes."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_table_of_traditional_characters_is_what_its_script_writes() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "traditional.py"))["table"]()
    assert (ROOT / "playlists" / "traditional.py").read_text("utf-8") == made
