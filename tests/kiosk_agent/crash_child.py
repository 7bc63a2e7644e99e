"""Installs manifest after manifest until it is killed; run by test_store.py: python crash_child.py FOLDER."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from kiosk_agent.store.store import Store
from tests.kiosk_agent.making import KIOSK, PUBLIC, content, digest, held

SIZE = 40_000


def main(folder: Path) -> None:
    store = Store(folder, KIOSK, PUBLIC)
    found = store.contents()
    first = found.installed.manifest.seq + 1 if found.installed else 1
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for seq in itertools.count(first):
        numbers = (seq % 7, (seq + 1) % 7, 100 + seq % 3)
        for number in numbers:
            name = digest(number, SIZE)
            if store._segments.size(name) == SIZE:
                continue
            with store.part(name, SIZE) as part:
                rest = content(number, SIZE)[part.offset :]
                for place in range(0, len(rest), 5000):
                    part.write(rest[place : place + 5000])
                store.keep(part, name, SIZE)
        made = held(seq, numbers, size=SIZE)
        store.install(made)
        sys.stdout.write(f"{seq}\n")
        sys.stdout.flush()
        store.evict(frozenset(made.sizes), 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
