"""The job behind Publish: wait until everything is rendered, then assign kiosk by kiosk, each in one transaction.

Every step may be done again: what is rendered stays rendered, and an unchanged manifest is not assigned twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.db import Session, now
from server.jobs.port import JobContext, JobFailed, Kind, NotYet
from server.media.measuring import Measurements
from server.publishing import repository, service
from server.publishing.judging import refuse_unreadable
from server.publishing.refusal import CannotPublish
from server.publishing.service import Tally
from server.seen import EVERYTHING
from server.settings import Approval
from server.tables import Panel

LOOK_AGAIN = timedelta(milliseconds=400)


def publish_kind(private_key: bytes, measurements: Measurements, approval: Approval = Approval.OFF) -> Kind:
    """Return the kind of job that publishes with the server's key what people can read, or what they released."""
    return Kind(run=lambda context: _run(context, private_key, measurements, approval), given_up=_given_up)


def _run(context: JobContext, private_key: bytes, measurements: Measurements, approval: Approval) -> None:
    publication_id = UUID(context.arguments["publication_id"])
    with context.db.read() as session:
        publication = repository.publication(session, publication_id)
        if publication is None:
            raise JobFailed("The publication is gone.")
        panels = repository.panels(session, EVERYTHING, [UUID(text) for text in publication.panel_ids])
    try:
        _measure(context, panels, measurements, approval)
        _render(context, panels, approval)
        _assign(context, panels, publication_id, private_key, approval)
    except CannotPublish as error:
        with context.db.write() as session:
            service.fail(session, publication_id, str(error), error.sentences)
        raise JobFailed(str(error)) from error
    with context.db.write() as session:
        service.finish(session, publication_id, now())


def _measure(context: JobContext, panels: list[Panel], measurements: Measurements, approval: Approval) -> None:
    for panel in panels:
        with context.db.read() as session:
            reading = service.reading(session, panel.id, now(), approval)
        if reading is not None:
            refuse_unreadable(reading, measurements)


def _render(context: JobContext, panels: list[Panel], approval: Approval) -> None:
    tally = Tally()
    for panel in panels:
        with context.db.write() as session:
            tally += service.prepare(session, panel.id, now(), approval)
    message = f"rendered {tally.ready} of {tally.needed}"
    context.progress(900 * tally.ready // tally.needed if tally.needed else 900, message)
    if not tally.is_complete:
        raise NotYet(LOOK_AGAIN, message)


def _assign(
    context: JobContext, panels: list[Panel], publication_id: UUID, private_key: bytes, approval: Approval
) -> None:
    with context.db.read() as session:
        kiosks = repository.kiosks_of(session, [panel.id for panel in panels])
    for number, panel in enumerate(panels, start=1):
        kiosk = kiosks.get(panel.id)
        if kiosk is not None:
            with context.db.write() as session:
                done = service.assign(session, panel.id, kiosk.id, private_key, publication_id, now(), approval)
            if done is None:
                raise NotYet(LOOK_AGAIN, f"{panel.name} was changed meanwhile; rendering goes on")
        context.progress(900 + 100 * number // len(panels), f"assigned {number} of {len(panels)}")


def at_once_kind(private_key: bytes, approval: Approval = Approval.OFF) -> Kind:
    """Return the kind of job that brings overrides to panels, with the server's key."""
    return Kind(run=lambda context: _run_at_once(context, private_key, approval))


def _run_at_once(context: JobContext, private_key: bytes, approval: Approval) -> None:
    """Every panel gets it as soon as it can; one that cannot does not keep the others waiting."""
    wanted = [UUID(text) for text in context.arguments["panel_ids"]]
    with context.db.read() as session:
        panels = repository.panels(session, EVERYTHING, wanted)
        kiosks = repository.kiosks_of(session, wanted)
    waiting: list[str] = []
    refused: list[str] = []
    for panel in panels:
        kiosk = kiosks.get(panel.id)
        if kiosk is None:
            continue
        try:
            with context.db.write() as session:
                done = service.assign_at_once(session, panel.id, kiosk.id, private_key, now(), approval)
        except CannotPublish as error:
            refused.append(f"{panel.name}: {error}")
        else:
            waiting += [panel.name] if done is None else []
    context.progress(1000 * (len(panels) - len(waiting)) // max(1, len(panels)), ", ".join(waiting)[:200])
    if waiting:
        raise NotYet(LOOK_AGAIN, f"rendering for {', '.join(waiting)[:200]}")
    if refused:
        raise JobFailed(" ".join(refused)[:1000])


def _given_up(session: Session, arguments: dict[str, Any], sentence: str) -> None:
    service.fail(session, UUID(arguments["publication_id"]), sentence)
