"""Queries about notifications: the people's side, the outbox, and what there is to be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, delete, func, or_, select, update

from playlists.alarm.judge import Phase
from server.channels.port import Why
from server.edge import Slice
from server.faults.alarms.repository import WANTING
from server.notify.plan import Kind, Step
from server.seen import Seen
from server.tables import (
    Alarm,
    EmergencyRow,
    Notice,
    NoticeHold,
    NotifyAddress,
    NotifyAttempt,
    NotifyChannel,
    NotifyMessage,
    NotifyPerson,
    NotifyRule,
    Panel,
    RoleGrant,
    Site,
    Submission,
    SubmissionItem,
    User,
)
from server.tables.emergencies import EmergencyState
from server.tables.notify import MessageState
from server.tables.releases import SubmissionState

MOST = 2000


def addresses(session: Session, user_id: UUID) -> list[NotifyAddress]:
    """Return a person's addresses, the one that was added first first."""
    statement = select(NotifyAddress).where(NotifyAddress.user_id == user_id).order_by(col(NotifyAddress.id))
    return list(session.exec(statement))


def address(session: Session, address_id: UUID, *, lock: bool = False) -> NotifyAddress | None:
    """Return an address."""
    return session.get(NotifyAddress, address_id, with_for_update=lock or None)


def verified(session: Session, user_ids: Iterable[UUID], channels: Collection[str]) -> dict[UUID, list[NotifyAddress]]:
    """Return the usable addresses of people over some channels."""
    statement = (
        select(NotifyAddress)
        .where(
            col(NotifyAddress.user_id).in_(list(user_ids)),
            col(NotifyAddress.verified_at).is_not(None),
            col(NotifyAddress.channel).in_(list(channels)),
        )
        .order_by(col(NotifyAddress.id))
    )
    found: dict[UUID, list[NotifyAddress]] = {}
    for row in session.exec(statement):
        found.setdefault(row.user_id, []).append(row)
    return found


def wishes(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, NotifyPerson]:
    """Return the wishes of people who have any."""
    statement = select(NotifyPerson).where(col(NotifyPerson.user_id).in_(list(user_ids)))
    return {row.user_id: row for row in session.exec(statement)}


def rules(session: Session) -> list[NotifyRule]:
    """Return every rule that holds, the oldest first."""
    statement = select(NotifyRule).where(col(NotifyRule.ended_at).is_(None)).order_by(col(NotifyRule.id))
    return list(session.exec(statement))


def rule(session: Session, rule_id: UUID) -> NotifyRule | None:
    """Return a rule."""
    return session.get(NotifyRule, rule_id)


def message(session: Session, message_id: UUID, *, lock: bool = False) -> NotifyMessage | None:
    """Return a message."""
    return session.get(NotifyMessage, message_id, with_for_update=lock or None)


def keys(session: Session, wanted: Collection[str]) -> set[str]:
    """Return which of some keys have a message."""
    return set(session.exec(select(NotifyMessage.key).where(col(NotifyMessage.key).in_(list(wanted)))))


def messages_of(session: Session, causes: Collection[str]) -> list[NotifyMessage]:
    """Return the messages about some causes."""
    found: list[NotifyMessage] = []
    wanted = sorted(causes)
    for begin in range(0, len(wanted), 500):
        part = wanted[begin : begin + 500]
        found += session.exec(select(NotifyMessage).where(col(NotifyMessage.cause).in_(part)))
    return sorted(found, key=lambda one: one.id)


def open_causes(session: Session) -> set[str]:
    """Return the causes whose end is still to be told."""
    statement = select(NotifyMessage.cause).where(col(NotifyMessage.is_open).is_(True)).distinct().limit(MOST)
    return set(session.exec(statement))


def gathered(session: Session, at: datetime) -> list[NotifyMessage]:
    """Return messages whose digest is due, locked."""
    statement = (
        select(NotifyMessage)
        .where(NotifyMessage.state == MessageState.GATHERED, col(NotifyMessage.send_at) <= at)
        .order_by(col(NotifyMessage.id))
        .limit(MOST)
        .with_for_update()
    )
    return list(session.exec(statement))


def gathered_keys(session: Session, at: datetime) -> list[str]:
    """Return the keys of messages whose digest is due."""
    waiting = (NotifyMessage.state == MessageState.GATHERED, col(NotifyMessage.send_at) <= at)
    return list(session.exec(select(NotifyMessage.key).where(*waiting).limit(1)))


def is_any_due(session: Session, at: datetime) -> bool:
    """Tell whether a message waits to be sent."""
    return session.exec(select(NotifyMessage.id).where(_due(at)).limit(1)).first() is not None


def due(session: Session, at: datetime) -> NotifyMessage | None:
    """Return the message that waits longest, locked; those that another worker has locked are left to it."""
    order = (col(NotifyMessage.send_at), col(NotifyMessage.id))
    statement = select(NotifyMessage).where(_due(at)).order_by(*order).limit(1).with_for_update(skip_locked=True)
    return session.exec(statement).first()


def attempts(session: Session, message_ids: Collection[UUID]) -> list[NotifyAttempt]:
    """Return the tries of some messages, oldest first."""
    statement = select(NotifyAttempt).where(col(NotifyAttempt.message_id).in_(list(message_ids)))
    return list(session.exec(statement.order_by(col(NotifyAttempt.id))))


def channel(session: Session, name: str) -> NotifyChannel:
    """Return how a channel fares, locked; one that was never used has a fresh row."""
    row = session.get(NotifyChannel, name, with_for_update=True)
    if row is None:
        row = NotifyChannel(name=name)
        session.add(row)
        session.flush()
    return row


def channels(session: Session) -> dict[str, NotifyChannel]:
    """Return how each used channel fares."""
    return {row.name: row for row in session.exec(select(NotifyChannel))}


def messages(
    session: Session, seen: Seen, part: Slice, *, state: str | None, user_id: UUID | None = None
) -> list[NotifyMessage]:
    """Return messages about sites that a person sees, newest first; with `user_id` those to one reader instead."""
    statement = select(NotifyMessage).order_by(col(NotifyMessage.id).desc()).limit(part.limit + 1)
    if user_id is not None:
        statement = statement.where(NotifyMessage.user_id == user_id)
    else:
        sites = select(Site.id).where(seen.at(col(Site.agency_id), col(Site.id)))
        own = select(User.id).where(seen.of(col(User.agency_id)))
        whole = and_(col(NotifyMessage.site_id).is_(None), col(NotifyMessage.user_id).in_(own))
        statement = statement.where(or_(col(NotifyMessage.site_id).in_(sites), whole))
    if state is not None:
        statement = statement.where(NotifyMessage.state == state)
    if part.before is not None:
        statement = statement.where(col(NotifyMessage.id) < part.before)
    return list(session.exec(statement))


def count_since(session: Session, user_id: UUID, since: datetime) -> int:
    """Return how many confirmation codes a person asked for since a time."""
    statement = select(func.count()).where(
        NotifyMessage.user_id == user_id, NotifyMessage.kind == "verify", col(NotifyMessage.said_at) >= since
    )
    return session.exec(statement).one()


def count_faults(session: Session, user_ids: Collection[UUID], since: datetime) -> dict[UUID, int]:
    """Return how many faults people were told of one by one since a time."""
    statement = (
        select(NotifyMessage.user_id, func.count())
        .where(
            col(NotifyMessage.user_id).in_(list(user_ids)),
            NotifyMessage.kind == Kind.ALARM,
            NotifyMessage.step == Step.RAISED,
            col(NotifyMessage.said_at) >= since,
            col(NotifyMessage.state).not_in([MessageState.GATHERED, MessageState.DIGESTED]),
        )
        .group_by(col(NotifyMessage.user_id))
    )
    return {user_id: count for user_id, count in session.exec(statement) if user_id is not None}


def forget(session: Session, before: datetime) -> int:
    """Forget messages that were written before a time and whose end is told; return how many."""
    old = (
        select(NotifyMessage.id)
        .where(col(NotifyMessage.said_at) < before, col(NotifyMessage.is_open).is_(False),
               col(NotifyMessage.state).in_([MessageState.SENT, MessageState.FAILED, MessageState.DIGESTED]))
        .order_by(col(NotifyMessage.id))
        .limit(MOST)
    )  # fmt: skip
    ids = list(session.exec(old))
    connection = session.connection()
    connection.execute(update(NotifyMessage).where(col(NotifyMessage.digest_id).in_(ids)).values(digest_id=None))
    connection.execute(delete(NotifyAttempt).where(col(NotifyAttempt.message_id).in_(ids)))
    connection.execute(delete(NotifyMessage).where(col(NotifyMessage.id).in_(ids)))
    session.expire_all()
    return len(ids)


def alarms(session: Session) -> list[Alarm]:
    """Return the alarms that want somebody and were looked at with the others of their site."""
    statement = (
        select(Alarm)
        .where(
            col(Alarm.active_at).is_not(None),
            col(Alarm.phase).in_([one for one in WANTING if one != Phase.RETURNED]),
            col(Alarm.settled_at).is_not(None),
            col(Alarm.ended_at).is_(None),
        )
        .order_by(col(Alarm.id))
        .limit(MOST)
    )
    return list(session.exec(statement))


def alarms_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, Alarm]:
    """Return alarms by id."""
    return {row.id: row for row in session.exec(select(Alarm).where(col(Alarm.id).in_(list(ids))))}


def submissions(session: Session) -> list[Submission]:
    """Return submissions that collect signatures."""
    statement = select(Submission).where(Submission.state == SubmissionState.ASKING).order_by(col(Submission.id))
    return list(session.exec(statement.limit(MOST)))


def titles_of_submissions(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the title of the first notice of each submission."""
    statement = (
        select(SubmissionItem.submission_id, Notice.title)
        .join(Notice, col(Notice.id) == col(SubmissionItem.notice_id))
        .where(col(SubmissionItem.submission_id).in_(list(ids)))
        .order_by(col(SubmissionItem.id).desc())
    )
    return dict(iter(session.exec(statement)))


def emergencies(session: Session) -> list[EmergencyRow]:
    """Return emergencies that run."""
    statement = select(EmergencyRow).where(EmergencyRow.state == EmergencyState.RUNNING)
    return list(session.exec(statement.order_by(col(EmergencyRow.id))))


def holds(session: Session) -> list[tuple[NoticeHold, str]]:
    """Return holds that stand, with the notice's title."""
    statement = (
        select(NoticeHold, Notice.title)
        .join(Notice, col(Notice.id) == col(NoticeHold.notice_id))
        .where(col(NoticeHold.lifted_at).is_(None))
        .order_by(col(NoticeHold.id))
        .limit(MOST)
    )
    return [(row, title) for row, title in session.exec(statement)]


def sites(session: Session) -> dict[UUID, Site]:
    """Return every site."""
    return {row.id: row for row in session.exec(select(Site))}


def panels(session: Session, ids: Collection[UUID]) -> dict[UUID, Panel]:
    """Return panels by id."""
    return {row.id: row for row in session.exec(select(Panel).where(col(Panel.id).in_(list(ids))))}


def people(session: Session, ids: Collection[UUID]) -> dict[UUID, User]:
    """Return people by id."""
    return {row.id: row for row in session.exec(select(User).where(col(User.id).in_(list(ids))))}


def holders(session: Session, role: str, site: Site | None) -> list[UUID]:
    """Return everybody who has a role at a site, or (None) anywhere, and can log in."""
    own: ColumnElement[bool] = col(User.role) == role
    grants = select(RoleGrant.user_id).where(RoleGrant.role == role, col(RoleGrant.ended_at).is_(None))
    if site is not None:
        own = and_(own, or_(col(User.agency_id).is_(None), col(User.agency_id) == site.agency_id))
        grants = grants.where(
            or_(col(RoleGrant.agency_id).is_(None), RoleGrant.agency_id == site.agency_id),
            or_(col(RoleGrant.site_id).is_(None), RoleGrant.site_id == site.id),
        )
    statement = select(User.id).where(col(User.disabled_at).is_(None), or_(own, col(User.id).in_(grants)))
    return list(session.exec(statement.order_by(col(User.id)).limit(MOST)))


def _due(at: datetime) -> ColumnElement[bool]:
    waits = and_(NotifyMessage.state == MessageState.WAITING, col(NotifyMessage.send_at) <= at)
    lost = and_(NotifyMessage.state == MessageState.SENDING, col(NotifyMessage.lease_until) < at)
    return or_(waits, lost)


def first_site(session: Session) -> UUID | None:
    """Return the oldest site, a real one where there is one."""
    return session.exec(select(Site.id).order_by(col(Site.training), col(Site.id)).limit(1)).first()


def sites_with(session: Session, code: str, subject: str) -> set[UUID]:
    """Return the sites where an alarm of a whole site stands."""
    statement = select(Alarm.site_id).where(
        Alarm.code == code, Alarm.subject == subject, col(Alarm.kiosk_id).is_(None), col(Alarm.is_raised).is_(True)
    )
    return set(session.exec(statement))


def unbind(session: Session, address_id: UUID) -> None:
    """Let messages to an address that is forgotten stand without it."""
    for row in session.exec(select(NotifyMessage).where(NotifyMessage.address_id == address_id)):
        row.address_id = None
        if row.state in (MessageState.WAITING, MessageState.SENDING):
            row.state, row.trouble, row.why = MessageState.FAILED, "The address was removed.", Why.NO_ADDRESS
        session.add(row)
    session.flush()
