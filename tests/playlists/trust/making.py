"""A small network with people, keys and documents; every key is the same in each run."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from playlists.board import Slot, tiles_of
from playlists.ids import sha256_hex
from playlists.manifest import PAYLOAD_TYPE as MANIFEST_TYPE
from playlists.manifest import Manifest
from playlists.trust.chain import begin
from playlists.trust.emergency import Emergency
from playlists.trust.envelope import Signature, write_envelope
from playlists.trust.key import Key, file_key, key_id, public_key, signature_of
from playlists.trust.release import Release
from playlists.trust.root import Root
from playlists.trust.shape import Document, Reader
from playlists.trust.statements import Hold, Time, Values, Withdrawal
from playlists.trust.trusted import Clock, Source, Trusted
from tests.playlists.trust.authenticator import ORIGIN, RP_ID, Authenticator

NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
CLOCK = Clock(NOW)
BLIND = Clock(datetime(1970, 1, 1, tzinfo=UTC), Source.UNKNOWN)
KIOSK, PANEL, OTHER_PANEL, BOARD = (UUID(int=number) for number in (1, 2, 3, 4))
READER = Reader(KIOSK, PANEL, "tra-linh")
NONCE = "0123456789abcdef0123456789abcdef"
ADDING: dict[str, Any] = {"id": "notice", "roles": ["leader", "department"], "file_keys": 1}
"""A route to which steps are added."""


def secret(name: str) -> bytes:
    return hashlib.sha256(f"key {name}".encode()).digest()


def key(name: str, holder: str | None = None, sites: tuple[str, ...] = ()) -> Key:
    return file_key(public_key(secret(name)), holder or name, sites)


def id_of(name: str) -> str:
    return key_id(public_key(secret(name)))


AN_PASSKEY, CHI_PASSKEY = Authenticator("an"), Authenticator("chi")
FILES = ("root-a", "root-b", "root-c", "server", "an", "binh", "dung", "em", "cap", "outsider")
KEYS = (*(key(name) for name in FILES[:-1]), key("giang", sites=("tra-linh",)), key("hoa", sites=("ban-gioc",)))


def moment(offset: timedelta = timedelta()) -> str:
    return (NOW + offset).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def role(*names: str, threshold: int = 1, file_keys: int = 0) -> dict[str, Any]:
    return {"keys": [id_of(name) for name in names], "threshold": threshold, "file_keys": file_keys}


def root_fields(**fields: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "v": 1,
        "version": 1,
        "issued_at": moment(-timedelta(days=30)),
        "keys": [one.model_dump(mode="json") for one in (*KEYS, AN_PASSKEY.key, CHI_PASSKEY.key)],
        "roles": {
            "root": role("root-a", "root-b", "root-c", threshold=2),
            "server": role("server"),
            "approver": {"keys": [id_of("an"), id_of("binh"), AN_PASSKEY.key.id, CHI_PASSKEY.key.id]},
            "leader": {"keys": [id_of("an"), AN_PASSKEY.key.id]},
            "department": {"keys": [id_of("binh"), CHI_PASSKEY.key.id, AN_PASSKEY.key.id]},
            "duty": role("dung", "em"),
            "status": role("giang", "hoa"),
            "cap": role("cap"),
        },
        "routes": [{"id": "notice", "roles": ["leader", "department"], "file_keys": 1, "basis": "12/QĐ-UBND"}],
        "passkeys": {"rp_id": RP_ID, "origins": [ORIGIN]},
    }
    return plain | fields


def payload(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def signed(shape: type[Document] | str, fields: dict[str, Any], *by: str | Authenticator) -> bytes:
    """Return the envelope of any fields, signed by named files and by authenticators."""
    kind = shape if isinstance(shape, str) else shape.payload_type
    content = payload(fields)
    made: list[Signature] = [
        one.sign(content, kind) if isinstance(one, Authenticator) else signature_of(content, kind, secret(one))
        for one in by
    ]
    return write_envelope(kind, content, made)


def root(*by: str, **fields: Any) -> bytes:
    return signed(Root, root_fields(**fields), *(by or ("root-a", "root-b")))


def fresh(**fields: Any) -> Trusted:
    """The state of a kiosk that was enrolled just now."""
    written = root_fields(**fields)
    content = signed(Root, written, "root-a", "root-b")
    return begin(content, sha256_hex(payload(written)), READER, demo=bool(fields.get("demo")))


def digest(content: bytes) -> str:
    """The digest of an envelope's payload."""
    return sha256_hex(base64.b64decode(json.loads(content)["payload"]))


def sha(name: str) -> str:
    return sha256_hex(name.encode())


def segment(name: str, language: str = "mul", **fields: Any) -> dict[str, Any]:
    plain = {"sha256": sha(name), "size": 5, "profile": "768x384p25-nf1", "language": language, "duration_ms": 10_000}
    return plain | fields


def release_fields(*names: str, **fields: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "issued_at": moment(-timedelta(hours=1)),
        "audience": {"sites": ["tra-linh"]},
        "agency": "customs",
        "author": "tac-gia",
        "route": "notice",
        "segments": [segment(name) for name in names or ("hours",)],
        "not_before": moment(-timedelta(hours=1)),
        "show_until": moment(timedelta(days=30)),
    } | fields


def release(*names: str, by: tuple[str | Authenticator, ...] = ("an", CHI_PASSKEY), **fields: Any) -> bytes:
    return signed(Release, release_fields(*names, **fields), *by)


def board_fields(**fields: Any) -> dict[str, Any]:
    slots: list[dict[str, Any]] = [
        {"name": "gate", "kind": "phrase", "phrases": ["open", "closed"]},
        {"name": "queue", "kind": "digits", "most": 99},
    ]
    box = [0, 0, 8, 8]
    places = {
        slot["name"]: {"box": box, "cells": dict.fromkeys(sorted(tiles_of(Slot.model_validate(slot))), box)}
        for slot in slots
    }
    face = {
        "language": "mul",
        "base": sha("base"),
        "sheet": sha("sheet"),
        "sheet_size": 9,
        "places": places,
        "plate": box,
        "plate_at": box,
    }
    return {"id": str(BOARD), "name": "Cửa khẩu", "slots": slots, "faces": [face]} | fields


def board_release(**fields: Any) -> bytes:
    return release(**{"segments": [segment("base")], "boards": [board_fields()]} | fields)


def template_release() -> bytes:
    return release(segments=[segment(f"flood-{one}", one) for one in ("vi", "en", "zh")], template="flash-flood-1")


def withdrawal(*names: str, by: tuple[str | Authenticator, ...] = ("binh",), **fields: Any) -> bytes:
    plain = {"v": 1, "issued_at": moment(), "audience": {"sites": ["tra-linh"]}, "withdraws": list(names)}
    return signed(Withdrawal, plain | fields, *by)


def hold(seq: int, *names: str, by: tuple[str, ...] = ("server",), **fields: Any) -> bytes:
    plain = {"v": 1, "issued_at": moment(), "site": "tra-linh", "seq": seq, "holds": list(names)}
    return signed(Hold, plain | fields, *by)


def values(seq: int = 1, by: tuple[str, ...] = ("giang",), **fields: Any) -> bytes:
    plain = {
        "v": 1,
        "issued_at": moment(),
        "site": "tra-linh",
        "board": str(BOARD),
        "seq": seq,
        "expires_at": moment(timedelta(hours=8)),
        "values": {"gate": "open", "queue": 40},
    }
    return signed(Values, plain | fields, *by)


def emergency_fields(**fields: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "issued_at": moment(),
        "id": "flood-7",
        "seq": 1,
        "audience": {"sites": ["tra-linh"]},
        "status": "actual",
        "message": "alert",
        "release": digest(template_release()),
        "headlines": {"vi": "Cảnh báo lũ quét", "en": "Flash flood warning", "zh": "山洪预警"},
        "expires_at": moment(timedelta(hours=6)),
    } | fields


def emergency(who: tuple[str | Authenticator, ...] = ("dung",), **fields: Any) -> bytes:
    return signed(Emergency, emergency_fields(**fields), *who)


def free_text(who: tuple[str | Authenticator, ...] = ("dung", "em"), **fields: Any) -> bytes:
    own = [segment(f"free-{one}", one) for one in ("vi", "en", "zh")]
    return emergency(who, **{"text": "free", "release": None, "pictures": own} | fields)


def cancel(*names: str, who: tuple[str | Authenticator, ...] = ("em",), **fields: Any) -> bytes:
    plain = {"id": "flood-7-end", "message": "cancel", "references": list(names), "release": None}
    return emergency(who, **plain | fields)


def time(by: str = "server", **fields: Any) -> bytes:
    return signed(Time, {"v": 1, "issued_at": moment(), "nonce": NONCE} | fields, by)


def manifest(*names: str, seq: int = 1, releases: tuple[str, ...] = (), by: str = "server", **fields: Any) -> bytes:
    plain = {
        "kiosk_id": str(KIOSK),
        "seq": seq,
        "issued_at": moment(),
        "site": "tra-linh",
        "time_zone": "Asia/Ho_Chi_Minh",
        "tzdata": "2026a",
        "panel": {"id": str(PANEL), "slug": "tra-linh-1", "name": "Cổng", "width": 768, "height": 384},
        "releases": list(releases),
        "segments": [segment(name) for name in names],
    }
    Manifest.model_validate_json(json.dumps(plain))
    return signed(MANIFEST_TYPE, plain | fields, by)
