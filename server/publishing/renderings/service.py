"""Decides which segments a notice needs on a panel, and says how far they are."""

from __future__ import annotations

from playlists.artwork import at_place, digest, for_site, read_artwork
from playlists.card import VIETNAM
from playlists.language import SegmentLanguage
from playlists.profile import Profile
from server.content import repository as contents
from server.content.notices.artworks import artworks_of
from server.content.service import Wanted, ensure_segments
from server.db import Session
from server.errors import not_found
from server.publishing import repository
from server.publishing.refusal import not_rendered
from server.publishing.renderings.schemas import RenderingShown, RenderingsShown, RenderingState
from server.tables import Notice, Panel, Segment, Site

_ORDER = (SegmentLanguage.VI, SegmentLanguage.EN, SegmentLanguage.ZH, SegmentLanguage.MUL)


def renderings(session: Session, notice: Notice, panel: Panel) -> RenderingsShown:
    """Return the segments of a notice's newest revision on a panel; nothing is asked for."""
    profile = Profile.of(panel.width, panel.height, panel.fps)
    wanted = _wanted(session, notice, repository.site_of(session, panel))
    rows = contents.segments_by_key(session, [one.key(profile) for one in wanted])
    return _shown(notice, panel, {one: rows.get(one.key(profile)) for one in wanted})


def ask_for(session: Session, notice: Notice, panel: Panel) -> RenderingsShown:
    """Let what is missing or failed be rendered, and return all segments."""
    profile = Profile.of(panel.width, panel.height, panel.fps)
    wanted = _wanted(session, notice, repository.site_of(session, panel))
    found = ensure_segments(session, wanted, profile, agency_id=notice.agency_id)
    return _shown(notice, panel, dict(found))


def segment_of(session: Session, notice: Notice, sha256: str) -> Segment:
    """Return a ready segment of a notice's newest revision by the digest of its bytes.

    Raises:
        Problem: 404.
    """
    mine = {digest(at_place(artwork, VIETNAM)) for artwork in artworks_of(session, [notice.id])[notice.id].values()}
    for row in contents.segments_of_digest(session, sha256):
        if digest(at_place(for_site(read_artwork(row.artwork), training=False), VIETNAM)) in mine:
            return row
    raise not_found("segment")


def _wanted(session: Session, notice: Notice, site: Site) -> list[Wanted]:
    artworks = artworks_of(session, [notice.id])[notice.id]
    shown = {one: at_place(artwork, site.time_zone) for one, artwork in artworks.items()}
    return [Wanted.of(for_site(shown[one], training=site.training), one) for one in _ORDER if one in shown]


def _shown(notice: Notice, panel: Panel, segments: dict[Wanted, Segment | None]) -> RenderingsShown:
    ordered = sorted(segments.items(), key=lambda pair: _ORDER.index(pair[0].language))
    profile = Profile.of(panel.width, panel.height, panel.fps)
    return RenderingsShown(
        notice_id=notice.id,
        panel_id=panel.id,
        panel=panel.name,
        profile=str(profile),
        width=profile.width,
        height=profile.height,
        fps=profile.fps,
        pitch_um=panel.pitch_um,
        viewing_distance_m=panel.viewing_distance_m,
        segments=[_rendering(notice, one.language, row) for one, row in ordered],
    )


def _rendering(notice: Notice, language: SegmentLanguage, row: Segment | None) -> RenderingShown:
    state = RenderingState(row.state) if row is not None else RenderingState.ABSENT
    failed = state is RenderingState.FAILED
    why = (row.error or "The renderer gave no reason.") if row is not None and failed else ""
    return RenderingShown(
        language=language,
        state=state,
        permille=row.progress_permille if row is not None else 0,
        sentences=not_rendered(notice.title, language, why).sentences if failed else {},
        sha256=row.sha256 if row is not None else None,
        size=row.size if row is not None else None,
        duration_ms=row.duration_ms if row is not None else None,
        flashes=row.flashes if row is not None else None,
        url=f"/api/v1/notices/{notice.id}/segments/{row.sha256}.mp4" if row is not None and row.sha256 else None,
    )
