"""The kiosk's side: enrolment, time, settings, captures; and the kiosk of a request for other features."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request

from playlists.ids import sha256_hex
from playlists.instant import parse_instant
from server.accounts.calling import unauthenticated
from server.accounts.endpoints import address_of
from server.changes import note_change
from server.fleet import captures, enrolment, repository
from server.fleet.schemas import EnrolAsked, EnrolledShown, KioskSettings, MqttGiven, MqttShown, NowShown
from server.mqtt.address import BrokerAddress
from server.parts import Parts, PartsDep
from server.tables import Kiosk, KioskStatus
from server.trust import repository as trust

public = APIRouter(prefix="/api/v1/kiosk", tags=["kiosk"])
router = APIRouter(prefix="/api/v1/kiosk", tags=["kiosk"])


def _calling_kiosk(request: Request, parts: PartsDep) -> Kiosk:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated()
    with parts.db.read() as session:
        kiosk = repository.kiosk_by_token(session, sha256_hex(token.strip().encode()))
    if kiosk is None:
        raise unauthenticated()
    return kiosk


CallingKiosk = Annotated[Kiosk, Depends(_calling_kiosk)]
"""The enrolled kiosk of a request, as a detached row; 401 without one."""
KIOSK_ONLY = Depends(_calling_kiosk)
"""For `include_router(..., dependencies=[KIOSK_ONLY])`."""


@public.post("/enrol", status_code=201)
def enrol(asked: EnrolAsked, request: Request, parts: PartsDep) -> EnrolledShown:
    """Turn a one-time code into a kiosk's token, MQTT password and pinned key."""
    enrolled = enrolment.enrol(parts, asked.code, address_of(request))
    broker = parts.broker_address()
    mqtt = MqttGiven(
        **_mqtt(broker, enrolled.kiosk).model_dump(), password=broker.shared_password or enrolled.mqtt_password
    )
    return EnrolledShown(
        kiosk_id=enrolled.kiosk.id,
        slug=enrolled.kiosk.slug,
        token=enrolled.token,
        server_public_key=parts.server_public_key.hex(),
        mqtt=mqtt,
        base_url=_base_url(parts, request),
        **_pinned(parts, enrolled.kiosk),
    )


def _pinned(parts: Parts, kiosk: Kiosk) -> dict[str, Any]:
    """Return what a kiosk pins: the root in force, its site and its panel."""
    with parts.db.read() as session:
        panel = repository.panel(session, kiosk.panel_id) if kiosk.panel_id is not None else None
        site = repository.site(session, panel.site_id) if panel is not None else None
        root = trust.newest_root(session)
        if panel is None or site is None or root is None:
            return {}
        return {"root": root.envelope.decode(), "site": site.slug, "panel_id": panel.id}


@router.get("/time")
def time(parts: PartsDep) -> NowShown:
    """Tell the server's time."""
    return NowShown(now=parts.clock())


@router.get("/settings")
def settings(kiosk: CallingKiosk, request: Request, parts: PartsDep) -> KioskSettings:
    """Tell where broker and server are by now."""
    broker = parts.broker_address()
    mqtt = _mqtt(broker, kiosk)
    if broker.shared_password is not None and _is_loopback(address_of(request)):
        mqtt = MqttGiven(**mqtt.model_dump(), password=broker.shared_password)
    return KioskSettings(mqtt=mqtt, base_url=_base_url(parts, request))


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post(
    "/capture",
    status_code=204,
    max_body_size=captures.MOST_BYTES,
    openapi_extra={"requestBody": {"required": True, "content": {"image/jpeg": {"schema": {"format": "binary"}}}}},
)
def capture(
    kiosk: CallingKiosk,
    content: Annotated[bytes, Depends(_body)],
    parts: PartsDep,
    x_bangtin_captured_at: Annotated[str | None, Header(max_length=40)] = None,
) -> None:
    """Take the picture that a kiosk made of its screen; the newest one is kept."""
    captures.check_jpeg(content)
    captures.store(parts.captures_dir, kiosk.id, content)
    with parts.db.write() as session:
        status = repository.status(session, kiosk.id) or KioskStatus(kiosk_id=kiosk.id)
        status.capture_at = _taken_at(x_bangtin_captured_at, parts.clock())
        status.capture_sha256 = sha256_hex(content)
        session.add(status)
        if kiosk.panel_id is not None:
            note_change(session, "panel", kiosk.panel_id)


def _taken_at(said: str | None, now: datetime) -> datetime:
    """Return when a capture was taken: what the kiosk says unless that is unreadable or in the future."""
    try:
        return min(parse_instant(said), now) if said is not None else now
    except ValueError:
        return now


def _mqtt(broker: BrokerAddress, kiosk: Kiosk) -> MqttShown:
    username = broker.shared_username or str(kiosk.id)
    return MqttShown(host=broker.host, port=broker.port, tls=broker.tls, ca_pem=broker.ca_pem, username=username)


def _base_url(parts: Parts, request: Request) -> str:
    return (parts.settings.base_url or str(request.base_url)).rstrip("/")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
