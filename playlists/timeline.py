"""The timeline: what a panel shows at an instant, as one pure function of manifest, facts and time.

Layers, highest first: dark by plan outside operating hours; overrides; the schedule's highest priority that can be
played, shared by quota and weight; the default playlist; the safe loop. While only essential notices are shown every
layer has those only. The cycle is anchored where its parties begin to share
the panel or at local midnight, whichever is later, and what is on air follows from index arithmetic, so two programs
that hold the same values always agree. `docs/timeline.md` has the semantics with examples.

Compiled plans are remembered per manifest object: they are values that follow from it, so remembering changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from playlists.airtime import Turn
from playlists.board import OnStale
from playlists.board_picture import BoardPicture, picture
from playlists.board_shown import absent, shown
from playlists.board_values import Values
from playlists.daypart import Locality, Week, zone
from playlists.instant import from_millis, to_millis
from playlists.language import SegmentLanguage
from playlists.manifest import Manifest
from playlists.notice import stays
from playlists.plan import LEAST_REST_MS, Layer, Piece, Plan, describe_displaced
from playlists.playlist import Item, Playlist, Take
from playlists.rotation import Spoken, rotate
from playlists.rule import Hush, Rule, Urgent, WeekSpans
from playlists.validity import outside, validities

__all__ = [
    "LEAST_REST_MS",
    "Explanation",
    "Facts",
    "Layer",
    "Showing",
    "at",
    "between",
    "board_picture",
    "explain",
    "next_change",
]

MOST_PLANS = 64
MOST_FACTS = 4


@dataclass(frozen=True, slots=True)
class Facts:
    """What the device knows and the plan depends on."""

    clock_trusted: bool = True
    stored: frozenset[str] | None = None
    """Digests held and verified; None means all of the manifest's (a preview)."""
    quarantined: frozenset[str] = field(default_factory=frozenset)
    values: tuple[Values, ...] = ()
    """The newest valid values of each board, ordered by board."""


@dataclass(frozen=True, slots=True)
class Showing:
    """What is on a panel at an instant. `starts_at` and `ends_at` bound this airing (UTC)."""

    layer: Layer
    starts_at: datetime
    ends_at: datetime
    why: str
    playlist_id: UUID | None = None
    item_id: UUID | None = None
    notice_id: UUID | None = None
    title: str | None = None
    language: SegmentLanguage | None = None
    sha256: str | None = None
    entry_id: UUID | None = None
    """The schedule entry or override that it comes from."""
    essential_only: UUID | None = None
    """The switch by which only essential notices are shown."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is on, why, and what it displaced, highest first, each as a sentence."""

    showing: Showing
    displaced: tuple[str, ...]


_Content = tuple[Playlist, Item, Take]


class _Compiled:
    """A manifest with its plans, one for each value of the facts that it was asked with."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self._tz = zone(manifest.time_zone)
        locality = Locality(self._tz, manifest.place, {one.id: one for one in manifest.calendars})
        self.locality = locality
        self._hours = WeekSpans(manifest.panel.hours, locality)
        weeks = {daypart.id: WeekSpans(daypart, locality) for daypart in manifest.dayparts}
        rules = []
        for entry in manifest.schedule:
            own = WeekSpans(Week(windows=(entry.daypart,)), locality) if entry.daypart is not None else None
            week = weeks[entry.daypart_id] if entry.daypart_id is not None else own
            rules.append(Rule.of(str(entry.id), str(entry.playlist_id), entry, week, locality))
        self._rules = tuple(rules)
        self._urgent = tuple(Urgent.of(str(one.id), str(one.playlist_id), one) for one in manifest.overrides)
        self._hushes = tuple(Hush.of(str(one.id), one) for one in manifest.essential_only)
        self.validities = validities(manifest.playlists)
        self._plans: dict[tuple[Facts, frozenset[str]], Plan[_Content]] = {}

    def plan(self, facts: Facts, gone: frozenset[str] = frozenset()) -> Plan[_Content]:
        """Return the plan under some facts, without the items of some ids."""
        found = self._plans.get((facts, gone))
        if found is None:
            manifest = self.manifest
            default = manifest.default_playlist_id
            found = Plan(
                self._tz,
                self._hours,
                self._rules,
                self._urgent,
                str(default) if default is not None else None,
                {str(one.id): _turns(one, facts, gone, essential_only=False) for one in manifest.playlists},
                {str(one.id): _turns(one, facts, gone, essential_only=True) for one in manifest.playlists},
                self._hushes,
                manifest.panel.quotas,
                facts.clock_trusted,
            )
            for old in list(self._plans)[: max(0, len(self._plans) + 1 - MOST_FACTS)]:
                self._plans.pop(old, None)
            self._plans[facts, gone] = found
        return found


_remembered: dict[int, _Compiled] = {}


def _compiled(manifest: Manifest) -> _Compiled:
    found = _remembered.get(id(manifest))
    if found is None or found.manifest is not manifest:
        found = _Compiled(manifest)
        for old in list(_remembered)[: max(0, len(_remembered) + 1 - MOST_PLANS)]:
            _remembered.pop(old, None)
        _remembered[id(manifest)] = found
    return found


def at(manifest: Manifest, facts: Facts, instant: datetime) -> Showing:
    """Return what the panel shows at an aware time."""
    return _look(manifest, facts, instant)[0]


def between(manifest: Manifest, facts: Facts, start: datetime, end: datetime, *, most: int = 10_000) -> list[Showing]:
    """Return the airings that overlap [start, end), in order, at most `most` of them."""
    airings: list[Showing] = []
    if _compiled(manifest).validities or any(board.on_stale is OnStale.DROP for board in manifest.boards):
        moment = start
        while moment < end and len(airings) < most:
            airings.append(at(manifest, facts, moment))
            moment = airings[-1].ends_at
        return airings
    plan = _compiled(manifest).plan(_bare(facts))
    for piece in plan.between(start, end):
        if len(airings) >= most:
            break
        airings.append(_showing(plan, piece))
    return airings


def next_change(manifest: Manifest, facts: Facts, after: datetime) -> datetime:
    """Return when the picture on the panel at an aware time gives way to the next."""
    return at(manifest, facts, after).ends_at


def board_picture(manifest: Manifest, facts: Facts, base: str | None, instant: datetime) -> BoardPicture | None:
    """Return what lies on a base segment at an aware time; None when it is no board's, or the board is not on air."""
    board = manifest.board_of(base) if base is not None and manifest.boards else None
    face = board.face(base) if board is not None and base is not None else None
    if board is None or face is None:
        return None
    values = next((one for one in facts.values if one.board == board.id), None)
    locality = _compiled(manifest).locality
    return picture(board, face, shown(board, values, instant, locality, clock_trusted=facts.clock_trusted))


def explain(manifest: Manifest, facts: Facts, instant: datetime) -> Explanation:
    """Return what the panel shows at an aware time, why, and what else asked for the panel."""
    showing, plan, piece = _look(manifest, facts, instant)
    chosen = piece.span.active
    displaced = tuple(describe_displaced(plan, one, chosen) for one in plan.displaced(to_millis(instant)))
    return Explanation(showing, displaced)


def _look(manifest: Manifest, facts: Facts, instant: datetime) -> tuple[Showing, Plan[_Content], Piece[_Content]]:
    """Return what is on, and where it comes from.

    A board that is dropped counts as not stored while it is, and an item outside of its validity as not there.
    """
    compiled = _compiled(manifest)
    values = {str(one.board): one for one in facts.values}
    bare = _bare(facts)
    dropped = absent(manifest.boards, values, instant, compiled.locality, clock_trusted=facts.clock_trusted)
    if dropped is None and not compiled.validities:
        plan = compiled.plan(bare)
        piece = plan.at(instant)
        return _showing(plan, piece), plan, piece
    invalid, since, until = outside(compiled.validities, instant, clock_trusted=facts.clock_trusted)
    if dropped is not None:
        bare = replace(bare, quarantined=bare.quarantined | dropped[0])
        since, until = max(since, dropped[1]), min(until, dropped[2])
    plan = compiled.plan(bare, invalid)
    piece = plan.at(instant)
    whole = _showing(plan, piece)
    bounds = max(whole.starts_at, since), min(whole.ends_at, until)
    return replace(whole, starts_at=bounds[0], ends_at=bounds[1]), plan, piece


def _bare(facts: Facts) -> Facts:
    """Return the facts that plans are compiled and remembered by: values come and go too often."""
    return replace(facts, values=()) if facts.values else facts


def _turns(
    playlist: Playlist, facts: Facts, gone: frozenset[str], *, essential_only: bool
) -> tuple[Turn[_Content], ...]:
    def held(take: Take) -> bool:
        return take.sha256 not in facts.quarantined and (facts.stored is None or take.sha256 in facts.stored)

    return rotate(
        playlist.rotation,
        playlist.language_weights,
        [
            Spoken(
                str(item.id),
                item.on_air_ms,
                tuple((take.language, (playlist, item, take)) for take in item.takes if held(take)),
            )
            for item in playlist.items
            if str(item.id) not in gone
            if not essential_only or stays(item.content_class, festive=item.festive, animated=item.animated)
        ],
    )


def _showing(plan: Plan[_Content], piece: Piece[_Content]) -> Showing:
    active = piece.span.active
    why = plan.why(piece)
    starts_at, ends_at = from_millis(piece.start_ms), from_millis(piece.end_ms)
    hush = UUID(active.essential_only) if active.essential_only is not None else None
    if piece.content is None:
        return Showing(active.layer, starts_at, ends_at, why, essential_only=hush)
    playlist, item, take = piece.content
    owner = UUID(piece.owner) if piece.owner is not None and active.layer is not Layer.DEFAULT else None
    return Showing(
        active.layer,
        starts_at,
        ends_at,
        why,
        playlist.id,
        item.id,
        item.notice_id,
        item.title,
        take.language,
        take.sha256,
        owner,
        hush,
    )
