"""When the kiosk asks over HTTPS for signed documents: all that the topics say, missing releases and roots, the time.

A dead broker holds nothing up: while there is no link, the server is asked every minute.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk_agent.core import assignment
from kiosk_agent.core.commands import AskSigned, AskTime, AskWithdrawals, FetchRelease, FetchRoot
from kiosk_agent.core.trust import Trust
from kiosk_agent.core.turn import Turn

UNLINKED_S = 60.0
TIME_EVERY_S = 6 * 3600.0
"""What is time-critical rests when the server was silent for too long, and an unchanged manifest is silence."""
TIME_AGAIN_S = 60.0


def proceed(turn: Turn) -> None:
    """Ask for whatever is due."""
    _poll_if_due(turn)
    if turn.state.trust.taken is not None:
        _fetch_if_wanted(turn)
        _ask_time_if_due(turn)


def on_link(turn: Turn) -> None:
    """Without a link the next poll comes sooner; with one again what the broker retained is there already."""
    if not turn.state.linked:
        poll = turn.state.trust.poll
        due_s = min(poll.due_s, turn.now.mono_s + UNLINKED_S * turn.now.chance)
        _set(turn, replace(turn.state.trust, poll=replace(poll, due_s=due_s)))


def _poll_if_due(turn: Turn) -> None:
    trust, mono_s = turn.state.trust, turn.now.mono_s
    poll = trust.poll
    if poll.running or not poll.retry.due(mono_s):
        return
    if poll.page is not None:
        _set(turn, replace(trust, poll=replace(poll, running=True)))
        turn.do(AskWithdrawals(poll.page))
    elif mono_s >= poll.due_s:
        due_s = assignment.next_poll_s(turn)
        if not turn.state.linked:
            due_s = min(due_s, mono_s + UNLINKED_S * (0.75 + 0.5 * turn.now.chance))
        _set(turn, replace(trust, poll=replace(poll, running=True, due_s=due_s), unobtainable=frozenset()))
        turn.do(AskSigned())


def _fetch_if_wanted(turn: Turn) -> None:
    trust = turn.state.trust
    if trust.fetching is not None or not trust.fetch_retry.due(turn.now.mono_s):
        return
    if trust.next_root is not None:
        _set(turn, replace(trust, fetching="root"))
        turn.do(FetchRoot(trust.next_root))
        return
    missing = trust.missing_releases
    if missing:
        _set(turn, replace(trust, fetching=min(missing)))
        turn.do(FetchRelease(min(missing)))


def _ask_time_if_due(turn: Turn) -> None:
    trust, mono_s = turn.state.trust, turn.now.mono_s
    if trust.poll.time_running or mono_s < trust.poll.time_due_s:
        return
    is_known = turn.state.clock_trusted or trust.told is not None
    due_s = mono_s + (TIME_EVERY_S if is_known else TIME_AGAIN_S) * (0.9 + 0.2 * turn.now.chance)
    _set(turn, replace(trust, poll=replace(trust.poll, time_running=True, time_due_s=due_s)))
    turn.do(AskTime())


def _set(turn: Turn, trust: Trust) -> None:
    turn.state = replace(turn.state, trust=trust)
