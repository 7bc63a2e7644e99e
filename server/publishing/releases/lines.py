"""What a submission holds: of notices the newest revision, or what is on air already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from playlists.artwork import AlbumArtwork, AnyArtwork, CardArtwork, MediaArtwork, PlatedArtwork, for_site, read_artwork
from playlists.language import SegmentLanguage
from playlists.variant import Rule, rules_of
from server.content.notices.artworks import Showable
from server.db import Session
from server.publishing.judging import Reading, Shown, worst
from server.publishing.refusal import CannotPublish, incomplete, unfinished
from server.publishing.released import repository as released
from server.publishing.released.service import in_force
from server.publishing.releases import repository
from server.publishing.releases.reach import Reach, panels_of
from server.publishing.releases.refusal import nothing_to_show
from server.tables import Panel, Submission


@dataclass(frozen=True)
class Line:
    """A notice's revision that is submitted, with the artworks of its languages."""

    notice_id: UUID
    revision: int
    title: str
    content_class: str
    artworks: dict[tuple[str, bool], AnyArtwork]
    """By language, and whether with the strip that says that it may be out of date."""
    concerns: tuple[str, ...] = ()
    """What was answered when it was released, if it is on air."""


def line_of(one: Showable, reach: Reach, warnings: list[dict[str, str]]) -> Line:
    """Return a notice as it is submitted; languages that are not finished are left out with a warning.

    Raises:
        Problem: 422 nothing is left.
    """
    kept: dict[tuple[str, bool], AnyArtwork] = {}
    for language, artwork in one.artworks.items():
        state = worst(one.states, language)
        said = [rules_of(site.language_rules)[state] for site in reach.all_sites.values()]
        if Rule.BLOCK in said or (Rule.ALLOW not in said and Rule.WARN not in said):
            _warn(warnings, unfinished(one.notice.title, language, state))
        else:
            kept[language, False] = artwork
            if one.airs.stale_at is not None and isinstance(artwork, MediaArtwork | CardArtwork | AlbumArtwork):
                kept[language, True] = PlatedArtwork(artwork=artwork)
    if SegmentLanguage.MUL not in one.artworks:
        for language in SegmentLanguage:
            if language is not SegmentLanguage.MUL and language not in one.artworks:
                _warn(warnings, incomplete(one.notice.title, language))
    if not kept:
        raise nothing_to_show(one.notice.title)
    notice, training = one.notice, reach.is_training
    framed = {key: for_site(artwork, training=training) for key, artwork in kept.items()}
    return Line(notice.id, one.airs.revision, one.airs.title, one.airs.content_class, framed)


def _warn(warnings: list[dict[str, str]], said: CannotPublish) -> None:
    if said.sentences not in warnings:
        warnings.append(said.sentences)


def released_lines(
    session: Session, agency_id: UUID, panels: Iterable[Panel], at: datetime
) -> list[tuple[Line, datetime]]:
    """Return what an agency has on air on panels: of each notice the newest release, and when that ends."""
    newest: dict[UUID, tuple[int, int, Submission]] = {}
    order: dict[UUID, int] = {}
    for panel in panels:
        for candidate in in_force(session, panel, at):
            one = candidate.sealed.submission
            if one.agency_id != agency_id or one.template is not None or candidate.is_withdrawn:
                continue
            order.setdefault(one.id, len(order))
            for item in repository.items(session, [one.id])[one.id]:
                known = newest.get(item.notice_id)
                weight = (item.revision, order[one.id])
                if known is None or weight > known[:2]:
                    newest[item.notice_id] = (*weight, one)
    lines = []
    for notice_id, (revision, _, one) in sorted(newest.items()):
        item = next(row for row in repository.items(session, [one.id])[one.id] if row.notice_id == notice_id)
        artworks = {
            (row.language, row.plated): read_artwork(segment.artwork)
            for row, segment in released.parts(session, [one.id], notice_ids=[notice_id])
        }
        lines.append(
            (Line(notice_id, revision, item.title, item.content_class, artworks, tuple(one.concerns)), one.show_until)
        )
    return lines


def readings(session: Session, submission_id: UUID) -> list[Reading]:
    """Return what a submission would show on each of its panels, to be measured outside of the transaction."""
    row = repository.submission(session, submission_id)
    if row is None:
        return []
    titles = {item.notice_id: item.title for item in repository.items(session, [row.id])[row.id]}
    artworks = {
        Shown(part.notice_id, part.language, part.plated): read_artwork(segment.artwork)
        for part, segment in released.parts(session, [row.id])
    }
    panels = panels_of(session, row)
    sites = repository.sites(session, {panel.site_id for panel in panels})
    return [Reading(panel, sites[panel.site_id], artworks, titles) for panel in panels]
