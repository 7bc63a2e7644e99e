"""The network of tests/playlists/trust with the pictures and the clock of the agent's tests, signed as people would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from kiosk_agent.core.accept import Held
from kiosk_agent.core.state import Identity, Policy, State
from kiosk_agent.core.trust import Trust
from playlists.ids import sha256_hex
from playlists.instant import format_instant
from playlists.manifest import PAYLOAD_TYPE, Manifest
from playlists.trust.chain import begin
from playlists.trust.emergency import Emergency
from playlists.trust.key import public_key
from playlists.trust.release import Release
from playlists.trust.shape import Reader
from playlists.trust.trusted import Clock, Trusted
from tests.kiosk_agent.making import KIOSK, PROFILE, START, digest, document
from tests.playlists.trust import making as m

PANEL = "00000000-0000-0000-0000-000000000008"
READER = Reader(KIOSK, UUID(PANEL), "tra-linh")
CLOCK = Clock(START)
TEMPLATE = {"vi": 91, "en": 92, "zh": 93}
"""The numbers of the pictures of the template that every kiosk has."""


def at(**offset: float) -> str:
    return format_instant(START + timedelta(**offset))


def root(*by: str, **fields: Any) -> bytes:
    return m.root(*by, **{"issued_at": at(days=-30)} | fields)


def pinned(**fields: Any) -> Trusted:
    content = root(**fields)
    return begin(content, m.digest(content), READER, demo=bool(fields.get("demo")))


def segment(number: int, language: str = "vi", size: int = 3000) -> dict[str, Any]:
    return {
        "sha256": digest(number, size),
        "size": size,
        "profile": PROFILE,
        "language": language,
        "duration_ms": 1000,
    }


def release(*numbers: int, by: Sequence[Any] = ("an", m.CHI_PASSKEY), size: int = 3000, **fields: Any) -> bytes:
    plain = {
        "issued_at": at(hours=-1),
        "not_before": at(hours=-1),
        "show_until": at(days=30),
        "segments": [segment(number, size=size) for number in numbers],
    }
    return m.signed(Release, m.release_fields(**plain | fields), *by)


def template(**fields: Any) -> bytes:
    pictures = [segment(number, language) for language, number in TEMPLATE.items()]
    return release(**{"segments": pictures, "template": "flash-flood-1"} | fields)


def manifest(seq: int, *numbers: int, releases: Sequence[bytes] = (), by: str = "server", **fields: Any) -> bytes:
    plain = document(seq, numbers) | {
        "issued_at": at(hours=-1),
        "releases": [m.digest(one) for one in releases],
    }
    return m.signed(PAYLOAD_TYPE, plain | fields, by)


def held(envelope: bytes) -> Held:
    from playlists.trust.envelope import parse_envelope

    made = Manifest.model_validate_json(parse_envelope(envelope, PAYLOAD_TYPE).payload)
    return Held(sha256_hex(envelope), envelope, made)


def emergency(who: Sequence[Any] = ("dung",), **fields: Any) -> bytes:
    plain = {"issued_at": at(), "release": m.digest(template()), "expires_at": at(hours=6)}
    return m.signed(Emergency, m.emergency_fields(**plain | fields), *who)


def cancel(*names: str, who: Sequence[Any] = ("em",), **fields: Any) -> bytes:
    plain = {"id": "flood-7-end", "message": "cancel", "references": list(names), "release": None}
    return emergency(who, **plain | fields)


def withdrawal(*names: str, by: Sequence[Any] = ("binh",), **fields: Any) -> bytes:
    return m.withdrawal(*names, by=tuple(by), **{"issued_at": at()} | fields)


def hold(seq: int, *names: str, by: Sequence[str] = ("server",), **fields: Any) -> bytes:
    return m.hold(seq, *names, by=tuple(by), **{"issued_at": at()} | fields)


def rooted(trusted: Trusted | None = None, *, required: bool = True, **policy: Any) -> State:
    """The state of a kiosk before its start; `trusted` comes with `Started`."""
    identity = Identity(KIOSK, public_key(m.secret("server")), 1, "boot", "test")
    return State(identity, policy=Policy(**policy), trust=Trust(required=required))
