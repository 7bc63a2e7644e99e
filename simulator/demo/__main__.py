"""`python -m simulator.demo`: the demo until Ctrl-C; with `--smoke` it proves itself, prints one JSON line and ends."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
import traceback
from contextlib import closing
from pathlib import Path
from types import FrameType

from simulator.demo.page import page
from simulator.demo.processes import DemoFailed, Processes
from simulator.demo.run import Demo, Running
from simulator.demo.signers import LEADER, PARTS, PASSPHRASE

TELL = ".venv/bin/python -m simulator.led --tell"


def main() -> int:
    """Run the demo; the exit status is 0 when all went well."""
    arguments = _arguments()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    with tempfile.TemporaryDirectory(prefix="bangtin-demo-", ignore_cleanup_errors=True) as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        processes = Processes(folder)
        try:
            return _course(arguments, Demo(folder, processes, _say, arguments.player, arguments.port))
        except DemoFailed as failure:
            _say(f"FAILED: {failure}")
            _show_logs(folder)
            return 1
        except KeyboardInterrupt:
            _say("stopping")
            return 0
        except Exception:  # noqa: BLE001 - whatever went wrong, everything started must be stopped and reported
            traceback.print_exc()
            _show_logs(folder)
            return 1
        finally:
            if processes.running:
                processes.stop()
                _say("everything is stopped")


def _course(arguments: argparse.Namespace, demo: Demo) -> int:
    with page(demo.hardware, demo.panel_ids, demo.base_url) as breaking:
        demo.environment["BANGTIN_DEMO_PAGE"] = breaking
        running = demo.play()
        with closing(running.api), closing(running.signers):
            return _then(arguments, demo, running)


def _then(arguments: argparse.Namespace, demo: Demo, running: Running) -> int:
    if not arguments.smoke:
        _announce(demo, running)
        demo.work(running)
    publish_to_picture_s = demo.prove(running)
    figures = {
        "first_picture_s": round(running.first_picture_s, 1),
        "publish_to_picture_s": round(publish_to_picture_s, 1),
        "panels": len(running.stage.panel_ids),
    }
    demo.processes.stop()
    sys.stderr.flush()
    print(json.dumps(figures), flush=True)
    return 0


def _announce(demo: Demo, running: Running) -> None:
    played = demo.controllers.items()
    print(
        f"\n  Both panels play, {running.first_picture_s:.1f} s after the start.\n\n"
        f"  Address:   {demo.base_url}\n  User:      {running.username}\n  Password:  {running.password}\n\n"
        "  People, with software keys under a DEMO ROOT (kiosks of a real network refuse it):\n"
        + "".join(
            f"    {part.username:<18} {running.signers.passwords[part.username]}   {part.display_name}\n"
            for part in PARTS
        )
        + f"  Sign what waits, as an approver does at home (passphrase: {PASSPHRASE}):\n"
        f"    .venv/bin/bangtin sign --server {demo.base_url} --user {LEADER.username}\n"
        f"    their keys lie in {demo.folder / 'keys'}\n\n"
        "  The gate's status board changes its values every 20 s, signed by the status officer.\n\n"
        f"  Break something (card out, fan stop, under-voltage, cut link, frozen player) and repair it:\n"
        f"    {demo.environment['BANGTIN_DEMO_PAGE']}   (a link on every page leads there)\n"
        "  Each panel's played LED controller also takes sentences:\n"
        + "".join(f"    {TELL} {one.control} 'unplug card 2 of port 1'     # {slug}\n" for slug, one in played)
        + "  The sentence 'help' lists what can be said.\n\n  Ctrl-C stops everything.\n",
        flush=True,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator.demo", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="prove that it works, print one JSON line, and end")
    parser.add_argument("--player", choices=["auto", "vlc", "software"], default="auto")
    parser.add_argument("--port", type=int, help="port of the web server (8000, or a free one)")
    parser.add_argument("--folder", type=Path, help="keep everything in this folder instead of a temporary one")
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stderr.write(f"[{time.strftime('%H:%M:%S')}] {line}\n")
    sys.stderr.flush()


def _show_logs(folder: Path) -> None:
    for log in sorted(folder.glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()[-15:]
        sys.stderr.write(f"--- {log.name}\n" + "".join(f"    {line}\n" for line in lines))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
