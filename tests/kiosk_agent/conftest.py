from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk_agent.store.store import Store
from tests.kiosk_agent.fake_server import FakeServer, serving
from tests.kiosk_agent.making import KIOSK, PUBLIC


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with serving() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "data", KIOSK, PUBLIC)
    yield opened
    opened.close()
