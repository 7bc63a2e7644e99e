"""From a pointer to an installed manifest: fetch, verify, download what is missing, commit.

The old manifest plays until the new one is complete; a refused one changes nothing on the panel.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from kiosk_agent.core import alarms, boards, documents, orders, playback, quarantine, warning
from kiosk_agent.core.accept import Held, accept, accept_released
from kiosk_agent.core.backoff import RESTED
from kiosk_agent.core.commands import (
    DownloadSegment,
    Evict,
    FetchManifest,
    Install,
    NoteError,
    ReadHealth,
    StopDownload,
)
from kiosk_agent.core.events import (
    Cause,
    Evicted,
    FetchFailed,
    Installed,
    InstallFailed,
    ManifestFetched,
    ManifestUnchanged,
    PointerReceived,
    SegmentDamaged,
    SegmentFailed,
    SegmentProgress,
    SegmentStored,
    SettingsRead,
)
from kiosk_agent.core.state import Download, Fetch, State
from kiosk_agent.core.trust import Parked
from kiosk_agent.core.turn import Turn
from playlists.fault import FaultCode
from playlists.ids import sha256_hex
from playlists.instant import to_millis
from playlists.trust import Rule, Untrusted
from playlists.trust.take import read_manifest, without_the_over
from playlists.trust.trusted import Counter, Trusted

MOST_MISSES = 6
"""How often an answer older than the pointer is asked again before polling takes over."""
STORE = "store"
"""Subject of storage faults that a write, not a check, brought to light."""


def on_settings(turn: Turn, event: SettingsRead) -> None:
    """Poll as often as the server says."""
    policy = turn.state.policy
    if not policy.poll_fixed and event.poll_s != policy.poll_s and event.poll_s >= 1:
        turn.state = replace(turn.state, policy=replace(policy, poll_s=event.poll_s))
        _set_fetch(turn, replace(turn.state.fetch, next_poll_s=next_poll_s(turn)))


def on_pointer(turn: Turn, event: PointerReceived) -> None:
    """Ask for a manifest that is newer than the installed one; anything else is an old or repeated pointer."""
    state, pointer = turn.state, event.pointer
    known = {held.sha256 for held in (state.installed, state.candidate, state.trust.parked) if held}
    if pointer.sha256 in known or pointer.sha256 == state.fetch.refused_sha256:
        return
    if state.installed and (pointer.seq <= state.installed.manifest.seq):
        return
    fetch = state.fetch
    if fetch.wanted is not None and fetch.wanted.sha256 == pointer.sha256:
        return
    _set_fetch(turn, replace(fetch, wanted=pointer, misses=0, again=True, retry=RESTED))


def on_manifest(turn: Turn, event: ManifestFetched) -> None:
    """Judge an envelope."""
    state = turn.state
    _set_fetch(turn, replace(state.fetch, running=False))
    _ask_clock(turn)
    digest = sha256_hex(event.envelope)
    if state.installed is not None and digest == state.installed.sha256:
        _settle(turn, state.installed.manifest.seq)
        return
    if state.candidate is not None and digest == state.candidate.sha256:
        _settle(turn, state.candidate.manifest.seq)
        return
    try:
        if state.trust.taken is not None:
            seq = _park(turn, state.trust.taken, event.envelope)
            judge_parked(turn)
            if turn.state.fetch.refusal is None:
                _settle(turn, seq)
            return
        held = _accepted_by_pin(state, event.envelope)
    except Untrusted as refusal:
        _refuse(turn, event.envelope, refusal)
        return
    if state.candidate is None or held.manifest.seq > state.candidate.manifest.seq:
        _take(turn, held)
    _settle(turn, held.manifest.seq)


def _accepted_by_pin(state: State, envelope: bytes) -> Held:
    if state.trust.required:
        raise Untrusted(Rule.V7_ROOT, "this kiosk needs a root and was enrolled without one; enrol it again")
    floor = state.installed.manifest.seq if state.installed else 0
    return accept(envelope, state.identity.kiosk_id, state.identity.server_key, floor)


def judge_parked(turn: Turn) -> None:
    """Judge the manifest that waits for releases, once none can come any more."""
    trust = turn.state.trust
    if trust.parked is None or trust.taken is None or trust.missing_releases:
        return
    turn.state = replace(turn.state, trust=replace(trust, parked=None))
    try:
        _, held = accept_released(trust.taken, trust.parked.envelope, documents.clock_now(turn))
    except Untrusted as refusal:
        _refuse(turn, trust.parked.envelope, refusal)
        return
    _take(turn, held)


def on_unchanged(turn: Turn, _event: ManifestUnchanged) -> None:
    """Nothing newer: what is known stands, also a refusal."""
    fetch = replace(turn.state.fetch, running=False)
    _set_fetch(turn, fetch)
    _ask_clock(turn)
    if fetch.refusal is not None:
        _set_fetch(turn, replace(fetch, wanted=None, misses=0, retry=RESTED))
        orders.answer_fetch(turn, f"the manifest was refused: {fetch.refusal}")
        return
    held, parked = turn.state.candidate or turn.state.installed, turn.state.trust.parked
    _settle(turn, parked.seq if parked else held.manifest.seq if held else 0)


def on_fetch_failed(turn: Turn, event: FetchFailed) -> None:
    """Try again after a wait."""
    fetch = turn.state.fetch
    least_s = 60.0 if event.cause is Cause.UNAUTHORISED else event.retry_after_s
    retry = fetch.retry.failed(turn.now.mono_s, turn.now.chance, least_s)
    _set_fetch(turn, replace(fetch, running=False, again=True, retry=retry))
    orders.answer_fetch(turn, event.reason)
    _note(turn, f"manifest: {event.reason}")


def on_progress(turn: Turn, event: SegmentProgress) -> None:
    """Remember how far the download is."""
    if turn.state.download is not None and turn.state.download.sha256 == event.sha256:
        turn.state = replace(turn.state, download=Download(event.sha256, event.got_bytes))


def on_stored(turn: Turn, event: SegmentStored) -> None:
    """Count a segment in, and show it when it was missing on the panel."""
    state = replace(turn.state, stored=turn.state.stored | {event.sha256}, download_retry=RESTED, error=None)
    turn.state = _without_download(state, event.sha256)
    alarms.clear(turn, FaultCode.STORAGE_LOW, STORE)
    alarms.clear(turn, FaultCode.STORAGE_READ_ONLY, STORE)
    mind_missing(turn)
    boards.on_stored(turn)
    warning.on_stored(turn, event.sha256)
    if state.installed is not None and event.sha256 in state.installed.sizes:
        playback.repair(turn)


def on_segment_failed(turn: Turn, event: SegmentFailed) -> None:
    """Wait, make room, or ask for a newer manifest, as the cause demands; what plays goes on playing."""
    turn.state = _without_download(turn.state, event.sha256)
    if event.cause is Cause.STOPPED:
        return
    retry = turn.state.download_retry.failed(turn.now.mono_s, turn.now.chance, event.retry_after_s)
    turn.state = replace(turn.state, download_retry=retry, last_failed=event.sha256)
    if event.cause is Cause.GONE:
        turn.state = replace(turn.state, unobtainable=turn.state.unobtainable | {event.sha256})
        if not turn.state.fetch.again:
            _set_fetch(turn, replace(turn.state.fetch, again=True, retry=retry))
    blame_storage(turn, event.cause, event.reason)
    _note(turn, f"segment {event.sha256[:12]}: {event.reason}")


def on_damaged(turn: Turn, event: SegmentDamaged) -> None:
    """Forget a segment whose bytes are not what its name says; it is fetched again."""
    before = turn.state
    turn.state = replace(turn.state, stored=turn.state.stored - {event.sha256})
    _note(turn, f"segment {event.sha256[:12]} was damaged on the disk; it is fetched again")
    mind_missing(turn)
    playback.take_over(turn, before)


def on_evicted(turn: Turn, event: Evicted) -> None:
    """Forget segments that nothing needs."""
    turn.state = replace(turn.state, stored=turn.state.stored - event.digests)


def on_installed(turn: Turn, event: Installed) -> None:
    """The new manifest is the one to play."""
    held = turn.state.installing
    if held is None or held.sha256 != event.sha256:
        return
    before = turn.state
    candidate = None if before.candidate == held else before.candidate
    turn.state = replace(
        turn.state, installed=held, installing=None, candidate=candidate, install_retry=RESTED, error=None
    )
    _count(turn, held)
    alarms.clear(turn, FaultCode.STORAGE_LOW, STORE)
    alarms.clear(turn, FaultCode.STORAGE_READ_ONLY, STORE)
    quarantine.on_installed(turn)
    boards.on_installed(turn)
    mind_missing(turn)
    turn.do(Evict(_kept(turn), turn.state.policy.spare_bytes))
    playback.take_over(turn, before)


def on_install_failed(turn: Turn, event: InstallFailed) -> None:
    """Keep the old manifest and try again."""
    retry = turn.state.install_retry.failed(turn.now.mono_s, turn.now.chance)
    turn.state = replace(turn.state, installing=None, install_retry=retry)
    blame_storage(turn, event.cause, event.reason)
    _note(turn, f"install: {event.reason}")


def proceed(turn: Turn) -> None:
    """Begin whatever is due next: a request, a download, or the commit."""
    _fetch_if_due(turn)
    _install_if_complete(turn)
    _download_if_missing(turn)


def restore_number(turn: Turn) -> None:
    """Count the installed manifest in, where the power went before its number was kept."""
    trust, installed = turn.state.trust, turn.state.installed
    if trust.taken is None or installed is None or installed.manifest.seq <= trust.taken.last(Counter.MANIFEST):
        return
    try:
        read_manifest(trust.taken, installed.envelope)
    except Untrusted:
        return
    _count(turn, installed)


def mind_missing(turn: Turn) -> None:
    """Keep the fault for missing content true."""
    installed = turn.state.installed
    missing = [sha256 for sha256 in installed.sizes if sha256 not in turn.state.stored] if installed else []
    if missing:
        alarms.raise_now(turn, FaultCode.CONTENT_MISSING, "", f"{len(missing)} segments of the installed manifest")
    else:
        alarms.clear(turn, FaultCode.CONTENT_MISSING)


def next_poll_s(turn: Turn) -> float:
    """Return the monotonic second of the next poll: a slot of the wall clock that follows from the kiosk's id."""
    poll_ms = turn.state.policy.poll_s * 1000
    own_ms = int.from_bytes(hashlib.sha256(turn.state.identity.kiosk_id.bytes).digest()[:6], "big") % poll_ms
    return turn.now.mono_s + (poll_ms - (to_millis(turn.now.wall) - own_ms) % poll_ms) / 1000


def _fetch_if_due(turn: Turn) -> None:
    fetch, mono_s = turn.state.fetch, turn.now.mono_s
    polling = mono_s >= fetch.next_poll_s
    if fetch.running or not fetch.retry.due(mono_s) or not (fetch.again or polling):
        return
    if polling:
        turn.state = replace(turn.state, unobtainable=frozenset())
    _set_fetch(turn, replace(fetch, running=True, again=False, next_poll_s=next_poll_s(turn)))
    held = turn.state.trust.parked or turn.state.candidate or turn.state.installed
    turn.do(FetchManifest(fetch.refused_sha256 or (held.sha256 if held else None)))


def _download_if_missing(turn: Turn) -> None:
    state = turn.state
    missing = state.missing
    if state.download is not None:
        if state.download.sha256 not in missing:
            turn.do(StopDownload(state.download.sha256))
            turn.state = replace(state, download=None)
        return
    wanted = [sha256 for sha256 in missing if sha256 not in state.unobtainable]
    if not wanted or not state.download_retry.due(turn.now.mono_s):
        return
    after = wanted.index(state.last_failed) + 1 if state.last_failed in wanted else 0
    chosen = wanted[after % len(wanted)]
    turn.state = replace(state, download=Download(chosen))
    turn.do(DownloadSegment(chosen, missing[chosen]))


def _install_if_complete(turn: Turn) -> None:
    state = turn.state
    if state.candidate is None or state.installing is not None or not state.install_retry.due(turn.now.mono_s):
        return
    if not all(sha256 in state.stored for sha256 in state.candidate.sizes):
        return
    if state.trust.taken is not None:
        if state.trust.taken is not state.trust.acted:
            return  # what vouches for it is being stored
        try:
            accept_released(state.trust.taken, state.candidate.envelope, documents.clock_now(turn))
        except Untrusted as refusal:
            turn.state = replace(state, candidate=None)
            _refuse(turn, state.candidate.envelope, refusal)
            return
    turn.state = replace(state, installing=state.candidate)
    turn.do(Install(state.candidate))


def _ask_clock(turn: Turn) -> None:
    """An answer of the server also says what time it is there."""
    if not turn.state.clock_trusted:
        turn.do(ReadHealth())


def _park(turn: Turn, trusted: Trusted, envelope: bytes) -> int:
    """Let a manifest of the server's key wait for the releases that it names; return its number.

    Raises:
        Untrusted: V1 to V6, V8, V9.
    """
    manifest = read_manifest(trusted, envelope)
    if manifest.seq <= (last := trusted.last(Counter.MANIFEST)):
        raise Untrusted(Rule.V9_NUMBER, f"manifest {manifest.seq} is not newer than {last}")
    waiting = turn.state.candidate.manifest.seq if turn.state.candidate is not None else 0
    if manifest.seq < waiting:
        raise Untrusted(Rule.V9_NUMBER, f"manifest {manifest.seq} is older than {waiting}, which is on its way")
    parked = Parked(envelope, sha256_hex(envelope), frozenset(manifest.releases), manifest.seq)
    turn.state = replace(turn.state, trust=replace(turn.state.trust, parked=parked, unobtainable=frozenset()))
    return manifest.seq


def _count(turn: Turn, held: Held) -> None:
    """Count a manifest's number as used."""
    trust = turn.state.trust
    if trust.taken is None or held.manifest.seq <= trust.taken.last(Counter.MANIFEST):
        return
    try:
        taken, _ = accept_released(trust.taken, held.envelope, documents.clock_now(turn))
    except Untrusted:
        taken = trust.taken.counted(Counter.MANIFEST, held.manifest.seq)
    turn.state = replace(turn.state, trust=replace(trust, taken=without_the_over(taken, held.manifest)))


def _take(turn: Turn, held: Held) -> None:
    turn.state = replace(turn.state, candidate=held, unobtainable=frozenset(), install_retry=RESTED, error=None)


def _settle(turn: Turn, got_seq: int) -> None:
    fetch = turn.state.fetch
    alarms.clear(turn, FaultCode.MANIFEST_REJECTED)
    if fetch.wanted is not None and got_seq < fetch.wanted.seq and fetch.misses < MOST_MISSES:
        retry = fetch.retry.failed(turn.now.mono_s, turn.now.chance)
        fetch = replace(fetch, again=True, misses=fetch.misses + 1, retry=retry)
    else:
        fetch = replace(fetch, wanted=None, misses=0, retry=RESTED)
    _set_fetch(turn, replace(fetch, refused_sha256=None, refusal=None))
    orders.answer_fetch(turn, None)


def _refuse(turn: Turn, envelope: bytes, refusal: Untrusted) -> None:
    digest, reason = sha256_hex(envelope), str(refusal)
    documents.refuse_manifest(turn, envelope, refusal)
    fetch = replace(turn.state.fetch, wanted=None, misses=0, retry=RESTED, refused_sha256=digest, refusal=reason)
    _set_fetch(turn, fetch)
    alarms.raise_now(turn, FaultCode.MANIFEST_REJECTED, "", reason)
    orders.answer_fetch(turn, f"the manifest was refused: {reason}")
    turn.do(NoteError(f"manifest refused: {reason}"))


def blame_storage(turn: Turn, cause: Cause, reason: str) -> None:
    """Raise the fault of a write that failed, and make room where there is none."""
    if cause is Cause.STORAGE_FULL:
        turn.do(Evict(_kept(turn), 0))
        alarms.raise_now(turn, FaultCode.STORAGE_LOW, STORE, reason)
    elif cause in (Cause.STORAGE_READ_ONLY, Cause.STORAGE_BROKEN):
        alarms.raise_now(turn, FaultCode.STORAGE_READ_ONLY, STORE, reason)


def _kept(turn: Turn) -> frozenset[str]:
    on_air = turn.state.playback.on_air
    showing = {on_air.airing.showing.sha256} if on_air and on_air.airing.showing.sha256 else set()
    return frozenset(turn.state.needed) | showing


def _without_download(state: State, sha256: str) -> State:
    if state.download is not None and state.download.sha256 == sha256:
        return replace(state, download=None)
    return state


def _note(turn: Turn, text: str) -> None:
    if turn.state.error != text:
        turn.do(NoteError(text))
    turn.state = replace(turn.state, error=text)


def _set_fetch(turn: Turn, fetch: Fetch) -> None:
    turn.state = replace(turn.state, fetch=fetch)
