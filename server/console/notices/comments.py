"""What was said about a notice, as threads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from server.console.notices import repository as notice_rows
from server.console.page import HOME_ZONE, Page
from server.db import Session
from server.tables import Comment


def threads(page: Page, session: Session, notice_id: UUID) -> list[dict[str, Any]]:
    """Return the threads about a notice: those that are open first, the newest first."""
    rows = notice_rows.comments(session, notice_id)
    names = notice_rows.people(session, [by for row in rows for by in (row.created_by, row.resolved_by)])
    firsts = [row for row in rows if row.answers_id is None]
    firsts.sort(key=lambda row: (row.resolved_at is not None, -row.created_at.timestamp()))
    return [_thread(page, row, [one for one in rows if one.answers_id == row.id], names) for row in firsts]


def _thread(page: Page, row: Comment, answers: list[Comment], names: dict[UUID, str]) -> dict[str, Any]:
    texts = page.texts
    resolved = ""
    if row.resolved_at is not None:
        by = names.get(row.resolved_by, "—") if row.resolved_by is not None else "—"
        resolved = texts.say("Done with: %(name)s, %(when)s", name=by, when=_when(page, row.resolved_at))
    about = texts.say("about revision %(number)s", number=row.revision)
    return _said(page, row, names) | {
        "id": row.id,
        "about": f"{texts.language_name(row.language)}, {about}" if row.language else about,
        "resolved": resolved,
        "answers": [_said(page, answer, names) for answer in answers],
    }


def _said(page: Page, row: Comment, names: dict[UUID, str]) -> dict[str, Any]:
    return {"by": names.get(row.created_by, "—"), "when": _when(page, row.created_at), "text": row.text}


def _when(page: Page, at: Any) -> str:
    return page.texts.when(at, page.now, HOME_ZONE)
