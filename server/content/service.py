"""Decisions about media, and which segments have to exist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from playlists.artwork import AnyArtwork, digest
from playlists.language import SegmentLanguage
from playlists.profile import Profile
from server.accounts import service as accounts
from server.accounts.permissions import Caller, Permission
from server.content import repository
from server.db import Session
from server.errors import invalid, not_found
from server.jobs.repository import enqueue
from server.media.render import render_key
from server.tables import Agency, Media, Segment

RENDER_SEGMENT = "render_segment"


@dataclass(frozen=True, order=True)
class Wanted:
    """A segment that has to exist: an artwork in a language."""

    sha256: str
    language: SegmentLanguage
    artwork: AnyArtwork = field(compare=False, repr=False)

    @classmethod
    def of(cls, artwork: AnyArtwork, language: SegmentLanguage) -> Wanted:
        """Return an artwork in a language with its digest."""
        return cls(digest(artwork), language, artwork)

    def key(self, profile: Profile) -> str:
        """Return the render key for a profile."""
        return render_key(self.sha256, self.language, profile)


def owner(session: Session, caller: Caller, agency_id: UUID | None) -> Agency:
    """Return the agency that something new of the caller's belongs to.

    Raises:
        Problem: 422 when an administrator of the whole installation names none; as `accounts.open_agency_of`.
    """
    caller.require(Permission.EDIT_CONTENT)
    chosen = agency_id or caller.home(Permission.EDIT_CONTENT)
    if chosen is None:
        raise invalid("agency-missing", "Say which agency this belongs to (agency_id).")
    return accounts.open_agency_of(session, caller, chosen, Permission.EDIT_CONTENT)


def media_of(session: Session, caller: Caller, media_id: UUID) -> Media:
    """Return a media that the caller may see.

    Raises:
        Problem: 404.
    """
    media = repository.media(session, media_id)
    if media is None:
        raise not_found("media")
    caller.require(Permission.SEE, agency_id=media.agency_id, what="media")
    return media


def ensure_segments(
    session: Session, wanted: Iterable[Wanted], profile: Profile, *, agency_id: UUID | None = None
) -> dict[Wanted, Segment]:
    """Return the segment of each wanted artwork and language, making what is missing wait for a renderer.

    Whoever asks first makes the row and the job, in this transaction; a segment is rendered once. A failed one is
    tried again.
    """
    keys = {one: one.key(profile) for one in sorted(set(wanted))}
    for one, key in sorted(keys.items(), key=lambda entry: entry[1]):
        fresh = Segment(
            render_key=key,
            artwork=one.artwork.model_dump(mode="json"),
            artwork_sha256=one.sha256,
            language=one.language,
            profile=str(profile),
        )
        if repository.add_segment_if_new(session, fresh):
            _ask_for(session, fresh.id, agency_id)
    rows = repository.segments_by_key(session, list(keys.values()))
    for row in rows.values():
        if repository.retry_segment(session, row.id):
            _ask_for(session, row.id, agency_id)
            session.refresh(row)
    return {one: rows[key] for one, key in keys.items()}


def _ask_for(session: Session, segment_id: UUID, agency_id: UUID | None) -> None:
    enqueue(session, RENDER_SEGMENT, {"segment_id": str(segment_id)}, agency_id=agency_id)
