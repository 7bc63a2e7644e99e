"""A look that is done again and again in a thread of its own, at intervals or when a bell rings."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from server.db import Bell

log = logging.getLogger(__name__)
END_S = 10.0


class Periodic:
    """Calls `look` at once and then every so many seconds; a database that does not answer is met at the next look."""

    def __init__(self, name: str, every_s: float, look: Callable[[], object], bell: Bell | None = None) -> None:
        self._every_s = every_s
        self._look = look
        self._bell = bell or Bell()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for a look that is under way."""
        self._stopping.set()
        self._bell.ring()
        if self._thread.ident is not None:
            self._thread.join(END_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            heard = self._bell.rings
            try:
                self._look()
            except SQLAlchemyError:
                log.exception("%s: the database does not answer; it is tried again", self._thread.name)
            if not self._stopping.is_set():
                self._bell.wait(heard, self._every_s)
