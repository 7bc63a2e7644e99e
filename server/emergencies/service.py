"""Decisions about emergencies: raising, going on, ending, and giving up what nobody signs.

Nothing here reaches a panel: that needs the signatures, and then `server.emergencies.activation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from playlists.artwork import CardArtwork, for_site
from playlists.card import Card, Level, Look, Template
from playlists.card import Words as CardWords
from playlists.language import Language, SegmentLanguage
from playlists.trust.emergency import LONGEST, Severity, Status, Text, Urgency
from playlists.trust.root import RoleName
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.content.service import Wanted, ensure_segments
from server.db import Session
from server.emergencies import audience, bundle, documents, refusal, repository
from server.emergencies.audience import Chosen
from server.emergencies.schemas import EmergencyNew
from server.emergencies.templates import released
from server.emergencies.templates import repository as templates
from server.emergencies.templates.service import headlines_of
from server.errors import forbidden, invalid, not_found
from server.tables import EmergencyRow, EmergencyStep, SignedDocument
from server.tables.alerts import AlertState
from server.tables.emergencies import EmergencyState, Purpose, StepKind
from server.trust import service as trust
from server.trust.refusal import mixed_training

MOST_KEY = 80
SERIOUS = {
    Level.NOTE: Severity.MINOR,
    Level.WATCH: Severity.MODERATE,
    Level.WARNING: Severity.SEVERE,
    Level.DANGER: Severity.EXTREME,
}


class Made(NamedTuple):
    """What an emergency says, before whom it is for is known."""

    text: Text
    words: dict[Language, dict[str, str]]
    severity: Severity
    urgency: Urgency
    purpose: Purpose
    release: str | None = None


def raise_(
    session: Session, caller: Caller, asked: EmergencyNew, key: str | None, at: datetime, corner: str = ""
) -> tuple[EmergencyRow, bool]:
    """Take an emergency up, for signatures; the same key again returns the same one. The flag says whether it is new.

    Raises:
        Problem: 403; 404; 409 no root, a used key, an alert that was decided, a drill among real ones; 422.
    """
    caller.require(Permission.RAISE_EMERGENCY)
    if key is not None and not 1 <= len(key) <= MOST_KEY:
        raise invalid("invalid-idempotency-key", f"An Idempotency-Key has 1 to {MOST_KEY} characters.")
    own_key = f"{caller.user_id}:{key}" if key is not None else None
    earlier = repository.by_key(session, own_key) if own_key is not None else None
    if earlier is not None:
        if (earlier.word, earlier.minutes, earlier.status) != (asked.word, asked.minutes, asked.status):
            raise refusal.used_key()
        return earlier, False
    chosen = audience.choose(session, caller, asked.audience)
    trust.required_root(session, training=chosen.is_training)
    _check_alert(session, caller, asked, chosen)
    _check_replaced(session, caller, asked, chosen)
    made = _prepared(session, caller, asked.word, chosen, at) if asked.word is not None else _free(asked)
    row = EmergencyRow(
        agency_id=caller.agency_id,
        state=EmergencyState.ASKING,
        sites=[str(site.id) for site in chosen.sites],
        panels=[str(panel.id) for panel, _ in chosen.panels],
        purpose=made.purpose,
        status=asked.status,
        text=made.text,
        word=asked.word,
        release=made.release,
        words={str(language): said for language, said in made.words.items()},
        level=asked.level,
        severity=asked.severity or made.severity,
        urgency=asked.urgency or made.urgency,
        minutes=asked.minutes,
        replaces=[str(one) for one in asked.replaces],
        alert_id=asked.alert_id,
        reason=asked.reason.strip(),
        raised_by=caller.user_id,
        idempotency_key=own_key,
        created_at=at,
    )
    if made.text is Text.FREE:
        row.state = EmergencyState.PREPARING
        row.segments = [str(one) for one in _drawn(session, row, chosen, corner)]
    session.add(row)
    session.flush()
    if made.text is Text.TEMPLATE:
        ask_to_begin(session, row, chosen, at)
    note_change(session, "emergency", row.id)
    return row, True


def ask_to_begin(session: Session, row: EmergencyRow, chosen: Chosen, at: datetime) -> EmergencyStep:
    """Open the document that begins an emergency."""
    pictures = repository.segments(session, (UUID(one) for one in row.segments))
    said = documents.warning(row, chosen.audience, 1, at, pictures)
    assert row.raised_by is not None  # noqa: S101  # only the server itself raises without a person, and signs at once
    row.state = EmergencyState.ASKING
    session.add(row)
    return documents.open_step(session, row, said, StepKind.RAISE, by=row.raised_by, at=at, site_id=_one_site(chosen))


def extend(session: Session, caller: Caller, emergency_id: UUID, minutes: int, at: datetime) -> EmergencyRow:
    """Open a document with which an emergency goes on, counted from now.

    Raises:
        Problem: 403, 404; 409 it does not run.
    """
    row, chosen = _running(session, caller, emergency_id)
    give_up_open_steps(session, row, at)
    pictures = repository.segments(session, (UUID(one) for one in row.segments))
    number = len(repository.steps(session, row.id)) + 1
    again = row.model_copy(update={"minutes": minutes})
    said = documents.warning(again, chosen.audience, number, at, pictures)
    if row.by != RoleName.DUTY:
        said = said.model_copy(update={"by": RoleName.DUTY})
    documents.open_step(session, row, said, StepKind.EXTEND, by=caller.user_id, at=at, site_id=_one_site(chosen))
    return _touched(session, row)


def end(session: Session, caller: Caller, emergency_id: UUID, reason: str, at: datetime) -> EmergencyRow:
    """Open a document that ends an emergency; one person signs it, whoever began it.

    Raises:
        Problem: 403, 404; 409 it does not run.
    """
    row, chosen = _running(session, caller, emergency_id)
    give_up_open_steps(session, row, at)
    until = min(row.expires_at or at, documents.whole(at) + LONGEST)
    said = documents.cancellation(row, chosen.audience, at, until, RoleName.DUTY)
    documents.open_step(
        session, row, said, StepKind.END, by=caller.user_id, at=at, site_id=_one_site(chosen), reason=reason.strip()
    )
    return _touched(session, row)


def give_up(session: Session, caller: Caller, emergency_id: UUID, at: datetime) -> EmergencyRow:
    """Give up what waits for signatures; what runs goes on.

    Raises:
        Problem: 403, 404; 409 nothing waits.
    """
    row = emergency_of(session, caller, emergency_id, Permission.RAISE_EMERGENCY, lock=True)
    if row.state in repository.WAITING:
        abandon(session, row, "", at)
        return row
    if not give_up_open_steps(session, row, at):
        raise refusal.nothing_asked()
    return _touched(session, row)


def abandon(session: Session, row: EmergencyRow, trouble: str, at: datetime) -> None:
    """Give up an emergency that never began; `trouble` says why, where it was not a person."""
    give_up_open_steps(session, row, at)
    row.state, row.trouble, row.ended_at = EmergencyState.GIVEN_UP, trouble[:400], at
    session.add(row)
    note_change(session, "emergency", row.id)


def emergency_of(
    session: Session, caller: Caller, emergency_id: UUID, permission: Permission, *, lock: bool = False
) -> EmergencyRow:
    """Return an emergency that the caller's agency raised, or that is for a place of theirs.

    Raises:
        Problem: 404, 403.
    """
    row = repository.emergency(session, emergency_id, lock=lock)
    if row is None or not sees(session, caller, row):
        raise not_found("emergency")
    if not may(session, caller, row, permission):
        raise forbidden()
    return row


def sees(session: Session, caller: Caller, row: EmergencyRow) -> bool:
    """Tell whether an emergency exists for a person."""
    return may(session, caller, row, Permission.SEE)


def may(session: Session, caller: Caller, row: EmergencyRow, permission: Permission) -> bool:
    """Tell whether a person may do something with an emergency: it is their agency's, or for a place of theirs."""
    if row.agency_id is not None and caller.may(permission, agency_id=row.agency_id):
        return True
    return any(
        caller.may(permission, agency_id=owner, site_id=site.id)
        for panel, site in audience.chosen_of(session, row).meant
        for owner in (panel.agency_id, site.agency_id)
    )


def open_document(session: Session, row: EmergencyRow) -> tuple[EmergencyStep, SignedDocument] | None:
    """Return what waits for signatures, if anything does."""
    pairs = repository.steps_with_documents(session, [row.id]).get(row.id, [])
    waiting = [(step, document) for step, document in pairs if step.done_at is None and document.state == "open"]
    return waiting[-1] if waiting else None


def _prepared(session: Session, caller: Caller, word: str, chosen: Chosen, at: datetime) -> Made:
    """What a template says: of the caller's agency, or of the owner of the places."""
    standing = released.best(released.standing(session, at), word, chosen.meant)
    if standing is None or not any(standing.reaches(*place) for place in chosen.meant):
        raise refusal.not_released(word)
    owners = [caller.agency_id, *(site.agency_id for _, site in chosen.meant)]
    rows = [templates.of_word(session, one, word) for one in dict.fromkeys(owners) if one is not None]
    rows += [row for row in templates.templates(session) if row.word == word]
    row = next((one for one in rows if one is not None), None)
    if row is None:
        raise refusal.not_released(word)
    heads = headlines_of(session, row)
    return Made(
        text=Text.TEMPLATE,
        words={language: {"title": heads.get(language) or word, "body": ""} for language in Language},
        severity=Severity(row.severity),
        urgency=Urgency(row.urgency),
        purpose=Purpose(row.purpose),
        release=standing.digest,
    )


def _free(asked: EmergencyNew) -> Made:
    words = {language: said.model_dump() for language, said in (asked.words or {}).items()}
    purpose = Purpose.CORRECTION if asked.replaces else Purpose.WARNING
    return Made(Text.FREE, words, SERIOUS[asked.level], Urgency.IMMEDIATE, purpose)


def _drawn(session: Session, row: EmergencyRow, chosen: Chosen, corner: str) -> list[UUID]:
    """Have the pictures of free words drawn for every size of panel that is meant; return their segments' ids."""
    look = Look(template=Template.WEATHER_WARNING, level=Level(row.level), corner=corner)
    wanted = []
    for language in Language:
        words = CardWords(title=row.words[language]["title"], body=row.words[language]["body"])
        artwork = for_site(CardArtwork(card=Card(look=look, words={language: words})), training=chosen.is_training)
        wanted.append(Wanted.of(artwork, SegmentLanguage(language)))
    profiles = {str(one): one for one in (released.profile_of(panel) for panel, _ in chosen.meant)}
    found: list[UUID] = []
    for _, profile in sorted(profiles.items()):
        made = ensure_segments(session, wanted, profile, agency_id=row.agency_id)
        found += [made[one].id for one in wanted]
    return found


def _check_alert(session: Session, caller: Caller, asked: EmergencyNew, chosen: Chosen) -> None:
    if asked.alert_id is None:
        return
    if chosen.is_training:
        raise refusal.no_training_for_alerts()
    alert = repository.alert(session, asked.alert_id)
    if alert is None or not repository.alert_means(session, alert.id, caller.seen):
        raise not_found("alert")
    if alert.state not in (AlertState.WAITING, AlertState.PARKED):
        raise refusal.alert_decided()
    if alert.kind == "drill" and asked.status is Status.ACTUAL:
        raise refusal.drill_is_drill()


def _check_replaced(session: Session, caller: Caller, asked: EmergencyNew, chosen: Chosen) -> None:
    """Those that it takes the place of run and are as real; a kiosk has room for one more."""
    found = repository.by_ids(session, asked.replaces)
    for one in asked.replaces:
        row = found.get(one)
        if row is None or not sees(session, caller, row):
            raise not_found("emergency")
        if row.state != EmergencyState.RUNNING:
            raise refusal.not_running()
        if (row.status == Status.ACTUAL) != (asked.status is Status.ACTUAL):
            raise refusal.drill_is_drill()
        if audience.chosen_of(session, row).is_training != chosen.is_training:
            raise mixed_training()
    others = [row for row in repository.in_states(session, EmergencyState.RUNNING) if row.id not in found]
    count: dict[UUID, int] = {}
    for row in others:
        for panel, _ in audience.chosen_of(session, row).meant:
            count[panel.id] = count.get(panel.id, 0) + 1
    for panel, _ in chosen.meant:
        if count.get(panel.id, 0) >= bundle.MOST - 1:
            raise refusal.too_many_at_once(panel.name, bundle.MOST - 1)


def _running(session: Session, caller: Caller, emergency_id: UUID) -> tuple[EmergencyRow, Chosen]:
    row = emergency_of(session, caller, emergency_id, Permission.RAISE_EMERGENCY, lock=True)
    if row.state != EmergencyState.RUNNING:
        raise refusal.not_running()
    return row, audience.chosen_of(session, row)


def give_up_open_steps(session: Session, row: EmergencyRow, at: datetime) -> int:
    """Give up what waits for signatures; return how many documents did."""
    pairs: Iterable[tuple[EmergencyStep, SignedDocument]] = repository.steps_with_documents(session, [row.id]).get(
        row.id, []
    )
    waiting = [document for step, document in pairs if step.done_at is None and document.state == "open"]
    for document in waiting:
        trust.cancel(session, document, at)
    return len(waiting)


def _one_site(chosen: Chosen) -> UUID | None:
    found: Sequence[UUID] = sorted({site.id for _, site in chosen.meant})
    return found[0] if len(found) == 1 else None


def _touched(session: Session, row: EmergencyRow) -> EmergencyRow:
    row.rev += 1
    session.add(row)
    session.flush()
    note_change(session, "emergency", row.id)
    return row
