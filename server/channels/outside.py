"""Whatever Apprise reaches: Zalo bots, Telegram, Matrix, ntfy and a hundred others, by an address of its own form."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import apprise

from server.channels.port import Letter, NotSent, Takes

logging.getLogger("apprise").setLevel(logging.CRITICAL)
"""Its warnings may hold addresses with their secrets."""


@dataclass(frozen=True)
class Outside:
    """One service; `url` returns Apprise's address, with `{to}` where a person's id goes."""

    name: str
    label: str
    url: Callable[[], str]
    takes: Takes = Takes.NAME
    is_plain: bool = False

    def send(self, address: str, letter: Letter, at: datetime) -> str:  # noqa: ARG002 - the port's shape
        """Send one message."""
        out = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, storage_mode="memory"))
        if not out.add(self.url().replace("{to}", quote(address, safe=""))):
            raise NotSent("The address of this service is not one that Apprise knows; see the file of channels.")
        body = f"{letter.body}\n\n({letter.id[-8:]})"
        if not out.notify(body=body, title=letter.subject, body_format=apprise.NotifyFormat.TEXT):
            raise NotSent("The service did not take the message.")
        return "The service took it."
