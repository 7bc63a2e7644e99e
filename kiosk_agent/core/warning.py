"""Emergencies on the panel: which picture is laid over the stream now, what is made ready for that, and what was seen.

A warning is shown from the moment that it is stored and ends by itself, also over a black panel and after a restart.
Real ones go before exercises and tests, more serious ones before others; equally serious ones take turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kiosk_agent.core.commands import DrawWarning, NoteError, ShowWarning
from kiosk_agent.core.documents import clock_now
from kiosk_agent.core.events import SegmentDamaged, WarningDrawn, WarningFailed
from kiosk_agent.core.state import State, Warnings
from kiosk_agent.core.trust import WarningPicture
from kiosk_agent.core.turn import Turn
from playlists.language import Language, SegmentLanguage
from playlists.profile import Profile
from playlists.trust.emergency import Emergency, Status, Text
from playlists.trust.release import ReleasedSegment
from playlists.trust.showing import emergencies, pictures
from playlists.trust.trusted import Clock, Trusted

SHORTEST, LONGEST = timedelta(seconds=3), timedelta(seconds=15)
"""How long one picture stays up before the next language has its turn."""
MOST_NEEDED = 400
_ORDER = [*(SegmentLanguage(one) for one in Language), SegmentLanguage.MUL]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One picture of one emergency, and for how long it has its turn."""

    emergency: Emergency
    segment: ReleasedSegment
    picture: WarningPicture

    @property
    def stays(self) -> timedelta:
        """How long it is up."""
        return min(max(timedelta(milliseconds=self.segment.duration_ms), SHORTEST), LONGEST)


def prepare(turn: Turn) -> None:
    """Note which files are needed, before it is decided what is fetched next."""
    acted, held = turn.state.trust.acted, turn.state.candidate or turn.state.installed
    if acted is not None and held is not None:
        _note_needed(turn, acted, clock_now(turn), held.manifest.panel.profile)


def consider(turn: Turn) -> None:
    """Make ready what could be needed, and lay over the stream what is due now."""
    acted, panel = turn.state.trust.acted, turn.state.playback.panel
    if acted is not None and panel is not None:
        clock = clock_now(turn)
        _draw(turn, panel.profile)
        _show(turn, due_now(acted, clock, panel.profile, turn.state.warnings.drawn, at=clock.now))


def due_now(
    acted: Trusted, clock: Clock, profile: Profile, ready: frozenset[WarningPicture], *, at: datetime
) -> Spoken | None:
    """Return the picture whose turn it is, of those that are ready; None when there is no emergency to show."""
    running = [
        one for one in ranked(acted, clock) if any(each.picture in ready for each in spoken(acted, one, profile))
    ]
    if not running:
        return None
    equal = [one for one in running if weight(one) == weight(running[0])]
    turns = [each for one in equal for each in spoken(acted, one, profile) if each.picture in ready]
    into = max(timedelta(), at - max(one.issued_at for one in equal)) % sum((one.stays for one in turns), timedelta())
    for each in turns:
        if into < each.stays:
            return each
        into -= each.stays
    return turns[-1]


def ranked(acted: Trusted, clock: Clock) -> list[Emergency]:
    """Return the running emergencies: real ones first, then by severity and urgency, then the newest."""
    return sorted(emergencies(acted, clock), key=lambda one: one.status is not Status.ACTUAL)


def weight(one: Emergency) -> tuple[bool, str, str]:
    """Return what has to be equal for two emergencies to share the panel."""
    return one.status is Status.ACTUAL, one.severity, one.urgency


def spoken(acted: Trusted, one: Emergency, profile: Profile) -> list[Spoken]:
    """Return the pictures of an emergency for a panel, in the order of the languages."""
    allowed = pictures(acted, one)
    if one.text is Text.FREE:
        segments: tuple[ReleasedSegment, ...] = one.pictures
    else:
        held = acted.releases.get(one.release or "")
        segments = held.document.segments if held is not None else ()
    framed = one.frame is not None
    mine = [each for each in segments if each.profile == str(profile) and each.sha256 in allowed]
    mine.sort(key=lambda each: _ORDER.index(each.language))
    return [Spoken(one, each, WarningPicture(each.sha256, profile, framed)) for each in mine]


def on_drawn(turn: Turn, event: WarningDrawn) -> None:
    """A picture is ready."""
    warnings = turn.state.warnings
    _set(turn, replace(warnings, drawn=warnings.drawn | {event.picture}, drawing=warnings.drawing - {event.picture}))


def on_failed(turn: Turn, event: WarningFailed) -> SegmentDamaged | None:
    """A picture cannot be shown: it is left out until its file comes again; return the file that is to blame."""
    warnings = turn.state.warnings
    gone = {event.picture}
    up = None if warnings.up == event.picture else warnings.up
    _set(
        turn,
        replace(
            warnings,
            up=up,
            drawn=warnings.drawn - gone,
            drawing=warnings.drawing - gone,
            failed=warnings.failed | gone,
        ),
    )
    turn.do(NoteError(f"an emergency's picture cannot be shown: {event.reason}"))
    return SegmentDamaged(event.damaged) if event.damaged is not None else None


def on_stored(turn: Turn, sha256: str) -> None:
    """A file came (again): its pictures are tried anew."""
    warnings = turn.state.warnings
    _set(turn, replace(warnings, failed=frozenset(one for one in warnings.failed if one.sha256 != sha256)))


def on_player_started(turn: Turn) -> None:
    """A player that begins shows nothing over its stream."""
    _set(turn, replace(turn.state.warnings, up=None, up_id=None))


def on_report(turn: Turn, *, seen: bool) -> None:
    """Note when an emergency was first seen on the panel."""
    warnings = turn.state.warnings
    if seen and warnings.up_id is not None and warnings.up_id not in warnings.seen:
        _set(turn, replace(warnings, seen={**warnings.seen, warnings.up_id: turn.now.wall}))


def on_air(state: State, now: Clock) -> Spoken | None:
    """Return what of an emergency is on the panel."""
    up, acted = state.warnings.up, state.trust.acted
    if up is None or acted is None:
        return None
    found = (each for one in ranked(acted, now) for each in spoken(acted, one, up.profile))
    return next((each for each in found if each.picture == up and each.emergency.id == state.warnings.up_id), None)


def _note_needed(turn: Turn, acted: Trusted, clock: Clock, profile: Profile) -> None:
    warnings = turn.state.warnings
    needed = dict(list(_needed(acted, clock, profile))[:MOST_NEEDED])
    running = {one.id for one in emergencies(acted, clock)}
    seen = {name: at for name, at in warnings.seen.items() if name in running}
    if needed != warnings.needed or seen != warnings.seen:
        _set(turn, replace(warnings, needed=needed, seen=seen))


def _needed(acted: Trusted, clock: Clock, profile: Profile) -> Iterator[tuple[str, int]]:
    for one in ranked(acted, clock):
        for each in spoken(acted, one, profile):
            yield each.segment.sha256, each.segment.size
    for held in acted.releases.values():
        if held.document.template is not None:
            for segment in held.document.segments:
                if segment.profile == str(profile) and segment.sha256 not in acted.withdrawn:
                    yield segment.sha256, segment.size


def _draw(turn: Turn, profile: Profile) -> None:
    """Have drawn what is stored: as it is, and with the drill's frame."""
    state, warnings = turn.state, turn.state.warnings
    known = warnings.drawn | warnings.drawing | warnings.failed
    wanted = [
        picture
        for sha256 in warnings.needed
        if sha256 in state.stored
        for framed in (False, True)
        if (picture := WarningPicture(sha256, profile, framed)) not in known
    ]
    kept = frozenset(one for one in warnings.drawn if one.sha256 in warnings.needed and one.profile == profile)
    if wanted or kept != warnings.drawn:
        _set(turn, replace(warnings, drawn=kept, drawing=warnings.drawing.union(wanted)))
        turn.do(*(DrawWarning(one) for one in wanted))


def _show(turn: Turn, due: Spoken | None) -> None:
    warnings = turn.state.warnings
    picture, name = (due.picture, due.emergency.id) if due is not None else (None, None)
    if (picture, name) == (warnings.up, warnings.up_id):
        return
    _set(turn, replace(warnings, up=picture, up_id=name, up_since_s=turn.now.mono_s))
    if picture != warnings.up:
        turn.do(ShowWarning(picture))


def _set(turn: Turn, warnings: Warnings) -> None:
    turn.state = replace(turn.state, warnings=warnings)
