"""Notices as a table for a spreadsheet: one line each, with everything that an office is asked about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from playlists.instant import format_instant
from playlists.language import Language
from server.content.notices import repository
from server.content.notices.schemas import NoticeShown
from server.content.notices.shown import notices_shown
from server.db import Session
from server.edge import MOST_ITEMS, Slice

HEAD = (
    "title",
    "kind",
    "content_class",
    "revision",
    *(f"state_{language}" for language in Language),
    "mandate_number",
    "mandate_dated",
    "mandate_issuer",
    "mandate_summary",
    "subject",
    "task",
    "responsible_name",
    "responsible_position",
    "valid_from",
    "valid_until",
    "agency",
    "created_at",
    "changed_at",
    "id",
)
WIDTH = 22


def lines(session: Session, sought: repository.Sought, before: UUID | None) -> tuple[list[list[str]], UUID | None]:
    """Return a part of the table, newest first, and where the next part begins; None at the end."""
    rows = repository.notices(session, Slice(before, MOST_ITEMS), sought)
    kept = rows[:MOST_ITEMS]
    shown = notices_shown(session, kept)
    names = repository.names(session, {(one.agency_id, one.subject_id, one.task_id) for one in shown.values()})
    found = [list(_cells(shown[row.id], names)) for row in kept]
    return found, kept[-1].id if len(rows) > MOST_ITEMS else None


def _cells(one: NoticeShown, names: dict[UUID, str]) -> Iterator[str]:
    yield from (one.title, one.kind, one.content_class, str(one.revision))
    yield from (one.states[language] for language in Language)
    mandate, responsible = one.mandate, one.responsible
    dated = mandate.dated.isoformat() if mandate is not None and mandate.dated is not None else ""
    yield from (mandate.number, dated, mandate.issuer, mandate.summary) if mandate is not None else ("",) * 4
    yield from (names.get(each, "") if each is not None else "" for each in (one.subject_id, one.task_id))
    yield from (responsible.name, responsible.position) if responsible is not None else ("", "")
    yield from (_time(one.valid_from), _time(one.valid_until), names.get(one.agency_id, ""))
    yield from (_time(one.created_at), _time(one.changed_at), str(one.id))


def _time(at: datetime | None) -> str:
    return format_instant(at) if at is not None else ""
