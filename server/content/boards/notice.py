"""The notice that brings a board into playlists; it says no more than which board it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.accounts.permissions import Caller
from server.content.notices.schemas import NoticeNew
from server.content.notices.service import create_notice
from server.db import Session
from server.tables.boards import Board


def make_notice(session: Session, caller: Caller, row: Board, at: datetime) -> UUID:
    """Make the notice of a new board; return its id."""
    asked = NoticeNew.model_validate(
        {
            "agency_id": row.agency_id,
            "title": row.name,
            "content": {"kind": "board", "board_id": row.id},
            "content_class": "essential",
            "variants": {"vi": {}, "en": {}, "zh": {}},
        }
    )
    return create_notice(session, caller, asked, at).notice.id
