"""A kiosk that was enrolled just now, and one with a notice, a board and a template."""

from __future__ import annotations

import pytest

from playlists.trust.take import take_release
from playlists.trust.trusted import Trusted
from tests.playlists.trust import making as m
from tests.playlists.trust.making import CLOCK


@pytest.fixture(scope="module")
def fresh() -> Trusted:
    return m.fresh()


@pytest.fixture(scope="module")
def stocked(fresh: Trusted) -> Trusted:
    """With a notice, a board and a template."""
    for content in (m.release("hours"), m.board_release(), m.template_release()):
        fresh = take_release(fresh, content, CLOCK)
    return fresh
