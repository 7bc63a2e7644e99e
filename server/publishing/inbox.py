"""What kiosks say about what they hold, show and have played."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from playlists.language import SegmentLanguage
from playlists.wire import topics
from playlists.wire.messages import Ack, Message, Plays, Presence, PresenceWord, State
from playlists.wire.topics import DOWN_MANNER, Down, Up
from server.changes import note_change
from server.db import Session, new_id
from server.mqtt.inbox import Answer, Hearing, Takers, each
from server.mqtt.presence import is_newer, is_stale
from server.publishing import repository
from server.tables import KioskStatus, PlayRow

log = logging.getLogger(__name__)
_LANGUAGES = frozenset(SegmentLanguage)
_MOST_TEXT = 200


def take_presence(session: Session, kiosk_id: UUID, said: Presence, heard: Hearing) -> Iterable[Answer]:
    """Write whether a kiosk is there; a word of an older connection than the newest birth is dropped."""
    status = session.get_one(KioskStatus, kiosk_id)
    born_now = said.state is PresenceWord.READY and not heard.retained
    if is_stale(said, status.birth_sid) and not born_now:
        return ()
    online = said.state is PresenceWord.READY
    if online:
        status.birth_sid = said.sid
        status.agent, status.boot = _text(said.agent), _text(said.boot)
    if status.online != online or status.changed_at is None:
        status.online = online
        status.changed_at = _since(status, said, heard)
    session.add(status)
    _changed(session, kiosk_id)
    return ()


def take_state(session: Session, kiosk_id: UUID, said: State, _heard: Hearing) -> Iterable[Answer]:
    """Keep the newest state of a kiosk."""
    status = session.get_one(KioskStatus, kiosk_id)
    known = status.state.get("sid", 0), status.state.get("seq", -1)
    if not is_newer((said.sid, said.seq), known, status.birth_sid):
        return ()
    status.state = _kept(said)
    session.add(status)
    _changed(session, kiosk_id)
    return ()


def take_plays(session: Session, kiosk_id: UUID, said: Plays, heard: Hearing) -> Iterable[Answer]:
    """Write plays that are not written yet; the answer, after the commit, lets the kiosk forget them."""
    if not said.plays:
        return ()
    kiosk = repository.kiosk(session, kiosk_id)
    known = repository.known_plays(session, kiosk_id, {play.seq for play in said.plays})
    for play in said.plays:
        if play.seq in known or play.language not in _LANGUAGES:
            continue
        known.add(play.seq)
        session.add(
            PlayRow(
                kiosk_id=kiosk_id,
                seq=play.seq,
                panel_id=kiosk.panel_id if kiosk is not None else None,
                item_id=play.item_id,
                notice_id=play.notice_id,
                sha256=play.sha256,
                language=play.language,
                started_at=play.started_at,
                ended_at=play.ended_at,
                seen=play.seen,
            )
        )
    session.flush()
    ack = Ack(id=new_id(), at=heard.at, plays_upto=max(play.seq for play in said.plays))
    return [Answer(topics.down(kiosk_id, Down.ACK), ack, DOWN_MANNER[Down.ACK])]


TAKERS: Takers = {
    Up.PRESENCE: [each(take_presence)],
    Up.STATE: [each(take_state)],
    Up.PLAYS: [each(take_plays)],
}


def _since(status: KioskStatus, said: Presence, heard: Hearing) -> datetime:
    """Return since when: a last will was written when its connection began, so its own time says nothing."""
    if not heard.retained:
        return heard.at
    remembered = said.at if said.state is not PresenceWord.LOST else status.heard_at
    return min(remembered or heard.at, heard.at)


def _kept(said: Message) -> dict[str, object]:
    return said.model_dump(mode="json", exclude_none=True)


def _text(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:_MOST_TEXT]


def _changed(session: Session, kiosk_id: UUID) -> None:
    kiosk = repository.kiosk(session, kiosk_id)
    if kiosk is not None and kiosk.panel_id is not None:
        note_change(session, "panel", kiosk.panel_id)
