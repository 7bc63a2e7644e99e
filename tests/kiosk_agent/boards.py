"""Manifests with a status board, and values for it, for the tests of the agent."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from playlists.board import Board, OnStale, Slot
from playlists.board_values import Values
from playlists.wire.messages import BoardValues
from tests.kiosk_agent.making import START, digest, document
from tests.playlists.boards import BOARD, CALM, CLOCK, board

SHEET = 77
"""The number of the made-up content that stands for the sheet."""


def with_board(
    seq: int = 1,
    numbers: tuple[int, ...] = (1, 2),
    *,
    slots: tuple[Slot, ...] = CALM,
    on_stale: OnStale = OnStale.KEEP,
    max_age_s: int | None = 3600,
) -> dict[str, Any]:
    """Return a manifest whose first item shows the board; each item is on air for four seconds."""
    plain = board(slots, on_stale=on_stale, max_age_s=max_age_s)
    face = plain.faces[0].model_copy(update={"base": digest(numbers[0]), "sheet": digest(SHEET), "sheet_size": 3000})
    one = plain.model_copy(update={"faces": (face,)})
    return document(seq, numbers) | {"boards": [json.loads(one.model_dump_json())], "must_understand": ["boards"]}


def said(seq: int = 1, at: datetime = START, hours: float = 10, **values: Any) -> Values:
    return Values(board=BOARD, seq=seq, set_at=at, expires_at=at + timedelta(hours=hours), values=values)


def message(*documents: Values) -> BoardValues:
    return BoardValues(id=UUID(int=5), at=START, documents=documents)


WITH_CLOCK = (*CALM, CLOCK)
__all__ = ["BOARD", "SHEET", "WITH_CLOCK", "Board", "message", "said", "with_board"]
