"""Another certificate in time: asked for with a new key, and used for good only after a connection with it held.

Called now and then by who asks the server for its settings. Whatever goes wrong leaves the kiosk with what it had.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kiosk_agent.link.http import Refused, Server, Unreachable
from kiosk_agent.store import identity
from kiosk_agent.store.identity import NoIdentity
from playlists.renewal import Need

log = logging.getLogger(__name__)
GAP_S = 600.0
"""Least time between two tries."""


class Renewing:
    """Keeps a kiosk's certificate good. May be called from several threads; one of them at a time does it."""

    def __init__(self, data_dir: Path, server: Server, clock: Callable[[], float] = time.monotonic) -> None:
        self._data_dir = data_dir
        self._server = server
        self._clock = clock
        self._lock = threading.Lock()
        self._tried_s: float | None = None

    def look(self, need: Need) -> Path | None:
        """Get another certificate where one is needed.

        Args:
            need: what the server said, by its clock; RETURN where it refused us, because our certificate has ended.

        Returns:
            the file of the new identity once it is in use.
        """
        path = identity.path_of(self._data_dir)
        if path is None or need is Need.NOTHING or not self._lock.acquire(blocking=False):
            return None
        try:
            if self._tried_s is not None and self._clock() - self._tried_s < GAP_S:
                return None
            self._tried_s = self._clock()
            return self._renew(path, need)
        except (NoIdentity, OSError, Unreachable, Refused, ValueError) as error:
            log.warning("no new certificate this time: %s", error)
            return None
        finally:
            self._lock.release()

    def _renew(self, path: Path, need: Need) -> Path:
        key = identity.new_key()
        request = identity.request_of(key)
        if need is Need.RETURN:
            old = identity.read(path)
            chain = self._server.come_back(old.serial, request, old.returning(request))
        else:
            chain = self._server.renew(request)
        self._server.prove(identity.keep_next(self._data_dir, key, chain))
        in_use = identity.use_next(self._data_dir)
        self._server.show(in_use)
        log.info("a new certificate is in use")
        return in_use
