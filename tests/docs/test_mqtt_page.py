"""docs/mqtt.md says what playlists.wire says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from playlists.wire import topics

ROOT = Path(__file__).parents[2]


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_mqtt_doc", ROOT / "scripts" / "generate_mqtt_doc.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_generator_writes() -> None:
    page = (ROOT / "docs" / "mqtt.md").read_text()
    assert page == _generator().render(), "docs/mqtt.md is stale: run scripts/generate_mqtt_doc.py"


def test_every_topic_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "mqtt.md").read_text()
    for leaf in (*topics.Up, *topics.Down):
        assert f"/{leaf}`" in page
    assert topics.EPOCH in page
