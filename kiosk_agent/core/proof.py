"""Proof of play: one row for each airing that ended, kept until the server has committed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kiosk_agent.core.commands import ForgetPlays, KeepPlay, SendPlays
from kiosk_agent.core.events import AckReceived, Airing
from kiosk_agent.core.state import OnAir, Spooled
from kiosk_agent.core.takeover import same_airing
from kiosk_agent.core.turn import Turn
from playlists.wire.messages import SEEN_PERMILLE, Play

ON_TIME = timedelta(seconds=2)
BATCH = 200
GATHER_S = 30.0
RESEND_S = 60.0


def follow(turn: Turn, airing: Airing | None, match_permille: int | None) -> None:
    """Take what is on screen now; when it is another airing than before, the one before has ended."""
    on_air = turn.state.playback.on_air
    if on_air is not None and airing is not None and same_airing(on_air.airing.showing, airing.showing):
        best = max((match for match in (on_air.best_permille, match_permille) if match is not None), default=None)
        on_air = replace(on_air, airing=airing, best_permille=best, latest_permille=match_permille)
    else:
        if on_air is not None:
            _end(turn, on_air)
        on_air = OnAir(airing, turn.now.wall, match_permille, match_permille) if airing is not None else None
    turn.state = replace(turn.state, playback=replace(turn.state.playback, on_air=on_air))


def on_ack(turn: Turn, event: AckReceived) -> None:
    """Forget what the server has, and send the next batch at once."""
    plays = turn.state.plays
    upto = min(event.ack.plays_upto, plays.next_seq - 1)
    if upto < 1:
        return
    turn.do(ForgetPlays(upto))
    waiting = min(plays.waiting, plays.next_seq - 1 - upto)
    due_s = None if waiting == 0 else turn.now.mono_s + (0.0 if waiting >= BATCH else GATHER_S)
    _set(turn, replace(plays, waiting=waiting, send_at_s=due_s))


def send_if_due(turn: Turn) -> None:
    """Publish a batch; without an acknowledgement it is published again."""
    plays = turn.state.plays
    if turn.state.linked and plays.waiting and plays.send_at_s is not None and turn.now.mono_s >= plays.send_at_s:
        _set(turn, replace(plays, send_at_s=turn.now.mono_s + RESEND_S * (1 + turn.now.chance)))
        turn.do(SendPlays(BATCH))


def on_link_up(turn: Turn) -> None:
    """Send what waited for a connection."""
    if turn.state.plays.waiting:
        _set(turn, replace(turn.state.plays, send_at_s=turn.now.mono_s))


def _end(turn: Turn, on_air: OnAir) -> None:
    showing, now = on_air.airing.showing, turn.now.wall
    late = on_air.since - showing.starts_at > ON_TIME or on_air.since < showing.starts_at
    started_at = on_air.since if late else showing.starts_at
    ended_at = min(showing.ends_at, now)
    if showing.sha256 is None or showing.language is None or ended_at <= started_at:
        return
    plays = turn.state.plays
    seen = on_air.best_permille is not None and on_air.best_permille >= SEEN_PERMILLE
    play = Play(
        seq=plays.next_seq,
        item_id=showing.item_id,
        notice_id=showing.notice_id,
        sha256=showing.sha256,
        language=showing.language,
        started_at=started_at,
        ended_at=ended_at,
        seen=seen,
    )
    turn.do(KeepPlay(play))
    due_s = turn.now.mono_s + GATHER_S if plays.send_at_s is None else plays.send_at_s
    _set(turn, Spooled(plays.next_seq + 1, plays.waiting + 1, due_s))


def _set(turn: Turn, plays: Spooled) -> None:
    turn.state = replace(turn.state, plays=plays)
