"""Queries on what becomes of agencies: which rows are whose, how they go to another one, and whose they were.

Every column that refers to an agency moves, unless it is named in STAYS: a table that is added later moves by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, literal
from sqlmodel import Session, SQLModel, col, func, insert, or_, select, update

from playlists.language import fold
from server.tables import (
    Agency,
    AgencyName,
    AgencyPlan,
    FormerOwner,
    GlossaryNote,
    Media,
    Notice,
    Panel,
    PanelQuota,
    Phrase,
    PlaylistItemRow,
    PlaylistRow,
    Revision,
    RevisionMedia,
    RoleGrant,
    Site,
    Subject,
    User,
)

MOST_NAME = 200

STAYS = frozenset(
    {
        ("agency", "successor_id"),
        ("agency_name", "agency_id"),
        ("agency_plan", "agency_id"),
        ("agency_plan", "into_id"),
        ("former_owner", "agency_id"),
        ("media", "first_agency_id"),
        ("role_grant", "agency_id"),
    }
)
"""What tells of the past keeps the agency; grants are ended there and given anew by the service."""

REMEMBERED = ("notice", "playlist", "panel", "site", "board", "user_account", "media", "signed_document")
"""Of these it is kept who owned them when, because plays, revisions and reports of the past name it."""


def has_training_site(session: Session, agency_ids: Sequence[UUID]) -> bool:
    """Tell whether one of some agencies has a training site."""
    statement = select(Site.id).where(col(Site.agency_id).in_(agency_ids), col(Site.training)).limit(1)
    return session.exec(statement).first() is not None


def owning_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Yield every column that says whose a row is."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            refers = any(key.column.table.name == "agency" for key in column.foreign_keys)
            if refers and (table.name, column.name) not in STAYS:
                yield table, column


def counted(session: Session, agency_id: UUID) -> dict[str, int]:
    """Return how many rows of each table belong to an agency; tables without any are left out."""
    found = {}
    for table, column in owning_columns():
        count = session.execute(select(func.count()).select_from(table).where(column == agency_id)).scalar_one()
        if count:
            found[table.name] = count
    return found


def move_all(session: Session, old: UUID, new: UUID, at: datetime) -> dict[str, int]:
    """Give everything of an agency to another; returns how many rows of each table moved."""
    moved = {}
    for table, column in owning_columns():
        remember(session, table.name, column == old, old, at)
        if (settle := COLLIDING.get(table.name)) is not None:
            settle(session, old, new, at)
        count = _moved(session, table, column, column == old, new)
        if count:
            moved[table.name] = count
    session.expire_all()
    return moved


def move_some(session: Session, wanted: Mapping[str, Iterable[UUID]], old: UUID, new: UUID, at: datetime) -> None:
    """Give rows of an agency, by table and id, to another."""
    columns = {table.name: (table, column) for table, column in owning_columns()}
    for name, ids in wanted.items():
        table, column = columns[name]
        which = (column == old) & table.c.id.in_(list(ids))
        remember(session, name, which, old, at)
        _moved(session, table, column, which, new)
    session.expire_all()


def remember(session: Session, name: str, which: Any, old: UUID, at: datetime) -> None:
    """Write down that rows of a table belonged to an agency until now."""
    if name not in REMEMBERED:
        return
    table = SQLModel.metadata.tables[name]
    held = FormerOwner.__table__  # type: ignore[attr-defined]
    then = select(literal(name), table.c.id, literal(at, held.c.until_at.type), literal(old, held.c.agency_id.type))
    columns = ["kind", "object_id", "until_at", "agency_id"]
    session.execute(insert(held).from_select(columns, then.where(which)))


def _moved(session: Session, table: Table, column: Column[Any], which: Any, new: UUID) -> int:
    done = session.execute(update(table).where(which).values({column.name: new}))
    return int(done.rowcount)  # type: ignore[attr-defined]


def phrases_that_differ(session: Session, old: UUID, new: UUID) -> list[str]:
    """Return the keys of phrases in use that both agencies have, and that say something else in each."""
    own = {row.key: row for row in _phrases(session, new)}
    pairs = [(row, own[row.key]) for row in _phrases(session, old) if row.key in own]
    in_use = [(row, twin) for row, twin in pairs if row.archived_at is None and twin.archived_at is None]
    return sorted(row.key for row, twin in in_use if _differ(row, twin))


def _phrases(session: Session, agency_id: UUID) -> list[Phrase]:
    return list(session.exec(select(Phrase).where(Phrase.agency_id == agency_id)))


def _differ(one: Phrase, other: Phrase) -> bool:
    return (one.vi, one.en, one.zh) != (other.vi, other.en, other.zh)


def _settle_phrases(session: Session, old: UUID, new: UUID, at: datetime) -> None:
    """Of two that say the same, the successor's stays; an archived one gives way. The other gets a name of its own."""
    own = {row.key: row for row in _phrases(session, new)}
    for row in _phrases(session, old):
        twin = own.get(row.key)
        if twin is None:
            continue
        yields = twin if twin.archived_at is not None and row.archived_at is None else row
        if row.archived_at is None and twin.archived_at is None and row.approved_at is not None:
            yields = row if twin.approved_at is not None else twin
        yields.key = f"{row.key[:30]}-{yields.id.hex[-8:]}"
        yields.archived_at = yields.archived_at or at
        session.add(yields)
        session.flush()


def _settle_subjects(session: Session, old: UUID, new: UUID, _at: datetime) -> None:
    """Lines of the same name stand beside each other: the old agency's gets its name added."""
    agency = session.get_one(Agency, old)
    own = {
        (row.year, row.kind, row.name_folded) for row in session.exec(select(Subject).where(Subject.agency_id == new))
    }
    for row in session.exec(select(Subject).where(Subject.agency_id == old)):
        if (row.year, row.kind, row.name_folded) in own:
            suffix = f" ({agency.name})"
            row.name = f"{row.name[: MOST_NAME - len(suffix)]}{suffix}"
            row.name_folded = fold(row.name)
            session.add(row)
    session.flush()


def _settle_notes(session: Session, old: UUID, new: UUID, _at: datetime) -> None:
    """Two remarks on one term become one."""
    own = {row.term_id: row for row in session.exec(select(GlossaryNote).where(GlossaryNote.agency_id == new))}
    for row in session.exec(select(GlossaryNote).where(GlossaryNote.agency_id == old)):
        twin = own.get(row.term_id)
        if twin is None:
            continue
        twin.note = "\n".join(one for one in (twin.note, row.note) if one)
        session.add(twin)
        session.delete(row)
    session.flush()


def _settle_quotas(session: Session, old: UUID, new: UUID, _at: datetime) -> None:
    """The successor has both parts of a panel's airtime."""
    own = {row.panel_id: row for row in session.exec(select(PanelQuota).where(PanelQuota.agency_id == new))}
    for row in session.exec(select(PanelQuota).where(col(PanelQuota.agency_id) == old)):
        if (twin := own.get(row.panel_id)) is not None:
            twin.permille += row.permille
            session.add(twin)
            session.delete(row)
    session.flush()


COLLIDING: dict[str, Callable[[Session, UUID, UUID, datetime], None]] = {
    "glossary_note": _settle_notes,
    "panel_quota": _settle_quotas,
    "phrase": _settle_phrases,
    "subject": _settle_subjects,
}
"""By table; a test asks for a rule wherever an agency may have something once."""


def plan(session: Session, plan_id: UUID, *, lock: bool = False) -> AgencyPlan | None:
    """Return a plan; `lock` keeps it from others until the transaction ends."""
    return session.get(AgencyPlan, plan_id, with_for_update=lock or None)


def plans_of(session: Session, agency_id: UUID) -> list[AgencyPlan]:
    """Return what is planned for an agency or was done to it, newest first."""
    statement = select(AgencyPlan).where(or_(AgencyPlan.agency_id == agency_id, AgencyPlan.into_id == agency_id))
    return list(session.exec(statement.order_by(col(AgencyPlan.due_at).desc(), col(AgencyPlan.id).desc())))


def due(session: Session, at: datetime) -> list[UUID]:
    """Return the plans whose date has come, in order."""
    statement = select(AgencyPlan.id).where(
        col(AgencyPlan.done_at).is_(None),
        col(AgencyPlan.cancelled_at).is_(None),
        col(AgencyPlan.trouble).is_(None),
        col(AgencyPlan.due_at) <= at,
    )
    return list(session.exec(statement.order_by(col(AgencyPlan.due_at), col(AgencyPlan.id))))


def names_of(session: Session, agency_ids: Iterable[UUID]) -> dict[UUID, list[AgencyName]]:
    """Return the earlier names of agencies, oldest first."""
    found: dict[UUID, list[AgencyName]] = {one: [] for one in agency_ids}
    statement = select(AgencyName).where(col(AgencyName.agency_id).in_(list(found)))
    for row in session.exec(statement.order_by(col(AgencyName.until_at))):
        found[row.agency_id].append(row)
    return found


def agencies(session: Session, ids: Iterable[UUID]) -> dict[UUID, Agency]:
    """Return agencies by id."""
    return {row.id: row for row in session.exec(select(Agency).where(col(Agency.id).in_(list(ids))))}


def merged_into(session: Session, agency_id: UUID) -> list[Agency]:
    """Return the agencies that went into one, by name."""
    return list(session.exec(select(Agency).where(Agency.successor_id == agency_id).order_by(Agency.name)))


def with_predecessors(session: Session, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return agencies with all that went into them, through every merger."""
    found, fresh = set(ids), set(ids)
    while fresh:
        rows = session.exec(select(Agency.id).where(col(Agency.successor_id).in_(list(fresh))))
        fresh = set(rows) - found
        found |= fresh
    return frozenset(found)


def former_owners(session: Session, kind: str, ids: Iterable[UUID]) -> dict[UUID, list[FormerOwner]]:
    """Return who owned things before, oldest first; things that never moved are left out."""
    found: dict[UUID, list[FormerOwner]] = {}
    statement = select(FormerOwner).where(FormerOwner.kind == kind, col(FormerOwner.object_id).in_(list(ids)))
    for row in session.exec(statement.order_by(col(FormerOwner.until_at))):
        found.setdefault(row.object_id, []).append(row)
    return found


def owners(session: Session, kind: str, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return which agency owns things of a table now; what belongs to none is left out."""
    table = SQLModel.metadata.tables[kind]
    rows = session.execute(select(table.c.id, table.c.agency_id).where(table.c.id.in_(list(ids))))
    return {row[0]: row[1] for row in rows if row[1] is not None}


def active_grants(session: Session, agency_id: UUID) -> list[RoleGrant]:
    """Return what is held in an agency."""
    statement = select(RoleGrant).where(RoleGrant.agency_id == agency_id, col(RoleGrant.ended_at).is_(None))
    return list(session.exec(statement.order_by(col(RoleGrant.id))))


def held_alike(session: Session, row: RoleGrant, agency_id: UUID) -> bool:
    """Tell whether a person holds the role of a grant in another agency, too."""
    statement = select(RoleGrant.id).where(
        RoleGrant.user_id == row.user_id,
        RoleGrant.role == row.role,
        RoleGrant.agency_id == agency_id,
        col(RoleGrant.site_id) == row.site_id if row.site_id is not None else col(RoleGrant.site_id).is_(None),
        col(RoleGrant.ended_at).is_(None),
    )
    return session.exec(statement).first() is not None


def not_owned(session: Session, kind: str, ids: Iterable[UUID], agency_id: UUID) -> set[UUID]:
    """Return those of `ids` that are no rows of an agency."""
    table, wanted = SQLModel.metadata.tables[kind], set(ids)
    owned = session.execute(select(table.c.id).where(table.c.id.in_(list(wanted)), table.c.agency_id == agency_id))
    return wanted - {row[0] for row in owned}


def at_sites(session: Session, kind: str, site_ids: Iterable[UUID], agency_id: UUID) -> list[UUID]:
    """Return an agency's panels or boards at sites."""
    table = SQLModel.metadata.tables[kind]
    statement = select(table.c.id).where(table.c.site_id.in_(list(site_ids)), table.c.agency_id == agency_id)
    return [row[0] for row in session.execute(statement)]


def notices_of_boards(session: Session, board_ids: Iterable[UUID]) -> list[UUID]:
    """Return the notices that bring boards into playlists."""
    table = SQLModel.metadata.tables["board"]
    rows = session.execute(select(table.c.notice_id).where(table.c.id.in_(list(board_ids))))
    return [row[0] for row in rows if row[0] is not None]


def files_of(session: Session, notice_ids: Iterable[UUID]) -> list[UUID]:
    """Return the files of all revisions of notices."""
    statement = select(RevisionMedia.media_id).join(Revision, col(Revision.id) == col(RevisionMedia.revision_id))
    return list(session.exec(statement.where(col(Revision.notice_id).in_(list(notice_ids))).distinct()))


def shared_files(session: Session, media_ids: Iterable[UUID], notice_ids: Iterable[UUID]) -> list[tuple[str, str]]:
    """Return files that notices besides `notice_ids` use, too: the file's name and such a notice's title."""
    statement = (
        select(Media.name, Notice.title)
        .join(RevisionMedia, col(RevisionMedia.media_id) == col(Media.id))
        .join(Revision, col(Revision.id) == col(RevisionMedia.revision_id))
        .join(Notice, col(Notice.id) == col(Revision.notice_id))
        .where(col(Media.id).in_(list(media_ids)), col(Notice.id).not_in(list(notice_ids)))
    )
    return list(session.exec(statement.order_by(col(Media.name)).distinct().limit(20)))


def strange_items(session: Session, playlist_ids: Iterable[UUID], notice_ids: Iterable[UUID]) -> list[tuple[str, str]]:
    """Return what playlists play besides `notice_ids`: the playlist's name and the notice's title."""
    statement = (
        select(PlaylistRow.name, Notice.title)
        .join(PlaylistItemRow, col(PlaylistItemRow.playlist_id) == col(PlaylistRow.id))
        .join(Notice, col(Notice.id) == col(PlaylistItemRow.notice_id))
        .where(col(PlaylistRow.id).in_(list(playlist_ids)), col(Notice.id).not_in(list(notice_ids)))
    )
    return list(session.exec(statement.distinct().limit(20)))


def offered(session: Session, agency_id: UUID) -> dict[str, list[tuple[UUID, str]]]:
    """Return what of an agency can go to another one by choice: ids and names of people, sites, notices, playlists."""
    people = select(User.id, User.display_name).where(User.agency_id == agency_id).order_by(User.display_name)
    sites = select(Site.id, Site.name).where(Site.agency_id == agency_id).order_by(Site.name)
    notices = select(Notice.id, Notice.title).where(Notice.agency_id == agency_id).order_by(col(Notice.id).desc())
    playlists = select(PlaylistRow.id, PlaylistRow.name).where(PlaylistRow.agency_id == agency_id)
    return {
        "users": list(session.exec(people)),
        "sites": list(session.exec(sites)),
        "notices": list(session.exec(notices.limit(500))),
        "playlists": list(session.exec(playlists.order_by(PlaylistRow.name).limit(500))),
    }


def panels_of(session: Session, agency_id: UUID) -> list[UUID]:
    """Return an agency's panels."""
    return list(session.exec(select(Panel.id).where(Panel.agency_id == agency_id)))
