"""Decisions about the glossary. It belongs to the installation: every editor keeps it, each agency has its remarks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from playlists.glossary import Glossary, Term
from playlists.language import Language, fold
from server.accounts import service as accounts
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.content.glossary import repository
from server.content.glossary.schemas import (
    AgencyNote,
    CheckAsked,
    CheckShown,
    DepartureShown,
    FoundTerm,
    NoteAsked,
    TermAsked,
    TermShown,
)
from server.db import Session
from server.edge import Expected
from server.errors import Problem, invalid, not_found
from server.tables import GlossaryNote, GlossaryTerm

MOST_TERMS = 5_000
"""More than any office agreed on; a check reads them all."""
MOST_NOTE = 500


def term_of(
    session: Session, caller: Caller, term_id: UUID, permission: Permission, *, lock: bool = False
) -> GlossaryTerm:
    """Return a term that the caller may do something with.

    Raises:
        Problem: 404, or 403 when the role does not allow it.
    """
    caller.require(permission)
    row = repository.term(session, term_id, lock=lock)
    if row is None:
        raise not_found("term")
    return row


def create(session: Session, caller: Caller, asked: TermAsked) -> GlossaryTerm:
    """Add a term.

    Raises:
        Problem: 409 when there is one of the same Vietnamese words; 422 when the glossary is full.
    """
    caller.require(Permission.EDIT_CONTENT)
    _refuse_same(session, asked, None)
    if repository.count(session) >= MOST_TERMS:
        raise invalid(
            "glossary-full", f"The glossary holds {MOST_TERMS} terms; archive does not make room, changing does."
        )
    row = GlossaryTerm(vi=asked.vi, vi_key=key(asked.vi), created_by=caller.user_id)
    return _filled(session, row, asked)


def change(session: Session, caller: Caller, term_id: UUID, asked: TermAsked, expected: Expected) -> GlossaryTerm:
    """Set what a term is called.

    Raises:
        Problem: 404, 409 when another term has these Vietnamese words, 412.
    """
    row = term_of(session, caller, term_id, Permission.EDIT_CONTENT, lock=True)
    expected.check(row.rev)
    _refuse_same(session, asked, row.id)
    row.rev += 1
    return _filled(session, row, asked)


def archive(session: Session, caller: Caller, term_id: UUID, at: datetime | None, expected: Expected) -> GlossaryTerm:
    """Take a term out of use at a time, or bring it back with None."""
    row = term_of(session, caller, term_id, Permission.EDIT_CONTENT, lock=True)
    expected.check(row.rev)
    if (row.archived_at is None) != (at is None):
        row.archived_at, row.rev = at, row.rev + 1
        session.add(row)
        session.flush()
        note_change(session, "glossary", row.id)
    return row


def remark(session: Session, caller: Caller, term_id: UUID, asked: NoteAsked, at: datetime) -> GlossaryTerm:
    """Set what an agency remarks on a term; an empty remark takes it away.

    Raises:
        Problem: 404, 403, 422 when an administrator of the whole installation names no agency.
    """
    row = term_of(session, caller, term_id, Permission.EDIT_CONTENT)
    chosen = asked.agency_id or caller.home(Permission.EDIT_CONTENT)
    if chosen is None:
        raise invalid("agency-missing", "Say which agency remarks this (agency_id).")
    agency = accounts.open_agency_of(session, caller, chosen, Permission.EDIT_CONTENT)
    held = repository.note_of(session, row.id, agency.id)
    if not asked.note:
        if held is not None:
            session.delete(held)
    else:
        held = held or GlossaryNote(
            term_id=row.id, agency_id=agency.id, note="", changed_by=caller.user_id, changed_at=at
        )
        held.note, held.changed_by, held.changed_at = asked.note, caller.user_id, at
        session.add(held)
    session.flush()
    note_change(session, "glossary", row.id)
    return row


def glossary_for(session: Session, agency_id: UUID | None) -> Glossary:
    """Return the terms in use, ready to be looked for; an agency's remarks stand behind those of the terms."""
    rows = repository.in_use(session, MOST_TERMS)
    notes = repository.notes(session, [row.id for row in rows], agency_id) if agency_id is not None else {}
    return Glossary(_remarked(term_value(row), notes.get(row.id, ())) for row in rows)


def _remarked(term: Term, notes: Iterable[GlossaryNote]) -> Term:
    note = " ".join(filter(None, (term.note, *(one.note for one in notes))))[:MOST_NOTE]
    return term.model_copy(update={"note": note})


def check(session: Session, caller: Caller, asked: CheckAsked) -> CheckShown:
    """Return the terms of a source text, and where its translations depart from them."""
    held = glossary_for(session, caller.agency_id)
    departures = [
        DepartureShown(code=one.code, language=language, vi=one.term.vi, text=one.text, agreed=one.agreed)
        for language, target in ((Language.EN, asked.en), (Language.ZH, asked.zh))
        for one in held.warnings(asked.source, target, language)
    ]
    found = [FoundTerm(start=one.start, end=one.end, **one.term.model_dump()) for one in held.found_in(asked.source)]
    return CheckShown(found=found, departures=departures)


def term_value(row: GlossaryTerm) -> Term:
    """Return a row as the glossary compares it."""
    return Term(
        vi=row.vi,
        en=tuple(row.renderings.get("en", ())),
        zh=tuple(row.renderings.get("zh", ())),
        forbidden_en=tuple(row.forbidden.get("en", ())),
        forbidden_zh=tuple(row.forbidden.get("zh", ())),
        optional=row.optional,
        note=row.note,
    )


def shown(session: Session, caller: Caller, rows: Sequence[GlossaryTerm]) -> list[TermShown]:
    """Return terms as the caller sees them: with the remarks of their own agency, or of all."""
    notes = repository.notes(session, [row.id for row in rows], caller.agency_id)
    return [_shown(row, notes[row.id]) for row in rows]


def key(vi: str) -> str:
    """Return the Vietnamese words of a term as they are compared: NFC, without case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", vi).casefold().split())[:200]


def _shown(row: GlossaryTerm, notes: Iterable[GlossaryNote]) -> TermShown:
    return TermShown(
        id=row.id,
        **term_value(row).model_dump(),
        notes=[AgencyNote(agency_id=one.agency_id, note=one.note, changed_at=one.changed_at) for one in notes],
        created_at=row.created_at,
        archived_at=row.archived_at,
        rev=row.rev,
    )


def _refuse_same(session: Session, asked: TermAsked, own_id: UUID | None) -> None:
    same = repository.term_of_key(session, key(asked.vi))
    if same is None or same.id == own_id:
        return
    archived = same.archived_at is not None
    raise Problem(
        HTTPStatus.CONFLICT,
        "term-known",
        f"The glossary has “{same.vi}” already{', in its archive' if archived else ''}. Change that term.",
        sentences={
            "vi": f"Bảng thuật ngữ đã có “{same.vi}”{' (trong kho lưu trữ)' if archived else ''}. Hãy sửa mục đó.",
            "en": f"The glossary has “{same.vi}” already{', in its archive' if archived else ''}. Change that term.",
            "zh": f"术语表已有“{same.vi}”{'（已归档）' if archived else ''}。请修改该条目。",
        },
        term_id=str(same.id),
    )


def _filled(session: Session, row: GlossaryTerm, asked: TermAsked) -> GlossaryTerm:
    row.vi, row.vi_key = asked.vi, key(asked.vi)
    row.renderings = {"en": list(asked.en), "zh": list(asked.zh)}
    row.forbidden = {"en": list(asked.forbidden_en), "zh": list(asked.forbidden_zh)}
    row.optional, row.note = asked.optional, asked.note
    row.search_folded = fold(" ".join([asked.vi, *asked.en, *asked.zh, asked.note]))
    session.add(row)
    session.flush()
    note_change(session, "glossary", row.id)
    return row
