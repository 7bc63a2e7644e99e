"""Decisions about an agency's look: its administrators choose it, and cards that follow it are drawn anew."""

from __future__ import annotations

from uuid import UUID

from playlists.card import Colours
from playlists.notice import MediaKind, NoticeKind
from server.accounts import service as accounts
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.content import repository
from server.content.looks.schemas import LookAsked, LookShown
from server.db import Session
from server.edge import Expected
from server.errors import invalid, not_found
from server.tables import Agency


def shown(session: Session, agency: Agency) -> LookShown:
    """Return an agency's look."""
    logo = repository.media_of_bytes(session, agency.id, agency.logo_sha256) if agency.logo_sha256 else None
    return LookShown(
        colours=Colours.model_validate(agency.colours or {}),
        is_usual=agency.colours is None,
        logo_id=logo.id if logo is not None else None,
        logo_sha256=agency.logo_sha256,
        rev=agency.rev,
    )


def change(session: Session, caller: Caller, agency_id: UUID, asked: LookAsked, expected: Expected) -> Agency:
    """Give an agency another look; what is on air changes when it is published again.

    Raises:
        Problem: 404, 403, 412; 422 for a logo that is no picture.
    """
    agency = accounts.agency_of(session, caller, agency_id, Permission.EDIT_LOOK, lock=True)
    expected.check(agency.rev)
    agency.colours = asked.colours.model_dump() if asked.colours is not None else None
    agency.logo_sha256 = _logo(session, agency, asked.logo_id)
    agency.rev += 1
    session.add(agency)
    session.flush()
    note_change(session, "agency", agency.id)
    return agency


def _logo(session: Session, agency: Agency, media_id: UUID | None) -> str | None:
    if media_id is None:
        return None
    media = repository.media(session, media_id)
    if media is None or media.agency_id != agency.id or media.deleted_at is not None:
        raise not_found("media")
    if MediaKind(media.kind).notice_kind is not NoticeKind.IMAGE:
        raise invalid("no-picture", "A logo is a picture, not a clip. Upload a JPEG, PNG or WebP file.")
    return media.sha256
