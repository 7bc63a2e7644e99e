"""From a received file to a media: checked and re-encoded in a confined child, stored by digest, written down.

Opens its own short transactions: nothing is checked, encoded or copied inside one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from playlists.language import Language, clean_name, fold
from playlists.rights import Rights
from server.accounts.permissions import Caller
from server.changes import note_change
from server.content import repository, service
from server.content.library import quotas
from server.content.library.tags import add_tags
from server.content.receiving import Received
from server.db import Session
from server.errors import Problem, invalid
from server.media.blobs import StorageFull
from server.media.check import Checked, CheckLimits, check_upload
from server.media.refusal import Refused, Remark, remark_sentence
from server.parts import Parts
from server.tables import Media

UNNAMED = "upload"


@dataclass(frozen=True)
class Offer:
    """A received file besides its bytes: whose it will be, who sent it, and what they said about it."""

    agency_id: UUID
    uploaded_by: UUID
    name: str
    sha256: str
    rights: Rights = field(default_factory=Rights)
    tags: Sequence[str] = ()


@dataclass(frozen=True)
class Taken:
    """A media, whether it is new to the agency, and what the uploader should know about it."""

    media: Media
    is_new: bool
    remarks: list[Remark]


def owner_of_upload(parts: Parts, caller: Caller, agency_id: str | None) -> UUID:
    """Return the agency that an upload is for.

    Raises:
        Problem: 403, 404, 409 or 422.
    """
    try:
        chosen = UUID(agency_id) if agency_id else None
    except ValueError as error:
        raise invalid("invalid-agency", "agency_id is no id of an agency.") from error
    with parts.db.read() as session:
        return service.owner(session, caller, chosen).id


def take_received(parts: Parts, caller: Caller, agency_id: UUID, folder: Path, file: Path, received: Received) -> Taken:
    """Make a media of a file that came in one request, which waits.

    Raises:
        Problem: 422 with the reason and a sentence in three languages; 507 when the disk is full.
    """
    name = display_name(received.name)
    try:
        with parts.db.read() as session:
            quotas.check(session, agency_id, received.size, parts.settings.media_quota_bytes)
        return take(parts, Offer(agency_id, caller.user_id, name, received.sha256), folder, file)
    except Refused as refusal:
        sentences = {str(language): text for language, text in refusal.sentences.items()}
        raise invalid(f"media-{refusal.reason}", str(refusal), sentences=sentences, name=name) from refusal
    except StorageFull as error:
        raise Problem(HTTPStatus.INSUFFICIENT_STORAGE, "storage-full", str(error)) from error


def take(
    parts: Parts, offer: Offer, folder: Path, file: Path, progress: Callable[[int], object] | None = None
) -> Taken:
    """Make a media of a received file, or return the one that the agency made of the same bytes before.

    `folder` takes the re-encoded file for as long as this lasts. `progress` hears thousandths and may raise.

    Raises:
        Refused: the file is not taken.
        StorageFull: the disk is full; the file may be offered again.
    """
    known = _known(parts, offer)
    if known is not None:
        return Taken(known, is_new=False, remarks=[Remark.HAS_SOUND] if known.has_sound else [])
    checked = check_upload(file, out=folder / "checked", limits=limits_of(parts), progress=progress)
    parts.blobs.put_file(checked.path, checked.sha256)
    media, is_new = _written(parts, offer, checked)
    if not parts.blobs.exists(checked.sha256):  # the purge of the trash may have been at the same bytes
        parts.blobs.put_file(checked.path, checked.sha256)
    return Taken(media, is_new, sorted(checked.remarks))


def limits_of(parts: Parts) -> CheckLimits:
    """Return what the settings take."""
    return CheckLimits(image_bytes=parts.settings.image_max_bytes, clip_bytes=parts.settings.clip_max_bytes)


def display_name(name: str) -> str:
    """Return an upload's name for people: the last part of a path, cleaned, at most 120 characters."""
    return clean_name(name.replace("\\", "/").rpartition("/")[2]) or UNNAMED


def remark_sentences(remarks: Sequence[Remark]) -> list[dict[Language, str]]:
    """Return remarks as sentences by language."""
    return [{language: remark_sentence(remark, language) for language in Language} for remark in remarks]


def _known(parts: Parts, offer: Offer) -> Media | None:
    with parts.db.read() as session:
        known = repository.media_of_upload(session, offer.agency_id, offer.sha256)
    if known is None or known.deleted_at is None:
        return known
    with parts.db.write() as session:
        return _out_of_the_trash(session, repository.media(session, known.id))


def _written(parts: Parts, offer: Offer, checked: Checked) -> tuple[Media, bool]:
    media = Media(
        agency_id=offer.agency_id,
        first_agency_id=offer.agency_id,
        sha256=checked.sha256,
        upload_sha256=offer.sha256,
        name=offer.name,
        kind=checked.kind,
        width=checked.width,
        height=checked.height,
        duration_ms=checked.duration_ms,
        has_sound=checked.has_sound,
        flashes=checked.flashes,
        flashes_at_ms=checked.flashes_at_ms,
        size=checked.size,
        uploaded_by=offer.uploaded_by,
        name_folded=fold(f"{offer.name} {offer.rights.author} {offer.rights.source}"),
        source=offer.rights.source,
        author=offer.rights.author,
        right_of_use=offer.rights.right,
        right_note=offer.rights.note,
        rights_until=offer.rights.until,
    )
    try:
        with parts.db.write() as session:
            if (known := _same(session, media)) is not None:
                return known, False
            session.add(media)
            session.flush()
            add_tags(session, [media.id], offer.tags)
            note_change(session, "media", media.id)
    except IntegrityError:
        with parts.db.write() as session:
            if (known := _same(session, media)) is not None:
                return known, False
        raise
    return media, True


def _same(session: Session, media: Media) -> Media | None:
    return _out_of_the_trash(session, repository.media_of_bytes(session, media.agency_id, media.sha256))


def _out_of_the_trash(session: Session, known: Media | None) -> Media | None:
    if known is not None and known.deleted_at is not None:
        known.deleted_at = known.deleted_by = None
        known.rev += 1
        session.add(known)
        session.flush()
        note_change(session, "media", known.id)
    return known
