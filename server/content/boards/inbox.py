"""What kiosks say of their boards, and the values that other systems state over MQTT.

The broker says who speaks, the board says what may be said.

A statement is taken once, whatever the broker repeats; one that is too old when it comes is refused, because nobody
knows what was said since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from playlists.wire import topics
from playlists.wire.messages import Answer, Statement
from playlists.wire.topics import Up
from server.changes import note_change
from server.content.boards import repository, service
from server.db import Session, new_id
from server.errors import Problem
from server.mqtt.inbox import Answer as Out
from server.mqtt.inbox import Hearing, Said, Takers
from server.tables.boards import ChangeSource

OLDEST = timedelta(minutes=10)


def take_statement(session: Session, source_id: UUID, said: Statement, heard: Hearing) -> Iterable[Out]:
    """Write what a source states for its board, and answer it."""
    source = repository.source(session, source_id)
    if source is None or source.revoked_at is not None:
        return ()
    source.heard_at = heard.at
    session.add(source)
    known = repository.change_of_message(session, source.board_id, said.id)
    if known is not None:
        return [_answer(source_id, said, heard, known.seq)]
    if heard.retained or not heard.at - OLDEST <= said.at <= heard.at + OLDEST:
        text = "A statement says the time at which it was made, is not retained, and is not older than ten minutes."
        return [_answer(source_id, said, heard, code="statement-old", text=text)]
    row = repository.board(session, source.board_id, lock=True)
    if row is None:
        return ()
    until = heard.at + timedelta(seconds=said.for_s) if said.for_s is not None else None
    try:
        service.take(
            session,
            row,
            said.set,
            heard.at,
            until=until,
            source=ChangeSource.MQTT,
            source_id=source_id,
            message_id=said.id,
        )
    except Problem as problem:
        return [_answer(source_id, said, heard, code=problem.code, text=problem.detail)]
    return [_answer(source_id, said, heard, row.seq)]


def take_states(session: Session, said: Sequence[Said]) -> Iterable[Out]:
    """Write how the boards stand on kiosks; called after the states themselves were judged by whoever keeps them."""
    speaking = [one for one in said if one.message.boards]
    rows = repository.held_by_all(session, {one.speaker for one in speaking}) if speaking else {}
    for heard in speaking:
        for one in heard.message.boards:
            row, at = rows.get((heard.speaker, one.board_id)), heard.message.at
            if row is None or (row.said_at is not None and at < row.said_at):
                continue
            before = (row.seq, row.word, row.since_at)
            row.seq, row.word, row.since_at, row.said_at = one.seq, one.standing[:16], one.since_at, at
            session.add(row)
            if before != (row.seq, row.word, row.since_at):
                note_change(session, "board", one.board_id)
    return ()


TAKERS: Takers = {Up.STATE: [take_states]}


def _answer(source_id: UUID, said: Statement, heard: Hearing, seq: int = 0, *, code: str = "", text: str = "") -> Out:
    message = Answer(
        id=new_id(), at=heard.at, statement_id=said.id, taken=not code, code=code, text=text[:300], board_seq=seq
    )
    return Out(topics.outward(source_id), message, topics.IN_MANNER)
