"""The agent's one decision: `step(state, event, now) -> (state, commands)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk_agent.core import (
    alarms,
    asking,
    assignment,
    boards,
    clock,
    documents,
    orders,
    playback,
    proof,
    quarantine,
    rejects,
    resting,
    telling,
    warning,
    watching,
)
from kiosk_agent.core.commands import Command, ReadHealth, SendLog
from kiosk_agent.core.events import (
    AckReceived,
    BoardDrawn,
    BoardFailed,
    CaptureFailed,
    CaptureSent,
    CommandReceived,
    DocumentFailed,
    DocumentsReceived,
    Event,
    Evicted,
    FetchFailed,
    HealthRead,
    Installed,
    InstallFailed,
    LinkDown,
    LinkUp,
    ManifestFetched,
    ManifestUnchanged,
    Obeyed,
    PanelRead,
    PlayerFailed,
    PlayerReported,
    PointerReceived,
    ReleaseFetched,
    RootFetched,
    SegmentDamaged,
    SegmentFailed,
    SegmentProgress,
    SegmentStored,
    SettingsRead,
    SignedFailed,
    SignedRead,
    Started,
    Stopping,
    Tick,
    TimeAnswered,
    TrustKept,
    TrustNotKept,
    ValuesReceived,
    WarningDrawn,
    WarningFailed,
    WithdrawalsRead,
)
from kiosk_agent.core.moment import Moment
from kiosk_agent.core.state import Spooled, State
from kiosk_agent.core.turn import Turn
from playlists.wire.messages import BoardValues, PresenceWord

FIRST_POLL_SPREAD_S = 30.0


def step(state: State, event: Event, now: Moment) -> tuple[State, tuple[Command, ...]]:
    """Return the state after an event and what is to be done, in order. Before `Started` nothing else counts."""
    if state.started == isinstance(event, Started):
        return state, ()
    turn = Turn(state, now)
    clock.mind_jumps(turn)
    _DECIDE[type(event)](turn, event)
    if not isinstance(event, Stopping):
        assignment.judge_parked(turn)
        warning.prepare(turn)
        assignment.proceed(turn)
        asking.proceed(turn)
        documents.keep_if_new(turn)
        if type(event) in _MAY_CHANGE_WHAT_RESTS:
            resting.consider(turn)
        boards.consider(turn)
        warning.consider(turn)
        watching.consider(turn)
        proof.send_if_due(turn)
        telling.tell_state(turn)
    return turn.state, tuple(turn.commands)


def _on_started(turn: Turn, event: Started) -> None:
    first_poll_s = turn.now.mono_s + (FIRST_POLL_SPREAD_S * turn.now.chance if event.installed else 0.0)
    waiting = event.plays_waiting
    turn.state = replace(
        turn.state,
        started=True,
        installed=event.installed,
        stored=event.stored,
        fetch=replace(turn.state.fetch, next_poll_s=first_poll_s),
        plays=Spooled(event.next_play_seq, waiting, turn.now.mono_s if waiting else None),
        captures=replace(turn.state.captures, next_due_s=turn.now.mono_s + turn.state.policy.capture_s),
        next_health_s=turn.now.mono_s + turn.state.policy.health_s,
    )
    clock.judge(turn, event.findings)
    alarms.observe(turn, event.findings)
    if event.trusted is not None:
        trust = replace(turn.state.trust, acted=event.trusted, taken=event.trusted)
        turn.state = replace(turn.state, trust=trust)
        assignment.restore_number(turn)
    is_unsigned = event.trusted is None and not turn.state.trust.required
    boards.restore(turn, event.values if is_unsigned else ())
    boards.on_signed(turn)
    assignment.mind_missing(turn)
    resting.consider(turn)
    playback.take_over(turn)


def _on_stopping(turn: Turn, _event: Stopping) -> None:
    proof.follow(turn, None, None)
    telling.tell_presence(turn, PresenceWord.DISCONNECTED)


def _on_tick(turn: Turn, _event: Tick) -> None:
    playback.on_tick(turn)
    quarantine.on_tick(turn)
    rejects.on_tick(turn)
    if turn.now.mono_s >= turn.state.next_health_s:
        wait_s = turn.state.policy.health_s * (0.9 + 0.2 * turn.now.chance)
        turn.state = replace(turn.state, next_health_s=turn.now.mono_s + wait_s)
        turn.do(ReadHealth())
    tail = turn.state.tail
    if tail is not None and turn.now.mono_s >= tail.until_s:
        turn.state = replace(turn.state, tail=None)
    elif tail is not None and turn.state.linked:
        turn.do(SendLog(tail.asked_by))


def _on_link_up(turn: Turn, event: LinkUp) -> None:
    identity = replace(turn.state.identity, sid=event.sid)
    turn.state = replace(turn.state, linked=True, identity=identity)
    telling.tell_presence(turn, PresenceWord.READY)
    telling.tell_state(turn, anyway=True)
    alarms.publish(turn)
    proof.on_link_up(turn)


def _on_link_down(turn: Turn, _event: LinkDown) -> None:
    turn.state = replace(turn.state, linked=False)
    asking.on_link(turn)


def _on_health(turn: Turn, event: HealthRead) -> None:
    clock.judge(turn, event.findings)
    alarms.observe(turn, event.findings)
    telling.tell_health(turn)


def _on_panel(turn: Turn, event: PanelRead) -> None:
    alarms.observe(turn, event.findings)


def _on_kept(turn: Turn, event: TrustKept) -> None:
    documents.on_kept(turn, event)
    boards.on_signed(turn)


def _on_not_kept(turn: Turn, event: TrustNotKept) -> None:
    documents.on_not_kept(turn, event)
    assignment.blame_storage(turn, event.cause, event.reason)


def _on_signed(turn: Turn, event: SignedRead) -> None:
    documents.on_signed(turn, event)
    if event.signed is not None and event.signed.documents:
        said = BoardValues(id=turn.state.identity.kiosk_id, at=turn.now.wall, documents=event.signed.documents)
        boards.on_values(turn, ValuesReceived(said))


def _on_warning_failed(turn: Turn, event: WarningFailed) -> None:
    damaged = warning.on_failed(turn, event)
    if damaged is not None:
        assignment.on_damaged(turn, damaged)


def _on_board_failed(turn: Turn, event: BoardFailed) -> None:
    damaged = boards.on_failed(turn, event)
    if damaged is not None:
        assignment.on_damaged(turn, damaged)


_DECIDE: dict[type[Any], Callable[[Turn, Any], None]] = {
    Started: _on_started,
    Stopping: _on_stopping,
    Tick: _on_tick,
    LinkUp: _on_link_up,
    LinkDown: _on_link_down,
    SettingsRead: assignment.on_settings,
    PointerReceived: assignment.on_pointer,
    ValuesReceived: boards.on_values,
    DocumentsReceived: documents.on_documents,
    SignedRead: _on_signed,
    WithdrawalsRead: documents.on_withdrawals,
    SignedFailed: documents.on_signed_failed,
    RootFetched: documents.on_root,
    ReleaseFetched: documents.on_release,
    DocumentFailed: documents.on_document_failed,
    TimeAnswered: documents.on_time,
    TrustKept: _on_kept,
    TrustNotKept: _on_not_kept,
    WarningDrawn: warning.on_drawn,
    WarningFailed: _on_warning_failed,
    BoardDrawn: boards.on_drawn,
    BoardFailed: _on_board_failed,
    ManifestFetched: assignment.on_manifest,
    ManifestUnchanged: assignment.on_unchanged,
    FetchFailed: assignment.on_fetch_failed,
    SegmentProgress: assignment.on_progress,
    SegmentStored: assignment.on_stored,
    SegmentFailed: assignment.on_segment_failed,
    SegmentDamaged: assignment.on_damaged,
    Evicted: assignment.on_evicted,
    Installed: assignment.on_installed,
    InstallFailed: assignment.on_install_failed,
    PlayerReported: playback.on_report,
    PlayerFailed: playback.on_failed,
    HealthRead: _on_health,
    PanelRead: _on_panel,
    Obeyed: orders.on_obeyed,
    CommandReceived: orders.on_command,
    AckReceived: proof.on_ack,
    CaptureSent: watching.on_sent,
    CaptureFailed: watching.on_failed,
}
_MAY_CHANGE_WHAT_RESTS = frozenset({Tick, Installed, TrustKept, TrustNotKept, HealthRead, TimeAnswered})
