"""Filled files from translators: what each line says, what may be taken, and why something is not.

Nothing that somebody wrote is lost: a text whose source or translation changed since the file was written is not taken
over, but kept as a comment of its notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from playlists.card import MOST_BODY, MOST_TITLE
from playlists.glossary import Glossary
from playlists.hygiene import PUT_RIGHT, clean
from playlists.language import Language
from playlists.legibility import MOST_HAN, MOST_LETTERS, room
from playlists.typed import NameFaultCode, faults, names_in
from playlists.variant import MOST_CAPTION, SOURCE
from server.accounts.permissions import Caller, Permission
from server.content.comments import service as comments
from server.content.comments.repository import comments as comments_about
from server.content.comments.schemas import CommentNew
from server.content.glossary.service import glossary_for
from server.content.notices import service as notices
from server.content.notices.schemas import NoticeChange, VariantAsked
from server.content.notices.service import Held
from server.content.translations.outgoing import COLUMNS, DOCUMENT_COLUMNS, DOCUMENT_HEAD, HEAD, words_of
from server.content.translations.pieces import (
    Reference,
    digest,
    find_reference,
    is_complete,
    pieces,
    put_together,
)
from server.content.translations.schemas import FileTaken, Outcome, TextShown, Warned, WarningCode
from server.db import Session
from server.edge import Expected
from server.errors import Problem
from server.office.document import read_document
from server.office.package import Kind, kind_of
from server.office.sheet import read_sheet

_KEPT = frozenset({Outcome.SOURCE_CHANGED, Outcome.TRANSLATION_CHANGED})
_HEADS = frozenset({HEAD[0].casefold(), DOCUMENT_HEAD[0].casefold()})
_MOST = {"title": MOST_TITLE, "body": MOST_BODY, "row": MOST_TITLE, "caption": MOST_CAPTION}


class Sent(NamedTuple):
    """A text of a filled file: its line, where it belongs (None: nobody knows), its language, and what it says."""

    line: int
    reference: Reference | None
    language: Language | None
    text: str


def read_file(content: bytes) -> list[Sent]:
    """Return the texts of a filled file, XLSX or DOCX.

    Raises:
        OfficeFault: it is no file that may be taken.
    """
    is_sheet = kind_of(content) is Kind.XLSX
    rows = read_sheet(content) if is_sheet else read_document(content)
    return list(_sent(rows, COLUMNS if is_sheet else DOCUMENT_COLUMNS))


def _sent(rows: Iterable[Sequence[str]], columns: Mapping[Language, int]) -> Iterator[Sent]:
    for number, row in enumerate(rows, start=1):
        if row[0].strip().casefold() in _HEADS:
            continue
        reference = find_reference(row[0])
        cells = {language: row[column] if column < len(row) else "" for language, column in columns.items()}
        if reference is None:
            yield Sent(number, None, None, "\n".join(cell for cell in row if cell.strip())[:4000])
        else:
            yield from (Sent(number, reference, language, cells[language]) for language in reference.asked)


def take(session: Session, caller: Caller, sent: Sequence[Sent], at: datetime, *, dry_run: bool) -> FileTaken:
    """Save the translations of a filled file, a revision for each notice, and report on every text.

    Raises:
        Problem: 403.
    """
    caller.require(Permission.TRANSLATE)
    by_notice: dict[UUID | None, list[Sent]] = {}
    for one in sent:
        by_notice.setdefault(one.reference.notice_id if one.reference is not None else None, []).append(one)
    glossary = glossary_for(session, caller.agency_id)
    texts: list[TextShown] = []
    for notice_id, held_texts in by_notice.items():
        held = _held(session, caller, notice_id)
        if held is None:
            texts += [_unknown(one) for one in held_texts]
            continue
        judged = _judge(held, held_texts, glossary)
        if not dry_run:
            judged = _save(session, caller, held, judged, at)
        texts += judged
    texts.sort(key=lambda one: one.line)
    counts = {outcome: sum(one.outcome is outcome for one in texts) for outcome in Outcome}
    return FileTaken(dry_run=dry_run, counts=counts, texts=texts)


def _held(session: Session, caller: Caller, notice_id: UUID | None) -> Held | None:
    if notice_id is None:
        return None
    try:
        return notices.held_of(session, notices.notice_of(session, caller, notice_id, Permission.TRANSLATE))
    except Problem:
        return None


def _unknown(one: Sent) -> TextShown:
    notice_id = one.reference.notice_id if one.reference is not None else None
    piece = one.reference.piece if one.reference is not None else ""
    return TextShown(
        line=one.line,
        notice_id=notice_id,
        title="",
        piece=piece,
        language=one.language,
        outcome=Outcome.UNKNOWN,
        sent=one.text,
    )


def _judge(held: Held, sent: Sequence[Sent], glossary: Glossary) -> list[TextShown]:
    judged: list[TextShown] = []
    seen: dict[tuple[str, Language], str] = {}
    for one in sent:
        if one.reference is None or one.language is None:
            continue
        place = (one.reference.piece, one.language)
        shown = _judge_text(held, one, one.reference, one.language, glossary)
        if place in seen and seen[place] != shown.sent and shown.outcome is Outcome.TAKEN:
            shown.outcome = Outcome.REFUSED
            shown.warnings.append(Warned(code=WarningCode.TWICE))
        if shown.outcome is Outcome.TAKEN:
            seen[place] = shown.sent
        judged.append(shown)
    return judged


def _judge_text(held: Held, one: Sent, reference: Reference, language: Language, glossary: Glossary) -> TextShown:
    source = pieces(words_of(held, SOURCE)).get(reference.piece)
    now = pieces(words_of(held, language)).get(reference.piece, "")
    cleaned = clean(one.text, language)
    shown = TextShown(
        line=one.line,
        notice_id=held.notice.id,
        title=held.whole.title,
        piece=reference.piece,
        language=language,
        outcome=_outcome(reference, language, source, now, cleaned.text),
        sent=cleaned.text,
        now=now,
    )
    if shown.outcome in (Outcome.UNCHANGED, Outcome.EMPTY, Outcome.UNKNOWN):
        return shown
    shown.warnings = [
        *_of_values(source or "", cleaned.text, held),
        *_of_length(reference.piece, cleaned.text, language),
        *_of_glossary(glossary, source or "", cleaned.text, language),
        *(
            Warned(code=WarningCode(remark.code), text=remark.text, instead=remark.replacement)
            for remark in cleaned.remarks
            if remark.code not in PUT_RIGHT
        ),
    ]
    if held.notice.archived_at is not None:
        shown.warnings.append(Warned(code=WarningCode.ARCHIVED))
    if shown.outcome is Outcome.TAKEN and any(one.code in _UNSAVEABLE for one in shown.warnings):
        shown.outcome = Outcome.REFUSED
    return shown


_UNSAVEABLE = frozenset(
    {WarningCode.UNKNOWN_VALUE, WarningCode.STRAY_BRACE, WarningCode.TOO_LONG, WarningCode.ARCHIVED}
)


def _outcome(reference: Reference, language: Language, source: str | None, now: str, text: str) -> Outcome:
    if source is None:
        return Outcome.SOURCE_CHANGED if text else Outcome.EMPTY
    if not text:
        return Outcome.EMPTY
    if digest(text) in (digest(now), reference.digests[language]):
        return Outcome.UNCHANGED
    if digest(source) != reference.digests[SOURCE]:
        return Outcome.SOURCE_CHANGED
    if digest(now) != reference.digests[language]:
        return Outcome.TRANSLATION_CHANGED
    return Outcome.TAKEN


_NAME_FAULTS = {
    NameFaultCode.UNKNOWN: WarningCode.UNKNOWN_VALUE,
    NameFaultCode.BRACE: WarningCode.STRAY_BRACE,
}


def _of_values(source: str, text: str, held: Held) -> Iterator[Warned]:
    for fault in faults([text], held.whole.values):
        if fault.code in _NAME_FAULTS:
            yield Warned(code=_NAME_FAULTS[fault.code], text=fault.name)
    for name in dict.fromkeys(names_in(source)):
        if name not in names_in(text):
            yield Warned(code=WarningCode.MISSING_VALUE, text=f"{{{name}}}")


def _of_length(piece: str, text: str, language: Language) -> Iterator[Warned]:
    kind, _, _ = piece.partition(".")
    if len(text) > _MOST.get(kind, MOST_BODY):
        yield Warned(code=WarningCode.TOO_LONG, text=str(len(text)), instead=str(_MOST.get(kind, MOST_BODY)))
    most = MOST_HAN if language is Language.ZH else MOST_LETTERS
    advised = {"title": most.title, "body": most.body}.get(kind)
    if advised is not None and room(text, language) > advised:
        yield Warned(code=WarningCode.TOO_MUCH_TEXT, text=str(room(text, language)), instead=str(advised))


def _of_glossary(glossary: Glossary, source: str, text: str, language: Language) -> Iterator[Warned]:
    for one in glossary.warnings(source, text, language):
        yield Warned(code=WarningCode(one.code), text=one.text or one.term.vi, instead=one.agreed)


def _save(session: Session, caller: Caller, held: Held, judged: list[TextShown], at: datetime) -> list[TextShown]:
    source = words_of(held, SOURCE)
    variants: dict[Language, VariantAsked | None] = {}
    for language in Language:
        new = {one.piece: one.sent for one in judged if one.language is language and one.outcome is Outcome.TAKEN}
        if new:
            words = put_together(source, words_of(held, language), new)
            variants[language] = VariantAsked(words=words, finished=is_complete(source, words))
    if variants:
        change = NoticeChange(variants=variants)
        notices.change_notice(session, caller, held.notice.id, change, Expected(held.notice.rev), at)
    said = {row.text for row, _ in comments_about(session, held.notice.id)}
    for one in judged:
        kept = _kept(one)
        if one.outcome in _KEPT and one.sent and kept.text not in said:
            comments.add(session, caller, held.notice.id, kept)
    return judged


def _kept(one: TextShown) -> CommentNew:
    return CommentNew(text=f"[{one.piece}] {one.sent}"[:4000], language=one.language)
