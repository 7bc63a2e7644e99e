"""What the kiosk asks of the server about signed documents, on the asker's thread; nothing of the answers is judged."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.events import Event
from kiosk_agent.link.http import Refused, Server, Unreachable
from kiosk_agent.link.worker import Worker
from playlists.wire.messages import Malformed


class Enquiries:
    """Asks what was commanded, and tells the answer as an event."""

    def __init__(self, server: Server, asker: Worker, tell: Callable[[Event], object]) -> None:
        self._server, self._asker, self._tell = server, asker, tell
        self._signed_mark: str | None = None

    @property
    def known(self) -> Mapping[Any, Callable[[Any], None]]:
        """Each command and what does it."""
        return {
            do.AskSigned: self._ask_signed,
            do.AskWithdrawals: self._ask_withdrawals,
            do.FetchRoot: self._fetch_root,
            do.FetchRelease: self._fetch_release,
            do.AskTime: self._ask_time,
        }

    def _ask_signed(self, _command: do.AskSigned) -> None:
        def ask() -> Event:
            answer = self._server.signed(self._signed_mark)
            if answer is None:
                return events.SignedRead(None)
            said, self._signed_mark = answer
            return events.SignedRead(said)

        self._ask_for(ask, events.SignedFailed)

    def _ask_withdrawals(self, command: do.AskWithdrawals) -> None:
        self._ask_for(lambda: events.WithdrawalsRead(self._server.withdrawals(command.page)), events.SignedFailed)

    def _fetch_root(self, command: do.FetchRoot) -> None:
        self._ask_for(lambda: events.RootFetched(self._server.root(command.version)), events.DocumentFailed)

    def _fetch_release(self, command: do.FetchRelease) -> None:
        sha256 = command.sha256
        self._ask_for(lambda: events.ReleaseFetched(sha256, self._server.release(sha256)), events.DocumentFailed)

    def _ask_time(self, _command: do.AskTime) -> None:
        nonce = secrets.token_hex(16)
        self._ask_for(
            lambda: events.TimeAnswered(nonce, self._server.time(nonce)),
            lambda _reason, _wait_s: events.TimeAnswered(nonce, None),
        )

    def _ask_for(self, ask: Callable[[], Event], failed: Callable[[str, float], Event]) -> None:
        """Ask the server on the asker's thread; a failure becomes the event that `failed` makes."""

        def job() -> None:
            try:
                answer = ask()
            except (Unreachable, Malformed) as error:
                answer = failed(str(error), 0.0)
            except Refused as error:
                answer = failed(str(error), error.retry_after_s)
            self._tell(answer)

        self._asker.do(job)
