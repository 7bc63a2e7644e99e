"""Decisions about phrases: whoever wrote the words cannot approve them, and other words need a new approval."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from server.accounts import repository as accounts
from server.accounts.owning import let_in
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.content.phrases import repository
from server.content.phrases.schemas import PhraseChange, PhraseNew, PhraseShown
from server.db import Session
from server.edge import Expected
from server.errors import conflict, invalid, not_found
from server.tables import Agency
from server.tables.boards import Phrase, PhraseState


def phrase_of(
    session: Session, caller: Caller, phrase_id: UUID, permission: Permission, *, lock: bool = False
) -> Phrase:
    """Return a phrase that the caller may do something with.

    Raises:
        Problem: 404, 403.
    """
    return let_in(caller, repository.phrase(session, phrase_id, lock=lock), permission, "phrase")


def owning_agency(session: Session, caller: Caller, agency_id: UUID | None, permission: Permission) -> Agency:
    """Return the agency that something new is to belong to: the caller's own where none is named.

    Raises:
        Problem: 403, 404, 422 when the caller must name one.
    """
    chosen = agency_id or caller.home(permission)
    if chosen is None:
        caller.require(permission)
        raise invalid("agency-needed", "Say to which agency this belongs: add agency_id.")
    caller.require(permission, agency_id=chosen, what="agency")
    row = accounts.agency(session, chosen)
    if row is None:
        raise not_found("agency")
    return row


def create(session: Session, caller: Caller, new: PhraseNew) -> Phrase:
    """Write a phrase; it is a draft until another person approves it.

    Raises:
        Problem: 403, 404, 409 when the key is taken.
    """
    agency = owning_agency(session, caller, new.agency_id, Permission.EDIT_CONTENT)
    if repository.by_key(session, agency.id, new.key) is not None:
        raise conflict("phrase-exists", f"The phrase book has a phrase {new.key} already; take another key.")
    row = Phrase(
        agency_id=agency.id,
        key=new.key,
        vi=_clean(new.vi),
        en=_clean(new.en),
        zh=_clean(new.zh),
        tone=new.tone,
        written_by=caller.user_id,
    )
    session.add(row)
    session.flush()
    note_change(session, "phrase", row.id)
    return row


def change(session: Session, caller: Caller, phrase_id: UUID, asked: PhraseChange, expected: Expected) -> Phrase:
    """Write other words; what boards show stays as it was approved until these words are approved too.

    Raises:
        Problem: 403, 404, 412.
    """
    row = phrase_of(session, caller, phrase_id, Permission.EDIT_CONTENT, lock=True)
    expected.check(row.rev)
    for name in ("vi", "en", "zh"):
        said = getattr(asked, name)
        if said is not None:
            setattr(row, name, _clean(said))
    row.tone = asked.tone or row.tone
    row.state, row.approved_by, row.approved_at = PhraseState.DRAFT, None, None
    row.written_by = caller.user_id
    return _touched(session, row)


def approve(session: Session, caller: Caller, phrase_id: UUID, at: datetime, expected: Expected) -> Phrase:
    """Approve a phrase in all three languages.

    Raises:
        Problem: 403 also for whoever wrote the words, 404, 412.
    """
    row = phrase_of(session, caller, phrase_id, Permission.PUBLISH, lock=True)
    expected.check(row.rev)
    if row.written_by == caller.user_id:
        raise conflict("own-words", "You wrote these words yourself. Ask another person to read and approve them.")
    row.state, row.approved_by, row.approved_at = PhraseState.APPROVED, caller.user_id, at
    words = {"vi": row.vi, "en": row.en, "zh": row.zh}
    audit(
        session,
        caller,
        Action.PHRASE_APPROVED,
        "phrase",
        row.id,
        name=row.key,
        agency_id=row.agency_id,
        after=words,
    )
    return _touched(session, row)


def archive(session: Session, caller: Caller, phrase_id: UUID, at: datetime, expected: Expected) -> Phrase:
    """Take a phrase out of the lists; boards that have it keep it."""
    row = phrase_of(session, caller, phrase_id, Permission.EDIT_CONTENT, lock=True)
    expected.check(row.rev)
    row.archived_at = row.archived_at or at
    return _touched(session, row)


def shown(session: Session, rows: Sequence[Phrase]) -> list[PhraseShown]:
    """Return the API's picture of phrases."""
    people = {row.written_by for row in rows} | {row.approved_by for row in rows if row.approved_by is not None}
    names = repository.names(session, people)
    return [
        PhraseShown.model_validate(
            {
                **row.model_dump(),
                "written_by_name": names.get(row.written_by, ""),
                "approved_by_name": names.get(row.approved_by) if row.approved_by is not None else None,
            }
        )
        for row in rows
    ]


def _clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _touched(session: Session, row: Phrase) -> Phrase:
    row.rev += 1
    session.add(row)
    session.flush()
    note_change(session, "phrase", row.id)
    return row
