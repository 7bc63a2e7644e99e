"""What people should know about a notice before it goes out: gathered in a transaction, measured outside of it.

`playlists.legibility` decides; here stands what it is told: the panels that a notice is meant for, how long it is on
air, the rules of the site, and the advice that somebody put aside for this revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from playlists.artwork import AnyArtwork, MediaArtwork, is_animated
from playlists.card import NEEDS, Part
from playlists.glossary import Glossary
from playlists.language import Language, SegmentLanguage
from playlists.legibility import Airing, Finding, PanelFacts, Shown, SizePolicy, check
from playlists.typed import faults
from playlists.variant import SOURCE, Wording
from server.content.glossary.schemas import DepartureShown
from server.content.glossary.service import glossary_for
from server.content.notices import repository
from server.content.notices.artworks import Artworks, drawn
from server.content.notices.content import CardContent
from server.content.notices.rows import used_media
from server.content.notices.schemas import CheckShown, FindingShown, Lacking, RemarkShown, ValueFault
from server.content.notices.tidying import Said
from server.content.notices.whole import Whole
from server.db import Session
from server.media.measuring import Measurements
from server.tables import Panel, Site

DEFAULT_ON_AIR_MS = 10_000


@dataclass(frozen=True)
class Sight:
    """What a notice shows, on which panels, and how it is aired."""

    artworks: Artworks
    flashes: dict[str, int]
    panels: Sequence[tuple[Panel, Site]]
    on_air_ms: int = DEFAULT_ON_AIR_MS
    order: tuple[Language, ...] = ()
    dismissed: frozenset[str] = field(default_factory=frozenset)
    glossary: Glossary = field(default_factory=lambda: Glossary(()))


def sight_of(
    session: Session,
    whole: Whole,
    agency_id: UUID,
    notice_id: UUID | None,
    revision_id: UUID | None,
    panel_ids: Sequence[UUID] | None = None,
) -> Sight:
    """Return everything that the check of a notice needs from the database."""
    media = repository.media(session, (media_id for media_id, _ in used_media(whole)))
    items = repository.items(session, notice_id) if notice_id is not None else []
    ordered = (Language(one) for item in items[:1] for one in item.languages if one != SegmentLanguage.MUL)
    return Sight(
        artworks=drawn(whole, media, repository.agencies(session, [agency_id])[agency_id]),
        flashes={row.sha256: row.flashes for row in media.values() if row.flashes},
        panels=repository.panels(session, agency_id, notice_id, panel_ids),
        on_air_ms=items[0].on_air_ms if items else DEFAULT_ON_AIR_MS,
        order=tuple(ordered),
        dismissed=repository.dismissed(session, revision_id) if revision_id is not None else frozenset(),
        glossary=glossary_for(session, agency_id),
    )


def findings_of(measurements: Measurements, sight: Sight) -> list[FindingShown]:
    """Return what was found on every different face, what blocks first; advice that was put aside is left out."""
    found: dict[str, FindingShown] = {}
    for panel, site in _faces(sight.panels):
        shown = [
            shown_of(measurements, artwork, language, panel, _flashes(artwork, sight.flashes))
            for language, artwork in sight.artworks.items()
        ]
        airing = airing_of(site, sight.on_air_ms, sight.order)
        for one in check(shown, facts_of(panel), airing):
            if one.blocks or one.key not in sight.dismissed:
                found.setdefault(one.key, _shown(one, panel))
    return sorted(found.values(), key=lambda one: not one.is_blocking)


def shown_of(
    measurements: Measurements, artwork: AnyArtwork, language: SegmentLanguage, panel: Panel, flashes: int = 0
) -> Shown:
    """Return an artwork on a panel as the check takes it."""
    measured = measurements.of(artwork, language, panel.width, panel.height)
    return Shown(language=language, measured=measured, flashes=flashes, is_animated=is_animated(artwork))


def facts_of(panel: Panel) -> PanelFacts:
    """Return what of a panel decides whether people can read it."""
    return PanelFacts(
        panel=str(panel.id),
        width=panel.width,
        height=panel.height,
        pitch_um=panel.pitch_um,
        viewing_distance_m=panel.viewing_distance_m,
    )


def airing_of(site: Site, on_air_ms: int, order: tuple[Language, ...]) -> Airing:
    """Return how a notice is shown at a site; without an order of its own, in the site's."""
    own = tuple(Language(one) for one in site.language_order)
    policy = SizePolicy(order=own, others_at_most_percent=site.others_at_most_percent)
    return Airing(on_air_ms=on_air_ms, order=order or own, policy=policy)


def told(measurements: Measurements, whole: Whole, remarks: Iterable[Said], sight: Sight) -> CheckShown:
    """Return all that people should know about a notice; its cards are drawn and measured."""
    return CheckShown(
        remarks=[
            RemarkShown(language=one.language, field=one.field, is_done=one.remark.is_done, **one.remark._asdict())
            for one in remarks
        ],
        value_faults=[
            ValueFault(language=language, code=one.code, name=one.name)
            for language, spoken in whole.variants.items()
            for one in faults(texts_of(spoken.words), whole.values)
        ],
        lacking=list(_lacking(whole)),
        departures=list(_departures(whole, sight.glossary)),
        findings=findings_of(measurements, sight),
    )


def texts_of(words: Wording) -> list[str]:
    """Return every text of a language's words."""
    rows = [text for row in words.rows for text in (row.label, row.value)]
    return [words.title, words.body, *rows, *words.captions.values()]


def _lacking(whole: Whole) -> Iterator[Lacking]:
    content = whole.content
    if not isinstance(content, CardContent):
        return
    if own := content.lacks():
        yield Lacking(language=None, parts=own)
    needed = NEEDS[content.look.template].needed
    for language, spoken in whole.variants.items():
        words = spoken.words
        missing = {Part.BODY: not words.body.strip(), Part.ROWS: not words.rows}
        if parts := sorted(part for part in needed if missing.get(part, False)):
            yield Lacking(language=language, parts=parts)


def _departures(whole: Whole, glossary: Glossary) -> Iterator[DepartureShown]:
    texts = {language: "\n".join(texts_of(spoken.words)) for language, spoken in whole.variants.items()}
    for language, target in texts.items():
        for one in glossary.warnings(texts.get(SOURCE, ""), target, language):
            yield DepartureShown(code=one.code, language=language, vi=one.term.vi, text=one.text, agreed=one.agreed)


def _faces(panels: Sequence[tuple[Panel, Site]]) -> list[tuple[Panel, Site]]:
    """Return one panel for each face and rule that differ."""
    different: dict[object, tuple[Panel, Site]] = {}
    for panel, site in panels:
        face = panel.width, panel.height, panel.pitch_um, panel.viewing_distance_m
        different.setdefault((face, tuple(site.language_order), site.others_at_most_percent), (panel, site))
    return list(different.values())


def _flashes(artwork: AnyArtwork, flashes: dict[str, int]) -> int:
    return flashes.get(artwork.sha256, 0) if isinstance(artwork, MediaArtwork) else 0


def _shown(finding: Finding, panel: Panel) -> FindingShown:
    return FindingShown(
        **finding.model_dump(),
        is_blocking=finding.blocks,
        advice_key=finding.key,
        panel_name=panel.name if finding.panel is not None else None,
    )
