"""The wiring, and the one loop: events of all adapters queue up, the core decides, its commands go to the adapters."""

from __future__ import annotations

import errno
import logging
import os
import queue
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from kiosk_agent.airings import Airings, Plan
from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.events import Cause, Event
from kiosk_agent.core.moment import Moment
from kiosk_agent.core.state import Identity, Policy, State
from kiosk_agent.core.step import step
from kiosk_agent.core.telling import will
from kiosk_agent.core.trust import Trust
from kiosk_agent.enquiries import Enquiries
from kiosk_agent.errands import Errands
from kiosk_agent.health import player as player_health
from kiosk_agent.health.checkup import Checkup
from kiosk_agent.health.contacts import Contacts, GpioLines, Input, recorded_lines
from kiosk_agent.health.programs import Programs, recorded
from kiosk_agent.health.under_voltage import boot_id
from kiosk_agent.health.watchdog import Watchdog
from kiosk_agent.link.http import MOST_CAPTURE_BYTES, Refused, Server, Stopped, Unreachable
from kiosk_agent.link.mqtt import Link
from kiosk_agent.link.tls import Trust as TlsTrust
from kiosk_agent.link.worker import Worker
from kiosk_agent.logbook import Logbook
from kiosk_agent.panel.generic import GenericPanel
from kiosk_agent.panel.port import PanelController
from kiosk_agent.player.compose import Undrawable
from kiosk_agent.player.placards import Placards
from kiosk_agent.player.port import Player
from kiosk_agent.player.studio import Studio
from kiosk_agent.player.waiting import waiting_cue, waiting_panel
from kiosk_agent.player.xserver import read_screen
from kiosk_agent.settings import Settings
from kiosk_agent.spool.plays import PlaySpool
from kiosk_agent.store import credential as credentials
from kiosk_agent.store.credential import Credential
from kiosk_agent.store.segments import WrongBytes
from kiosk_agent.store.store import Incomplete, Store
from kiosk_agent.store.trust_book import TrustBook
from kiosk_agent.whereabouts import Whereabouts, sound_identity
from playlists.daypart import use_pinned_zones
from playlists.fault import FaultCode
from playlists.ids import uuid7
from playlists.wire.messages import Log, Plays, encode
from playlists.wire.topics import Up

log = logging.getLogger(__name__)

TICK_S = 1.0
ASK_S = 6 * 3600.0
"""How often the server is asked where things are, and what is to be done about our certificate."""
PROGRESS_BYTES = 1 << 20


def agent_version() -> str:
    """Return the installed program's version."""
    try:
        return version("bangtin")
    except PackageNotFoundError:
        return "0"


class Agent:
    """One kiosk's program, until `stop`."""

    def __init__(
        self,
        settings: Settings,
        credential: Credential,
        make_player: Callable[[], Player],
        panel: PanelController | None = None,
    ) -> None:
        use_pinned_zones()
        self._settings = settings
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        tell = self._events.put
        data_dir = settings.data_dir
        self._book = TrustBook(data_dir)
        pin = credentials.read_pin(data_dir, credential, demo=settings.demo_root)
        required = settings.require_root or pin is not None or self._book.existed
        self._trusted = self._book.begin(pin) if pin is not None else None
        self._store = Store(data_dir, credential.kiosk_id, credential.server_key, root_keys=self._book.server_keys())
        self._spool = PlaySpool(data_dir)
        trust = TlsTrust(settings.ca_file, credential.authority_pem, sound_identity(data_dir), self._time_for_tls)
        self._server = Server(credential.base_url, credential.token, trust)
        self._whereabouts = Whereabouts(data_dir, credential, self._server, tell, stays=settings.keep_addresses)
        self._programs = Programs()
        tree = settings.sysfs_root
        answers = self._programs.answer if tree == Path("/") else recorded(tree)
        self._checkup = Checkup(tree, data_dir, answers=answers)
        self._panel: PanelController = panel or GenericPanel()
        self._errands = Errands(settings.reboot_file, self._checkup, self._panel, tell, lambda: self._player)
        self._panel_said = self._panel.read()
        self._contacts = _contacts(settings)
        self._contacts_said = self._contacts.check()
        self._watchdog = Watchdog()
        self._logbook = Logbook((credential.token, credential.mqtt.password))
        self._make_player = make_player
        self._player: Player | None = None
        self._studio = Studio(data_dir / "boards", self._store.verified)
        self._placards = Placards(data_dir / "emergencies", self._store.verified)
        self._airings = Airings(
            self._store.verified, lambda sha256: tell(events.SegmentDamaged(sha256)), self._studio.wait
        )
        self._asker, self._downloader, self._drawer = Worker("asker"), Worker("downloader"), Worker("drawer")
        self._called_off: set[str] = set()
        self._suspects: set[str] = set()
        address, keepalive_s = self._whereabouts.broker, settings.keepalive_s
        self._link = Link(credential.kiosk_id, address, self._open_session, tell, keepalive_s=keepalive_s)
        self._state = State(_identity(credential), policy=_policy(settings, credential), trust=Trust(required=required))
        self._stopping = False
        self._due_s = self._ask_due_s = 0.0
        self._obey: dict[type[Any], Callable[[Any], None]] = {
            do.FetchManifest: self._fetch,
            do.DownloadSegment: self._download,
            do.StopDownload: self._call_off,
            do.Install: self._install,
            do.Evict: self._evict,
            do.KeepValues: self._keep_values,
            do.KeepTrust: self._keep_trust,
            **Enquiries(self._server, self._asker, tell).known,
            do.HearTime: self._hear_time,
            do.DrawWarning: self._draw_warning,
            do.ShowWarning: self._show_warning,
            do.DrawBoard: self._draw_board,
            do.StartPlayer: self._start_player,
            do.RefreshPlayer: self._refresh_player,
            do.CutIn: self._cut_in,
            do.RenewPlayer: self._renew_player,
            do.Publish: self._publish,
            do.KeepPlay: self._keep_play,
            do.SendPlays: self._send_plays,
            do.ForgetPlays: self._forget_plays,
            do.SendLog: self._send_log,
            do.SendCapture: self._send_capture,
            do.ReadHealth: self._check_health,
            **self._errands.known,
            do.FeedWatchdog: self._feed_watchdog,
            do.NoteError: self._note_error,
        }

    @property
    def state(self) -> State:
        """What the core knows now."""
        return self._state

    def trusted_time(self) -> datetime | None:
        """Return the time that signed documents vouch for; None where the kiosk holds no root. From any thread."""
        state = self._state
        if state.trust.taken is None:
            return None
        now = Moment(datetime.now(UTC), time.monotonic())
        return state.trust.taken.time(state.trust.clock(now, trusted=state.clock_trusted))

    def _time_for_tls(self) -> datetime | None:
        """Return the time by which certificates are judged; None while nothing vouches for any. From any thread."""
        signed = self.trusted_time()
        return signed or (datetime.now(UTC) if self._state.clock_trusted else None)

    def stop(self) -> None:
        """Ask the loop to end; may be called from a signal."""
        self._stopping = True
        self._events.put(events.Tick())

    def run(self) -> None:
        """Run until `stop`."""
        logging.getLogger().addHandler(self._logbook)
        held = self._store.contents()
        started = events.Started(
            held.installed,
            held.stored,
            self._spool.next_seq,
            self._spool.waiting,
            held.values,
            self._read_health(),
            self._trusted,
        )
        self._step(started)
        if held.installed is None:
            self._wait_for_manifest()
        self._programs.start()
        self._link.start()
        self._watchdog.ready()
        self._due_s = time.monotonic()
        while not self._stopping:
            with suppress(queue.Empty):
                self._take(self._events.get(timeout=max(0.0, self._due_s - time.monotonic())))
            if time.monotonic() >= self._due_s:
                self._due_s = max(self._due_s + TICK_S, time.monotonic())
                self._tick()
        self._end()

    def _take(self, event: Event | None) -> None:
        """Step on an event; None is the player's word that its report should not wait."""
        if event is None:
            self._due_s = min(self._due_s, time.monotonic())
        else:
            self._step(event)

    def _hurry(self) -> None:
        self._events.put(None)

    def _tick(self) -> None:
        if self._player is not None:
            self._step(self._report(self._player))
        said = self._panel.read(clock_trusted=self._state.clock_trusted)
        if said is not self._panel_said:
            self._panel_said = said
            self._step(events.PanelRead(said))
        felt = self._contacts.check()
        if felt != self._contacts_said:
            self._contacts_said = felt
            self._step(events.PanelRead(felt))
        if time.monotonic() >= self._ask_due_s:
            self._ask_due_s = time.monotonic() + ASK_S
            self._asker.do(self._whereabouts.ask)
        self._step(events.Tick())

    def _end(self) -> None:
        self._watchdog.stopping()
        self._step(events.Stopping())
        self._checkup.stopping(datetime.now(UTC), time.monotonic())
        self._programs.stop()
        self._link.stop()
        if self._player is not None:
            self._player.stop()
        self._panel.close()
        self._called_off.update({self._state.download.sha256} if self._state.download else ())
        for worker in (self._drawer, self._downloader, self._asker):
            worker.stop()
        self._studio.close()
        self._placards.close()
        self._book.close()
        self._server.close()
        self._spool.close()
        self._store.close()
        logging.getLogger().removeHandler(self._logbook)

    def _step(self, event: Event) -> None:
        now = Moment(datetime.now(UTC), time.monotonic(), random.SystemRandom().random())
        before = self._state
        self._state, commands = step(before, event, now)
        self._plan_anew(before)
        for command in commands:
            try:
                self._obey[type(command)](command)
            except Exception:  # whatever an adapter does wrong, the panel goes on playing
                log.exception("%s failed", type(command).__name__)

    def _plan_anew(self, before: State) -> None:
        after = self._state
        same = (
            after.installed is before.installed
            and after.stored is before.stored
            and after.quarantined is before.quarantined
            and after.resting is before.resting
            and after.boards.shown is before.boards.shown
        )
        if after.installed is not None and not (same and after.clock_trusted == before.clock_trusted):
            self._airings.follow(Plan(after.installed.manifest, after.facts))

    def _report(self, player: Player) -> Event:
        try:
            said = player.report()
        except Exception as error:
            log.exception("the player's report failed")
            finding = player_health.check(frames=0, stalled=True, error=str(error))
            return events.PlayerReported(None, stalled=True, error=str(error), player=player.name, finding=finding)
        if said.unsound is not None:
            self._look_at_bytes(said.unsound)
        return events.PlayerReported(
            self._airings.airing_of(said.shown),
            said.match_permille,
            said.frames,
            said.stalled,
            said.error,
            player.name,
            player_health.check(frames=said.frames, stalled=said.stalled, error=said.error),
            said.verdict,
            self._airings.airing_of(said.crashed),
            player_health.in_step(said.in_step_offset_ms),
            player_health.check_output(said.misfit),
            warning_seen=said.overlay_seen,
            drops=player_health.check_drops(said.lost_permille),
        )

    def _look_at_bytes(self, sha256: str) -> None:
        """Hash a segment again that the player could not show; what is damaged is fetched anew."""
        if sha256 not in self._state.stored or sha256 in self._suspects:
            return
        self._suspects.add(sha256)

        def job() -> None:
            if self._store.verified(sha256, anew=True) is None:
                self._events.put(events.SegmentDamaged(sha256))
            self._suspects.discard(sha256)

        self._drawer.do(job)

    def _read_health(self) -> tuple[Any, ...]:
        return (*self._checkup.read(datetime.now(UTC), time.monotonic()), *self._contacts_said, *self._panel_said)

    def _open_session(self) -> tuple[int, bytes]:
        sid, now = self._store.next_sid(), datetime.now(UTC)
        return sid, encode(will(sid, uuid7(int(now.timestamp() * 1000), os.urandom(10)), now))

    def _fetch(self, command: do.FetchManifest) -> None:
        def job() -> None:
            self._events.put(self._fetched(command.known_sha256))

        self._asker.do(job)

    def _fetched(self, known_sha256: str | None) -> Event:
        try:
            answer = self._server.manifest(known_sha256)
        except Unreachable as error:
            return events.FetchFailed(str(error))
        except Refused as error:
            return events.FetchFailed(str(error), _cause_of_status(error.status), error.retry_after_s)
        # Where the kiosk holds a root, only the server's signed word on the time counts.
        if answer.ahead_s is not None and self._trusted is None:
            self._checkup.heard_server(answer.ahead_s, time.monotonic())
        return events.ManifestUnchanged() if answer.envelope is None else events.ManifestFetched(answer.envelope)

    def _download(self, command: do.DownloadSegment) -> None:
        self._called_off.discard(command.sha256)
        self._downloader.do(lambda: self._events.put(self._downloaded(command.sha256, command.size)))

    def _call_off(self, command: do.StopDownload) -> None:
        self._called_off.add(command.sha256)

    def _downloaded(self, sha256: str, size: int) -> Event:
        failed = partial(events.SegmentFailed, sha256)
        told = 0

        def progress(got_bytes: int) -> None:
            nonlocal told
            if got_bytes - told >= PROGRESS_BYTES:
                told = got_bytes
                self._events.put(events.SegmentProgress(sha256, got_bytes))

        try:
            with self._store.part(sha256, size) as part:
                self._server.segment(sha256, part, progress, lambda: sha256 in self._called_off)
                self._store.keep(part, sha256, size)
        except Stopped:
            return failed("it is not needed any more", Cause.STOPPED)
        except WrongBytes as error:
            return failed(str(error), Cause.WRONG_BYTES)
        except Unreachable as error:
            return failed(str(error))
        except Refused as error:
            return failed(str(error), _cause_of_status(error.status), error.retry_after_s)
        except (OSError, sqlite3.Error) as error:
            return failed(f"it cannot be kept: {error}", _cause_of_storage(error))
        return events.SegmentStored(sha256)

    def _install(self, command: do.Install) -> None:
        try:
            self._store.install(command.held)
        except Incomplete as error:
            for sha256 in error.missing:
                self._events.put(events.SegmentDamaged(sha256))
            self._events.put(events.InstallFailed(command.held.sha256, str(error), Cause.WRONG_BYTES))
            return
        except (OSError, sqlite3.Error) as error:
            cause = _cause_of_storage(error)
            self._events.put(events.InstallFailed(command.held.sha256, f"it cannot be kept: {error}", cause))
            return
        log.info("manifest %d is installed", command.held.manifest.seq)
        self._events.put(events.Installed(command.held.sha256))

    def _evict(self, command: do.Evict) -> None:
        dropped = self._store.evict(command.keep, command.spare_bytes)
        if dropped:
            self._events.put(events.Evicted(dropped))

    def _keep_values(self, command: do.KeepValues) -> None:
        self._store.keep_values(command.values)

    def _keep_trust(self, command: do.KeepTrust) -> None:
        try:
            self._book.keep(command.trusted)
        except (OSError, sqlite3.Error) as error:
            self._events.put(events.TrustNotKept(str(error), _cause_of_storage(error)))
            return
        self._events.put(events.TrustKept())

    def _hear_time(self, command: do.HearTime) -> None:
        self._checkup.heard_server(command.ahead_s, time.monotonic())
        self._events.put(events.HealthRead(self._read_health()))

    def _draw_warning(self, command: do.DrawWarning) -> None:
        picture = command.picture

        def job() -> None:
            try:
                self._placards.draw(picture)
            except Undrawable as error:
                self._events.put(events.WarningFailed(picture, str(error), error.damaged))
                return
            self._events.put(events.WarningDrawn(picture))

        self._drawer.do(job)

    def _show_warning(self, command: do.ShowWarning) -> None:
        if self._player is None:
            return
        try:
            self._player.overlay(None if command.picture is None else self._placards.path(command.picture))
        except (ValueError, LookupError, OSError) as error:
            if command.picture is not None:
                self._events.put(events.WarningFailed(command.picture, str(error)))

    def _draw_board(self, command: do.DrawBoard) -> None:
        if self._state.installed is None:
            return
        picture, profile = command.picture, self._state.installed.manifest.panel.profile

        def job() -> None:
            try:
                dropped = self._studio.draw(picture, profile)
            except Undrawable as error:
                self._events.put(events.BoardFailed(picture.key, str(error), error.damaged))
                return
            self._events.put(events.BoardDrawn(picture.key, dropped))

        self._drawer.do(job)

    def _start_player(self, command: do.StartPlayer) -> None:
        try:
            if self._player is None:
                self._player = self._make_player()
            self._player.start(command.panel, self._airings.next_cue, self._hurry)
        except Exception as error:
            log.exception("the player does not start")
            self._events.put(events.PlayerFailed(str(error)))

    def _wait_for_manifest(self) -> None:
        """Show the safe picture until the first manifest says what the panel is; without one the kiosk works on."""
        try:
            panel = waiting_panel(self._settings.panel_pixels, screen.size if (screen := read_screen()) else None)
            if panel is not None:
                self._player = self._make_player()
                self._player.start(panel, waiting_cue)
        except Exception:
            log.exception("nothing is shown before the first manifest")

    def _refresh_player(self, _command: do.RefreshPlayer) -> None:
        if self._player is not None:
            self._player.refresh()

    def _cut_in(self, _command: do.CutIn) -> None:
        if self._player is not None:
            self._player.cut_in()
            # What was covered has ended now, and its play with it.
            self._hurry()

    def _renew_player(self, _command: do.RenewPlayer) -> None:
        if self._player is not None:
            self._player.renew()

    def _publish(self, command: do.Publish) -> None:
        self._link.publish(command.leaf, encode(command.message))

    def _keep_play(self, command: do.KeepPlay) -> None:
        self._spool.keep(command.play)

    def _send_plays(self, command: do.SendPlays) -> None:
        plays = self._spool.oldest(command.most)
        self._link.publish(Up.PLAYS, encode(Plays(**self._stamp(), plays=plays)))

    def _send_log(self, command: do.SendLog) -> None:
        lines = self._logbook.next_lines(command.asked_by)
        if lines:
            self._link.publish(Up.LOG, encode(Log(**self._stamp(), command_id=command.asked_by, lines=lines)))

    def _stamp(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        return {"id": uuid7(int(now.timestamp() * 1000), os.urandom(10)), "at": now, "sid": self._state.identity.sid}

    def _forget_plays(self, command: do.ForgetPlays) -> None:
        self._spool.forget(command.upto)

    def _send_capture(self, _command: do.SendCapture) -> None:
        jpeg = self._player.capture_jpeg() if self._player is not None else None
        if jpeg is None or len(jpeg) > MOST_CAPTURE_BYTES:
            self._events.put(events.CaptureFailed("there is no picture that could be sent"))
            return
        taken, at = jpeg, datetime.now(UTC)
        self._asker.do(lambda: self._events.put(self._sent(taken, at)))

    def _sent(self, jpeg: bytes, at: datetime) -> Event:
        try:
            self._server.capture(jpeg, at)
        except (Unreachable, Refused) as error:
            return events.CaptureFailed(str(error))
        return events.CaptureSent()

    def _check_health(self, _command: do.ReadHealth) -> None:
        self._events.put(events.HealthRead(self._read_health()))

    def _feed_watchdog(self, _command: do.FeedWatchdog) -> None:
        self._watchdog.feed()

    def _note_error(self, command: do.NoteError) -> None:
        log.warning("%s", command.text)
        self._store.note_error(command.text)


def _identity(credential: Credential) -> Identity:
    return Identity(credential.kiosk_id, credential.server_key, 0, boot_id(Path("/")), agent_version())


def _contacts(settings: Settings) -> Contacts:
    named = {FaultCode.MAINS_LOST: settings.mains_input, FaultCode.KIOSK_DOOR: settings.door_input}
    inputs = {code: Input.parse(text) if text is not None else None for code, text in named.items()}
    is_real = settings.sysfs_root == Path("/")
    return Contacts(inputs, GpioLines() if is_real else recorded_lines(settings.sysfs_root))


def _policy(settings: Settings, credential: Credential) -> Policy:
    return Policy(
        poll_s=settings.poll_s or credential.poll_s,
        poll_fixed=settings.poll_s is not None,
        health_s=settings.health_interval_s,
        capture_s=settings.capture_interval_s,
        renew_hour=settings.renew_hour,
        watch_gap_s=settings.watch_interval_ms / 1000,
        spare_bytes=settings.spare_mb << 20,
    )


def _cause_of_status(status: int) -> Cause:
    return {401: Cause.UNAUTHORISED, 403: Cause.UNAUTHORISED, 404: Cause.GONE}.get(status, Cause.REFUSED)


def _cause_of_storage(error: Exception) -> Cause:
    code = error.errno if isinstance(error, OSError) else None
    name = getattr(error, "sqlite_errorname", "")
    if code in (errno.ENOSPC, errno.EDQUOT) or name == "SQLITE_FULL":
        return Cause.STORAGE_FULL
    return Cause.STORAGE_READ_ONLY if code == errno.EROFS or name == "SQLITE_READONLY" else Cause.STORAGE_BROKEN
