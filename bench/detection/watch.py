"""Somebody who looks: when is a fault in the API, when is its alarm there, and when does the console's page show it?"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

import httpx

LOOK_EVERY_S = 0.25


class Seen(StrEnum):
    """Where something can be seen."""

    FAULT = "fault"
    """`GET /api/v1/faults`: the condition is known."""
    ALARM = "alarm"
    """`GET /api/v1/alarms`: it stands for longer than its delay and wants somebody."""
    CONSOLE = "console"
    """The console's page of faults shows that alarm."""


@dataclass
class Awaited:
    """A fault that was made at `made_s` (monotonic) at a panel, and when it was seen where."""

    kind: str
    panel_id: str
    codes: frozenset[str]
    made_s: float
    seen_s: dict[Seen, float] = field(default_factory=dict)

    @property
    def is_seen(self) -> bool:
        """Whether it was seen everywhere."""
        return len(self.seen_s) == len(Seen)


class Watch:
    """Looks a few times a second until the end of the block, and notes when what is awaited was seen."""

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=60, headers={"Accept-Language": "vi"})
        self._client.post("/api/v1/login", json={"username": username, "password": password}).raise_for_status()
        self._awaited: list[Awaited] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self.failure: Exception | None = None
        self.codes_seen: set[str] = set()

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End."""
        self._stopping.set()
        self._thread.join()
        self._client.close()

    def expect(self, awaited: Awaited) -> Awaited:
        """Look for something from now on."""
        with self._lock:
            self._awaited.append(awaited)
        return awaited

    def wait(self, awaited: Awaited, seconds: float) -> bool:
        """Wait until something was seen everywhere; tell whether it was."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not awaited.is_seen:
            if self.failure is not None:
                raise self.failure
            time.sleep(LOOK_EVERY_S)
        return awaited.is_seen

    def is_gone(self, panel_id: str, codes: frozenset[str]) -> bool:
        """Tell whether no fault with one of these codes is open at a panel."""
        return not any(one["code"] in codes for one in self._items(f"/api/v1/faults?open=true&panel_id={panel_id}"))

    def _run(self) -> None:
        try:
            while not self._stopping.wait(LOOK_EVERY_S):
                self._look()
        except Exception as failure:  # noqa: BLE001 - told by whoever waits
            self.failure = failure

    def _look(self) -> None:
        with self._lock:
            missing = [one for one in self._awaited if not one.is_seen]
        if not missing:
            return
        faults = self._items("/api/v1/faults?open=true&limit=200")
        alarms = [one for one in self._items("/api/v1/alarms?limit=200") if one["is_raised"]]
        page = self._client.get("/faults").raise_for_status().text
        shown = [one for one in alarms if f'id="fault-{one["id"]}"' in page]
        now_s = time.monotonic()
        for where, found in ((Seen.FAULT, faults), (Seen.ALARM, alarms), (Seen.CONSOLE, shown)):
            there = {(str(one["panel_id"]), str(one["code"])) for one in found}
            for one in missing:
                if any((one.panel_id, code) in there for code in one.codes):
                    one.seen_s.setdefault(where, now_s - one.made_s)

    def _items(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._client.get(path).raise_for_status().json()["items"]
        return found
