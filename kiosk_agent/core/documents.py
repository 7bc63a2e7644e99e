"""Signed documents as they come in: judged, stored, and only then acted on. What is refused is told, nothing more.

Which documents are sound is decided by `playlists.trust`; here stands when they are asked for and what follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from kiosk_agent.core.backoff import RESTED
from kiosk_agent.core.commands import HearTime, KeepTrust, NoteError
from kiosk_agent.core.events import (
    DocumentFailed,
    DocumentsReceived,
    ReleaseFetched,
    RootFetched,
    SignedFailed,
    SignedRead,
    TimeAnswered,
    TrustKept,
    TrustNotKept,
    WithdrawalsRead,
)
from kiosk_agent.core.trust import Kind, Refusal, Told
from kiosk_agent.core.turn import Turn
from playlists.ids import sha256_hex
from playlists.trust import Late, Rule, Untrusted
from playlists.trust.chain import take_root
from playlists.trust.envelope import parse_envelope
from playlists.trust.release import Release
from playlists.trust.take import take_hold, take_release, take_time, take_values, take_withdrawal
from playlists.trust.trusted import Clock, Source, Trusted
from playlists.trust.warn import take_emergency

RE_JUDGED = (Kind.ROOT, Kind.WITHDRAWAL, Kind.HOLD, Kind.VALUES, Kind.EMERGENCY)
MOST_PAGES = 200

_Take = Callable[[Trusted, bytes, Clock], Trusted]
_TAKE: dict[Kind, _Take] = {
    Kind.ROOT: take_root,
    Kind.RELEASE: take_release,
    Kind.WITHDRAWAL: take_withdrawal,
    Kind.HOLD: take_hold,
    Kind.VALUES: take_values,
    Kind.EMERGENCY: take_emergency,
}


def on_documents(turn: Turn, event: DocumentsReceived) -> None:
    """Judge what came over MQTT; a kiosk without a root takes none of it, not even a first root."""
    _offer(turn, event.kind, event.envelopes)


def on_signed(turn: Turn, event: SignedRead) -> None:
    """Judge what came over HTTPS, and ask for what is missing by it."""
    poll, said = turn.state.trust.poll, event.signed
    _set(turn, poll=replace(poll, running=False, retry=RESTED))
    if said is None or turn.state.trust.taken is None:
        return
    if said.root_version > turn.state.trust.taken.root.document.version:
        _set(turn, next_root=turn.state.trust.taken.root.document.version + 1)
    for kind, envelopes in (
        (Kind.WITHDRAWAL, said.withdrawals),
        (Kind.HOLD, (said.hold,) if said.hold is not None else ()),
        (Kind.VALUES, said.values),
        (Kind.EMERGENCY, said.emergencies),
    ):
        if envelopes:
            _offer(turn, kind, tuple(one.encode() for one in envelopes))
    if said.withdrawn > len(turn.state.trust.taken.withdrawn):
        _set(turn, poll=replace(turn.state.trust.poll, page=1))


def on_withdrawals(turn: Turn, event: WithdrawalsRead) -> None:
    """Judge a page of withdrawals; the next one is asked for while there are more."""
    poll = turn.state.trust.poll
    page = poll.page + 1 if event.page.more and poll.page is not None and poll.page < MOST_PAGES else None
    _set(turn, poll=replace(poll, running=False, retry=RESTED, page=page))
    for one in event.page.envelopes:
        take(turn, Kind.WITHDRAWAL, one.encode())


def on_signed_failed(turn: Turn, event: SignedFailed) -> None:
    """Ask again after a wait."""
    poll = turn.state.trust.poll
    retry = poll.retry.failed(turn.now.mono_s, turn.now.chance, event.retry_after_s)
    _set(turn, poll=replace(poll, running=False, retry=retry))


def on_root(turn: Turn, event: RootFetched) -> None:
    """Follow the chain by one root, and go on to the next."""
    trust = turn.state.trust
    _set(turn, fetching=None, next_root=None, fetch_retry=RESTED)
    if trust.taken is None:
        return
    if event.envelope is not None and take(turn, Kind.ROOT, event.envelope):
        taken = turn.state.trust.taken
        _set(turn, next_root=taken.root.document.version + 1 if taken is not None else None)
        return
    for content in trust.offered.get(Kind.ROOT, ()):
        take(turn, Kind.ROOT, content, last=True)


def on_release(turn: Turn, event: ReleaseFetched) -> None:
    """Judge a release that a manifest names."""
    trust = turn.state.trust
    _set(turn, fetching=None, fetch_retry=RESTED)
    if event.envelope is None:
        _set(turn, unobtainable=trust.unobtainable | {event.sha256})
        return
    try:
        asked_for = parse_envelope(event.envelope, Release.payload_type, most_bytes=Release.most_bytes).digest
    except Untrusted:
        asked_for = event.sha256  # judged below, where the rule is named
    if asked_for != event.sha256:
        _refuse(turn, Kind.RELEASE, event.envelope, Untrusted(Rule.V12_BYTES, "not the release that was asked for"))
    elif take(turn, Kind.RELEASE, event.envelope):
        return
    _set(turn, unobtainable=turn.state.trust.unobtainable | {event.sha256})


def on_document_failed(turn: Turn, event: DocumentFailed) -> None:
    """Ask again after a wait."""
    trust = turn.state.trust
    retry = trust.fetch_retry.failed(turn.now.mono_s, turn.now.chance, event.retry_after_s)
    _set(turn, fetching=None, fetch_retry=retry)


def on_time(turn: Turn, event: TimeAnswered) -> None:
    """Take the server's signed word on the time; it counts until the next start where the clock is not known."""
    trust = turn.state.trust
    _set(turn, poll=replace(trust.poll, time_running=False))
    if event.envelope is None or trust.taken is None:
        return
    clock = clock_now(turn)
    try:
        taken, told = take_time(trust.taken, event.envelope, event.nonce, clock)
    except Untrusted as refusal:
        _refuse(turn, Kind.TIME, event.envelope, refusal)
        return
    _set(turn, taken=taken)
    if told.source is Source.TOLD:
        _set(turn, told=Told(told.now, turn.now.mono_s))
        turn.do(HearTime((turn.now.wall - told.now).total_seconds()))


def on_kept(turn: Turn, _event: TrustKept) -> None:
    """What was stored is acted on from now on."""
    trust = turn.state.trust
    _set(turn, acted=trust.keeping, keeping=None, keep_retry=RESTED)


def on_not_kept(turn: Turn, event: TrustNotKept) -> None:
    """Try again after a wait."""
    trust = turn.state.trust
    retry = trust.keep_retry.failed(turn.now.mono_s, turn.now.chance)
    _set(turn, keeping=None, keep_retry=retry)
    turn.do(NoteError(f"signed documents cannot be kept: {event.reason}"))


def keep_if_new(turn: Turn) -> None:
    """Have the newest state written, one at a time.

    While the disk refuses it, what takes pictures away or warns is acted on all the same: no broken disk may hold that
    up. It is lost with the power, and asked for again after the next start.
    """
    trust = turn.state.trust
    if trust.taken is trust.acted or trust.taken is None or trust.keeping is not None:
        return
    if trust.keep_retry.due(turn.now.mono_s):
        _set(turn, keeping=trust.taken)
        turn.do(KeepTrust(trust.taken))
    elif trust.acted is not None and trust.acted.root.digest == trust.taken.root.digest:
        acted = _safe_part(trust.acted, trust.taken)
        if acted != trust.acted:
            _set(turn, acted=acted)


def take(turn: Turn, kind: Kind, content: bytes, *, last: bool = True) -> bool:
    """Judge one document and tell whether it counts. `last`: whether nobody is asked before it is refused."""
    trust = turn.state.trust
    if trust.taken is None:
        return False
    try:
        taken = _TAKE[kind](trust.taken, content, clock_now(turn))
    except Untrusted as refusal:
        if kind is Kind.ROOT and refusal.rule is Rule.V7_ROOT and not last:
            _set(turn, next_root=trust.taken.root.document.version + 1)
        else:
            _refuse(turn, kind, content, refusal)
        return False
    _set(turn, taken=taken)
    turn.state = replace(turn.state, trust=turn.state.trust.accepted(sha256_hex(content)))
    if taken is not trust.taken and kind in (Kind.ROOT, Kind.RELEASE):
        _judge_again(turn)
    return True


def clock_now(turn: Turn) -> Clock:
    """Return the time of day and what stands behind it."""
    return turn.state.trust.clock(turn.now, trusted=turn.state.clock_trusted)


def refuse_manifest(turn: Turn, content: bytes, refusal: Untrusted) -> None:
    """Note a manifest that was refused under a root."""
    if turn.state.trust.taken is not None:
        _refuse(turn, Kind.MANIFEST, content, refusal)


def _offer(turn: Turn, kind: Kind, envelopes: tuple[bytes, ...]) -> None:
    trust = turn.state.trust
    if trust.taken is None:
        return
    _set(turn, offered={**trust.offered, kind: envelopes})
    # The newest stands first in a bundle, and what it builds on behind it.
    for content in reversed(envelopes):
        take(turn, kind, content, last=False)


def _judge_again(turn: Turn) -> None:
    """Offer anew what may have been refused for want of a release or of a newer root."""
    for kind in RE_JUDGED[1:]:
        for content in reversed(turn.state.trust.offered.get(kind, ())):
            take(turn, kind, content)


def _refuse(turn: Turn, kind: Kind, content: bytes, refusal: Untrusted) -> None:
    before = turn.state.trust
    said = Refusal(
        kind,
        refusal.rule,
        sha256_hex(content),
        _millis(turn.now.wall),
        turn.now.mono_s,
        isinstance(refusal, Late),
        str(refusal)[:200],
    )
    turn.state = replace(turn.state, trust=before.refused(said))
    if turn.state.trust is not before:
        turn.do(NoteError(f"a signed document ({kind}) was refused: {refusal}"))


def _safe_part(acted: Trusted, newer: Trusted) -> Trusted:
    """Return what is acted on with the newer withdrawals, holds and emergencies only."""
    releases = {name: held for name, held in acted.releases.items() if name in newer.releases}
    return replace(
        acted,
        releases=releases,
        withdrawn=newer.withdrawn,
        hold=newer.hold,
        emergencies=newer.emergencies,
        ended=newer.ended,
    )


def _millis(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _set(turn: Turn, **fields: object) -> None:
    turn.state = replace(turn.state, trust=replace(turn.state.trust, **fields))  # type: ignore[arg-type]
