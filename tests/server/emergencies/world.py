"""A site with a panel and its kiosk, a root, people on duty with keys, and released warnings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import select

from playlists import trust
from playlists.ids import sha256_hex
from playlists.instant import format_instant
from playlists.trust.chain import begin
from playlists.trust.release import Release
from playlists.trust.shape import Reader
from playlists.trust.strict import from_base64
from playlists.trust.take import take_release
from playlists.trust.trusted import Clock, Trusted
from playlists.trust.warn import take_emergency
from playlists.wire.messages import Emergencies, decode
from server.db import Database, Session, now
from server.tables import DesiredMessage, Kiosk, KioskStatus, Panel, SignedDocument, Site
from server.tables.accounts import Role
from tests.conftest import People, Person
from tests.server.trust import network

PROFILE = "64x32p25-nf1"


@dataclass
class Place:
    """A site of an agency with one panel and its kiosk."""

    agency_id: UUID
    site: Site
    panel: Panel
    kiosk: Kiosk

    @property
    def reader(self) -> Reader:
        return Reader(self.kiosk.id, self.panel.id, self.site.slug)


def make_place(database: Database, agency_id: UUID, number: int) -> Place:
    """Make a site with a panel, and an enrolled kiosk that is online."""
    with database.write() as session:
        site = Site(slug=f"site-{number}", agency_id=agency_id, name=f"Cửa khẩu {number}", time_zone="Asia/Ho_Chi_Minh")
        session.add(site)
        session.flush()
        panel = Panel(slug=f"mat-{number}", site_id=site.id, agency_id=agency_id, name="Cổng", width=64, height=32)
        session.add(panel)
        session.flush()
        kiosk = Kiosk(slug=f"may-{number}", panel_id=panel.id, enrolled_at=now())
        session.add(kiosk)
        session.flush()
        session.add(KioskStatus(kiosk_id=kiosk.id, online=True, changed_at=now()))
    return Place(agency_id, site, panel, kiosk)


@dataclass
class World:
    """The network with its root; every test has its own places, all tests of a module one root."""

    people: People
    database: Database
    root: bytes
    duty: Person
    second: Person
    approver: Person
    agency_id: UUID
    admin: httpx.Client

    def release(self, word: str | None, places: Sequence[Place], **fields: Any) -> str:
        """Seal a release of a template for places, and return its digest."""
        return seal_template(self.database, word, places, **fields)

    def kiosk(self, place: Place, releases: Sequence[str] = ()) -> Trusted:
        """The state of a kiosk that was enrolled there and took some releases."""
        payload = from_base64(json.loads(self.root)["payload"])
        state = begin(self.root, sha256_hex(payload), place.reader)
        with self.database.read() as session:
            for digest in releases:
                envelope = envelope_of(session, digest)
                state = take_release(state, envelope, Clock(now()))
        return state

    def bundle(self, place: Place) -> list[bytes]:
        """What the kiosk is told on dn/emergency."""
        with self.database.read() as session:
            row = session.get(DesiredMessage, (place.kiosk.id, "emergency"))
        return [one.encode() for one in decode(Emergencies, row.body).envelopes] if row is not None else []

    def heard(self, place: Place, state: Trusted, at: datetime | None = None) -> Trusted:
        """The kiosk's state after it took what it is told."""
        for envelope in self.bundle(place):
            state = take_emergency(state, envelope, Clock(at or now()))
        return state

    def sign(self, person: Person, shown: dict[str, Any], by: str | None = None) -> httpx.Response:
        """Sign what waits of an emergency, as the console does."""
        return network.sign(person.client, shown["document_id"], by or person.user.username)


def seal_template(database: Database, word: str | None, places: Sequence[Place], **fields: Any) -> str:
    """Write a release that two people signed, of a template's pictures for the places' panels; return its digest."""
    at = now()
    segments = [
        {
            "sha256": sha256_hex(f"{word} {language} {at}".encode()),
            "size": 5,
            "profile": PROFILE,
            "language": language,
            "duration_ms": 3000,
        }
        for language in ("vi", "en", "zh")
    ]
    said: dict[str, Any] = {
        "v": 1,
        "issued_at": _moment(at),
        "audience": {"sites": [one.site.slug for one in places]},
        "agency": "so-van-hoa",
        "author": "tac-gia",
        "route": "notice",
        "segments": segments,
        "not_before": _moment(at - timedelta(hours=1)),
        "show_until": _moment(at + timedelta(days=30)),
    }
    said |= {"template": word} if word is not None else {}
    payload = json.dumps(said | fields).encode()
    envelope = trust.sign(payload, Release.payload_type, *(network.secret(one) for one in ("an", "binh")))
    row = SignedDocument(
        kind="release",
        digest=sha256_hex(payload),
        payload=payload,
        state="sealed",
        envelope=envelope,
        sign_path="",
        created_at=at,
        sealed_at=at,
    )
    with database.write() as session:
        session.add(row)
    return sha256_hex(payload)


def envelope_of(session: Session, digest: str) -> bytes:
    """The sealed envelope of a digest."""
    row = session.exec(select(SignedDocument).where(SignedDocument.digest == digest)).one()
    assert row.envelope is not None
    return row.envelope


def _moment(at: datetime) -> str:
    return format_instant(at)


def make_world(people: People, database: Database, server_public: bytes, admin: httpx.Client) -> World:
    """Make people on duty and approvers, and install a root that names them."""
    agency = people.agency()
    duty, second = (people.person(Role.DUTY_OFFICER, agency.id) for _ in range(2))
    approver = people.person(Role.APPROVER, agency.id)
    names = [duty.user.username, second.user.username]
    roles = {"approver": ["an", "binh"], "leader": ["an"], "department": ["binh"], "duty": names, "cap": ["cap"]}
    content = network.root(server_public, roles)
    installed = network.install(admin, content)
    assert installed.status_code == 201, installed.text
    return World(people, database, content, duty, second, approver, agency.id, admin)
