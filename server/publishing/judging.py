"""Which languages of which notices go out to a panel: what blocks, what is left out, what people are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from playlists.artwork import AnyArtwork
from playlists.language import Language, SegmentLanguage
from playlists.legibility import check
from playlists.variant import Rule, VariantState, rules_of
from server.content.notices.artworks import Showable, showables
from server.content.notices.legibility import DEFAULT_ON_AIR_MS, airing_of, facts_of, shown_of
from server.db import Session
from server.media.measuring import Measurements
from server.publishing import repository
from server.publishing.refusal import incomplete, over, unfinished, unreadable
from server.tables import Panel, PlaylistItemRow, Site

Shown = tuple[UUID, str]
"""A notice in a language."""


class Reading(NamedTuple):
    """What goes out to a panel, ready to be measured outside of a transaction."""

    panel: Panel
    site: Site
    artworks: dict[Shown, AnyArtwork]
    titles: dict[UUID, str]


@dataclass
class Judged:
    """What goes out, by notice and language; and, once each, what is not as it should be, by language."""

    artworks: dict[Shown, AnyArtwork] = field(default_factory=dict)
    titles: dict[UUID, str] = field(default_factory=dict)
    warnings: list[dict[str, str]] = field(default_factory=list)

    def warn(self, sentences: Mapping[str, str]) -> None:
        """Keep a warning."""
        if dict(sentences) not in self.warnings:
            self.warnings.append(dict(sentences))


def judge(session: Session, panel: Panel, items: Iterable[PlaylistItemRow], at: datetime) -> Judged:
    """Return what of playlists' items goes out to a panel at a time.

    Raises:
        CannotPublish: a language is missing or not finished, and the site's rules let nothing out without it.
    """
    wanted = list(dict.fromkeys((item.notice_id, language) for item in items for language in item.languages))
    found = showables(session, {notice_id for notice_id, _ in wanted})
    rules = rules_of(repository.site_of(session, panel).language_rules)
    judged = Judged(titles={one: showable.notice.title for one, showable in found.items()})
    for notice_id, language in wanted:
        if (artwork := _passed(judged, found[notice_id], language, rules, at)) is not None:
            judged.artworks[notice_id, language] = artwork
    return judged


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
    for (notice_id, language), artwork in reading.artworks.items():
        shown = shown_of(measurements, artwork, SegmentLanguage(language), reading.panel)
        worst_first = check([shown], facts, airing)
        if worst_first and worst_first[0].blocks:
            raise unreadable(reading.titles[notice_id], language, reading.panel.name, worst_first[0].code)


def _passed(
    judged: Judged, showable: Showable, language: str, rules: Mapping[VariantState, Rule], at: datetime
) -> AnyArtwork | None:
    title, until = showable.notice.title, showable.notice.shown_until
    if until is not None and until <= at:
        judged.warn(over(title).sentences)
        return None
    artwork = next((one for spoken, one in showable.artworks.items() if spoken == language), None)
    state = worst(showable.states, language) if artwork is not None else VariantState.MISSING
    rule = rules[state]
    if rule is Rule.ALLOW:
        return artwork
    said = incomplete(title, language) if artwork is None else unfinished(title, language, state)
    if rule is Rule.BLOCK:
        raise said
    judged.warn(said.sentences)
    return artwork if rule is Rule.WARN else None


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
