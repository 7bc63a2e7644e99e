"""`python -m simulator.led`: a controller to train on, to show and to test with; sentences break and mend it."""

from __future__ import annotations

import argparse
import sys
import threading
from contextlib import ExitStack

from simulator.led.coex import CoexDoor
from simulator.led.colorlight import ColorlightDoor
from simulator.led.control import answer, control, tell
from simulator.led.novastar import Controller
from simulator.led.script import SENTENCES
from simulator.led.serving import Bus, Controllers
from simulator.led.wall import wall


def main(arguments: list[str] | None = None) -> int:
    """Run until standard input says `quit`, or for ever when it is closed; the exit status is 0."""
    chosen = _parser().parse_args(arguments)
    if chosen.tell is not None:
        return _tell(chosen.host, *chosen.tell)
    bus = Bus(Controller(wall(tuple(chosen.cards)), chosen.absent_ms / 1000))
    bus.controller.wall.model = chosen.model
    with ExitStack() as stack:
        doors = stack.enter_context(Controllers(bus))
        if chosen.tcp is not None:
            _say(f"register bus: {chosen.host}:{doors.tcp(chosen.host, chosen.tcp, chosen.idle_s).port}")
        if chosen.pty:
            _say(f"register bus, serial: {doors.pty().path}")
        if chosen.discovery is not None:
            _say(f"discovery: udp {chosen.host}:{doors.discovery(chosen.host, chosen.discovery).port}")
        if chosen.coex is not None:
            _say(f"COEX: http://{chosen.host}:{stack.enter_context(CoexDoor(bus, chosen.host, chosen.coex)).port}")
        if chosen.colorlight is not None:
            door = stack.enter_context(ColorlightDoor(bus.controller.wall, chosen.host, chosen.colorlight))
            _say(f"Colorlight: {chosen.host}:{door.port}")
        if chosen.control is not None:
            _say(f"control: {chosen.host}:{stack.enter_context(control(bus, chosen.host, chosen.control))}")
        for sentence in chosen.say:
            _say(answer(bus, sentence))
        _talk(bus)
    return 0


def _tell(host: str, port: str, sentence: str) -> int:
    try:
        _say(tell(int(port), sentence, host))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"nobody takes sentences at {host}:{port}: {error}\n")
        return 1
    return 0


def _talk(bus: Bus) -> None:
    for line in sys.stdin:
        if line.strip().lower() in ("quit", "exit"):
            return
        if line.strip():
            _say(answer(bus, line))
    threading.Event().wait()


def _parser() -> argparse.ArgumentParser:
    sentences = "\n".join(f"  {example}" for _, _, example in SENTENCES)
    parser = argparse.ArgumentParser(
        prog="python -m simulator.led",
        description="An LED controller that is not there.",
        epilog=f"Sentences, on standard input, with --say or at the --control port:\n{sentences}\n  quit\n"
        "Where a part may be named: `... of card 2 of port 1`. People count from 1.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--tcp", type=int, nargs="?", const=5200, metavar="PORT", help="NovaStar over TCP (5200)")
    parser.add_argument("--pty", action="store_true", help="NovaStar on a pseudo terminal")
    parser.add_argument("--discovery", type=int, nargs="?", const=3800, metavar="PORT", help="answer discovery (3800)")
    parser.add_argument("--coex", type=int, nargs="?", const=8001, metavar="PORT", help="NovaStar COEX (8001)")
    parser.add_argument("--colorlight", type=int, nargs="?", const=9999, metavar="PORT", help="Colorlight (9999)")
    parser.add_argument("--control", type=int, nargs="?", const=5299, metavar="PORT", help="sentences by TCP (5299)")
    parser.add_argument("--cards", type=int, nargs="+", default=[4, 4], metavar="N", help="cards at each port (4 4)")
    parser.add_argument("--model", type=lambda text: int(text, 16), default=0x1107, help="model id (1107)")
    parser.add_argument("--absent-ms", type=int, default=500, help="wait before an absent card is told of (500)")
    parser.add_argument("--tell", nargs=2, metavar=("PORT", "SENTENCE"), help="only say this at a --control port")
    parser.add_argument("--idle-s", type=float, default=20.0, help="an idle session is closed after (20)")
    parser.add_argument("--say", action="append", default=[], metavar="SENTENCE", help="break something at the start")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
