"""Enrolment with certificates, renewal, return, stolen and replaced kiosks, through the API on both databases."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import select

from playlists import enrolment as protocol
from playlists.ids import sha256_hex
from playlists.renewal import return_content
from playlists.trust.fingerprint import in_words
from server import keys
from server.app import create_app
from server.authority import store
from server.db import Database
from server.faults.identities import Identities
from server.fleet.enrolment import EVERYBODY, _tallies
from server.fleet.kiosk.calling import CERTIFICATE_HEADER
from server.settings import BrokerKind, Identity, Settings
from server.tables import Certificate, EnrolmentCode, Fault, Kiosk
from server.tables.accounts import Role
from tests.conftest import People, free_port
from tests.server.authority.requesting import new_key, public_der, request_of
from tests.server.authority.test_certificates import authority
from tests.server.test_fleet import Place, new_place
from tests.serving import Serving, listening

ENROL = "/api/v1/kiosk/enrolment"


@dataclass
class Clock:
    """A clock that a test moves."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def folder(database_url: str) -> Iterator[Path]:
    """A short path: a UNIX socket's has at most 107 bytes."""
    made = Path(tempfile.mkdtemp(prefix="bangtin-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def settings(database_url: str, folder: Path) -> Settings:
    made = Settings(
        data_dir=folder,
        database_url=database_url,
        port=0,
        kiosk_identity=Identity.CERTIFICATE,
        broker=BrokerKind.EXTERNAL,
        mqtt_port=free_port(),
        mqtt_files_dir=folder / "mosquitto",
    )
    keys.make_server_key(made.keys_dir)
    authority(made.keys_dir)
    (folder / "mosquitto").mkdir()
    return made


@pytest.fixture(scope="module")
def server(settings: Settings, clock: Clock) -> Iterator[Serving]:
    """The server over TCP, as people in these tests reach it."""
    with listening(create_app(settings, clock), host="127.0.0.1", port=0) as running:
        yield running


@pytest.fixture(scope="module")
def behind_proxy(server: Serving, folder: Path) -> Iterator[Callable[[str], httpx.Client]]:
    """The same application on a UNIX socket; makes clients whose certificate the proxy has verified."""
    path = folder / "socket"
    clients: list[httpx.Client] = []

    def client(serial: str) -> httpx.Client:
        transport = httpx.HTTPTransport(uds=str(path))
        made = httpx.Client(transport=transport, base_url="http://server", headers={CERTIFICATE_HEADER: serial})
        clients.append(made)
        return made

    with listening(server.app, uds=str(path), lifespan="off", forwarded_allow_ips="*"):
        yield client
        for one in clients:
            one.close()


@pytest.fixture(autouse=True)
def patient(server: Serving, clock: Clock) -> Iterator[None]:
    yield
    clock.ahead = timedelta(0)
    server.app.state.parts.throttle.succeeded(*_tallies("127.0.0.1"), EVERYBODY)


@pytest.fixture
def place(people: People, admin: httpx.Client) -> Place:
    return new_place(admin, str(people.agency().id))


@dataclass
class Device:
    """A computer with a key, in front of which somebody types a code."""

    client: httpx.Client
    code: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    nonce: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    @property
    def csr(self) -> bytes:
        return self.__dict__.setdefault("_csr", request_of(self.key, "bangtin-server", authority=True))  # type: ignore[no-any-return]

    @property
    def code_key(self) -> bytes:
        return protocol.key_of(protocol.read_code(self.code) or "")

    @property
    def fingerprint(self) -> str:
        return sha256_hex(public_der(self.key))

    def ask(self, **changes: Any) -> httpx.Response:
        body = {
            "csr": self.csr.decode(),
            "nonce": self.nonce.hex(),
            "mac": protocol.request_mac(self.code_key, self.nonce, self.csr),
            "agent": "0.1.0",
        }
        return self.client.post(ENROL, json=body | changes)

    def content(self) -> dict[str, Any]:
        """What the server gave, after the proof that it knows the code."""
        answer = self.ask()
        assert answer.status_code == 200, answer.text
        content = base64.b64decode(answer.json()["content"])
        right = protocol.answer_mac(self.code_key, self.nonce, self.csr, content)
        assert answer.json()["mac"] == right
        read: dict[str, Any] = json.loads(content)
        return read


def new_code(admin: httpx.Client, kiosk_id: str) -> str:
    answer = admin.post(f"/api/v1/kiosks/{kiosk_id}/enrolment-code")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


def device(people: People, admin: httpx.Client, kiosk_id: str) -> Device:
    return Device(people.stranger(), new_code(admin, kiosk_id))


def accepted(people: People, admin: httpx.Client, kiosk_id: str) -> tuple[Device, dict[str, Any], str]:
    """A device that became a kiosk: itself, what it was given, and its certificate's serial number."""
    made = device(people, admin, kiosk_id)
    assert made.ask().status_code == 202
    yes = admin.post(f"/api/v1/kiosks/{kiosk_id}/enrolment/accept", json={"fingerprint": made.fingerprint})
    assert yes.status_code == 201, yes.text
    return made, made.content(), yes.json()["serial"]


def test_a_device_waits_for_a_yes_and_gets_a_certificate_of_its_own_key(
    people: People, admin: httpx.Client, place: Place, database: Database, settings: Settings
) -> None:
    made = device(people, admin, place.kiosk_id)
    first = made.ask()
    assert (first.status_code, first.json()["state"], first.json()["content"]) == (202, "waiting", None)
    shown = admin.get(f"/api/v1/kiosks/{place.kiosk_id}/enrolment").json()
    assert (shown["words"], shown["fingerprint"]) == (in_words(made.fingerprint), made.fingerprint)
    assert made.ask().json()["state"] == "waiting"
    yes = admin.post(f"/api/v1/kiosks/{place.kiosk_id}/enrolment/accept", json={"fingerprint": made.fingerprint})
    assert yes.status_code == 201
    given = made.content()
    assert given == made.content()
    assert (given["kiosk_id"], given["token"], given["mqtt"]["password"]) == (place.kiosk_id, None, "")
    assert given["mqtt"]["tls"]
    own = store.load(settings.keys_dir)
    assert own is not None
    assert given["authority_pem"] == own.root_pem == given["mqtt"]["ca_pem"]
    certificate = x509.load_pem_x509_certificate(given["certificate_pem"].encode())
    assert certificate.public_key() == made.key.public_key()
    assert f"CN={place.kiosk_id}" in certificate.subject.rfc4514_string()
    assert "bangtin-server" not in certificate.subject.rfc4514_string()
    with database.read() as session:
        kept = str(session.exec(select(EnrolmentCode)).all())
        kiosk = session.exec(select(Kiosk).where(Kiosk.token_sha256.is_(None), Kiosk.slug.like("kiosk-%"))).first()  # type: ignore[union-attr, attr-defined]
    assert kiosk is not None
    assert made.code not in kept
    assert made.code.replace("-", "") not in kept


def test_the_yes_counts_for_the_key_that_was_compared(people: People, admin: httpx.Client, place: Place) -> None:
    made = device(people, admin, place.kiosk_id)
    path = f"/api/v1/kiosks/{place.kiosk_id}/enrolment/accept"
    assert admin.get(f"/api/v1/kiosks/{place.kiosk_id}/enrolment").json() is None
    assert admin.post(path, json={"fingerprint": made.fingerprint}).json()["code"] == "nobody-waits"
    made.ask()
    assert admin.post(path, json={"fingerprint": "0" * 64}).json()["code"] == "another-key"
    assert made.ask().json()["state"] == "waiting"


def test_a_no_voids_the_code(people: People, admin: httpx.Client, place: Place) -> None:
    made = device(people, admin, place.kiosk_id)
    made.ask()
    said = {"fingerprint": made.fingerprint}
    assert admin.post(f"/api/v1/kiosks/{place.kiosk_id}/enrolment/refuse", json=said).status_code == 204
    assert made.ask().status_code == 403
    assert admin.post(f"/api/v1/kiosks/{place.kiosk_id}/enrolment/accept", json=said).status_code == 409


def test_a_second_key_freezes_the_kiosk_until_a_person_has_looked(
    people: People, admin: httpx.Client, place: Place
) -> None:
    made = device(people, admin, place.kiosk_id)
    thief = Device(people.stranger(), made.code)
    made.ask()
    assert thief.ask().json()["code"] == "code-used-twice"
    assert made.ask().status_code == 409
    path = f"/api/v1/kiosks/{place.kiosk_id}"
    said = {"fingerprint": made.fingerprint}
    assert admin.post(f"{path}/enrolment/accept", json=said).json()["code"] == "code-used-twice"
    assert admin.get(path).json()["frozen_at"] is not None
    again = device(people, admin, place.kiosk_id)
    again.ask()
    assert admin.post(f"{path}/enrolment/accept", json={"fingerprint": again.fingerprint}).status_code == 409
    assert admin.post(f"{path}/unfreeze").status_code == 204
    _, given, _ = accepted(people, admin, place.kiosk_id)
    assert given["kiosk_id"] == place.kiosk_id
    assert admin.get(path).json()["frozen_at"] is None


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"mac": "0" * 64}, 403),
        ({"nonce": "0" * 64}, 403),
        ({"nonce": "0" * 62}, 422),
        ({"csr": "x"}, 422),
        ({"csr": "x" * 5000}, 422),
        ({"csr": request_of(new_key()).decode()}, 403),
    ],
)
def test_a_request_that_the_code_does_not_vouch_for_is_refused(
    people: People, admin: httpx.Client, place: Place, change: dict[str, str], status: int
) -> None:
    made = device(people, admin, place.kiosk_id)
    assert made.ask(**change).status_code == status
    assert made.ask().status_code == 202


def test_guessing_is_slowed_down(people: People, admin: httpx.Client, place: Place) -> None:
    made = device(people, admin, place.kiosk_id)
    guesses = [made.ask(mac=f"{number:064x}").status_code for number in range(12)]
    assert guesses[:5] == [403] * 5
    assert 429 in guesses[5:]


def test_a_code_ends_after_its_hour(people: People, admin: httpx.Client, place: Place, clock: Clock) -> None:
    made = device(people, admin, place.kiosk_id)
    made.ask()
    clock.ahead = timedelta(minutes=61)
    assert made.ask().status_code == 403


def test_no_code_is_ever_said_where_kiosks_have_certificates(people: People, admin: httpx.Client, place: Place) -> None:
    code = new_code(admin, place.kiosk_id)
    answer = people.stranger().post("/api/v1/kiosk/enrol", json={"code": code, "agent": ""})
    assert (answer.status_code, answer.json()["code"]) == (409, "certificate-needed")


def test_a_certificate_opens_what_a_token_opens_and_only_through_the_proxy(
    people: People, admin: httpx.Client, place: Place, behind_proxy: Callable[[str], httpx.Client]
) -> None:
    _, _, serial = accepted(people, admin, place.kiosk_id)
    verified = behind_proxy(serial.upper())
    assert verified.get("/api/v1/kiosk/time").status_code == 200
    assert verified.get("/api/v1/kiosk/manifest").status_code == 404
    assert verified.get("/api/v1/kiosk/settings").json()["certificate"] == "nothing"
    spoofer = people.stranger()
    spoofer.headers[CERTIFICATE_HEADER] = serial
    assert spoofer.get("/api/v1/kiosk/time").status_code == 401
    assert spoofer.get("/api/v1/kiosk/manifest").status_code == 401
    for serial in ("", "0", "f" * 40, "zz", "1" * 41):
        assert behind_proxy(serial).get("/api/v1/kiosk/time").status_code == 401
    used = admin.get(f"/api/v1/kiosks/{place.kiosk_id}/certificates").json()
    assert [one["first_used_at"] is not None for one in used] == [True]


def test_a_kiosk_renews_with_a_new_key_and_the_old_certificate_stays_good(
    people: People, admin: httpx.Client, place: Place, behind_proxy: Callable[[str], httpx.Client], clock: Clock
) -> None:
    _, _, serial = accepted(people, admin, place.kiosk_id)
    old = behind_proxy(serial)
    clock.ahead = timedelta(days=119)
    assert old.get("/api/v1/kiosk/settings").json()["certificate"] == "nothing"
    clock.ahead = timedelta(days=121)
    assert old.get("/api/v1/kiosk/settings").json()["certificate"] == "renew"
    key = new_key()
    given = old.post("/api/v1/kiosk/certificate", json={"csr": request_of(key).decode()})
    assert given.status_code == 201, given.text
    certificate = x509.load_pem_x509_certificate(given.json()["certificate_pem"].encode())
    assert certificate.public_key() == key.public_key()
    new = behind_proxy(format(certificate.serial_number, "x"))
    assert new.get("/api/v1/kiosk/settings").json()["certificate"] == "nothing"
    assert old.get("/api/v1/kiosk/time").status_code == 200
    clock.ahead = timedelta(days=181)
    assert old.get("/api/v1/kiosk/time").status_code == 401
    assert new.get("/api/v1/kiosk/time").status_code == 200
    assert old.post("/api/v1/kiosk/certificate", json={"csr": request_of(new_key()).decode()}).status_code == 401


def test_a_kiosk_gets_no_more_than_ten_certificates_a_day(
    people: People, admin: httpx.Client, place: Place, behind_proxy: Callable[[str], httpx.Client]
) -> None:
    _, _, serial = accepted(people, admin, place.kiosk_id)
    client = behind_proxy(serial)
    asked = [
        client.post("/api/v1/kiosk/certificate", json={"csr": request_of(new_key()).decode()}).status_code
        for _ in range(10)
    ]
    assert asked == [201] * 9 + [429]


def coming_back(made: Device, serial: str, client: httpx.Client, **changes: str) -> httpx.Response:
    csr = request_of(new_key())
    signature = made.key.sign(return_content(serial, csr), ec.ECDSA(hashes.SHA256()))
    body = {"serial": serial, "csr": csr.decode(), "signature": base64.b64encode(signature).decode()}
    return client.post("/api/v1/kiosk/return", json=body | changes)


def test_a_kiosk_that_was_away_for_a_year_comes_back(
    people: People, admin: httpx.Client, place: Place, clock: Clock, behind_proxy: Callable[[str], httpx.Client]
) -> None:
    made, _, serial = accepted(people, admin, place.kiosk_id)
    clock.ahead = timedelta(days=180 + 399)
    back = coming_back(made, serial, people.stranger())
    assert back.status_code == 201
    number = x509.load_pem_x509_certificate(back.json()["certificate_pem"].encode()).serial_number
    assert behind_proxy(format(number, "x")).get("/api/v1/kiosk/time").status_code == 200
    clock.ahead = timedelta(days=180 + 401)
    assert coming_back(made, serial, people.stranger()).status_code == 403


def test_nobody_else_comes_back(people: People, admin: httpx.Client, place: Place, clock: Clock) -> None:
    made, _, serial = accepted(people, admin, place.kiosk_id)
    thief, client = Device(people.stranger(), made.code), people.stranger()
    clock.ahead = timedelta(days=200)
    assert coming_back(thief, serial, client).status_code == 403
    assert coming_back(made, "abc", client).status_code == 403
    assert coming_back(made, serial, client, csr=request_of(new_key()).decode()).status_code == 403
    assert coming_back(made, serial, client, signature="AAAA").status_code == 403
    assert coming_back(made, serial, client, signature="not base64").status_code == 422
    assert coming_back(made, serial, client, signature="AAA").status_code == 422
    assert coming_back(made, serial, client).status_code == 201


def test_a_stolen_kiosk_is_shut_out_everywhere_at_once(
    people: People,
    admin: httpx.Client,
    place: Place,
    database: Database,
    settings: Settings,
    server: Serving,
    behind_proxy: Callable[[str], httpx.Client],
) -> None:
    made, _, serial = accepted(people, admin, place.kiosk_id)
    exchange = server.app.state.parts.exchange
    exchange.authorise()
    files = settings.mqtt_files_dir
    assert files is not None
    assert f"user {place.kiosk_id}\n" in (files / "acl").read_text()
    assert (
        x509.load_pem_x509_crl((files / "blocked.pem").read_bytes()).get_revoked_certificate_by_serial_number(
            int(serial, 16)
        )
        is None
    )
    stolen = admin.post(f"/api/v1/kiosks/{place.kiosk_id}/revoke", json={"reason": "stolen"})
    assert (stolen.status_code, stolen.json()["panel_id"]) == (200, None)
    exchange.authorise()
    assert place.kiosk_id not in (files / "acl").read_text()
    assert x509.load_pem_x509_crl((files / "blocked.pem").read_bytes()).get_revoked_certificate_by_serial_number(
        int(serial, 16)
    )
    assert behind_proxy(serial).get("/api/v1/kiosk/time").status_code == 401
    assert coming_back(made, serial, people.stranger()).status_code == 403
    assert made.ask().status_code == 403
    with database.read() as session:
        row = session.get_one(Certificate, serial)
        assert (row.blocked_reason, row.blocked_by is not None) == ("stolen", True)


def test_a_new_device_takes_over_the_panel_when_it_is_accepted_and_the_old_certificate_dies(
    people: People, admin: httpx.Client, place: Place, behind_proxy: Callable[[str], httpx.Client]
) -> None:
    _, _, old_serial = accepted(people, admin, place.kiosk_id)
    prepared = admin.post(f"/api/v1/kiosks/{place.kiosk_id}/replace", json={"slug": f"new-{place.kiosk_id[-12:]}"})
    assert prepared.status_code == 201, prepared.text
    new_id = prepared.json()["kiosk_id"]
    assert admin.get(f"/api/v1/panels/{place.panel_id}").json()["kiosk_id"] == place.kiosk_id
    assert behind_proxy(old_serial).get("/api/v1/kiosk/time").status_code == 200
    made = Device(people.stranger(), prepared.json()["code"])
    assert made.ask().status_code == 202
    assert behind_proxy(old_serial).get("/api/v1/kiosk/time").status_code == 200
    yes = admin.post(f"/api/v1/kiosks/{new_id}/enrolment/accept", json={"fingerprint": made.fingerprint})
    assert yes.status_code == 201, yes.text
    assert made.content()["kiosk_id"] == new_id
    assert admin.get(f"/api/v1/panels/{place.panel_id}").json()["kiosk_id"] == new_id
    old, new = (admin.get(f"/api/v1/kiosks/{one}").json() for one in (place.kiosk_id, new_id))
    assert (old["revoked_at"] is not None, old["panel_id"]) == (True, None)
    assert (new["panel_id"], new["replaces_id"]) == (place.panel_id, None)
    assert behind_proxy(old_serial).get("/api/v1/kiosk/time").status_code == 401
    assert behind_proxy(yes.json()["serial"]).get("/api/v1/kiosk/time").status_code == 200
    reasons = [one["blocked_reason"] for one in admin.get(f"/api/v1/kiosks/{place.kiosk_id}/certificates").json()]
    assert reasons == [] or reasons == ["replaced"]


def test_a_prepared_device_is_forgotten_when_another_is_prepared(
    people: People, admin: httpx.Client, place: Place
) -> None:
    accepted(people, admin, place.kiosk_id)
    path, name = f"/api/v1/kiosks/{place.kiosk_id}/replace", place.kiosk_id[-10:]
    first = admin.post(path, json={"slug": f"one-{name}"}).json()
    assert admin.post(path, json={"slug": f"two-{name}"}).status_code == 201
    assert Device(people.stranger(), first["code"]).ask().status_code == 403
    assert admin.get(f"/api/v1/kiosks/{first['kiosk_id']}").json()["revoked_at"] is not None


def test_the_pages_lead_from_the_code_on_the_panel_to_the_yes(
    people: People, admin: httpx.Client, place: Place
) -> None:
    accepted(people, admin, place.kiosk_id)
    replaced = admin.post(
        f"/api/v1/kiosks/{place.kiosk_id}/replace", json={"slug": f"page-{place.kiosk_id[-10:]}"}
    ).json()
    made = Device(people.stranger(), replaced["code"])
    made.ask()
    lead = admin.get(f"/kiosks/waiting/{made.fingerprint[:16]}")
    assert (lead.status_code, lead.headers["Location"]) == (303, f"/kiosks/{replaced['kiosk_id']}")
    for language, says in (("vi", "Bảng có hiện đúng sáu từ này không?"), ("zh", "显示屏上是否显示这六个词？")):
        admin.cookies.set("bangtin_language", language)
        admin.patch("/api/v1/me", json={"language": language})
        page = admin.get(f"/kiosks/{replaced['kiosk_id']}")
        assert page.status_code == 200
        assert says in page.text
        assert all(f'<li lang="en">{word}</li>' in page.text for word in in_words(made.fingerprint).split())
        assert made.fingerprint in page.text
    listed = admin.get("/kiosks", params={"q": "TRA LINH"}).text
    assert f"/kiosks/{place.kiosk_id}" in listed
    assert "没有找到" in admin.get("/kiosks", params={"q": "nowhere"}).text
    assert admin.get(f"/kiosks/waiting/{'0' * 16}").status_code == 404
    old = admin.get(f"/kiosks/{place.kiosk_id}").text
    assert f"page-{place.kiosk_id[-10:]}" in old
    agency = people.agency()
    assert people.person(Role.EDITOR, agency.id).client.get("/kiosks").status_code == 403
    empty = people.person(Role.TECHNICIAN, agency.id).client.get("/kiosks")
    assert (empty.status_code, "Chưa có máy phát nào" in empty.text) == (200, True)


def test_what_is_wrong_with_who_kiosks_are_is_a_fault_until_it_is_right(
    people: People, admin: httpx.Client, place: Place, database: Database, clock: Clock
) -> None:
    def codes_now() -> list[str]:
        Identities(database, clock).look()
        with database.read() as session:
            rows = session.exec(select(Fault).where(Fault.kiosk_id == UUID(place.kiosk_id)))
            return sorted(row.code for row in rows if row.cleared_at is None)

    made, _, _ = accepted(people, admin, place.kiosk_id)
    assert codes_now() == []
    Device(people.stranger(), made.code).ask()
    assert codes_now() == ["enrolment_conflict"]
    assert codes_now() == ["enrolment_conflict"]
    assert admin.post(f"/api/v1/kiosks/{place.kiosk_id}/unfreeze").status_code == 204
    assert codes_now() == []
    clock.ahead = timedelta(days=149)
    assert codes_now() == []
    clock.ahead = timedelta(days=151)
    assert codes_now() == ["certificate_ending"]
    clock.ahead = timedelta(0)
    assert codes_now() == []


def test_a_technician_of_the_agency_may_and_a_stranger_may_not(people: People, admin: httpx.Client) -> None:
    agency = people.agency()
    place = new_place(admin, str(agency.id))
    technician = people.person(Role.TECHNICIAN, agency.id).client
    _, given, _ = accepted(people, technician, place.kiosk_id)
    assert given["kiosk_id"] == place.kiosk_id
    for role, status in ((Role.VIEWER, 403), (Role.EDITOR, 403)):
        client = people.person(role, agency.id).client
        assert client.get(f"/api/v1/kiosks/{place.kiosk_id}/certificates").status_code == status
    other = people.person(Role.ADMINISTRATOR, people.agency().id).client
    assert other.get(f"/api/v1/kiosks/{place.kiosk_id}/certificates").status_code == 404


def test_a_new_enrolment_of_the_same_kiosk_blocks_what_it_had(
    people: People, admin: httpx.Client, place: Place, behind_proxy: Callable[[str], httpx.Client]
) -> None:
    _, _, first = accepted(people, admin, place.kiosk_id)
    _, _, second = accepted(people, admin, place.kiosk_id)
    assert [behind_proxy(one).get("/api/v1/kiosk/time").status_code for one in (first, second)] == [401, 200]


def test_a_server_without_authority_does_not_start_with_certificates(folder: Path, tmp_path: Path) -> None:
    bare = Settings(data_dir=tmp_path, kiosk_identity=Identity.CERTIFICATE, broker=BrokerKind.EXTERNAL)
    keys.make_server_key(bare.keys_dir)
    with pytest.raises(Exception, match="bangtin ca init"):
        create_app(bare)
