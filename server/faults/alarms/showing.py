"""Alarms with the names and the words that people read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from playlists.alarm.event import Word
from playlists.alarm.judge import Phase, Shown, Standing
from playlists.alarm.judge import shown as word_for
from playlists.fault import CATALOGUE, FaultCode
from playlists.language import Language
from server.db import Session
from server.faults import repository as faults
from server.faults.alarms import repository
from server.faults.alarms.schemas import AlarmShown, AlarmStory, EntryShown
from server.tables import Alarm


def shown(session: Session, rows: Sequence[Alarm], at: datetime) -> list[AlarmShown]:
    """Return alarms as they are shown at a time, in their order."""
    places = faults.places(session, [row.panel_id for row in rows])
    sites = repository.site_names(session, {row.site_id for row in rows})
    users = faults.users(session, {row.acknowledged_by for row in rows if row.acknowledged_by is not None})
    found = []
    for row in rows:
        by = users.get(row.acknowledged_by) if row.acknowledged_by is not None else None
        extra = {
            **in_words(row.code),
            "state": state(row, at),
            "panel_name": places[row.panel_id].panel if row.panel_id in places else None,
            "site_name": sites.get(row.site_id, ""),
            "acknowledged_by_name": by.display_name if by is not None else None,
        }
        found.append(AlarmShown.model_validate(row.model_dump() | extra))
    return found


def story(session: Session, row: Alarm, at: datetime) -> AlarmStory:
    """Return an alarm with its log and what follows from it."""
    entries = repository.entries(session, row.id)
    users = faults.users(session, {one.user_id for one in entries if one.user_id is not None})
    history = [
        EntryShown(
            at=one.at,
            word=Word(one.word),
            until=one.until,
            user_name=users[one.user_id].display_name if one.user_id is not None else None,
            note=one.note,
        )
        for one in entries
    ]
    following = shown(session, repository.following(session, row.id), at)
    return AlarmStory(**shown(session, [row], at)[0].model_dump(), history=history, following=following)


def state(row: Alarm, at: datetime) -> Shown:
    """Return the word that a phone shows for an alarm."""
    hidden = max((one for one in (row.shelved_until, row.expected_until) if one is not None), default=None)
    return word_for(Standing(Phase(row.phase), started_at=row.started_at, shelved_until=hidden), at)


def in_words(code: str) -> dict[str, dict[Language, str]]:
    """Return a code's names, meanings and first steps; a newer kiosk's code is its own name."""
    if code not in set(FaultCode):
        empty = dict.fromkeys(Language, "")
        return {"names": dict.fromkeys(Language, code), "meanings": empty, "first_steps": empty}
    said = CATALOGUE[FaultCode(code)]
    words = {"names": said.name, "meanings": said.meaning, "first_steps": said.first_step}
    return {key: dict(zip(Language, one, strict=True)) for key, one in words.items()}
