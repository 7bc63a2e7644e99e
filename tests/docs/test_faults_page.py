"""docs/faults.md says what the catalogue says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_faults_doc", ROOT / "scripts" / "generate_faults_doc.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_codes_is_up_to_date() -> None:
    page = (ROOT / "docs" / "faults.md").read_text("utf-8")
    assert "".join(_generator().table()) in page, "docs/faults.md is stale: run scripts/generate_faults_doc.py"
