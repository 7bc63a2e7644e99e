"""Documents that people sign: who may, what counts, when it is whole, and what a kiosk is given; both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from playlists.ids import sha256_hex
from playlists.language import SegmentLanguage
from playlists.trust.chain import begin
from playlists.trust.envelope import parse_envelope
from playlists.trust.release import Release, ReleasedSegment
from playlists.trust.root import Root
from playlists.trust.shape import Audience, Document, PanelAt, Reader
from playlists.trust.showing import shown
from playlists.trust.statements import Hold, Withdrawal
from playlists.trust.take import take_release
from playlists.trust.trusted import Clock
from server.db import Database, new_id, now
from server.errors import Problem
from server.tables import Agency, Kiosk, Panel, SignedDocument, Site
from server.tables.accounts import Role
from server.trust import service
from tests.conftest import People, Person
from tests.playlists.trust.authenticator import Authenticator
from tests.server.trust import network
from tests.serving import Serving


class World:
    """An installed root; people: an author, two leaders, one of the department, one only for another site."""

    def __init__(self, server: Serving, people: People, database: Database, admin: httpx.Client) -> None:
        self.people, self.database, self.parts = people, database, server.app.state.parts
        self.agency, other = people.agency(), people.agency()
        self.author = people.person(Role.EDITOR, self.agency.id)
        self.leader, self.deputy = (people.person(Role.APPROVER, self.agency.id) for _ in range(2))
        self.department = people.person(Role.APPROVER, other.id)
        self.elsewhere = people.person(Role.APPROVER, other.id)
        self.stranger = people.person(Role.APPROVER, other.id)
        self.passkey = Authenticator(self.department.user.username)
        names = [one.user.username for one in (self.leader, self.deputy, self.department, self.elsewhere)]
        roles = {
            "approver": names,
            "leader": [*names[:2], self.author.user.username],
            "department": [names[2], names[3], names[1]],
        }
        self.root = network.root(
            self.parts.server_public_key, roles, passkeys=[self.passkey], sites={names[3]: ("ban-gioc",)}
        )
        answer = network.install(admin, self.root)
        assert answer.status_code == 201, answer.text
        self.site = Site(slug="tra-linh", agency_id=self.agency.id, name="Trà Lĩnh", time_zone="Asia/Ho_Chi_Minh")
        self.panel = Panel(
            slug="tra-linh-1", site_id=self.site.id, agency_id=self.agency.id, name="Cổng", width=64, height=32
        )
        self.token = "0f" * 32
        self.kiosk = Kiosk(
            slug="may-1",
            panel_id=self.panel.id,
            enrolled_at=now(),
            token_sha256=sha256_hex(self.token.encode()),
        )
        for row in (self.site, self.panel, self.kiosk):
            with database.write() as session:
                session.add(row)

    def release(self, **fields: Any) -> Release:
        at = now().replace(microsecond=0)
        one = ReleasedSegment(
            sha256=sha256_hex(new_id().bytes),
            size=5,
            profile="64x32p25-nf1",
            language=SegmentLanguage.MUL,
            duration_ms=4000,
        )
        plain: dict[str, Any] = {
            "issued_at": at,
            "audience": Audience(sites=("tra-linh",)),
            "agency": self.agency.slug,
            "author": self.author.user.username,
            "route": "notice",
            "segments": (one,),
            "not_before": at,
            "show_until": at + timedelta(days=30),
        }
        return Release(**plain | fields)

    def opened(self, document: Document | None = None, *, agency: Agency | None = None) -> str:
        with self.database.write() as session:
            row = service.open_document(
                session,
                document or self.release(),
                made_by=self.author.user.id,
                at=now(),
                agency_id=(agency or self.agency).id,
            )
        return str(row.id)

    def row(self, document_id: str) -> SignedDocument:
        from uuid import UUID

        with self.database.read() as session:
            return session.get_one(SignedDocument, UUID(document_id))


@pytest.fixture(scope="module")
def world(server: Serving, people: People, database: Database, admin: httpx.Client) -> World:
    return World(server, people, database, admin)


def sign(person: Person, document_id: str, by: str | Authenticator | None = None) -> httpx.Response:
    return network.sign(person.client, document_id, by or person.user.username)


def asks(person: Person) -> set[str]:
    return {one["id"] for one in person.client.get("/api/v1/trust/documents").json()}


def test_two_people_of_the_route_seal_a_release_that_a_kiosk_takes(world: World, people: People) -> None:
    one = world.opened()
    assert one in asks(world.leader)
    assert one in asks(world.department)

    first = sign(world.leader, one)
    assert (first.status_code, first.json()["state"]) == (200, "open"), first.text
    assert first.json()["lacking"] == {"roles": ["department"], "file_keys": 0}
    last = sign(world.department, one, world.passkey)

    assert (last.status_code, last.json()["state"]) == (200, "sealed"), last.text
    assert [(each["holder"], each["passkey"]) for each in last.json()["signatures"]] == [
        (world.leader.user.username, False),
        (world.department.user.username, True),
    ]
    kiosk = people.stranger()
    kiosk.headers["Authorization"] = f"Bearer {world.token}"
    told = kiosk.get(f"/api/v1/kiosk/documents/{last.json()['digest']}")
    assert told.status_code == 200
    pinned = kiosk.get("/api/v1/kiosk/roots/1").content
    reader = Reader(world.kiosk.id, world.panel.id, "tra-linh")
    trusted = begin(pinned, parse_envelope(world.root, Root.payload_type).digest, reader)
    taken = take_release(trusted, told.content, Clock(now()))
    assert shown(taken, Clock(now())) == {each["sha256"] for each in last.json()["files"]}


def test_what_is_not_for_a_kiosk_or_not_sealed_does_not_exist_for_it(world: World, people: People) -> None:
    waiting = world.opened()
    elsewhere = world.opened(world.release(audience=Audience(sites=("ban-gioc",))))
    for person in (world.leader, world.department):
        assert sign(person, elsewhere).status_code == 200
    assert world.row(elsewhere).state == "sealed"
    kiosk = people.stranger()
    kiosk.headers["Authorization"] = f"Bearer {world.token}"

    for document_id in (waiting, elsewhere):
        assert kiosk.get(f"/api/v1/kiosk/documents/{world.row(document_id).digest}").status_code == 404
    assert kiosk.get("/api/v1/kiosk/roots/2").status_code == 404
    assert people.stranger().get("/api/v1/kiosk/roots/1").status_code == 401


def test_a_panel_is_named_together_with_its_site(world: World, people: People) -> None:
    moved = world.opened(world.release(audience=Audience(panels=(PanelAt(site="ban-gioc", panel=world.panel.id),))))
    for person in (world.leader, world.department):
        sign(person, moved)
    kiosk = people.stranger()
    kiosk.headers["Authorization"] = f"Bearer {world.token}"

    assert kiosk.get(f"/api/v1/kiosk/documents/{world.row(moved).digest}").status_code == 404


def test_an_author_approves_nothing_of_their_own(world: World) -> None:
    one = world.opened()

    assert one not in asks(world.author)
    answer = sign(world.author, one)

    assert (answer.status_code, answer.json()["code"]) == (403, "own-work")
    assert world.row(one).state == "open"


def test_the_same_person_does_not_stand_for_two_steps(world: World) -> None:
    one = world.opened()
    sign(world.deputy, one)

    again = sign(world.deputy, one)

    assert (again.status_code, again.json()["state"]) == (200, "open"), "the same signature again changes nothing"
    assert len(again.json()["signatures"]) == 1
    assert sign(world.leader, one).json()["state"] == "sealed", "the deputy can stand for the department as well"


def test_a_step_is_taken_once(world: World) -> None:
    one = world.opened()
    sign(world.department, one)
    with_passkey = sign(world.department, one, world.passkey)

    assert (with_passkey.status_code, with_passkey.json()["code"]) == (409, "step-taken")
    assert "leader" in with_passkey.json()["detail"]


def test_a_key_that_counts_elsewhere_only_is_not_asked(world: World) -> None:
    here, there = world.opened(), world.opened(world.release(audience=Audience(sites=("ban-gioc",))))

    assert here not in asks(world.elsewhere)
    assert there in asks(world.elsewhere)
    with world.database.write() as session:
        row = world.row(here)
        row.agency_id = None
        session.merge(row)
    answer = sign(world.elsewhere, here)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-asked")


def test_one_route_needs_a_key_in_a_file(world: World) -> None:
    one = world.opened()
    assert sign(world.department, one, world.passkey).status_code == 200
    assert world.leader.client.get(f"/api/v1/trust/documents/{one}").json()["lacking"]["file_keys"] == 1


def test_a_signature_of_other_bytes_is_refused(world: World) -> None:
    one, other = world.opened(), world.opened()
    shown_other = world.leader.client.get(f"/api/v1/trust/documents/{other}").json()
    body = network.signature(shown_other, world.leader.user.username)

    answer = world.leader.client.post(f"/api/v1/trust/documents/{one}/signatures", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "wrong-signature")
    assert world.row(one).state == "open"


def test_nobody_sends_anothers_signature(world: World) -> None:
    one = world.opened()
    body = network.signature(
        world.leader.client.get(f"/api/v1/trust/documents/{one}").json(), world.leader.user.username
    )

    answer = world.deputy.client.post(f"/api/v1/trust/documents/{one}/signatures", json=body)

    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-key")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"keyid": "0" * 64},
        {"keyid": "0" * 64, "sig": "!!"},
        {"keyid": "0" * 64, "sig": "A" * 5000},
        {"keyid": "nothing", "sig": "AA=="},
        {"keyid": "0" * 64, "sig": "AA==", "webauthn": {"authenticatorData": "!", "clientDataJSON": ""}},
        {"keyid": "0" * 64, "sig": "AA==", "webauthn": []},
    ],
)
def test_hostile_signatures_end_in_a_sentence(world: World, body: dict[str, Any]) -> None:
    one = world.opened()

    answer = world.leader.client.post(f"/api/v1/trust/documents/{one}/signatures", json=body)

    assert answer.status_code in (403, 422)
    assert answer.json()["detail"]


def test_a_cancelled_or_sealed_document_takes_no_more(world: World) -> None:
    one = world.opened()
    body = network.signature(
        world.leader.client.get(f"/api/v1/trust/documents/{one}").json(), world.leader.user.username
    )
    with world.database.write() as session:
        service.cancel(session, session.get_one(SignedDocument, world.row(one).id), now())

    answer = world.leader.client.post(f"/api/v1/trust/documents/{one}/signatures", json=body)

    assert (answer.status_code, answer.json()["code"]) == (409, "not-open")
    assert one not in asks(world.leader)


def test_a_document_with_a_place_of_its_own_is_signed_there(world: World) -> None:
    with world.database.write() as session:
        row = service.open_document(
            session, world.release(), made_by=None, at=now(), agency_id=world.agency.id, sign_path="/api/v1/else"
        )
    shown_one = world.leader.client.get(f"/api/v1/trust/documents/{row.id}").json()
    body = network.signature(shown_one, world.leader.user.username)

    answer = world.leader.client.post(f"/api/v1/trust/documents/{row.id}/signatures", json=body)

    assert shown_one["sign_path"] == "/api/v1/else"
    assert (answer.status_code, answer.json()["code"]) == (409, "sign-elsewhere")


def test_others_do_not_see_it_and_those_who_are_asked_do(world: World) -> None:
    one = world.opened()

    assert world.department.client.get(f"/api/v1/trust/documents/{one}").status_code == 200
    assert world.stranger.client.get(f"/api/v1/trust/documents/{one}").status_code == 404


def test_the_payload_is_what_is_signed_to_the_byte(world: World) -> None:
    one = world.opened()
    answer = world.leader.client.get(f"/api/v1/trust/documents/{one}/payload")

    assert sha256_hex(answer.content) == world.row(one).digest
    assert Release.read(answer.content).author == world.author.user.username


def test_one_approver_withdraws(world: World) -> None:
    said = Withdrawal(
        issued_at=now().replace(microsecond=0), audience=Audience(sites=("tra-linh",)), withdraws=("0" * 64,)
    )

    assert sign(world.deputy, world.opened(said)).json()["state"] == "sealed"


def test_the_server_seals_a_hold_by_itself_and_nothing_of_peoples(world: World) -> None:
    parts = world.parts
    hold = Hold(issued_at=now().replace(microsecond=0), site="tra-linh", seq=1)
    with world.database.write() as session:
        row = service.seal_by_server(session, hold, parts.server_key, at=now())
    assert row.state == "sealed"
    with world.database.write() as session, pytest.raises(Exception, match=r"^V5"):
        service.seal_by_server(session, world.release(), parts.server_key, at=now())


def test_a_new_root_asks_sealed_documents_anew(world: World) -> None:
    one = world.opened()
    sign(world.deputy, one)
    sign(world.leader, one)
    row = world.row(one)
    with_all = Root.read(parse_envelope(world.root, Root.payload_type).payload)
    without = with_all.model_copy(
        update={"keys": tuple(key for key in with_all.keys if key.holder != world.leader.user.username)}
    )

    assert service.vouched(row, with_all)
    assert not service.vouched(row, without)


def test_nothing_is_opened_without_a_root(world: World, database: Database) -> None:
    from sqlmodel import delete, select

    from server.tables import RootDocument

    with database.write() as session:
        kept = list(session.exec(select(RootDocument)))
        session.exec(delete(RootDocument))
        with pytest.raises(Problem) as caught:
            service.open_document(session, world.release(), made_by=None, at=now())
        session.rollback()
    assert caught.value.code == "no-root"
    assert kept
