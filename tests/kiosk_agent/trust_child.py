"""A process that keeps one state after the other until it is killed, and says the number of each that is kept."""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk_agent.store.trust_book import Pin, TrustBook
from playlists.trust.take import take_hold, take_release
from playlists.trust.trusted import Counter
from tests.kiosk_agent import trusting as t
from tests.playlists.trust import making as m


def main(folder: Path) -> None:
    content = t.root()
    book = TrustBook(folder)
    trusted = book.begin(Pin(m.digest(content), content, t.READER))
    while True:
        number = trusted.last(Counter.HOLD) + 1
        trusted = take_hold(trusted, t.hold(number), t.CLOCK)
        trusted = take_release(trusted, t.release(number % 50), t.CLOCK)
        book.keep(trusted)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
