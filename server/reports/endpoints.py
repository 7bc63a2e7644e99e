"""Proof of play over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from fastapi.responses import StreamingResponse

from playlists.instant import format_instant, from_micros, to_micros
from playlists.language import fold
from playlists.notice import ContentClass, NoticeKind
from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Caller, Permission
from server.accounts.succession.service import named_then
from server.content.notices import repository as notices
from server.db import Session
from server.edge import ReadSession, span
from server.errors import invalid, not_found
from server.parts import PartsDep
from server.reports import repository
from server.reports.repository import Sought
from server.reports.schemas import PlayShown, PlaysShown
from server.routes import Router
from server.seen import seen_of
from server.spreadsheet import csv_lines
from server.tables import Panel, PlayRow

router = Router(prefix="/api/v1", tags=["reports"])
LONGEST = timedelta(days=366)
MOST_ROWS = 1_000_000
_AT_ONCE = 1000

From = Annotated[datetime, Query(alias="from", examples=["2026-11-01T00:00:00Z"])]
To = Annotated[datetime, Query(alias="to", examples=["2026-12-01T00:00:00Z"])]


def _of_notices(
    q: Annotated[str, Query(max_length=120, description="Words of the notice; case and accents do not matter")] = "",
    kind: Annotated[NoticeKind | None, Query()] = None,
    subject_id: Annotated[UUID | None, Query()] = None,
    task_id: Annotated[UUID | None, Query()] = None,
    content_class: Annotated[ContentClass | None, Query()] = None,
    responsible: Annotated[str, Query(max_length=120, description="Part of the responsible person's name")] = "",
    mandate: Annotated[str, Query(max_length=120, description="Part of the ordering document's number")] = "",
    agency_id: Annotated[UUID | None, Query(description="Whose notices")] = None,
) -> notices.Sought | None:
    """Return which notices' plays are asked for; None: everything that was played."""
    sought = notices.Sought(
        seen=seen_of(agency_id),
        words=fold(q),
        kind=kind,
        subject_id=subject_id,
        task_id=task_id,
        content_class=content_class,
        responsible=fold(responsible),
        mandate=fold(mandate),
        archived=None,
    )
    return None if sought == notices.Sought(archived=None) else sought


OfNotices = Annotated[notices.Sought | None, Depends(_of_notices)]


@router.get("/panels/{panel_id}/plays")
def plays(
    panel_id: UUID,
    caller: CallerDep,
    session: ReadSession,
    start: From,
    end: To,
    of_notices: OfNotices,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> PlaysShown:
    """List what was played on a panel between two times, oldest first."""
    panel = _panel(session, caller, panel_id)
    begin, finish = span(start, end, LONGEST)
    sought = Sought(panel.id, begin, finish, _after(cursor), of_notices)
    rows = repository.plays(session, sought, limit + 1)
    last = rows[limit - 1][0] if len(rows) > limit else None
    agencies = _agencies(session, [row for row, _ in rows[:limit]])
    shown = [_shown(row, title, agencies) for row, title in rows[:limit]]
    return PlaysShown(items=shown, next_cursor=_cursor(last) if last is not None else None)


@router.get("/panels/{panel_id}/plays.csv", response_class=StreamingResponse)
def plays_csv(
    panel_id: UUID,
    caller: CallerDep,
    session: ReadSession,
    parts: PartsDep,
    start: From,
    end: To,
    of_notices: OfNotices,
) -> StreamingResponse:
    """Export what was played on a panel between two times, for a spreadsheet."""
    panel = _panel(session, caller, panel_id)
    sought = Sought(panel.id, *span(start, end, LONGEST), notices=of_notices)

    def rows() -> Iterator[Sequence[object]]:
        part = sought
        for _ in range(MOST_ROWS // _AT_ONCE):
            with parts.db.read() as own:
                found = repository.plays(own, part, _AT_ONCE)
                agencies = _agencies(own, [row for row, _ in found])
            for row, title in found:
                times, seen = (
                    (format_instant(row.started_at), format_instant(row.ended_at)),
                    "yes" if row.seen else "no",
                )
                agency = agencies.get((row.kiosk_id, row.seq), "")
                yield (*times, title, agency, row.language, seen, row.sha256, row.kiosk_id, row.seq)
            if len(found) < _AT_ONCE:
                return
            part = replace(part, after=(found[-1][0].started_at, found[-1][0].seq))

    head = ["started_at", "ended_at", "notice", "agency", "language", "seen", "sha256", "kiosk_id", "seq"]
    headers = {"Content-Disposition": f'attachment; filename="plays-{panel.slug}.csv"'}
    return StreamingResponse(csv_lines(head, rows()), media_type="text/csv; charset=utf-8", headers=headers)


def _panel(session: Session, caller: Caller, panel_id: UUID) -> Panel:
    panel = repository.panel(session, panel_id)
    if panel is None:
        raise not_found("panel")
    caller.require(Permission.SEE, agency_id=panel.agency_id, site_id=panel.site_id, what="panel")
    return panel


def _agencies(session: Session, rows: Sequence[PlayRow]) -> dict[tuple[UUID, int], str]:
    """Return what the agencies were called that owned what was played, when it was played: by kiosk and number."""
    played = {(row.kiosk_id, row.seq): (row.notice_id, row.started_at) for row in rows if row.notice_id is not None}
    names = named_then(session, "notice", played.values())
    return {play: names[key] for play, key in played.items() if key in names}


def _shown(row: PlayRow, title: str | None, agencies: Mapping[tuple[UUID, int], str]) -> PlayShown:
    said = {"notice_title": title, "agency_name": agencies.get((row.kiosk_id, row.seq))}
    return PlayShown.model_validate(row.model_dump() | said)


def _cursor(row: PlayRow) -> str:
    return f"{to_micros(row.started_at)}-{row.seq}"


def _after(cursor: str | None) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    micros, _, seq = cursor.partition("-")
    if not (micros.isascii() and seq.isascii() and micros.isdigit() and seq.isdigit()) or len(micros) > 17:
        raise invalid("invalid-cursor", "This cursor is none that a page before gave; start without one.")
    return from_micros(int(micros)), min(int(seq), (1 << 63) - 1)
