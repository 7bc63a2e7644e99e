"""The look at who kiosks are: codes used twice, certificates that should have been renewed, software that is old."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playlists.fault import CATALOGUE, FaultCode
from server import VERSION
from server.db import Database
from server.faults import repository, service
from server.tables import Fault, Kiosk
from server.tables.faults import FaultSource

EVERY_S = 60.0
TOO_LATE = timedelta(days=30)
"""Kiosks renew from 60 days before the end: with fewer than these left, something is wrong."""
CODES = (FaultCode.ENROLMENT_CONFLICT, FaultCode.CERTIFICATE_ENDING, FaultCode.AGENT_OUTDATED)


_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}")


class Identities:
    """The look, done every minute and after each enrolment."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock

    def look(self) -> int:
        """Look once; return how many faults are newly raised or cleared."""
        at = self._clock()
        with self._db.read() as session:
            wanted = {(kiosk_id, CODES[0]): "another computer used its code" for kiosk_id in repository.frozen(session)}
            for kiosk_id, ends_at in repository.certificates_ending(session, at + TOO_LATE):
                wanted[(kiosk_id, CODES[1])] = f"ends on {ends_at.date()}"
            for kiosk_id, agent in repository.agents(session):
                if is_outdated(agent, VERSION):
                    wanted[(kiosk_id, CODES[2])] = f"runs {agent}; the server expects {VERSION}"
            standing = {(row.kiosk_id, row.code) for row in repository.server_faults(session, CODES)}
            if standing == {(kiosk_id, str(code)) for kiosk_id, code in wanted}:
                return 0
        with self._db.write() as session:
            changed = 0
            open_now = {(row.kiosk_id, row.code): row for row in repository.server_faults(session, CODES)}
            for (kiosk_id, code), detail in wanted.items():
                kiosk = repository.kiosk(session, kiosk_id)
                if kiosk is not None and open_now.pop((kiosk_id, str(code)), None) is None:
                    service.raise_found(session, _fault(kiosk, code, detail, at), at)
                    changed += 1
            for row in open_now.values():
                service.clear(session, row, at)
                changed += 1
        return changed


def is_outdated(agent: str, expected: str) -> bool:
    """Tell whether a kiosk's version is older than the server's; one that is no version says nothing."""
    if not (_VERSION.fullmatch(agent) and _VERSION.fullmatch(expected)):
        return False
    return _parts(agent) < _parts(expected)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _fault(kiosk: Kiosk, code: FaultCode, detail: str, at: datetime) -> Fault:
    return Fault(
        kiosk_id=kiosk.id,
        panel_id=kiosk.panel_id,
        code=code,
        severity=CATALOGUE[code].severity,
        detail=detail,
        source=FaultSource.SERVER,
        since_at=at,
    )
