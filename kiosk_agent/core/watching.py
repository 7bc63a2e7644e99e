"""When a capture of the panel goes out: while somebody looks, on a fault, after a first picture, every few hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kiosk_agent.core import orders
from kiosk_agent.core.backoff import RESTED
from kiosk_agent.core.commands import SendCapture
from kiosk_agent.core.events import CaptureFailed, CaptureSent
from kiosk_agent.core.state import Captures
from kiosk_agent.core.turn import Turn
from playlists.wire.messages import SEEN_PERMILLE, ReplyWord

SETTLE = timedelta(seconds=5)
"""A first picture is sent when it matches, or after this long in any case."""


def consider(turn: Turn) -> None:
    """Ask for a capture when one is due."""
    _end_watch(turn)
    captures, mono_s = turn.state.captures, turn.now.mono_s
    if captures.running or turn.state.playback.on_air is None or not captures.retry.due(mono_s):
        return
    if mono_s - captures.sent_s < turn.state.policy.watch_gap_s:
        return
    first = _first_picture(turn)
    watched = mono_s < captures.watch_until_s
    if not (first or watched or captures.wanted or mono_s >= captures.next_due_s):
        return
    installed = turn.state.installed
    pictured = installed.manifest.seq if first and installed else captures.pictured_seq
    next_due_s = mono_s + turn.state.policy.capture_s * (0.95 + 0.1 * turn.now.chance)
    captures = replace(captures, running=True, wanted=False, sent_s=mono_s, pictured_seq=pictured)
    _set(turn, replace(captures, next_due_s=next_due_s))
    turn.do(SendCapture())


def on_sent(turn: Turn, _event: CaptureSent) -> None:
    """The server has it."""
    _set(turn, replace(turn.state.captures, running=False, retry=RESTED))


def on_failed(turn: Turn, _event: CaptureFailed) -> None:
    """Try again after a wait."""
    captures = turn.state.captures
    retry = captures.retry.failed(turn.now.mono_s, turn.now.chance)
    _set(turn, replace(captures, running=False, wanted=True, retry=retry))


def _first_picture(turn: Turn) -> bool:
    installed, on_air = turn.state.installed, turn.state.playback.on_air
    if installed is None or on_air is None or on_air.airing.seq != installed.manifest.seq:
        return False
    if turn.state.captures.pictured_seq == installed.manifest.seq:
        return False
    matches = on_air.latest_permille is not None and on_air.latest_permille >= SEEN_PERMILLE
    return matches or turn.now.wall - on_air.since >= SETTLE


def _end_watch(turn: Turn) -> None:
    captures = turn.state.captures
    if captures.watched_by is not None and turn.now.mono_s >= captures.watch_until_s:
        _set(turn, replace(captures, watched_by=None))
        orders.reply(turn, captures.watched_by, ReplyWord.DONE)


def _set(turn: Turn, captures: Captures) -> None:
    turn.state = replace(turn.state, captures=captures)
