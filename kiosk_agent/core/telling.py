"""What the kiosk says of itself: presence, state, health."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from kiosk_agent.core import boards, warning
from kiosk_agent.core.moment import Moment
from kiosk_agent.core.state import State
from kiosk_agent.core.turn import Turn
from playlists.language import Language
from playlists.trust.trusted import Counter
from playlists.wire import messages
from playlists.wire.messages import (
    SEEN_PERMILLE,
    EmergencyShown,
    Health,
    OnScreen,
    Phase,
    Presence,
    PresenceWord,
    Reading,
    Reject,
    TrustState,
)
from playlists.wire.topics import Up

LEAST_GAP_S = 1.0
HURRIED = 6
"""So many parts of the content are told at once when they change."""
MOST_TEXT = 300
MOST_EMERGENCIES = 16
EMERGENCY_LAYER = "emergency"
"""What `on_screen` says in place of a layer of the timeline."""
MOST_READINGS = 100
"""So that a message stays below the wire's limit, whatever a panel with hundreds of parts has to say."""


def will(sid: int, message_id: UUID, at: datetime) -> Presence:
    """Return the last will: the broker says it when the connection breaks."""
    return Presence(id=message_id, at=at, sid=sid, state=PresenceWord.LOST)


def tell_presence(turn: Turn, word: PresenceWord) -> None:
    """Say birth or farewell."""
    stamp, identity = turn.stamp(), turn.state.identity
    turn.say(
        Up.PRESENCE,
        Presence(id=stamp.id, at=stamp.at, sid=stamp.sid, state=word, boot=identity.boot, agent=identity.agent),
    )


def tell_health(turn: Turn) -> None:
    """Say the newest readings."""
    stamp = turn.stamp()
    readings = tuple(
        Reading(
            check=found.check,
            result=found.result,
            value_milli=found.value_milli,
            unit=found.unit,
            detail=found.detail[:MOST_TEXT],
            subject=found.subject,
        )
        for _, found in sorted(turn.state.readings.items(), key=lambda one: (bool(one[1].subject), one[0]))
    )[:MOST_READINGS]
    turn.say(Up.HEALTH, Health(id=stamp.id, at=stamp.at, sid=stamp.sid, seq=stamp.seq, readings=readings))


def tell_state(turn: Turn, *, anyway: bool = False) -> None:
    """Say the state when it has changed in a way that matters, at most once a second."""
    if not turn.state.linked:
        return
    content = _content(turn.state, turn.now)
    hurried = content[:HURRIED] != turn.state.told[:HURRIED]
    if not anyway:
        if content == turn.state.told:
            return
        if not hurried and turn.now.mono_s - turn.state.told_at_s < LEAST_GAP_S:
            return
    stamp = turn.stamp()
    turn.say(Up.STATE, _message(turn.state, turn.now, stamp.id, stamp.seq))
    turn.state = replace(turn.state, told=content, told_at_s=turn.now.mono_s)


def phase(state: State) -> Phase:
    """Return how far the assigned manifest has come."""
    if state.fetch.refusal is not None:
        return Phase.REJECTED
    if state.candidate is not None:
        return Phase.FETCHING
    if state.installed is None:
        return Phase.FETCHING if state.fetch.wanted is not None else Phase.IDLE
    on_air = state.playback.on_air
    playing = on_air is not None and on_air.airing.seq == state.installed.manifest.seq
    playing = playing or state.warnings.up is not None
    return Phase.PLAYING if playing and not state.playback.stalled else Phase.STORED


def _content(state: State, now: Moment) -> tuple[object, ...]:
    on_air = state.playback.on_air
    match = None if on_air is None or on_air.latest_permille is None else on_air.latest_permille >= SEEN_PERMILLE
    return (
        phase(state),
        state.installed.sha256 if state.installed else None,
        _error(state),
        state.clock_trusted,
        boards.tell(state, now.wall),
        _trust(state, now),
        len(state.needed) - len(state.missing),
        state.download.got_bytes >> 20 if state.download else 0,
        state.playback.name,
        state.warnings.up_id,
        (on_air.airing.seq, on_air.airing.board, on_air.airing.board_seq, on_air.airing.showing) if on_air else None,
        match,
    )


def _message(state: State, now: Moment, message_id: UUID, seq: int) -> messages.State:
    # counts are of the assigned manifest: what the candidate wants while there is one
    held = state.candidate or state.installed
    sizes = held.sizes if held else {}
    stored = {sha256: size for sha256, size in sizes.items() if sha256 in state.stored}
    running = state.download.got_bytes if state.download and state.download.sha256 in sizes else 0
    return messages.State(
        id=message_id,
        at=now.wall,
        sid=state.identity.sid,
        seq=seq,
        installed_seq=state.installed.manifest.seq if state.installed else 0,
        installed_sha256=state.installed.sha256 if state.installed else None,
        phase=phase(state),
        stored_segments=len(stored),
        wanted_segments=len(sizes),
        stored_bytes=sum(stored.values()) + running,
        wanted_bytes=sum(sizes.values()),
        error=_error(state),
        clock_trusted=state.clock_trusted,
        player=state.playback.name,
        on_screen=_on_screen(state, now),
        boards=boards.tell(state, now.wall),
        trust=_trust(state, now),
    )


def _trust(state: State, now: Moment) -> TrustState | None:
    trust = state.trust
    if trust.acted is None:
        return None
    running = warning.ranked(trust.acted, trust.clock(now, trusted=state.clock_trusted))
    return TrustState(
        root_version=trust.acted.root.document.version,
        releases=len(trust.acted.releases),
        withdrawn=len(trust.acted.withdrawn),
        hold_seq=trust.acted.last(Counter.HOLD),
        emergencies=tuple(
            EmergencyShown(id=one.id, seq=one.seq, shown_since_at=state.warnings.seen.get(one.id))
            for one in running[:MOST_EMERGENCIES]
        ),
        rejects=tuple(Reject(rule=one.rule, sha256=one.sha256, at=one.at, kind=one.kind) for one in trust.refusals),
    )


def _error(state: State) -> str | None:
    text = state.fetch.refusal or state.error
    return text[:MOST_TEXT] if text else None


def _on_screen(state: State, now: Moment) -> OnScreen | None:
    warned = warning.on_air(state, state.trust.clock(now, trusted=state.clock_trusted))
    if warned is not None:
        one = warned.emergency
        return OnScreen(
            layer=EMERGENCY_LAYER,
            starts_at=state.warnings.seen.get(one.id, one.issued_at),
            ends_at=one.expires_at,
            title=one.headlines[Language.VI],
            language=warned.segment.language,
            sha256=warned.segment.sha256,
        )
    on_air = state.playback.on_air
    if on_air is None:
        return None
    showing = on_air.airing.showing
    return OnScreen(
        layer=showing.layer,
        starts_at=showing.starts_at,
        ends_at=showing.ends_at,
        title=showing.title,
        language=showing.language,
        item_id=showing.item_id,
        sha256=showing.sha256,
        match_permille=on_air.latest_permille,
        board_id=on_air.airing.board,
        board_seq=on_air.airing.board_seq,
    )
