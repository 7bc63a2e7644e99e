"""The API's picture of emergencies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from playlists.language import Language
from playlists.trust.emergency import DRILL_FRAME, Status, Text
from server.db import Session
from server.emergencies import audience, board, repository, service
from server.emergencies.audience import Chosen, Place
from server.emergencies.schemas import AckShown, AckWord, EmergencyShown, StepShown
from server.emergencies.templates import released
from server.tables import EmergencyRow
from server.tables.emergencies import EmergencyState, Purpose, StepKind
from server.trust import service as trust


def emergencies_shown(
    session: Session, rows: Sequence[EmergencyRow], at: datetime, *, whole: bool = False
) -> list[EmergencyShown]:
    """Return the API's picture of emergencies; steps and panels one by one only with `whole`."""
    people = repository.names(
        session, {one for row in rows for one in (row.raised_by, row.ended_by) if one is not None}
    )
    return [_shown(session, row, people, at, whole=whole) for row in rows]


def _shown(
    session: Session, row: EmergencyRow, people: dict[UUID, str], at: datetime, *, whole: bool
) -> EmergencyShown:
    chosen = audience.chosen_of(session, row)
    acks = _acks(session, row, chosen, at)
    waiting = service.open_document(session, row)
    status = Status(row.status)
    return EmergencyShown(
        **row.model_dump(
            include={
                *("id", "by", "word", "minutes", "alert_id", "reason", "trouble", "created_at", "began_at"),
                *("expires_at", "ended_at", "rev"),
            }
        ),
        state=EmergencyState(row.state),
        purpose=Purpose(row.purpose),
        status=status,
        frame=DRILL_FRAME if status is not Status.ACTUAL else None,
        text=Text(row.text),
        headlines={language: str(row.words[language]["title"]) for language in Language},
        bodies={language: str(row.words[language]["body"]) for language in Language},
        severity=row.severity,
        urgency=row.urgency,
        sites=[UUID(one) for one in row.sites],
        panels=[UUID(one) for one in row.panels],
        where=[
            *(site.name for site in chosen.sites),
            *(f"{panel.name} ({site.name})" for panel, site in chosen.panels),
        ],
        replaces=[UUID(one) for one in row.replaces],
        raised_by_name=people.get(row.raised_by, "") if row.raised_by is not None else "",
        ended_by_name=people.get(row.ended_by, "") if row.ended_by is not None else "",
        document_id=waiting[1].id if waiting is not None else None,
        shown=sum(one.word is AckWord.SHOWN for one in acks),
        acks=acks,
        steps=_steps(session, row) if whole else [],
    )


def _acks(session: Session, row: EmergencyRow, chosen: Chosen, at: datetime) -> list[AckShown]:
    if row.state in repository.WAITING or row.began_at is None:
        return []
    said = repository.acks(session, [row.id])[row.id]
    behind = repository.standings(session, [panel.id for panel, _ in chosen.meant])
    held = _pictured(session, row, at)
    found = []
    for place in chosen.meant:
        kiosk = behind.get(place[0].id)
        ack = said.get(kiosk[0].id) if kiosk is not None else None
        has = held is None or held.reaches(*place)
        found.append(board.ack_shown(row, place, kiosk, ack, has_pictures=has))
    return found


def _pictured(session: Session, row: EmergencyRow, at: datetime) -> released.Standing | None:
    """The template's release; None where every panel has pictures, because they are the emergency's own."""
    if row.release is None:
        return None
    return next((one for one in released.standing(session, at) if one.digest == row.release), None)


def missing(standing: released.Standing, chosen: Chosen) -> list[Place]:
    """Return the panels that lack a template's pictures."""
    return [place for place in chosen.meant if not standing.reaches(*place)]


def _steps(session: Session, row: EmergencyRow) -> list[StepShown]:
    pairs = repository.steps_with_documents(session, [row.id]).get(row.id, [])
    people = repository.names(session, {step.made_by for step, _ in pairs if step.made_by is not None})
    found = []
    for step, document in pairs:
        standing = trust.standing(session, document)
        found.append(
            StepShown(
                number=step.number,
                kind=StepKind(step.kind),
                document_id=document.id,
                state=document.state,
                made_by_name=people.get(step.made_by, "") if step.made_by is not None else "",
                signed_by=[one.holder for one in standing.signatures],
                lacking=list(standing.lacking.roles),
                made_at=document.created_at,
                done_at=step.done_at,
                expires_at=step.expires_at,
                reason=step.reason,
            )
        )
    return found
