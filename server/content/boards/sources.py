"""Other systems that may state a board's values over MQTT: each has a user name and a password of its own."""

from __future__ import annotations

import secrets
from datetime import datetime

from playlists.wire import topics
from server.accounts.permissions import Caller
from server.content.boards.schemas import SourceMade, SourceNew, SourceShown
from server.db import Session, Wake, new_id, ring_after_commit
from server.mqtt.passwords import password_line
from server.tables.boards import Board, BoardSource


def create(session: Session, caller: Caller, board: Board, new: SourceNew) -> SourceMade:
    """Make a source; its password is not kept and never shown again."""
    source_id, password = new_id(), secrets.token_urlsafe(32)
    row = BoardSource(
        id=source_id,
        agency_id=board.agency_id,
        board_id=board.id,
        name=new.name,
        mqtt_password_line=password_line(str(source_id), password),
        created_by=caller.user_id,
    )
    session.add(row)
    session.flush()
    ring_after_commit(session, Wake.KIOSKS)
    return SourceMade(**shown(row).model_dump(), password=password)


def revoke(session: Session, row: BoardSource, at: datetime) -> BoardSource:
    """Let a source in no more."""
    row.revoked_at = row.revoked_at or at
    session.add(row)
    ring_after_commit(session, Wake.KIOSKS)
    return row


def shown(row: BoardSource) -> SourceShown:
    """Return the API's picture of a source."""
    return SourceShown(
        id=row.id,
        name=row.name,
        topic=topics.inward(row.id),
        answer_topic=topics.outward(row.id),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        heard_at=row.heard_at,
    )
