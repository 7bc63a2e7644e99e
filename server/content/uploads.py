"""From a received file to a media: checked and re-encoded in a confined child, stored by digest, written down.

Opens its own short transactions: nothing is checked, encoded or copied inside one.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from playlists.language import Language, clean_name
from server.accounts.permissions import Caller
from server.changes import note_change
from server.content import repository, service
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
class Taken:
    """A media, whether it is new, and what the uploader should know about it."""

    media: Media
    is_new: bool
    remarks: list[dict[Language, str]]


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


def take(parts: Parts, caller: Caller, agency_id: UUID, folder: Path, file: Path, received: Received) -> Taken:
    """Make a media of a received file, or return the one that the agency made of the same bytes before.

    Raises:
        Problem: 422 with the reason and a sentence in three languages; 507 when the disk is full.
    """
    with parts.db.read() as session:
        known = repository.media_of_upload(session, agency_id, received.sha256)
    if known is not None:
        return Taken(known, is_new=False, remarks=[])
    limits = CheckLimits(image_bytes=parts.settings.image_max_bytes, clip_bytes=parts.settings.clip_max_bytes)
    try:
        checked = check_upload(file, out=folder / "checked", limits=limits)
        parts.blobs.put_file(checked.path, checked.sha256)
    except Refused as refusal:
        sentences = {str(language): text for language, text in refusal.sentences.items()}
        raise invalid(f"media-{refusal.reason}", str(refusal), sentences=sentences, **_named(received)) from refusal
    except StorageFull as error:
        raise Problem(HTTPStatus.INSUFFICIENT_STORAGE, "storage-full", str(error)) from error
    media, is_new = _written(parts, caller, agency_id, received, checked)
    return Taken(media, is_new, [_sentences(remark) for remark in sorted(checked.remarks)])


def display_name(name: str) -> str:
    """Return an upload's name for people: the last part of a path, cleaned, at most 120 characters."""
    return clean_name(name.replace("\\", "/").rpartition("/")[2]) or UNNAMED


def _written(parts: Parts, caller: Caller, agency_id: UUID, received: Received, checked: Checked) -> tuple[Media, bool]:
    media = Media(
        agency_id=agency_id,
        sha256=checked.sha256,
        upload_sha256=received.sha256,
        name=display_name(received.name),
        kind=checked.kind,
        width=checked.width,
        height=checked.height,
        duration_ms=checked.duration_ms,
        has_sound=checked.has_sound,
        size=checked.size,
        uploaded_by=caller.user_id,
    )
    try:
        with parts.db.write() as session:
            if (known := _same(session, media)) is not None:
                return known, False
            session.add(media)
            session.flush()
            note_change(session, "media", media.id)
    except IntegrityError:
        with parts.db.read() as session:
            if (known := _same(session, media)) is not None:
                return known, False
        raise
    return media, True


def _same(session: Session, media: Media) -> Media | None:
    return repository.media_of_bytes(session, media.agency_id, media.sha256)


def _sentences(remark: Remark) -> dict[Language, str]:
    return {language: remark_sentence(remark, language) for language in Language}


def _named(received: Received) -> dict[str, str]:
    return {"name": display_name(received.name)}
