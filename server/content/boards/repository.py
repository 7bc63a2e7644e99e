"""Queries about status boards."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from server.db import Session, Wake, ring_after_commit
from server.seen import Seen
from server.tables import Kiosk, KioskStatus, Panel, Site, User
from server.tables.boards import Board, BoardChange, BoardSource, KioskBoard


@dataclass(frozen=True)
class Holder:
    """A kiosk whose manifest has a board."""

    held: KioskBoard
    kiosk: Kiosk
    panel: Panel
    status: KioskStatus | None


def board(session: Session, board_id: UUID, *, lock: bool = False) -> Board | None:
    """Return a board; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(Board, board_id, with_for_update=lock or None)


def is_training(session: Session, row: Board) -> bool:
    """Tell whether a board stands at a training site."""
    site = session.get(Site, row.site_id)
    return site is not None and site.training


def boards(session: Session, seen: Seen, site_id: UUID | None = None) -> list[Board]:
    """Return the boards of an agency, or of all, that are not archived, by name."""
    statement = select(Board).where(col(Board.archived_at).is_(None)).order_by(col(Board.name), col(Board.id))
    statement = statement.where(seen.at(col(Board.agency_id), col(Board.site_id)))
    if site_id is not None:
        statement = statement.where(Board.site_id == site_id)
    return list(session.exec(statement))


def boards_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, Board]:
    """Return boards by id."""
    return {row.id: row for row in session.exec(select(Board).where(col(Board.id).in_(list(ids))))}


def sites(session: Session, ids: Iterable[UUID]) -> dict[UUID, Site]:
    """Return sites by id."""
    return {row.id: row for row in session.exec(select(Site).where(col(Site.id).in_(list(ids))))}


def site(session: Session, site_id: UUID) -> Site | None:
    """Return a site."""
    return session.get(Site, site_id)


def changes(session: Session, board_id: UUID, most: int) -> list[BoardChange]:
    """Return the newest changes of a board, newest first."""
    statement = select(BoardChange).where(BoardChange.board_id == board_id).order_by(col(BoardChange.seq).desc())
    return list(session.exec(statement.limit(most)))


def change_of_message(session: Session, board_id: UUID, message_id: UUID) -> BoardChange | None:
    """Return the change of a board that a message made."""
    made = select(BoardChange).where(BoardChange.board_id == board_id, BoardChange.message_id == message_id)
    return session.exec(made).first()


def last_changes(session: Session, rows: Iterable[Board]) -> dict[UUID, BoardChange]:
    """Return the newest change of each board."""
    found = {}
    for row in rows:
        newest = changes(session, row.id, 1)
        if newest:
            found[row.id] = newest[0]
    return found


def holders(session: Session, board_ids: Iterable[UUID]) -> list[Holder]:
    """Return the kiosks whose manifests have one of these boards, by panel's name."""
    statement = (
        select(KioskBoard, Kiosk, Panel, KioskStatus)
        .join(Kiosk, col(Kiosk.id) == col(KioskBoard.kiosk_id))
        .join(Panel, col(Panel.id) == col(Kiosk.panel_id))
        .join(KioskStatus, col(KioskStatus.kiosk_id) == col(Kiosk.id), isouter=True)
        .where(col(KioskBoard.board_id).in_(list(board_ids)), col(KioskBoard.held), col(Kiosk.revoked_at).is_(None))
        .order_by(col(Panel.name))
    )
    return [Holder(*row) for row in session.exec(statement)]


def held_by(session: Session, kiosk_id: UUID) -> dict[UUID, KioskBoard]:
    """Return what is known of each board on a kiosk."""
    return {row.board_id: row for row in session.exec(select(KioskBoard).where(KioskBoard.kiosk_id == kiosk_id))}


def held_by_all(session: Session, kiosk_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], KioskBoard]:
    """Return what is known of each board on some kiosks, by kiosk and board."""
    found = session.exec(select(KioskBoard).where(col(KioskBoard.kiosk_id).in_(kiosk_ids)))
    return {(row.kiosk_id, row.board_id): row for row in found}


def hold(session: Session, kiosk_id: UUID, board_ids: Iterable[UUID]) -> None:
    """Write which boards a kiosk's manifest has, and let it be told their values."""
    wanted, rows = set(board_ids), held_by(session, kiosk_id)
    for board_id, row in rows.items():
        row.held = board_id in wanted
        session.add(row)
    for board_id in wanted - rows.keys():
        session.add(KioskBoard(kiosk_id=kiosk_id, board_id=board_id))
    if wanted or any(rows):
        tell(session, [kiosk_id])


def tell(session: Session, kiosk_ids: Iterable[UUID]) -> None:
    """Let kiosks be told the values of their boards, as soon as the transaction is committed."""
    for kiosk in session.exec(select(Kiosk).where(col(Kiosk.id).in_(sorted(set(kiosk_ids))))):
        kiosk.values_assigned_seq += 1
        session.add(kiosk)
    ring_after_commit(session, Wake.POINTERS)


def source(session: Session, source_id: UUID) -> BoardSource | None:
    """Return another system that may state values."""
    return session.get(BoardSource, source_id)


def sources(session: Session, board_id: UUID) -> list[BoardSource]:
    """Return the sources of a board, newest first."""
    found = select(BoardSource).where(BoardSource.board_id == board_id).order_by(col(BoardSource.id).desc())
    return list(session.exec(found))


def names(session: Session, user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of people."""
    found = session.exec(select(User).where(col(User.id).in_(list(user_ids))))
    return {user.id: user.display_name for user in found}
