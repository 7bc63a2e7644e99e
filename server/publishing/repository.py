"""Queries about publications, manifests and what kiosks hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select, update

from playlists.board_values import Values
from playlists.manifest import Manifest
from server.db import Session
from server.fleet.kiosk.calling import Credential, Proof
from server.seen import Seen
from server.tables import (
    Agency,
    AiredRevision,
    AssignedManifest,
    Certificate,
    Fault,
    Kiosk,
    KioskStatus,
    Notice,
    Panel,
    PlaylistItemRow,
    PlayRow,
    Publication,
    Site,
)
from server.tables.boards import Board, KioskBoard
from server.tables.publishing import PublicationState


def notices_of_items(session: Session, item_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the notices of playlists' items, by item."""
    statement = select(PlaylistItemRow).where(col(PlaylistItemRow.id).in_(list(item_ids)))
    return {row.id: row.notice_id for row in session.exec(statement)}


def publication(session: Session, publication_id: UUID) -> Publication | None:
    """Return a publication."""
    return session.get(Publication, publication_id)


def publication_by_key(session: Session, key: str) -> Publication | None:
    """Return the publication that was asked for under an idempotency key."""
    return session.exec(select(Publication).where(Publication.idempotency_key == key)).first()


def add_publication(session: Session, row: Publication) -> bool:
    """Add a publication; False when another one holds its idempotency key."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def panel(session: Session, panel_id: UUID) -> Panel | None:
    """Return a panel."""
    return session.get(Panel, panel_id)


def panels(session: Session, seen: Seen, ids: Iterable[UUID] | None = None) -> list[Panel]:
    """Return panels of an agency (None: of all), by name; with `ids`, only these."""
    statement = select(Panel).order_by(col(Panel.name), col(Panel.id))
    statement = statement.where(seen.at(col(Panel.agency_id), col(Panel.site_id)))
    if ids is not None:
        statement = statement.where(col(Panel.id).in_(list(ids)))
    return list(session.exec(statement))


def sites(session: Session, ids: Iterable[UUID]) -> dict[UUID, Site]:
    """Return sites by id."""
    return {row.id: row for row in session.exec(select(Site).where(col(Site.id).in_(list(ids))))}


def site_of(session: Session, panel: Panel) -> Site:
    """Return a panel's site."""
    return session.exec(select(Site).where(Site.id == panel.site_id)).one()


def agencies(session: Session, ids: Iterable[UUID]) -> dict[UUID, Agency]:
    """Return agencies by id."""
    return {row.id: row for row in session.exec(select(Agency).where(col(Agency.id).in_(list(ids))))}


def kiosk(session: Session, kiosk_id: UUID, *, lock: bool = False) -> Kiosk | None:
    """Return a kiosk; with `lock`, nobody else changes it until the transaction ends."""
    return session.get(Kiosk, kiosk_id, with_for_update=lock or None, populate_existing=lock)


def kiosks_of(session: Session, panel_ids: Iterable[UUID]) -> dict[UUID, Kiosk]:
    """Return the enrolled kiosk of each panel that has one."""
    statement = select(Kiosk).where(
        col(Kiosk.panel_id).in_(list(panel_ids)),
        col(Kiosk.enrolled_at).is_not(None),
        col(Kiosk.revoked_at).is_(None),
    )
    return {row.panel_id: row for row in session.exec(statement) if row.panel_id is not None}


def statuses(session: Session, kiosk_ids: Iterable[UUID]) -> dict[UUID, KioskStatus]:
    """Return what kiosks last said."""
    rows = session.exec(select(KioskStatus).where(col(KioskStatus.kiosk_id).in_(list(kiosk_ids))))
    return {row.kiosk_id: row for row in rows}


def open_faults(session: Session, kiosk_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many faults of kiosks are open."""
    statement = (
        select(Fault.kiosk_id, func.count())
        .where(col(Fault.kiosk_id).in_(list(kiosk_ids)), col(Fault.cleared_at).is_(None))
        .group_by(col(Fault.kiosk_id))
    )
    return dict(session.exec(statement).all())


def notices(session: Session, ids: Iterable[UUID]) -> dict[UUID, Notice]:
    """Return notices by id."""
    return {row.id: row for row in session.exec(select(Notice).where(col(Notice.id).in_(list(ids))))}


def newest_manifest(session: Session, kiosk_id: UUID) -> AssignedManifest | None:
    """Return the manifest that a kiosk is assigned, or None before the first."""
    statement = (
        select(AssignedManifest)
        .where(AssignedManifest.kiosk_id == kiosk_id)
        .order_by(col(AssignedManifest.seq).desc())
        .limit(1)
    )
    return session.exec(statement).first()


def newest_manifests(session: Session, kiosks: Sequence[Kiosk]) -> dict[UUID, AssignedManifest]:
    """Return the assigned manifest of each kiosk that has one."""
    statement = (
        select(AssignedManifest)
        .join(Kiosk, (col(Kiosk.id) == col(AssignedManifest.kiosk_id)) & (Kiosk.assigned_seq == AssignedManifest.seq))
        .where(col(AssignedManifest.kiosk_id).in_([row.id for row in kiosks]))
    )
    return {row.kiosk_id: row for row in session.exec(statement)}


def manifest_of_digest(session: Session, kiosk_id: UUID, sha256: str) -> AssignedManifest | None:
    """Return one of a kiosk's own manifests by its envelope's digest."""
    statement = select(AssignedManifest).where(AssignedManifest.kiosk_id == kiosk_id, AssignedManifest.sha256 == sha256)
    return session.exec(statement).first()


class Assigned(NamedTuple):
    """Which envelope a kiosk's token or certificate leads to."""

    credential: Credential
    kiosk_id: UUID
    sha256: str


def assigned(session: Session, at: datetime) -> list[Assigned]:
    """Return, for every token and certificate that leads to a kiosk, the digest of the envelope it is assigned."""
    manifests = (col(Kiosk.id) == col(AssignedManifest.kiosk_id)) & (Kiosk.assigned_seq == AssignedManifest.seq)
    tokens = (
        select(Kiosk.token_sha256, Kiosk.id, AssignedManifest.sha256)
        .join(AssignedManifest, manifests)
        .where(col(Kiosk.revoked_at).is_(None), col(Kiosk.token_sha256).is_not(None))
    )
    serials = (
        select(Certificate.serial, Kiosk.id, AssignedManifest.sha256)
        .join(Kiosk, col(Kiosk.id) == col(Certificate.kiosk_id))
        .join(AssignedManifest, manifests)
        .where(col(Kiosk.revoked_at).is_(None), col(Certificate.blocked_at).is_(None), col(Certificate.not_after) > at)
    )
    return [
        *(Assigned(Credential(Proof.TOKEN, one or ""), kiosk, digest) for one, kiosk, digest in session.exec(tokens)),
        *(Assigned(Credential(Proof.CERTIFICATE, one), kiosk, digest) for one, kiosk, digest in session.exec(serials)),
    ]


class Untold(NamedTuple):
    """A pointer that the broker does not have yet."""

    kiosk_id: UUID
    seq: int
    sha256: str


def untold(session: Session, most: int) -> list[Untold]:
    """Return pointers to publish: kiosks that were assigned more than the broker was told."""
    statement = (
        select(Kiosk.id, AssignedManifest.seq, AssignedManifest.sha256)
        .join(
            AssignedManifest,
            (col(Kiosk.id) == col(AssignedManifest.kiosk_id)) & (Kiosk.assigned_seq == AssignedManifest.seq),
        )
        .where(Kiosk.assigned_seq > Kiosk.published_seq, col(Kiosk.revoked_at).is_(None))
        .order_by(col(Kiosk.id))
        .limit(most)
    )
    return [Untold(*row) for row in session.exec(statement)]


def note_told(session: Session, told: Iterable[Untold]) -> None:
    """Write that the broker has these pointers; a newer assignment stays to be told."""
    for kiosk_id, seq, _ in told:
        held = (col(Kiosk.id) == kiosk_id) & (col(Kiosk.published_seq) < seq)
        session.exec(update(Kiosk).where(held).values(published_seq=seq))


def forget_told(session: Session) -> None:
    """Write that the broker has no pointer and no values at all."""
    session.exec(update(Kiosk).where(col(Kiosk.published_seq) > 0).values(published_seq=0))
    session.exec(update(Kiosk).where(col(Kiosk.values_published_seq) > 0).values(values_published_seq=0))


class UntoldValues(NamedTuple):
    """A kiosk whose boards have values that the broker does not have yet."""

    kiosk_id: UUID
    seq: int
    documents: tuple[Values, ...]
    envelopes: tuple[str, ...] = ()
    """The same, of boards whose values a status officer signed."""


def untold_values(session: Session, most: int) -> list[UntoldValues]:
    """Return what kiosks are to be told of the values of their boards; a kiosk that has no board is told so."""
    statement = (
        select(Kiosk.id, Kiosk.values_assigned_seq)
        .where(Kiosk.values_assigned_seq > Kiosk.values_published_seq, col(Kiosk.revoked_at).is_(None))
        .order_by(col(Kiosk.id))
        .limit(most)
    )
    waiting = list(session.exec(statement))
    wanted = [kiosk_id for kiosk_id, _ in waiting]
    documents, signed = values_of_kiosks(session, wanted), signed_values_of_kiosks(session, wanted)
    return [
        UntoldValues(kiosk_id, seq, documents.get(kiosk_id, ()), signed.get(kiosk_id, ())) for kiosk_id, seq in waiting
    ]


def signed_values_of_kiosks(session: Session, kiosk_ids: Iterable[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Return the envelopes of signed values of the boards that kiosks hold."""
    statement = (
        select(KioskBoard.kiosk_id, Board.values_envelope)
        .join(Board, col(Board.id) == col(KioskBoard.board_id))
        .where(
            col(KioskBoard.kiosk_id).in_(list(kiosk_ids)),
            col(KioskBoard.held),
            col(Board.values_envelope).is_not(None),
        )
        .order_by(col(KioskBoard.kiosk_id), col(KioskBoard.board_id))
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for kiosk_id, envelope in session.exec(statement):
        found[kiosk_id] = (*found.get(kiosk_id, ()), (envelope or b"").decode())
    return found


def values_of_kiosks(session: Session, kiosk_ids: Iterable[UUID]) -> dict[UUID, tuple[Values, ...]]:
    """Return the newest values of the boards that kiosks hold."""
    statement = (
        select(KioskBoard.kiosk_id, Board.values)
        .join(Board, col(Board.id) == col(KioskBoard.board_id))
        .where(col(KioskBoard.kiosk_id).in_(list(kiosk_ids)), col(KioskBoard.held))
        .order_by(col(KioskBoard.kiosk_id), col(KioskBoard.board_id))
    )
    found: dict[UUID, list[Values]] = {}
    for kiosk_id, document in session.exec(statement):
        if document:
            found.setdefault(kiosk_id, []).append(Values.model_validate(document))
    return {kiosk_id: tuple(documents) for kiosk_id, documents in found.items()}


def note_told_values(session: Session, told: Iterable[UntoldValues]) -> None:
    """Write that the broker has these values; newer ones stay to be told."""
    for kiosk_id, seq, *_ in told:
        held = (col(Kiosk.id) == kiosk_id) & (col(Kiosk.values_published_seq) < seq)
        session.exec(update(Kiosk).where(held).values(values_published_seq=seq))


class Newcomer(NamedTuple):
    """A kiosk without a manifest on a panel that was published before."""

    kiosk_id: UUID
    panel_id: UUID


def newcomers(session: Session) -> list[Newcomer]:
    """Return enrolled kiosks with a panel that were never assigned anything."""
    statement = select(Kiosk.id, Kiosk.panel_id).where(
        col(Kiosk.enrolled_at).is_not(None),
        col(Kiosk.revoked_at).is_(None),
        col(Kiosk.panel_id).is_not(None),
        Kiosk.assigned_seq == 0,
    )
    return [Newcomer(kiosk_id, panel_id) for kiosk_id, panel_id in session.exec(statement) if panel_id is not None]


def publications_naming(session: Session, panel_ids: Iterable[UUID]) -> dict[UUID, Publication]:
    """Return the newest publication of each panel; one that failed does not count."""
    wanted = {str(panel_id): panel_id for panel_id in panel_ids}
    if not wanted:
        return {}
    statement = (
        select(Publication)
        .where(col(Publication.state) != PublicationState.FAILED)
        .order_by(col(Publication.id).desc())
        .limit(500)
    )
    found: dict[UUID, Publication] = {}
    for row in session.exec(statement):
        for text in row.panel_ids:
            if text in wanted:
                found.setdefault(wanted[text], row)
    return found


def note_aired(session: Session, manifest: Manifest) -> None:
    """Write which revisions of notices a kiosk shows from a manifest on, as far as it did not show them before."""
    taken = {
        (take.sha256, item.notice_id): item.revision
        for playlist in manifest.playlists
        for item in playlist.items
        for take in item.takes
        if item.revision is not None
    }
    known = _aired(session, manifest.kiosk_id)
    session.add_all(
        AiredRevision(
            kiosk_id=manifest.kiosk_id,
            seq=manifest.seq,
            sha256=sha256,
            notice_id=notice_id,
            revision=revision,
            since_at=manifest.issued_at,
        )
        for (sha256, notice_id), revision in taken.items()
        if known.get((sha256, notice_id)) != revision
    )


def _aired(session: Session, kiosk_id: UUID) -> dict[tuple[str, UUID], int]:
    """Return the revision that each segment of a notice showed last on a kiosk."""
    statement = select(AiredRevision).where(AiredRevision.kiosk_id == kiosk_id).order_by(col(AiredRevision.seq))
    return {(row.sha256, row.notice_id): row.revision for row in session.exec(statement)}


def known_plays(session: Session, kiosk_id: UUID, seqs: Iterable[int]) -> set[int]:
    """Return which play numbers of a kiosk are written already."""
    statement = select(PlayRow.seq).where(PlayRow.kiosk_id == kiosk_id, col(PlayRow.seq).in_(list(seqs)))
    return set(session.exec(statement))
