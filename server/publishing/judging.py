"""Which languages of which notices go out to a panel: what blocks, what is left out, what people are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from playlists.artwork import AlbumArtwork, AnyArtwork, CardArtwork, MediaArtwork, PlatedArtwork, at_place, for_site
from playlists.language import Language, SegmentLanguage
from playlists.legibility import check
from playlists.variant import Rule, VariantState, rules_of
from server.content.notices.artworks import Showable, before, showables
from server.content.notices.legibility import DEFAULT_ON_AIR_MS, airing_of, facts_of, shown_of
from server.content.notices.rows import Airs
from server.db import Session
from server.media.measuring import Measurements
from server.publishing import repository
from server.publishing.refusal import CannotPublish, incomplete, over, stays_earlier, unfinished, unreadable
from server.tables import Panel, PlaylistItemRow, Site


class Shown(NamedTuple):
    """A notice in a language; `plated` as it looks once it has grown old."""

    notice_id: UUID
    language: str
    plated: bool = False


class Reading(NamedTuple):
    """What goes out to a panel, ready to be measured outside of a transaction."""

    panel: Panel
    site: Site
    artworks: dict[Shown, AnyArtwork]
    titles: dict[UUID, str]


@dataclass
class Judged:
    """What goes out, by notice and language; and, once each, what is not as it should be, by language.

    `airs` says of each notice how the revision is aired that goes out.
    """

    artworks: dict[Shown, AnyArtwork] = field(default_factory=dict)
    titles: dict[UUID, str] = field(default_factory=dict)
    airs: dict[UUID, Airs] = field(default_factory=dict)
    warnings: list[dict[str, str]] = field(default_factory=list)

    def warn(self, sentences: Mapping[str, str]) -> None:
        """Keep a warning."""
        if dict(sentences) not in self.warnings:
            self.warnings.append(dict(sentences))


def judge(session: Session, panel: Panel, items: Iterable[PlaylistItemRow], at: datetime) -> Judged:
    """Return what of playlists' items goes out to a panel at a time.

    A notice whose newest revision is not finished goes out as the last revision that is, with a warning.

    Raises:
        CannotPublish: a language is missing or not finished, in earlier revisions too, and the site's rules let
            nothing out without it.
    """
    wanted: dict[UUID, list[str]] = {}
    for item in items:
        languages = wanted.setdefault(item.notice_id, [])
        languages += [one for one in item.languages if one not in languages]
    newest = showables(session, wanted)
    site = repository.site_of(session, panel)
    rules = rules_of(site.language_rules)
    judged = Judged()
    for notice_id, languages in wanted.items():
        _take(judged, _ready(session, judged, newest[notice_id], languages, rules), languages, rules, at)
    judged.artworks = {
        one: for_site(at_place(artwork, site.time_zone), training=site.training)
        for one, artwork in judged.artworks.items()
    }
    return judged


def _ready(
    session: Session,
    judged: Judged,
    newest: Showable,
    languages: Sequence[str],
    rules: Mapping[VariantState, Rule],
) -> Showable:
    """Return the newest revision of a notice of which no language blocks; a warning says when it is an older one."""
    blocked = _blocked(newest, languages, rules)
    if blocked is None:
        return newest
    for earlier in before(session, newest.notice, newest.airs.revision):
        if _blocked(earlier, languages, rules) is None:
            judged.warn(stays_earlier(newest.notice.title, earlier.airs.revision, blocked).sentences)
            return earlier
    raise blocked


def _blocked(showable: Showable, languages: Sequence[str], rules: Mapping[VariantState, Rule]) -> CannotPublish | None:
    """Return why a revision cannot go out, or None when it can."""
    for language in languages:
        state, artwork = _state(showable, language)
        if rules[state] is Rule.BLOCK:
            return _said(showable, language, state, artwork)
    return None


def reading_of(session: Session, panel: Panel, items: Iterable[PlaylistItemRow], at: datetime) -> Reading:
    """Return what of playlists' items goes out to a panel, with its site.

    Raises:
        CannotPublish: as `judge`.
    """
    judged = judge(session, panel, items, at)
    return Reading(panel, repository.site_of(session, panel), judged.artworks, judged.titles)


def refuse_unreadable(reading: Reading, measurements: Measurements) -> None:
    """See that people can read everything that goes out to a panel.

    Raises:
        CannotPublish: a finding blocks.
    """
    facts, airing = facts_of(reading.panel), airing_of(reading.site, DEFAULT_ON_AIR_MS, ())
    for one, artwork in reading.artworks.items():
        shown = shown_of(measurements, artwork, SegmentLanguage(one.language), reading.panel)
        worst_first = check([shown], facts, airing)
        if worst_first and worst_first[0].blocks:
            title, code = reading.titles[one.notice_id], worst_first[0].code
            raise unreadable(title, one.language, reading.panel.name, code, plated=one.plated)


def _take(
    judged: Judged, showable: Showable, languages: Sequence[str], rules: Mapping[VariantState, Rule], at: datetime
) -> None:
    """Put what goes out of a revision to the rest; none of it is blocked."""
    notice_id, aired = showable.notice.id, showable.airs
    judged.titles[notice_id], judged.airs[notice_id] = aired.title, aired
    if aired.shown_until is not None and aired.shown_until <= at:
        judged.warn(over(aired.title).sentences)
        return
    for language in languages:
        state, artwork = _state(showable, language)
        if rules[state] is not Rule.ALLOW:
            judged.warn(_said(showable, language, state, artwork).sentences)
        if artwork is None or rules[state] is Rule.LEAVE_OUT:
            continue
        judged.artworks[Shown(notice_id, language)] = artwork
        if aired.stale_at is not None and isinstance(artwork, MediaArtwork | CardArtwork | AlbumArtwork):
            judged.artworks[Shown(notice_id, language, plated=True)] = PlatedArtwork(artwork=artwork)


def _state(showable: Showable, language: str) -> tuple[VariantState, AnyArtwork | None]:
    """Return how far a revision is in a language, and what it shows there."""
    artwork = next((one for spoken, one in showable.artworks.items() if spoken == language), None)
    return (worst(showable.states, language) if artwork is not None else VariantState.MISSING), artwork


def _said(showable: Showable, language: str, state: VariantState, artwork: AnyArtwork | None) -> CannotPublish:
    title = showable.airs.title
    return incomplete(title, language) if artwork is None else unfinished(title, language, state)


_ORDER = (
    VariantState.MISSING,
    VariantState.DRAFT,
    VariantState.STALE,
    VariantState.TRANSLATED,
    VariantState.REVIEWED,
)


def worst(states: Mapping[Language, VariantState], language: str) -> VariantState:
    """Return the state of a language; of all three together, that of the one that has come least far."""
    named = [states[one] for one in Language if language in (one, "mul")]
    return min(named, key=_ORDER.index)
