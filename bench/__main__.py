"""`python -m bench NAME [--json] [...]`: run one benchmark and print its figures.

Exit status is 0 when it ran, whatever the aims; with `--json` the last line on standard output is one object.
"""

from __future__ import annotations

import argparse
import importlib
import sys

BENCHES: dict[str, tuple[str, str]] = {
    "emergency": (
        "bench.emergency",
        "an officer signs a prepared warning: how soon do pixels change and kiosks say so?",
    ),
    "board": ("bench.board", "a value of a status board is stated by API or MQTT: how soon do the pixels show it?"),
    "detect": (
        "bench.detect",
        "100 kiosks, and what can break at each: how soon is it seen, and is anybody called without need?",
    ),
    "gap": ("bench.gap", "item changes without a blank: the endless stream against one MediaPlayer"),
    "kills": ("bench.kills", "the player is killed and stopped at random: how soon is the planned picture back?"),
    "overlay": (
        "bench.overlay",
        "a picture laid over the running stream or cut into it: command to pixels, and blanks",
    ),
    "picture": ("bench.picture", "how soon a fault of the picture is told, and whether one is told without need"),
    "render": (
        "bench.render",
        "a card's segments: CPU against ffmpeg on the same frames, and what a second run renders",
    ),
    "sealed": ("bench.sealed", "what it costs to check every byte of a segment as it is read for display"),
    "step": ("bench.step", "two panels of one site: how far apart do their items change?"),
    "soak": ("bench.soak", "memory, threads, descriptors and CPU of the player while it plays"),
    "storm": (
        "bench.storm",
        "a site of 200 kiosks drops and returns ten times: is it one alarm, and do pages still come?",
    ),
    "timeline": (
        "bench.timeline",
        "what it costs to ask what is on, against expanding every rule with python-dateutil",
    ),
    "uploads": ("bench.uploads", "2,000 damaged files through the check, and a large upload over a link that breaks"),
}
"""Name -> (module with `measure(arguments) -> Measured`, what it measures)."""


def main(arguments: list[str]) -> int:
    """Run the named benchmark; arguments that are not ours go to it."""
    listed = "\n".join(f"  {name:<10} {what}" for name, (_, what) in BENCHES.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        epilog=f"benchmarks:\n{listed}\n\n`python -m bench NAME --help` lists the options of one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=not arguments or arguments[0].startswith("-"),
    )
    parser.add_argument("name", choices=sorted(BENCHES))
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    ours, rest = parser.parse_known_args(arguments)
    measured = importlib.import_module(BENCHES[ours.name][0]).measure(rest)
    print(measured.as_text(ours.name))
    if ours.json:
        print(measured.as_json(ours.name))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
