"""Decides what of playlists goes out to a panel where approval is required: of each notice the newest release.

A kiosk asks the same of every manifest (V15), so what is not in force here is never named: over, retired, withdrawn,
or no longer vouched for by the root.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from playlists.board import Board
from playlists.profile import Profile
from playlists.trust.emergency import LONGEST, Emergency
from playlists.trust.release import Release, ReleasedSegment
from playlists.trust.shape import Reader
from playlists.trust.statements import Withdrawal
from server.content.notices.artworks import aired
from server.content.notices.rows import Airs
from server.db import Session
from server.publishing.judging import Shown
from server.publishing.refusal import not_in_language, older_stays, over, unreleased, withdrawn_notice
from server.publishing.released import repository
from server.publishing.released.repository import Sealed
from server.tables import Notice, Panel, PlaylistItemRow, Segment
from server.trust.roots import current_root
from server.trust.service import vouched

_NOBODY = UUID(int=0)


class Candidate(NamedTuple):
    """A release that a panel's kiosk accepts."""

    sealed: Sealed
    release: Release
    is_withdrawn: bool

    @property
    def digest(self) -> str:
        """Its identity."""
        return self.sealed.document.digest


@dataclass
class OnAir:
    """What goes out to a panel, by notice and language, and the releases that allow it."""

    segments: dict[Shown, Segment] = field(default_factory=dict)
    airs: dict[UUID, Airs] = field(default_factory=dict)
    """How each notice is aired, in the revision that is released."""
    boards: list[Board] = field(default_factory=list)
    bases: list[ReleasedSegment] = field(default_factory=list)
    """All faces of the boards, whether an item asks for them or not: a board stands as it was released."""
    ahead: list[ReleasedSegment] = field(default_factory=list)
    """Pictures of revisions that begin later: kiosks fetch and check them before, and show them no earlier."""
    releases: list[str] = field(default_factory=list)
    """Digests of all releases that the kiosk needs, those of templates among them."""
    warnings: list[dict[str, str]] = field(default_factory=list)

    def warn(self, sentences: Mapping[str, str]) -> None:
        """Keep a warning, once."""
        if dict(sentences) not in self.warnings:
            self.warnings.append(dict(sentences))


def on_air(session: Session, panel: Panel, items: Sequence[PlaylistItemRow], at: datetime) -> OnAir:
    """Return what of playlists' items is released for a panel at a time; what is not is left out with a warning."""
    candidates = in_force(session, panel, at)
    templates = [one.digest for one in candidates if one.release.template is not None and not one.is_withdrawn]
    found = OnAir(releases=templates)
    notices = repository.notices(session, {item.notice_id for item in items})
    chosen = _chosen(session, candidates, set(notices), at)
    found.airs = aired(session, {notice_id: revision for notice_id, (_, revision) in chosen.items()})
    parts = _parts(session, panel, chosen)
    for item in items:
        notice, one = notices[item.notice_id], chosen.get(item.notice_id)
        if one is None or one[0].is_withdrawn:
            said = unreleased if one is None else withdrawn_notice
            found.warn(said(notice.title, panel.name).sentences)
        elif (until := found.airs[notice.id].shown_until) is not None and until <= at:
            found.warn(over(notice.title).sentences)
        else:
            _take(found, item, notice, one, parts, panel)
    used = {chosen[shown.notice_id][0].digest for shown in found.segments}
    found.releases = sorted({*found.releases, *used})
    _add_ahead(session, panel, found, _coming(session, candidates, chosen, at))
    _add_boards(found, [one for one, _ in chosen.values() if one.digest in used])
    return found


def in_force(session: Session, panel: Panel, at: datetime) -> list[Candidate]:
    """Return the releases for a panel that a kiosk accepts at a time, in the order in which they were released.

    Those that were withdrawn are returned, marked: what was before them does not come back by itself.
    """
    site = repository.site_of(session, panel)
    root = current_root(session, training=site.training)
    if root is None:
        return []
    reader = Reader(_NOBODY, panel.id, site.slug)
    read = [(one, read_release(one.document.payload)) for one in repository.sealed(session, at)]
    read = [(one, release) for one, release in read if release.audience.includes(reader)]
    retired = {digest for one in repository.retiring(session) for digest in one}
    gone = withdrawn(session, reader)
    return [
        Candidate(one, release, one.document.digest in gone or gone.issuperset(f.sha256 for f in release.files))
        for one, release in read
        if one.document.digest not in retired and one.document.training is site.training and vouched(one.document, root)
    ]


def withdrawn(session: Session, reader: Reader) -> frozenset[str]:
    """Return the digests that were withdrawn for a panel."""
    found = (Withdrawal.read(row.payload) for row in repository.withdrawals(session))
    return frozenset(digest for one in found if one.audience.includes(reader) for digest in one.withdraws)


def withdrawn_at(session: Session, site: str) -> frozenset[str]:
    """Return the digests that were withdrawn for a whole site."""
    found = (Withdrawal.read(row.payload) for row in repository.withdrawals(session))
    return frozenset(digest for one in found if site in one.audience.sites for digest in one.withdraws)


def is_named(session: Session, panel: Panel, sha256: str, at: datetime) -> bool:
    """Tell whether a file belongs to a template released for a panel, or to an emergency of its own pictures.

    Kiosks fetch these besides what their manifest names, so that a warning finds its pictures there.
    """
    reader = Reader(_NOBODY, panel.id, repository.site_of(session, panel).slug)
    for row in repository.recent_emergencies(session, at - LONGEST - timedelta(hours=1)):
        one = Emergency.read(row.payload)
        if one.audience.includes(reader) and any(picture.sha256 == sha256 for picture in one.pictures):
            return True
    found = in_force(session, panel, at)
    templates = (one for one in found if one.release.template is not None and not one.is_withdrawn)
    return any(file.sha256 == sha256 for one in templates for file in one.release.files)


@lru_cache(maxsize=256)
def read_release(payload: bytes) -> Release:
    """Return the release of a stored payload."""
    return Release.read(payload)


Chosen = dict[UUID, tuple[Candidate, int]]
"""The release of each notice, and which revision of it."""


def _chosen(session: Session, candidates: Iterable[Candidate], notice_ids: set[UUID], at: datetime) -> Chosen:
    """Return of each notice the newest revision that is released; what begins later counts only without another."""
    usable = [one for one in candidates if one.release.template is None]
    return _best(session, usable, notice_ids, at)


def _coming(session: Session, candidates: Iterable[Candidate], chosen: Chosen, at: datetime) -> Chosen:
    """Return of each notice the newest revision that begins later and will take the place of the chosen one."""
    later = [
        one
        for one in candidates
        if one.release.template is None and one.release.not_before > at and not one.is_withdrawn
    ]
    found = _best(session, later, set(chosen), at)
    return {
        notice_id: (one, revision)
        for notice_id, (one, revision) in found.items()
        if one is not chosen[notice_id][0] and revision >= chosen[notice_id][1]
    }


def _best(session: Session, usable: Sequence[Candidate], notice_ids: set[UUID], at: datetime) -> Chosen:
    revisions = repository.revisions(session, [one.sealed.submission.id for one in usable])
    found: dict[UUID, tuple[tuple[bool, int, int], Candidate, int]] = {}
    for number, one in enumerate(usable):
        for notice_id in notice_ids:
            revision = revisions.get((one.sealed.submission.id, notice_id))
            if revision is None:
                continue
            weight = (one.release.not_before <= at, revision, number)
            if notice_id not in found or weight > found[notice_id][0]:
                found[notice_id] = (weight, one, revision)
    return {notice_id: (one, revision) for notice_id, (_, one, revision) in found.items()}


Parts = dict[tuple[UUID, UUID, str, bool], Segment]


def _parts(session: Session, panel: Panel, chosen: Chosen) -> Parts:
    profile = str(Profile.of(panel.width, panel.height, panel.fps))
    ids = {one.sealed.submission.id for one, _ in chosen.values()}
    return {
        (row.submission_id, row.notice_id, row.language, row.plated): segment
        for row, segment in repository.parts(session, ids, profile, chosen)
    }


def _take(
    found: OnAir,
    item: PlaylistItemRow,
    notice: Notice,
    chosen: tuple[Candidate, int],
    parts: Parts,
    panel: Panel,
) -> None:
    candidate, revision = chosen
    allowed = {(one.sha256, one.profile, one.language) for one in candidate.release.segments}
    for language in item.languages:
        for plated in (False, True):
            segment = parts.get((candidate.sealed.submission.id, notice.id, language, plated))
            if segment is not None and (segment.sha256, segment.profile, segment.language) in allowed:
                found.segments[Shown(notice.id, language, plated)] = segment
        if Shown(notice.id, language) not in found.segments:
            found.warn(not_in_language(notice.title, language, panel.name).sentences)
    if revision < notice.newest:
        found.warn(older_stays(notice.title, revision, notice.newest).sentences)


def _add_ahead(session: Session, panel: Panel, found: OnAir, coming: Chosen) -> None:
    parts = _parts(session, panel, coming)
    for notice_id, (candidate, _) in coming.items():
        mine = {
            segment.sha256
            for (submission_id, notice, _, _), segment in parts.items()
            if (submission_id, notice) == (candidate.sealed.submission.id, notice_id)
        }
        wanted = [one for one in candidate.release.segments if one.sha256 in mine]
        if wanted:
            found.ahead += wanted
            found.releases = sorted({*found.releases, candidate.digest})


def _add_boards(found: OnAir, candidates: Iterable[Candidate]) -> None:
    """Add the boards of which a base goes out, each as it was released for this profile."""
    shown = {segment.sha256 for segment in found.segments.values()}
    named: set[UUID] = set()
    for candidate in candidates:
        for board in candidate.release.boards:
            if board.bases & shown and board.id not in named:
                named.add(board.id)
                found.boards.append(board)
                found.bases += [one for one in candidate.release.segments if one.sha256 in board.bases]
