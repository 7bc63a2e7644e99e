"""The newest lines of the agent's log, in memory, ready to be sent: without secrets, control characters and novels."""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime

from playlists.wire.messages import MOST_LOG_LINES, MOST_LOG_TEXT, LogLevel, LogLine

KEPT = 1000
BEFORE = 200
"""So many lines from before somebody asked are sent first."""
MOST_BATCH_BYTES = 32 * 1024
MOST_READ = 4000
"""Characters of a record that are looked at at all."""
HIDDEN = "[…]"
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|$)", re.DOTALL)
_USER = re.compile(r"(?<=://)[^/\s@]{1,300}@")
_NAMED = re.compile(
    r"""(?ix) ( (?: authorization | cookie | bearer | token | passw(?:or)?d | secret | api[-_]?key | private[-_]?key
    | code ) ["']? \s* [=:] \s* ["']? (?: (?:bearer|basic) \s+ )? | \b(?:bearer|basic) \s+ ) [^\s"',;&]{3,}"""
)
_LEVELS = ((logging.ERROR, LogLevel.ERROR), (logging.WARNING, LogLevel.WARNING), (logging.INFO, LogLevel.INFO))


def plain(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text as it may be sent: on one line, without what is secret; what is cut off ends with `…`."""
    text = text[:MOST_READ]
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    text = _NAMED.sub(rf"\1{HIDDEN}", _USER.sub(f"{HIDDEN}@", _PEM.sub(HIDDEN, _ANSI.sub("", text))))
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= MOST_LOG_TEXT else f"{text[: MOST_LOG_TEXT - 1]}…"


class Logbook(logging.Handler):
    """Keeps what the program writes down; full, it forgets the oldest."""

    def __init__(self, secrets: Iterable[str | None] = (), kept: int = KEPT) -> None:
        super().__init__(logging.INFO)
        # A secret is hidden wherever it stands; a short word would hide half of the log.
        self._secrets = tuple(sorted((one for one in secrets if one and len(one) >= 8), key=len, reverse=True))
        self._lines: deque[LogLine] = deque(maxlen=kept)
        self._next = 1
        self._guard = threading.Lock()
        self._told: object = None
        self._sent = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record; a traceback becomes a line for each of its own."""
        try:
            level = next((name for least, name in _LEVELS if record.levelno >= least), LogLevel.DEBUG)
            at = datetime.fromtimestamp(record.created, UTC)
            said = [f"{record.name.rpartition('.')[2]}: {record.getMessage()}"]
            if record.exc_info and record.exc_info[0] is not None:
                said += logging.Formatter().formatException(record.exc_info).splitlines()[-20:]
            with self._guard:
                for text in said:
                    line = LogLine(number=self._next, at=at, level=level, text=plain(text, self._secrets))
                    self._lines.append(line)
                    self._next += 1
        except (TypeError, ValueError):  # its text and its values do not fit together
            self.handleError(record)

    def next_lines(self, reader: object) -> tuple[LogLine, ...]:
        """Return the next lines for a reader, at most one message of them; a new reader begins BEFORE lines ago."""
        with self._guard:
            if reader != self._told:
                self._told, self._sent = reader, max(0, self._next - 1 - BEFORE)
            batch: list[LogLine] = []
            size = 0
            for line in self._lines:
                if line.number <= self._sent:
                    continue
                size += len(line.model_dump_json())
                if len(batch) == MOST_LOG_LINES or size > MOST_BATCH_BYTES:
                    break
                batch.append(line)
            if batch:
                self._sent = batch[-1].number
            return tuple(batch)
