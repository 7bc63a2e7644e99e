"""Submissions and releases over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from server.accounts.endpoints import RECENT_FACTOR, CallerDep
from server.accounts.factors.service import require_two_authenticators
from server.accounts.permissions import Permission
from server.edge import Page, PageAsked, ReadSession, WriteSession
from server.parts import PartsDep
from server.publishing.questions import service as questions
from server.publishing.releases import publications, repository, service, showing
from server.publishing.releases.refusal import wrong_state, wrong_window
from server.publishing.releases.schemas import (
    EndingShown,
    ProfileAsked,
    ReasonAsked,
    RenewalAsked,
    SubmissionAsked,
    SubmissionLine,
    SubmissionShown,
)
from server.routes import Router
from server.tables.releases import SubmissionState
from server.tables.trust import DocumentState
from server.trust.endpoints import add
from server.trust.schemas import SignatureAsked

router = Router(prefix="/api/v1/releases", tags=["releases"])


@router.post("", status_code=201)
def submit(
    asked: SubmissionAsked, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> SubmissionShown:
    """Send notices to approval: they are rendered for every panel, then signatures are asked for.

    `details.answers` answers the four questions; a yes needs its reference.
    """
    questions.check_answers(session, caller, asked.details)
    row = service.submit(session, caller, asked, parts.clock())
    response.headers["Location"] = f"/api/v1/releases/{row.id}"
    return showing.shown(session, caller, row)


@router.post("/renewals", status_code=201)
def renew(asked: RenewalAsked, caller: CallerDep, session: WriteSession, parts: PartsDep) -> SubmissionShown:
    """Send everything that is over soon to approval in one go, unchanged, for longer."""
    return showing.shown(session, caller, service.renew(session, caller, asked, parts.clock()))


@router.post("/profiles", status_code=201)
def approve_profile(asked: ProfileAsked, caller: CallerDep, session: WriteSession, parts: PartsDep) -> SubmissionShown:
    """Send everything that is on air to approval in one go, for panels of a new size."""
    return showing.shown(session, caller, service.approve_profile(session, caller, asked, parts.clock()))


@router.get("")
def list_submissions(
    caller: CallerDep,
    session: ReadSession,
    asked: PageAsked,
    state: Annotated[SubmissionState | None, Query()] = None,
) -> Page[SubmissionLine]:
    """List submissions of the caller's agency, and those that wait for a signature of theirs, newest first."""
    caller.require(Permission.SEE)
    mine = showing.asking_ids(session, caller)
    rows = repository.submissions(session, asked, caller.seen, mine, state)
    lines = {row.id: line for row, line in zip(rows, showing.lines(session, caller, rows), strict=True)}
    return asked.page(rows, lambda row: lines[row.id], lambda row: row.id)


@router.get("/ending")
def ending(
    caller: CallerDep, session: ReadSession, parts: PartsDep, days: Annotated[int, Query(ge=1, le=400)] = 7
) -> list[EndingShown]:
    """List notices whose release is over within some days, with nothing released that goes on; the first one first."""
    caller.require(Permission.SEE)
    at = parts.clock()
    return showing.ending(session, caller, at, at + timedelta(days=days))


@router.get("/{submission_id}")
def show(submission_id: UUID, caller: CallerDep, session: ReadSession) -> SubmissionShown:
    """Show a submission: what is in it, how far it is, who signed and who is still needed."""
    return showing.shown(session, caller, service.submission_of(session, caller, submission_id))


@router.get("/{submission_id}/payload", response_class=Response)
def payload(submission_id: UUID, caller: CallerDep, session: ReadSession) -> Response:
    """Give the exact bytes that are signed; 409 while they are not fixed yet."""
    row = service.submission_of(session, caller, submission_id)
    document = service.document_of(session, row)
    return Response(document.payload, media_type="application/json", headers={"ETag": f'"{document.digest}"'})


@router.post("/{submission_id}/signatures", dependencies=[RECENT_FACTOR])
def sign(
    submission_id: UUID, asked: SignatureAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> SubmissionShown:
    """Add the caller's signature; with the last one that is needed the content is released and published."""
    row = service.submission_of(session, caller, submission_id, lock=True)
    caller.require(Permission.APPROVE)
    require_two_authenticators(session, parts.settings, caller)
    at = parts.clock()
    if row.state != SubmissionState.ASKING:
        raise wrong_state(row.state)
    if row.show_until <= at:
        raise wrong_window()
    document = add(session, caller, service.document_of(session, row), asked, parts)
    if document.state == DocumentState.SEALED:
        publications.publish(session, row, service.released_by(session, caller, row, at), "released")
    return showing.shown(session, caller, row)


@router.post("/{submission_id}/return")
def give_back(
    submission_id: UUID, asked: ReasonAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> SubmissionShown:
    """Return a submission to its author with a reason."""
    row = service.submission_of(session, caller, submission_id, lock=True)
    caller.require(Permission.APPROVE)
    service.give_back(session, caller, row, asked.reason, parts.clock())
    return showing.shown(session, caller, row)


@router.post("/{submission_id}/cancel")
def cancel(
    submission_id: UUID, asked: ReasonAsked, caller: CallerDep, session: WriteSession, parts: PartsDep
) -> SubmissionShown:
    """Take a submission back before it is released."""
    row = service.submission_of(session, caller, submission_id, lock=True)
    caller.require(Permission.SUBMIT)
    service.cancel(session, caller, row, asked.reason, parts.clock())
    return showing.shown(session, caller, row)
