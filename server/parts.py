"""The parts of a running server, made once in the wiring and handed to every request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, cast

from anyio import CapacityLimiter, Semaphore
from fastapi import Depends, Request

from playlists import trust
from server.authority.store import Authority
from server.channels.port import Channel
from server.db import Database
from server.edge import MOST_WRITING
from server.media.blobs import BlobStore
from server.media.incoming import IncomingFiles, Turns
from server.media.measuring import Measurements
from server.mqtt.address import BrokerAddress
from server.mqtt.exchange import Exchange
from server.settings import Settings
from server.throttle import Throttle

Check = Callable[[], str | None]
"""Returns None when a part works, else a sentence that says what does not."""


@dataclass(frozen=True)
class Parts:
    """What endpoints need besides their request: `request.app.state.parts`."""

    settings: Settings
    db: Database
    blobs: BlobStore
    incoming: IncomingFiles
    """Uploads in pieces that are not whole or not checked yet."""
    clock: Callable[[], datetime]
    throttle: Throttle
    server_key: bytes
    """The private Ed25519 key, 32 raw bytes."""
    authority: Authority | None
    """What signs kiosks' certificates, where `bangtin ca init` was run."""
    broker_address: Callable[[], BrokerAddress]
    exchange: Exchange
    """The broker and the server's link to it."""
    measurements: Measurements
    channels: Mapping[str, Channel] = field(default_factory=dict)
    """By which people are notified, as the settings' file says."""
    checks: dict[str, Check] = field(default_factory=dict)
    """What /readyz asks, by name."""
    writing: Semaphore = field(default_factory=lambda: Semaphore(MOST_WRITING))
    """Lets requests in that write."""
    upload_checks: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))
    """How many uploads are checked at a time; each check may use gigabytes."""
    turns: Turns = field(default_factory=Turns)
    """One request at a time for each upload in pieces."""

    @property
    def captures_dir(self) -> Path:
        """Where each kiosk's latest capture lies."""
        return self.settings.data_dir / "captures"

    @property
    def thumbnails_dir(self) -> Path:
        """Where small pictures of media are kept; they can be made again."""
        return self.settings.data_dir / "thumbnails"

    @property
    def frames_dir(self) -> Path:
        """Where the pictures of segments that were reviewed are kept; they can be made again."""
        return self.settings.data_dir / "frames"

    @property
    def server_public_key(self) -> bytes:
        """The key that kiosks pin."""
        return trust.public_key(self.server_key)


def parts_of(request: Request) -> Parts:
    """Return the parts of the application that a request came to."""
    return cast("Parts", request.app.state.parts)


PartsDep = Annotated[Parts, Depends(parts_of)]
