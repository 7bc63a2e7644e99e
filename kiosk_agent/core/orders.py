"""Commands from the server: each is done once, answered, and dropped when it is too old."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from kiosk_agent.core.backoff import RESTED
from kiosk_agent.core.commands import AcceptDisplay, LeaveController, Reboot, RestartPlayer, ShowPicture
from kiosk_agent.core.events import CommandReceived, Obeyed
from kiosk_agent.core.state import Tail
from kiosk_agent.core.turn import Turn
from playlists.wire.messages import Command, CommandName, Reply, ReplyWord
from playlists.wire.topics import Up

Errand = ShowPicture | LeaveController | RestartPlayer | Reboot | AcceptDisplay
REMEMBERED = 64
LONGEST_WATCH_S = 600
LONGEST_TAIL_S = 1800


def on_command(turn: Turn, event: CommandReceived) -> None:
    """Begin what was asked, unless it was asked before or has expired."""
    command = event.command
    expired = turn.state.clock_trusted and command.expires_at <= turn.now.wall
    if command.id in turn.state.commands_seen or expired:
        return
    turn.state = replace(turn.state, commands_seen=(*turn.state.commands_seen, command.id)[-REMEMBERED:])
    reply(turn, command.id, ReplyWord.ACCEPTED)
    errand = _errand(command)
    if errand is not None:
        turn.do(errand)
        return
    match command.name:
        case CommandName.WATCH:
            _watch(turn, command.id, min(command.seconds, LONGEST_WATCH_S))
        case CommandName.REFRESH:
            _refresh(turn, command.id)
        case CommandName.CAPTURE:
            turn.state = replace(turn.state, captures=replace(turn.state.captures, wanted=True, retry=RESTED))
            reply(turn, command.id, ReplyWord.DONE)
        case CommandName.SEND_LOG:
            tail = Tail(command.id, turn.now.mono_s + min(command.seconds, LONGEST_TAIL_S))
            turn.state = replace(turn.state, tail=tail)
            reply(turn, command.id, ReplyWord.DONE)


def _errand(command: Command) -> Errand | None:
    """Return what an adapter does and answers by itself; None for what the core does."""
    match command.name:
        case CommandName.SHOW_PICTURE:
            return ShowPicture(command.id, command.picture, command.seconds)
        case CommandName.LEAVE_CONTROLLER:
            return LeaveController(command.id, command.seconds)
        case CommandName.RESTART_PLAYER:
            return RestartPlayer(command.id)
        case CommandName.REBOOT:
            return Reboot(command.id)
        case CommandName.ACCEPT_DISPLAY:
            return AcceptDisplay(command.id)
    return None


def on_obeyed(turn: Turn, event: Obeyed) -> None:
    """Answer the command that was done, or could not be."""
    reply(turn, event.command_id, ReplyWord.DONE if event.failure is None else ReplyWord.FAILED, event.failure or "")


def answer_fetch(turn: Turn, failure: str | None) -> None:
    """Answer the command that waited for the manifest, if one did."""
    asked_by = turn.state.fetch.asked_by
    if asked_by is None:
        return
    turn.state = replace(turn.state, fetch=replace(turn.state.fetch, asked_by=None))
    reply(turn, asked_by, ReplyWord.DONE if failure is None else ReplyWord.FAILED, failure or "")


def reply(turn: Turn, command_id: UUID, word: ReplyWord, detail: str = "") -> None:
    """Say how far a command has come."""
    stamp = turn.stamp()
    turn.say(
        Up.REPLY,
        Reply(id=stamp.id, at=stamp.at, sid=stamp.sid, command_id=command_id, state=word, detail=detail[:300]),
    )


def _refresh(turn: Turn, command_id: UUID) -> None:
    fetch = turn.state.fetch
    answer_fetch(turn, "another command took its place")
    turn.state = replace(turn.state, fetch=replace(fetch, again=True, retry=RESTED, asked_by=command_id))


def _watch(turn: Turn, command_id: UUID, seconds: int) -> None:
    captures = turn.state.captures
    if captures.watched_by is not None:
        reply(turn, captures.watched_by, ReplyWord.DONE, "a newer watch goes on")
    until_s = max(captures.watch_until_s, turn.now.mono_s + seconds)
    captures = replace(captures, watch_until_s=until_s, watched_by=command_id, retry=RESTED)
    turn.state = replace(turn.state, captures=captures)
