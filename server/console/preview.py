"""A day of one plan as stretches with names: who is on, and who asks in vain, cut wherever either changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from playlists.document import Content, Document
from playlists.instant import from_millis, to_millis
from playlists.plan import Active, Layer, Piece, Plan, PlanSpan
from server.console.day import Party, Stretch, bounds_of, joined


@dataclass(frozen=True)
class Names:
    """What a document's ids are called besides: rules and addresses of entries and overrides, pictures of items."""

    rules: Mapping[str, str] = field(default_factory=dict)
    hrefs: Mapping[str, str] = field(default_factory=dict)
    covers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By item and language."""


@dataclass(frozen=True)
class Moment:
    """What is on at one time: the piece, who it belongs to, the stretch it lies in, and who asks in vain."""

    piece: Piece[Content]
    owner: Party
    stretch: Stretch
    under: tuple[Party, ...]
    cover: str


class Preview:
    """A plan with its names."""

    def __init__(self, document: Document, names: Names) -> None:
        """Compile a document."""
        self._plan = document.plan()
        self._playlists = {one.id: one for one in document.playlists}
        self._names = names

    def stretches(self, day: date) -> list[Stretch]:
        """Return a local day, from midnight to midnight."""
        found = []
        for span in self._plan.spans_between(*bounds_of(day, self._plan.tz)):
            on = tuple(self._parties(span.active))
            hushed = span.active.essential_only is not None
            for start_ms, end_ms in _cuts(self._plan, span, day):
                under = tuple(party for one in self._plan.displaced(start_ms) for party in self._parties(one))
                found.append(Stretch(from_millis(start_ms), from_millis(end_ms), on, under, hushed))
        return joined(found)

    def moment(self, day: date, at: datetime) -> Moment:
        """Return what is on at a time of a local day."""
        piece = self._plan.at(at)
        stretch = next(one for one in self.stretches(day) if one.starts_at <= at < one.ends_at)
        owner = next((one for one in stretch.on if one.id == piece.owner), stretch.on[0])
        under = tuple(party for one in self._plan.displaced(to_millis(at)) for party in self._parties(one))
        content = piece.content
        cover = self._names.covers.get((content.item.id, str(content.language)), "") if content is not None else ""
        return Moment(piece, owner, stretch, under, cover)

    def _parties(self, active: Active) -> Iterator[Party]:
        if not active.ids:
            yield Party(active.layer)
        for each in active.ids:
            playlist_id = self._plan.playlist_of(active, each)
            playlist = self._playlists.get(playlist_id)
            yield Party(
                layer=active.layer,
                id=each,
                name=playlist.name if playlist is not None else "",
                rule=self._names.rules.get(each, ""),
                href=self._names.hrefs.get(each, ""),
                cover=self._cover(playlist_id),
                rank=self._plan.rule(each).timing.priority if active.layer is Layer.SCHEDULE else 0,
            )

    def _cover(self, playlist_id: str) -> str:
        playlist = self._playlists.get(playlist_id)
        pairs = ((item.id, str(code)) for item in (playlist.items if playlist else ()) for code in item.languages)
        return next((self._names.covers[pair] for pair in pairs if pair in self._names.covers), "")


def _cuts(plan: Plan[Content], span: PlanSpan, day: date) -> Iterator[tuple[int, int]]:
    first, end = (to_millis(one) for one in bounds_of(day, plan.tz))
    edges = {edge for rule in plan.rules for spans in rule.spans(day, (first, end)) for edge in spans}
    edges |= {edge for one in plan.urgent for edge in (one.start_ms, one.end_ms)}
    low, high = max(span.start_ms, first), min(span.end_ms, end)
    inner = sorted(edge for edge in edges if low < edge < high)
    return zip([low, *inner], [*inner, high], strict=True)
