"""Manifests, envelopes and moments for the tests of the agent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kiosk_agent.core.accept import Held, read
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.moment import Moment
from kiosk_agent.core.state import Identity, Policy, State
from playlists.fault import CheckResult, FaultCode
from playlists.manifest import PAYLOAD_TYPE
from playlists.trust import public_key, sign

PRIVATE = bytes(range(32))
PUBLIC = public_key(PRIVATE)
OTHER_PRIVATE = bytes(range(1, 33))
KIOSK = UUID("01980000-0000-7000-8000-000000000007")
START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PROFILE = "320x160p25-nf1"
CLOCK_OK = Finding("clock", CheckResult.OK, FaultCode.CLOCK_UNTRUSTED)


def content(number: int, size: int = 3000) -> bytes:
    """Return the bytes of a made-up segment."""
    return (hashlib.sha256(str(number).encode()).digest() * (size // 32 + 1))[:size]


def digest(number: int, size: int = 3000) -> str:
    return hashlib.sha256(content(number, size)).hexdigest()


def document(seq: int = 1, numbers: Sequence[int] = (1, 2), size: int = 3000, **changes: Any) -> dict[str, Any]:
    """Return a manifest whose default playlist shows the numbered segments, each for four seconds."""
    items = [
        {
            "id": str(UUID(int=number)),
            "notice_id": str(UUID(int=1000 + number)),
            "title": f"Thông báo {number}",
            "on_air_ms": 4000,
            "takes": [{"language": "vi", "sha256": digest(number, size)}],
        }
        for number in numbers
    ]
    segments = [
        {"sha256": digest(number, size), "size": size, "profile": PROFILE, "language": "vi", "duration_ms": 1000}
        for number in dict.fromkeys(numbers)
    ]
    made: dict[str, Any] = {
        "v": 1,
        "kiosk_id": str(KIOSK),
        "seq": seq,
        "issued_at": "2026-11-23T02:00:00.000Z",
        "site": "tra-linh",
        "time_zone": "Asia/Ho_Chi_Minh",
        "tzdata": "2026.1",
        "panel": {"id": str(UUID(int=8)), "slug": "tra-linh-1", "name": "Cổng", "width": 320, "height": 160},
        "segments": segments,
        "playlists": [{"id": str(UUID(int=500)), "name": "ngày", "items": items}],
        "default_playlist_id": str(UUID(int=500)),
    }
    return made | changes


def sealed(made: dict[str, Any], private: bytes = PRIVATE) -> bytes:
    return sign(json.dumps(made).encode(), PAYLOAD_TYPE, private)


def envelope(seq: int = 1, numbers: Sequence[int] = (1, 2), **changes: Any) -> bytes:
    return sealed(document(seq, numbers, **changes))


def held(seq: int = 1, numbers: Sequence[int] = (1, 2), **changes: Any) -> Held:
    return read(envelope(seq, numbers, **changes), KIOSK, PUBLIC)


def fresh(**policy: Any) -> State:
    return State(Identity(KIOSK, PUBLIC, 1, "boot", "test"), policy=Policy(**policy))


def moment(seconds: float = 0.0, chance: float = 0.5, jump_s: float = 0.0) -> Moment:
    """Return the instant so many seconds after the start; `jump_s` is how far the wall clock has jumped."""
    return Moment(START + timedelta(seconds=seconds + jump_s), seconds, chance)
