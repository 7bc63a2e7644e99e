"""Decisions about prepared warnings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from playlists.language import Language
from playlists.variant import SOURCE, VariantState
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.content import service as content
from server.content.notices.artworks import languages_of
from server.content.notices.schemas import NoticeNew
from server.content.notices.service import create_notice, held_of, notice_of
from server.db import Session
from server.edge import Expected
from server.emergencies.repository import places
from server.emergencies.templates import released, repository
from server.emergencies.templates.prepared import PREPARED, Prepared
from server.emergencies.templates.schemas import TemplateNew, TemplateShown
from server.errors import conflict, invalid, not_found
from server.tables import WarningTemplate
from server.tables.emergencies import Purpose

HEADLINE = 160


def prepare(session: Session, caller: Caller, agency_id: UUID | None, at: datetime) -> list[WarningTemplate]:
    """Make what an agency lacks of the prepared set, as finished texts that are still to be reviewed and released.

    Raises:
        Problem: 403; 404 another agency; 422 an administrator of the whole installation names none.
    """
    owner = content.owner(session, caller, agency_id)
    made = []
    for word, one in PREPARED.items():
        if repository.of_word(session, owner.id, word) is None:
            notice = create_notice(session, caller, _notice(owner.id, one), at).notice
            row = WarningTemplate(
                agency_id=owner.id,
                notice_id=notice.id,
                word=word,
                purpose=one.purpose,
                severity=one.severity,
                urgency=one.urgency,
                minutes=one.minutes,
                added_by=caller.user_id,
                added_at=at,
            )
            made.append(_kept(session, row))
    return made


def create(session: Session, caller: Caller, new: TemplateNew, at: datetime) -> WarningTemplate:
    """Make a notice a prepared warning.

    Raises:
        Problem: 403, 404; 409 the word or the notice is taken; 422 it does not speak three languages.
    """
    notice = notice_of(session, caller, new.notice_id, Permission.EDIT_CONTENT)
    if not {str(one) for one in Language} <= languages_of(session, [notice.id]).get(notice.id, set()):
        detail = "A prepared warning needs its words in Vietnamese, English and Chinese. Finish the notice first."
        raise invalid("languages-missing", detail)
    if repository.of_word(session, notice.agency_id, new.word) or repository.of_notice(session, notice.id):
        raise conflict("template-exists", "This notice is a prepared warning already, or another one has this word.")
    row = WarningTemplate(**new.model_dump(), agency_id=notice.agency_id, added_by=caller.user_id, added_at=at)
    return _kept(session, row)


def retire(session: Session, caller: Caller, template_id: UUID, expected: Expected, at: datetime) -> WarningTemplate:
    """Offer a prepared warning no more; its release stays until it ends or is withdrawn.

    Raises:
        Problem: 403, 404, 412.
    """
    row = repository.template(session, template_id)
    if row is None:
        raise not_found("template")
    caller.require(Permission.EDIT_CONTENT, agency_id=row.agency_id, what="template")
    expected.check(row.rev)
    if row.retired_at is None:
        row.retired_at, row.rev = at, row.rev + 1
        session.add(row)
        session.flush()
        note_change(session, "emergency-template", row.id)
    return row


def shown(session: Session, rows: Sequence[WarningTemplate], at: datetime) -> list[TemplateShown]:
    """Return the API's picture of prepared warnings."""
    notices = repository.notices(session, [row.notice_id for row in rows])
    standing = released.standing(session, at)
    fleet = places(session)
    return [
        TemplateShown(
            **row.model_dump(include={"id", "agency_id", "notice_id", "word", "minutes", "retired_at", "rev"}),
            title=notices[row.notice_id].title,
            headlines=headlines_of(session, row),
            purpose=Purpose(row.purpose),
            severity=row.severity,
            urgency=row.urgency,
            released_for=sorted(
                {panel.id for panel, site in fleet if any(one.reaches(panel, site) for one in mine)}, key=str
            ),
            released_until=max((one.release.show_until for one in mine), default=None),
        )
        for row in rows
        for mine in [[one for one in standing if one.word == row.word]]
    ]


def headlines_of(session: Session, row: WarningTemplate) -> dict[Language, str]:
    """Return the titles of a prepared warning by language."""
    notice = repository.notices(session, [row.notice_id])[row.notice_id]
    variants = held_of(session, notice).whole.variants
    return {one: spoken.words.title[:HEADLINE] for one, spoken in variants.items() if spoken.words.title}


def prepared_words(session: Session) -> dict[str, dict[Language, str]]:
    """Return the titles of prepared warnings by their words, where a person has reviewed the language."""
    found: dict[str, dict[Language, str]] = {}
    for row in repository.templates(session):
        held = held_of(session, repository.notices(session, [row.notice_id])[row.notice_id])
        for language, variant in held.variants.items():
            title = held.whole.variants[language].words.title[:HEADLINE]
            if title and (language is SOURCE or variant.state == VariantState.REVIEWED):
                found.setdefault(row.word, {}).setdefault(language, title)
    return found


def _kept(session: Session, row: WarningTemplate) -> WarningTemplate:
    session.add(row)
    session.flush()
    note_change(session, "emergency-template", row.id)
    return row


def _notice(agency_id: UUID, one: Prepared) -> NoticeNew:
    return NoticeNew.model_validate(
        {
            "agency_id": agency_id,
            "title": f"Khẩn cấp: {one.words[Language.VI][0]}",
            "content_class": "essential",
            "content": {"kind": "card", "look": {"template": "weather_warning", "level": one.level}},
            "variants": {
                language: {"words": {"title": title, "body": body}, "finished": True}
                for language, (title, body) in one.words.items()
            },
        }
    )
