"""Evidence of a period, gathered and summed up: for one panel, or for all that somebody sees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from playlists.alarm.judge import Phase
from playlists.fault import CATALOGUE, FaultCode, Severity
from playlists.instant import from_micros, to_micros
from playlists.language import Language
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.errors import not_found
from server.faults.hours import open_spans
from server.reports.availability import repository
from server.reports.availability.repository import Asked
from server.reports.availability.schemas import (
    Availability,
    Outages,
    OutageShown,
    PanelFigures,
    PartUsed,
    Recurring,
)
from server.reports.availability.spans import Span
from server.reports.availability.sums import (
    NO_POWER,
    NOT_RIGHT,
    Denied,
    Evidence,
    Failure,
    Parted,
    longest_s,
    outages,
    part,
    repairs,
    seconds,
)
from server.tables import Alarm, Fault, Panel, Site

GRAVE = frozenset({Severity.CRITICAL, Severity.MAJOR})
"""What counts as a failure."""


def availability(session: Session, caller: Caller, asked: Asked, site_id: UUID | None, now: datetime) -> Availability:
    """Return the figures of every panel that the caller sees, of one site or of all."""
    caller.require(Permission.SEE)
    found = repository.panels(session, caller.seen, site_id)
    items = [_figures(session, panel, site, asked, now)[0] for panel, site in found]
    used = repository.parts(session, [panel.id for panel, _ in found], asked)
    parts = [
        PartUsed(
            at=row.at,
            panel_id=order.panel_id,
            order_id=order.id,
            order_number=order.number,
            name=row.name,
            old_serial=row.old_serial,
            new_serial=row.new_serial,
            batch=row.batch,
        )
        for row, order in used
    ]
    for one in items:
        one.parts_used = sum(used.panel_id == one.panel_id for used in parts)
    return Availability(from_at=asked.start, to_at=asked.end, items=items, parts=parts)


def of_panel(session: Session, caller: Caller, panel_id: UUID, asked: Asked, now: datetime) -> Outages:
    """Return when one panel was not right, and its figures.

    Raises:
        Problem: 404; also for a panel that only trains.
    """
    found = repository.panel(session, panel_id)
    if found is None or found[1].training:
        raise not_found("panel")
    panel, site = found
    caller.require(Permission.SEE, agency_id=panel.agency_id, site_id=panel.site_id, what="panel")
    figures, evidence = _figures(session, panel, site, asked, now)
    figures.parts_used = len(repository.parts(session, [panel.id], asked))
    items = [
        OutageShown(
            from_at=from_micros(one.span[0]),
            to_at=from_micros(one.span[1]),
            code=one.code,
            names=_names(one.code) if one.code is not None else {},
            subject=one.subject,
        )
        for one in (outages(evidence) if evidence is not None else ())
    ]
    return Outages(figures=figures, items=items)


def _figures(
    session: Session, panel: Panel, site: Site, asked: Asked, now: datetime
) -> tuple[PanelFigures, Evidence | None]:
    since = repository.in_service_since(session, panel.id)
    start, end = max(asked.start, since or asked.end), min(asked.end, now)
    evidence = _evidence(session, panel, site, Asked(start, end)) if since is not None and start < end else None
    parted = part(evidence) if evidence is not None else Parted([], [], [], [], [])
    counted = Asked(start, end) if evidence is not None else None
    found = [_failure(row) for row in repository.alarms(session, panel.id, counted) if _counts(row)] if counted else []
    sums = repairs(found, parted.due_us)
    unplanned = parted.unpowered
    figures = PanelFigures(
        panel_id=panel.id,
        panel_name=panel.name,
        site_id=site.id,
        site_name=site.name,
        from_at=counted.start if counted else None,
        to_at=counted.end if counted else None,
        hours_s=(parted.due_us + _length(parted.planned)) // 1_000_000 if counted else None,
        planned_s=seconds(parted.planned),
        right_s=seconds(parted.right),
        not_right_s=seconds(parted.wrong),
        no_power_s=seconds(unplanned),
        unknown_s=seconds(parted.unknown),
        at_least_permille=parted.at_least_permille,
        at_most_permille=parted.at_most_permille,
        power_cuts=len(unplanned),
        longest_power_cut_s=longest_s(unplanned),
        failures=sums.failures,
        mtbf_s=sums.mtbf_s,
        mtta_s=sums.mtta_s,
        mttr_s=sums.mttr_s,
        recurring=[
            Recurring(code=code, names=_names(code), subject=subject, times=times)
            for code, subject, times in sums.recurring
        ],
        parts_used=0,
    )
    return figures, evidence


def _evidence(session: Session, panel: Panel, site: Site, asked: Asked) -> Evidence:
    denied = repository.faults(session, panel.id, NOT_RIGHT | NO_POWER, asked)
    return Evidence(
        period=asked.span,
        hours=_hours(session, panel, site, asked),
        planned=repository.planned(session, panel, asked),
        unpowered=[
            *repository.power_cuts(session, panel.id, asked),
            *(_span(row, asked.end) for row in denied if row.code in NO_POWER),
        ],
        denied=[Denied(_span(row, asked.end), row.code, row.subject) for row in denied if row.code in NOT_RIGHT],
        proven=repository.proven(session, panel.id, asked),
    )


def _hours(session: Session, panel: Panel, site: Site, asked: Asked) -> list[Span]:
    spans = open_spans(session, panel, site, asked.start, asked.end)
    return [(to_micros(start), to_micros(end)) for start, end in spans]


def _span(row: Fault, end: datetime) -> Span:
    return to_micros(row.since_at), to_micros(row.cleared_at or end)


def _counts(row: Alarm) -> bool:
    return row.severity in GRAVE and row.expected_until is None


def _failure(row: Alarm) -> Failure:
    gone = row.returned_at or row.ended_at
    still = row.is_raised or row.phase == Phase.PENDING
    return Failure(
        row.code, row.subject, row.since_at, row.active_at or row.since_at, row.acknowledged_at,
        None if still else gone, row.raises
    )  # fmt: skip


def _names(code: str) -> dict[Language, str]:
    known = CATALOGUE.get(FaultCode(code)) if code in set(FaultCode) else None
    texts: Iterable[str] = known.name if known is not None else (code, code, code)
    return dict(zip(Language, texts, strict=True))


def _length(spans: list[Span]) -> int:
    return sum(end - start for start, end in spans)
