"""The command line `bangtin-kiosk`: enrol, run, status, commission, signal-test, version. It opens no port."""

from __future__ import annotations

import argparse
import fcntl
import gc
import json
import logging
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

from pydantic import ValidationError

from kiosk_agent.agent import Agent, agent_version
from kiosk_agent.core.verdict import Verdict
from kiosk_agent.enrolling import Asking, NotLetIn, until_yes
from kiosk_agent.link.http import Refused, Server, Unreachable, is_safe_address
from kiosk_agent.link.tls import Trust
from kiosk_agent.panel import signal_test
from kiosk_agent.panel.choose import WrongAddress, make_panel, take_usual_voltage, try_signal_loss
from kiosk_agent.panel.port import PanelController
from kiosk_agent.panel.profile import WrongProfile
from kiosk_agent.panel.usual_voltage import NotTaken
from kiosk_agent.player import commission
from kiosk_agent.player.choose import make_player
from kiosk_agent.player.port import Player
from kiosk_agent.player.waiting import waiting_panel
from kiosk_agent.player.words_picture import words_picture
from kiosk_agent.player.xserver import read_screen
from kiosk_agent.settings import Settings
from kiosk_agent.store import credential as credentials
from kiosk_agent.store import identity
from kiosk_agent.store.credential import Credential, NotEnrolled
from kiosk_agent.store.disk import RealDisk
from kiosk_agent.store.identity import NoIdentity
from kiosk_agent.store.snapshot import Snapshot, read_snapshot
from kiosk_agent.store.trust_book import BOOK, server_keys_in
from playlists.daypart import use_pinned_zones
from playlists.instant import format_instant, from_micros
from playlists.timeline import Facts, at
from playlists.trust import Untrusted
from playlists.trust.fingerprint import in_words

LOCK = "lock"
_ABOUT_ROOTS = (
    "The code is spent. See docs/trust.md, and BANGTIN_KIOSK_REQUIRE_ROOT and …_DEMO_ROOT in docs/settings.md."
)
COMMISSION_S = 60.0


class Failed(Exception):
    """The command cannot be done; the text says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 failed (a sentence on standard error), 2 wrong usage."""
    chosen = _parser().parse_args(arguments)
    try:
        status: int = chosen.do(chosen)
    except (Failed, NotEnrolled, NotLetIn) as failure:
        print(f"bangtin-kiosk: {failure}", file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bangtin-kiosk", description="The kiosk agent of Bảng Tin.")
    words = parser.add_subparsers(required=True, metavar="COMMAND")
    enrol = words.add_parser("enrol", help="spend a one-time code and keep this kiosk's credential")
    enrol.add_argument("--server", required=True, metavar="URL")
    enrol.add_argument("--code", required=True)
    enrol.add_argument("--no-panel", action="store_false", dest="panel", help="show nothing on the panel meanwhile")
    enrol.add_argument("--insecure", action="store_true", help="allow http:// to another machine (tests only)")
    enrol.set_defaults(do=_enrol)
    run = words.add_parser("run", help="play and report until SIGTERM")
    run.set_defaults(do=_run)
    status = words.add_parser("status", help="say what is held and what is on now")
    status.add_argument("--json", action="store_true", dest="as_json")
    status.set_defaults(do=_status)
    proof = words.add_parser("commission", help="show a picture that proves the panel's pixels; stop the agent first")
    proof.add_argument("--seconds", type=float, default=COMMISSION_S, metavar="N")
    proof.set_defaults(do=_commission)
    pull = words.add_parser(
        "signal-test", help="have the HDMI cable pulled and see the panel turn black; stop the agent"
    )
    pull.add_argument("--seconds", type=float, default=signal_test.LONGEST_S, metavar="N", help="longest wait for each")
    pull.set_defaults(do=_signal_test)
    volts = words.add_parser(
        "usual-voltage", help="measure what the cards' voltage is on a good day and write it down; stop the agent"
    )
    volts.add_argument("--dry-run", action="store_true", help="only say what would be written")
    volts.set_defaults(do=_usual_voltage)
    for word in (enrol, run, status, proof, pull, volts):
        word.add_argument("--data-dir", type=Path)
    words.add_parser("version", help="print the version").set_defaults(do=_version)
    return parser


def _version(_chosen: argparse.Namespace) -> int:
    print(agent_version())
    return 0


def _enrol(chosen: argparse.Namespace) -> int:
    settings = _settings(chosen)
    address = str(chosen.server)
    if not is_safe_address(address) and not (chosen.insecure and address.startswith("http://")):
        raise Failed(
            f"{address} would carry this kiosk's token unencrypted. "
            "Use https://, or --insecure for a test on your own net."
        )
    asking, answer = _asked(settings, chosen, address)
    try:
        credential, root = credentials.enrolled(answer, demo=settings.demo_root)
        chain = credentials.certificate_of(answer)
    except ValidationError as error:
        raise Failed(f"{address} did not answer as a Bảng Tin server does. Check the address.") from error
    except Untrusted as error:
        raise Failed(f"The server's root is refused ({error}). {_ABOUT_ROOTS}") from error
    if not is_safe_address(credential.base_url) or _is_https(address) > _is_https(credential.base_url):
        credential = credential.model_copy(update={"base_url": address})
    if root is None and (settings.require_root or (settings.data_dir / BOOK).exists()):
        raise Failed(f"The server named no root, and this kiosk needs one. {_ABOUT_ROOTS}")
    try:
        _keep(settings.data_dir, asking, chain)
        credentials.save(settings.data_dir, credential, root)
    except (OSError, NoIdentity) as error:
        raise Failed(f"The credential cannot be written: {error}. The code is spent; ask for a new one.") from error
    print(f"enrolled as {credential.slug} ({credential.kiosk_id}); next: bangtin-kiosk run")
    return 0


def _asked(settings: Settings, chosen: argparse.Namespace, address: str) -> tuple[Asking, bytes]:
    """Return our request and the server's answer to it, after a person's yes where one is needed."""
    server = Server(address, None, Trust(settings.ca_file))
    try:
        asking = Asking.of(
            str(chosen.code), identity.enrolling_key(settings.data_dir), agent_version(), simulated=settings.demo_root
        )
        with waiting_shown(settings, chosen.panel, asking.fingerprint, address) as begin_to_wait:
            return asking, until_yes(server, asking, begin_to_wait)
    except Refused as refusal:
        raise Failed(f"{refusal}. Ask for a new code; one works once and within 60 minutes.") from refusal
    except Unreachable as error:
        raise Failed(f"{error}. Check the address and the network, then try again; the code is not spent.") from error
    except OSError as error:
        raise Failed(f"This kiosk's key cannot be kept in {settings.data_dir}: {error}.") from error
    finally:
        server.close()


def _keep(data_dir: Path, asking: Asking, chain: str | None) -> None:
    if chain is None:
        identity.forget(data_dir)
        return
    identity.keep_next(data_dir, asking.key, chain)
    identity.use_next(data_dir)


def _run(chosen: argparse.Namespace) -> int:
    settings = _settings(chosen)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if settings.display is not None:
        os.environ["DISPLAY"] = settings.display

    credential = credentials.load(settings.data_dir)
    with _only_one(settings.data_dir):
        agent = Agent(settings, credential, partial(_player, settings), _panel(settings))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: agent.stop())
        # What was loaded stays: a search for garbage through it would hold a warning up.
        gc.freeze()
        agent.run()
    return 0


@contextmanager
def waiting_shown(settings: Settings, panel: bool, fingerprint: str, address: str) -> Iterator[Callable[[], None]]:
    """Give what begins to show six words, here and on the panel, and end that with the block."""
    words, stopped = in_words(fingerprint), Event()
    link = f"{address.rstrip('/')}/kiosks/waiting/{fingerprint[:16]}"
    threads: list[Thread] = []

    def begin() -> None:
        print(
            f"These six words stand on the console's page of this kiosk. Compare them, and say yes there:\n\n  {words}"
        )
        print(f"\n  {link}\n", flush=True)
        if panel:
            threads.append(Thread(target=_show_words, args=(settings, words, link, stopped), daemon=True))
            threads[0].start()

    try:
        yield begin
    finally:
        stopped.set()
        for thread in threads:
            thread.join(10)


def _show_words(settings: Settings, words: str, link: str, stopped: Event) -> None:
    if settings.display is not None:
        os.environ["DISPLAY"] = settings.display
    try:
        panel = waiting_panel(settings.panel_pixels, screen.size if (screen := read_screen()) else None)
        if panel is None:
            print("The panel's size is not known; the words stand here only.", flush=True)
            return
        picture = words_picture(panel.width, panel.height, words, link)
        commission.show_picture(_player(settings), panel, picture, settings.data_dir / "player", stopped)
    except (OSError, RuntimeError) as error:
        print(f"The panel shows nothing meanwhile: {error}.", flush=True)


def _player(settings: Settings) -> Player:
    return make_player(settings.player, settings.data_dir / "player", settings.video_output)


def _panel(settings: Settings) -> PanelController:
    try:
        return make_panel(settings)
    except WrongAddress as error:
        raise Failed(f"BANGTIN_KIOSK_CONTROLLER_ADDRESS: {error}. See docs/settings.md.") from error


def _commission(chosen: argparse.Namespace) -> int:
    settings = _settings(chosen)
    credential = credentials.load(settings.data_dir)
    if settings.display is not None:
        os.environ["DISPLAY"] = settings.display
    found = _snapshot(settings.data_dir, credential)
    panel = found.installed.manifest.panel if found.installed else waiting_panel(settings.panel_pixels, None)
    if panel is None:
        raise Failed(
            "The panel's size is not known yet: run bangtin-kiosk run until a manifest is installed, "
            "or set BANGTIN_KIOSK_PANEL_SIZE, for example to 768x384."
        )
    stopped = Event()
    with _only_one(settings.data_dir):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        try:
            player = _player(settings)
            verdict = commission.show(player, panel, settings.data_dir / "player", chosen.seconds, stopped)
        except (OSError, RuntimeError) as error:
            raise Failed(f"The picture cannot be shown: {error}.") from error
    print(f"{panel.width}x{panel.height}, player {player.name}: the captured picture was {verdict}")
    return 0 if verdict is Verdict.FINE else 1


def _signal_test(chosen: argparse.Namespace) -> int:
    settings = _settings(chosen)
    if settings.controller == "generic":
        raise Failed("No LED controller is named: set BANGTIN_KIOSK_CONTROLLER. See docs/led-controllers.md.")
    with _only_one(settings.data_dir):
        try:
            result = try_signal_loss(settings, print, chosen.seconds)
        except (WrongAddress, WrongProfile) as error:
            raise Failed(f"The LED controller cannot be used: {error}.") from error
        except OSError as error:
            raise Failed(f"The result cannot be recorded in {settings.data_dir}: {error}.") from error
    print(f"{result.outcome}: {result.detail}")
    return 0 if result.outcome is signal_test.Outcome.PASSED else 1


def _usual_voltage(chosen: argparse.Namespace) -> int:
    settings = _settings(chosen)
    if settings.controller == "generic":
        raise Failed("No LED controller is named: set BANGTIN_KIOSK_CONTROLLER. See docs/led-controllers.md.")
    path = settings.panel_profile
    with _only_one(settings.data_dir):
        try:
            taken, content = take_usual_voltage(settings)
            if path is not None and not chosen.dry_run:
                _replace(path, content)
        except (WrongAddress, WrongProfile) as error:
            raise Failed(f"The LED controller cannot be used: {error}.") from error
        except NotTaken as error:
            raise Failed(f"Nothing is written: {error}.") from error
        except OSError as error:
            raise Failed(f"{path} cannot be written: {error.strerror}. It is as it was.") from error
    volts = f"{taken.usual / 1000:.1f} V ({taken.least / 1000:.1f} to {taken.most / 1000:.1f} V, {taken.cards} cards)"
    print(f"{volts}{' would be' if chosen.dry_run else ' is'} written into {path}; it counts when the agent starts")
    return 0


def _replace(path: Path, content: bytes) -> None:
    disk, temporary = RealDisk(), path.with_suffix(".new")
    disk.unlink(temporary)
    with disk.append(temporary) as file:
        disk.write(file, content)
    temporary.chmod(path.stat().st_mode)
    disk.publish(temporary, path)


def _status(chosen: argparse.Namespace) -> int:
    settings = _settings(chosen)
    credential = credentials.load(settings.data_dir)
    use_pinned_zones()
    try:
        report = _report(credential, _snapshot(settings.data_dir, credential))
    except (OSError, sqlite3.Error) as error:
        raise Failed(f"The store in {settings.data_dir} cannot be read: {error}.") from error
    if chosen.as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        for name, value in report.items():
            print(f"{name}: {json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value}")
    return 0


def _snapshot(data_dir: Path, credential: Credential) -> Snapshot:
    return read_snapshot(data_dir, credential.kiosk_id, credential.server_key, *server_keys_in(data_dir))


def _report(credential: Credential, found: Snapshot) -> dict[str, Any]:
    on_now: dict[str, Any] | None = None
    if found.installed is not None:
        showing = at(found.installed.manifest, Facts(stored=found.stored), datetime.now(UTC))
        on_now = {
            "layer": showing.layer,
            "title": showing.title,
            "language": showing.language,
            "until": format_instant(showing.ends_at),
            "why": showing.why,
        }
    return {
        "kiosk_id": str(credential.kiosk_id),
        "slug": credential.slug,
        "server": credential.base_url,
        "agent": agent_version(),
        "installed_seq": found.installed.manifest.seq if found.installed else 0,
        "stored_segments": len(found.stored),
        "on_now": on_now,
        "errors": [{"at": format_instant(from_micros(row.at)), "text": row.text} for row in found.errors],
    }


def _settings(chosen: argparse.Namespace) -> Settings:
    given = {} if chosen.data_dir is None else {"data_dir": chosen.data_dir}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "BANGTIN_KIOSK_" + "_".join(str(part) for part in first["loc"]).upper()
        raise Failed(f"{name}: {first['msg']}. See docs/settings.md.") from error


@contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data folder's lock; on a disk that cannot be written there is none, and the kiosk still plays."""
    try:
        file = (data_dir / LOCK).open("ab")
    except OSError:
        yield
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(f"Another agent runs on {data_dir}. Stop it first, or choose another --data-dir.") from None
        yield


def _is_https(address: str) -> bool:
    return address.startswith("https://")


if __name__ == "__main__":
    sys.exit(main())
