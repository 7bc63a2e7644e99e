"""The kiosk's side: enrolment, time, settings, captures; and the kiosk of a request for other features."""

from __future__ import annotations

import base64
import ipaddress
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from playlists import enrolment as protocol
from playlists.ids import sha256_hex
from playlists.instant import parse_instant
from playlists.renewal import Need, need_of
from server.accounts.calling import unauthenticated
from server.accounts.endpoints import address_of
from server.changes import note_change
from server.errors import Problem, conflict
from server.fleet import captures, enrolment, repository
from server.fleet import service as fleet
from server.fleet.certificates import service as certificates
from server.fleet.certificates.schemas import (
    CertificateGiven,
    EnrolmentAnswer,
    EnrolmentAsked,
    RenewAsked,
    ReturnAsked,
)
from server.fleet.kiosk.calling import Credential, Proof, credential_of, kiosk_of
from server.fleet.schemas import EnrolAsked, EnrolledShown, KioskSettings, MqttGiven, MqttShown, NowShown
from server.mqtt.address import BrokerAddress
from server.parts import Parts, PartsDep
from server.routes import Router
from server.tables import Kiosk, KioskStatus
from server.throttle import FREE_TRIES_OF_AN_ADDRESS, Tally
from server.trust import repository as trust

public = Router(prefix="/api/v1/kiosk", tags=["kiosk"])
router = Router(prefix="/api/v1/kiosk", tags=["kiosk"])


def _calling_kiosk(request: Request, parts: PartsDep) -> Kiosk:
    credential = credential_of(request)
    with parts.db.read() as session:
        kiosk = kiosk_of(session, credential, parts.clock())
    if kiosk is None:
        raise unauthenticated()
    return kiosk


CallingKiosk = Annotated[Kiosk, Depends(_calling_kiosk)]
"""The enrolled kiosk of a request, as a detached row; 401 without one."""
KIOSK_ONLY = Depends(_calling_kiosk)
"""For `include_router(..., dependencies=[KIOSK_ONLY])`."""


@public.post("/enrol", status_code=201)
def enrol(asked: EnrolAsked, request: Request, parts: PartsDep) -> EnrolledShown:
    """Turn a one-time code into a kiosk's token, MQTT password and pinned key, where kiosks have no certificates."""
    return _enrolled(parts, request, enrolment.enrol(parts, asked.code, address_of(request), simulated=asked.simulated))


@public.post("/enrolment", responses={202: {"description": "A person has to say yes first; ask again."}})
def ask_enrolment(asked: EnrolmentAsked, request: Request, response: Response, parts: PartsDep) -> EnrolmentAnswer:
    """Take a computer's certificate request, authenticated with a one-time code that is not said.

    The same request is sent again until a person has compared the words. `content` is then what a kiosk needs, as
    base64 of JSON, and `mac` proves with the same code that this server said it (playlists.enrolment).
    """
    nonce, pem = bytes.fromhex(asked.nonce), asked.csr.encode()
    answered = enrolment.ask(
        parts, enrolment.Request(pem, nonce, asked.mac, asked.agent, asked.simulated), address_of(request)
    )
    if answered.enrolled is None:
        response.status_code = HTTPStatus.ACCEPTED
        return EnrolmentAnswer(state="waiting")
    content = _enrolled(parts, request, answered.enrolled).model_dump_json().encode()
    mac = protocol.answer_mac(answered.key, nonce, pem, content)
    return EnrolmentAnswer(state="accepted", content=base64.b64encode(content).decode(), mac=mac)


@public.post("/return", status_code=201)
def come_back(asked: ReturnAsked, request: Request, parts: PartsDep) -> CertificateGiven:
    """Give a kiosk whose certificate has ended, at most 400 days ago, another one: its old key signed the request."""
    tally = Tally(f"return:{address_of(request)}", FREE_TRIES_OF_AN_ADDRESS)
    parts.throttle.check(tally)
    try:
        with parts.db.write() as session:
            row = certificates.come_back(
                session,
                parts.authority,
                asked.serial,
                asked.csr.encode(),
                asked.signature,
                parts.clock(),
            )
    except Problem as problem:
        if problem.status is HTTPStatus.FORBIDDEN:
            parts.throttle.failed(tally)
        raise
    return CertificateGiven(certificate_pem=row.chain_pem)


@router.post("/certificate", status_code=201)
def renew(asked: RenewAsked, kiosk: CallingKiosk, request: Request, parts: PartsDep) -> CertificateGiven:
    """Give a kiosk that came with its certificate another one, for a new key; the old one stays good until its end."""
    if credential_of(request).proof is not Proof.CERTIFICATE:
        raise conflict(
            "certificate-needed", "Only who shows a certificate renews one. Enrol this kiosk with a new code."
        )
    with parts.db.write() as session:
        row = fleet.locked_kiosk(session, kiosk.id)
        made = certificates.renew(session, parts.authority, row, asked.csr.encode(), parts.clock())
    return CertificateGiven(certificate_pem=made.chain_pem)


def _pinned(parts: Parts, kiosk: Kiosk) -> dict[str, Any]:
    """Return what a kiosk pins: the root in force, its site and its panel."""
    with parts.db.read() as session:
        panel = repository.panel(session, kiosk.panel_id) if kiosk.panel_id is not None else None
        site = repository.site(session, panel.site_id) if panel is not None else None
        root = trust.newest_root(session, training=site is not None and site.training)
        if panel is None or site is None or root is None:
            return {}
        return {"root": root.envelope.decode(), "site": site.slug, "panel_id": panel.id}


@router.get("/time")
def time(parts: PartsDep) -> NowShown:
    """Tell the server's time."""
    return NowShown(now=parts.clock())


@router.get("/settings")
def settings(kiosk: CallingKiosk, request: Request, parts: PartsDep) -> KioskSettings:
    """Tell where broker and server are by now, and what is to be done about the certificate that was shown."""
    broker, credential = parts.broker_address(), credential_of(request)
    mqtt = _mqtt(broker, kiosk)
    if broker.shared_password is not None and _is_loopback(address_of(request)):
        mqtt = MqttGiven(**mqtt.model_dump(), password=broker.shared_password)
    need = _need(parts, credential)
    return KioskSettings(mqtt=mqtt, base_url=_base_url(parts, request), certificate=need)


def _need(parts: Parts, credential: Credential) -> Need | None:
    """Return what a kiosk has to do about its certificate: our clock knows, when its own does not."""
    if credential.proof is not Proof.CERTIFICATE:
        return None
    now = parts.clock()
    with parts.db.read() as session:
        row = certificates.certificate(session, credential.value)
    if row is None:
        return None
    if row.first_used_at is None:
        with parts.db.write() as session:
            certificates.note_used(session, row.serial, now)
    if parts.authority is not None and not row.chain_pem.endswith(parts.authority.clients.pem):
        return Need.RENEW
    return need_of(row.not_after, now)


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


def _enrolled(parts: Parts, request: Request, enrolled: enrolment.Enrolled) -> EnrolledShown:
    broker = parts.broker_address()
    password = broker.shared_password or enrolled.mqtt_password or ""
    certificate, authority = enrolled.certificate, parts.authority
    return EnrolledShown(
        kiosk_id=enrolled.kiosk.id,
        slug=enrolled.kiosk.slug,
        token=enrolled.token,
        server_public_key=parts.server_public_key.hex(),
        mqtt=MqttGiven(**_mqtt(broker, enrolled.kiosk).model_dump(), password=password),
        base_url=_base_url(parts, request),
        certificate_pem=certificate.chain_pem if certificate is not None else None,
        authority_pem=authority.root_pem if certificate is not None and authority is not None else None,
        **_pinned(parts, enrolled.kiosk),
    )


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
