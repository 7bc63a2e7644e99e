"""From playlists and a week to a signed manifest, its pointer, its downloads and what a panel shows; both databases."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image
from sqlmodel import select

from playlists import manifest as manifests
from playlists import timeline, trust
from playlists.artwork import MediaArtwork, digest
from playlists.ids import sha256_hex
from playlists.manifest import Manifest
from playlists.notice import MediaKind
from playlists.timeline import Facts
from playlists.wire import messages, topics
from playlists.wire.messages import Command, OnScreen, Phase, Play, Plays, Pointer, Presence, PresenceWord, State
from playlists.wire.topics import Up
from server.db import Database, new_id, now
from server.mqtt.exchange import Exchange
from server.mqtt.link import Heard
from server.publishing.pointers import Pointers
from server.tables import Job, Kiosk, Segment
from server.tables.accounts import Role
from server.tables.content import SegmentState
from tests.conftest import People
from tests.serving import Serving

numbers = count(1)


@dataclass
class Place:
    """An agency with an editor, a panel whose kiosk is enrolled, and a playlist of one notice."""

    agency_id: str
    editor: httpx.Client
    panel_id: str
    kiosk_id: UUID
    kiosk: httpx.Client
    enrolment: dict[str, Any]
    playlist_id: str
    notice_id: str


def picture(size: tuple[int, int] = (64, 32)) -> bytes:
    number = next(numbers)
    out = BytesIO()
    Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, number // 256)).save(out, "PNG")
    return out.getvalue()


def upload(client: httpx.Client, agency_id: str) -> str:
    answer = client.post("/api/v1/media", data={"agency_id": agency_id}, files={"file": ("bảng.png", picture())})
    assert answer.status_code in {200, 201}, answer.text
    return str(answer.json()["id"])


def notice(client: httpx.Client, agency_id: str, title: str) -> str:
    variants = {language: upload(client, agency_id) for language in ("vi", "en", "zh")}
    answer = client.post("/api/v1/notices", json={"agency_id": agency_id, "title": title, "variants": variants})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def enrol(people: People, admin: httpx.Client, kiosk_id: str) -> tuple[httpx.Client, dict[str, Any]]:
    code = admin.post(f"/api/v1/kiosks/{kiosk_id}/enrolment-code").json()["code"]
    client = people.stranger()
    document: dict[str, Any] = client.post("/api/v1/kiosk/enrol", json={"code": code, "agent": "0.1.0"}).json()
    client.headers["Authorization"] = f"Bearer {document['token']}"
    return client, document


def new_panel(admin: httpx.Client, agency_id: str) -> tuple[str, str]:
    number = next(numbers)
    site = admin.post("/api/v1/sites", json={"agency_id": agency_id, "slug": f"cua-khau-{number}", "name": "Trà Lĩnh"})
    face = {"site_id": site.json()["id"], "slug": f"bang-{number}", "name": "Bảng cổng", "width": 64, "height": 32}
    panel = admin.post("/api/v1/panels", json=face).json()["id"]
    kiosk = admin.post("/api/v1/kiosks", json={"slug": f"may-{number}", "panel_id": panel}).json()["id"]
    return panel, kiosk


@dataclass(frozen=True)
class Home:
    """An agency with an editor and a notice, shared by the module so that it is rendered once."""

    agency_id: str
    editor: httpx.Client
    notice_id: str


@pytest.fixture(scope="module")
def home(people: People) -> Home:
    agency_id = str(people.agency().id)
    editor = people.person(Role.EDITOR, UUID(agency_id)).client
    return Home(agency_id, editor, notice(editor, agency_id, "Giờ làm việc"))


@pytest.fixture
def place(people: People, admin: httpx.Client, home: Home) -> Place:
    agency_id, editor, notice_id = home.agency_id, home.editor, home.notice_id
    panel_id, kiosk_id = new_panel(admin, agency_id)
    kiosk, enrolment = enrol(people, admin, kiosk_id)
    items = [{"notice_id": notice_id, "languages": ["vi", "en", "zh"], "on_air_ms": 4000}]
    playlist = editor.post("/api/v1/playlists", json={"name": "Hằng ngày", "items": items}).json()
    week = {"default_playlist_id": playlist["id"]}
    answer = editor.put(f"/api/v1/panels/{panel_id}/schedule", json=week)
    assert answer.status_code == 200, answer.text
    return Place(agency_id, editor, panel_id, UUID(kiosk_id), kiosk, enrolment, playlist["id"], notice_id)


def publish(client: httpx.Client, panel_id: str, key: str | None = None) -> dict[str, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post("/api/v1/publications", json={"panel_ids": [panel_id]}, headers=headers)
    assert answer.status_code == 202, answer.text
    return ended(client, answer.json()["id"])


def ended(client: httpx.Client, publication_id: str, limit_s: float = 60) -> dict[str, Any]:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        shown: dict[str, Any] = client.get(f"/api/v1/publications/{publication_id}").json()
        if shown["state"] != "rendering":
            return shown
        time.sleep(0.1)
    raise AssertionError(f"the publication did not end: {shown}")


def eventually(condition: Callable[[], Any], limit_s: float = 15) -> Any:
    deadline = time.monotonic() + limit_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "the condition never held"
        time.sleep(0.05)
    return found


def opened(place: Place) -> Manifest:
    envelope = place.kiosk.get("/api/v1/kiosk/manifest").content
    public = bytes.fromhex(place.enrolment["server_public_key"])
    return Manifest.model_validate_json(trust.open_envelope(envelope, manifests.PAYLOAD_TYPE, public))


@pytest.fixture
def exchange(server: Serving) -> Exchange:
    found: Exchange = server.app.state.parts.exchange
    assert found.link.wait_connected(20)
    return found


class Kiosks:
    """Speaks as kiosks do, straight into the inbox."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._seq = count(1)

    def say(self, kiosk_id: UUID, leaf: Up, message: messages.Message, *, retained: bool = False) -> None:
        heard = Heard(topics.up(kiosk_id, leaf), messages.encode(message), retained, now())
        self._exchange.inbox.take([heard])

    def born(self, kiosk_id: UUID, sid: int) -> None:
        self.say(kiosk_id, Up.PRESENCE, Presence(id=uuid4(), at=now(), sid=sid, state=PresenceWord.READY, agent="1"))

    def state(self, kiosk_id: UUID, sid: int, **what: Any) -> None:
        self.say(kiosk_id, Up.STATE, State(id=uuid4(), at=now(), sid=sid, seq=next(self._seq), **what))


@pytest.fixture
def kiosks(exchange: Exchange) -> Kiosks:
    return Kiosks(exchange)


class Listener:
    """The kiosk's own MQTT connection."""

    def __init__(self, enrolment: dict[str, Any]) -> None:
        import queue

        import paho.mqtt.client as paho
        from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

        told, mqtt = UUID(enrolment["kiosk_id"]), enrolment["mqtt"]
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.paho = paho.Client(CallbackAPIVersion.VERSION2, client_id=str(told), protocol=MQTTProtocolVersion.MQTTv5)
        self.paho.username_pw_set(mqtt["username"], mqtt["password"])
        self.paho.on_connect = lambda client, *_: client.subscribe(topics.all_down(told), 1)
        self.paho.on_message = lambda _c, _s, message: self.heard.put((message.topic, bytes(message.payload)))
        self.paho.connect(mqtt["host"], mqtt["port"])
        self.paho.loop_start()

    def end(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


@pytest.fixture
def listener(place: Place, exchange: Exchange) -> Iterator[Listener]:
    made = Listener(place.enrolment)
    yield made
    made.end()


def test_publishing_renders_signs_and_tells(place: Place, listener: Listener, database: Database) -> None:
    shown = publish(place.editor, place.panel_id)
    assert shown["state"] == "assigned", shown
    answer = place.kiosk.get("/api/v1/kiosk/manifest")
    assert answer.headers["X-Bangtin-Seq"] == "1"
    assert answer.headers["ETag"] == f'"{sha256_hex(answer.content)}"'
    manifest = opened(place)
    assert manifest.kiosk_id == place.kiosk_id
    assert [len(item.takes) for item in manifest.playlists[0].items] == [3]
    assert len(manifest.segments) == 3
    topic, payload = listener.heard.get(timeout=10)
    pointer = messages.decode(Pointer, payload)
    assert (topic, pointer.seq, pointer.sha256) == (
        topics.down(place.kiosk_id, topics.Down.MANIFEST),
        1,
        sha256_hex(answer.content),
    )

    def is_told() -> bool:
        with database.read() as session:
            return session.get_one(Kiosk, place.kiosk_id).published_seq == 1

    eventually(is_told)


def test_a_publication_that_changes_nothing_assigns_nothing(place: Place) -> None:
    publish(place.editor, place.panel_id)
    first = place.kiosk.get("/api/v1/kiosk/manifest")
    assert publish(place.editor, place.panel_id)["state"] == "assigned"
    assert place.kiosk.get("/api/v1/kiosk/manifest").content == first.content
    items = [{"notice_id": place.notice_id, "languages": ["zh"], "on_air_ms": 9000}]
    place.editor.put(f"/api/v1/playlists/{place.playlist_id}", json={"items": items})
    publish(place.editor, place.panel_id)
    assert opened(place).seq == 2


def test_the_same_key_is_the_same_publication(place: Place, people: People, admin: httpx.Client) -> None:
    key = f"key-{next(numbers)}"
    first = publish(place.editor, place.panel_id, key)
    assert publish(place.editor, place.panel_id, key)["id"] == first["id"]
    other, _ = new_panel(admin, place.agency_id)
    again = place.editor.post("/api/v1/publications", json={"panel_ids": [other]}, headers={"Idempotency-Key": key})
    assert again.status_code == 409
    assert again.json()["code"] == "idempotency-key-used"
    someone = people.person(Role.EDITOR, UUID(place.agency_id)).client
    assert publish(someone, place.panel_id, key)["id"] != first["id"]


def test_an_unchanged_poll_is_answered_304_and_a_new_manifest_at_once(place: Place) -> None:
    publish(place.editor, place.panel_id)
    first = place.kiosk.get("/api/v1/kiosk/manifest")
    poll = {"If-None-Match": first.headers["ETag"]}
    eventually(lambda: place.kiosk.get("/api/v1/kiosk/manifest", headers=poll).status_code == 304)
    items = [{"notice_id": place.notice_id, "languages": ["en"], "on_air_ms": 7000}]
    place.editor.put(f"/api/v1/playlists/{place.playlist_id}", json={"items": items})
    publish(place.editor, place.panel_id)
    eventually(lambda: place.kiosk.get("/api/v1/kiosk/manifest", headers=poll).status_code == 200)
    own = place.kiosk.get(f"/api/v1/kiosk/manifest/{first.headers['ETag'].strip(chr(34))}")
    assert own.content == first.content


def test_a_segment_comes_in_ranges_and_resumes(place: Place) -> None:
    publish(place.editor, place.panel_id)
    segment = opened(place).segments[0]
    path = f"/api/v1/kiosk/segments/{segment.sha256}"
    whole = place.kiosk.get(path)
    assert whole.status_code == 200
    assert sha256_hex(whole.content) == segment.sha256
    assert len(whole.content) == segment.size
    assert whole.headers["ETag"] == f'"{segment.sha256}"'
    part = place.kiosk.get(path, headers={"Range": "bytes=100-", "If-Range": f'"{segment.sha256}"'})
    assert (part.status_code, part.content) == (206, whole.content[100:])
    other = place.kiosk.get(path, headers={"Range": "bytes=100-", "If-Range": f'"{"0" * 64}"'})
    assert (other.status_code, other.content) == (200, whole.content)
    beyond = place.kiosk.get(path, headers={"Range": f"bytes={segment.size + 5}-"})
    assert beyond.status_code == 416
    assert place.kiosk.get(path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_a_kiosk_gets_only_what_its_manifest_names(
    place: Place, people: People, admin: httpx.Client, database: Database
) -> None:
    publish(place.editor, place.panel_id)
    mine = opened(place).segments[0].sha256
    _, other_id = new_panel(admin, place.agency_id)
    other, _ = enrol(people, admin, other_id)
    digest = place.kiosk.get("/api/v1/kiosk/manifest").headers["ETag"].strip('"')
    assert other.get(f"/api/v1/kiosk/segments/{mine}").status_code == 404
    assert other.get(f"/api/v1/kiosk/manifest/{digest}").status_code == 404
    assert other.get("/api/v1/kiosk/manifest").status_code == 404
    assert place.kiosk.get(f"/api/v1/kiosk/segments/{'a' * 64}").status_code == 404
    assert place.kiosk.get("/api/v1/kiosk/segments/../../etc/passwd").status_code in {404, 422}
    for path in ("manifest", f"manifest/{digest}", f"segments/{mine}"):
        assert people.stranger().get(f"/api/v1/kiosk/{path}").status_code == 401


def test_a_revoked_kiosk_is_turned_away_within_a_moment(place: Place, admin: httpx.Client) -> None:
    publish(place.editor, place.panel_id)
    tag = place.kiosk.get("/api/v1/kiosk/manifest").headers["ETag"]
    assert admin.post(f"/api/v1/kiosks/{place.kiosk_id}/revoke").status_code in {200, 204}
    poll = {"If-None-Match": tag}
    eventually(lambda: place.kiosk.get("/api/v1/kiosk/manifest", headers=poll).status_code == 401)


def test_a_kiosk_that_comes_later_gets_what_was_published(place: Place, people: People, admin: httpx.Client) -> None:
    publish(place.editor, place.panel_id)
    admin.post(f"/api/v1/kiosks/{place.kiosk_id}/revoke")
    new = admin.post("/api/v1/kiosks", json={"slug": f"may-moi-{next(numbers)}", "panel_id": place.panel_id}).json()
    place.kiosk, place.enrolment = enrol(people, admin, new["id"])
    eventually(lambda: place.kiosk.get("/api/v1/kiosk/manifest").status_code == 200, 30)
    assert str(opened(place).kiosk_id) == new["id"]


def test_a_segment_that_cannot_be_rendered_fails_with_notice_and_language(
    place: Place, server: Serving, database: Database
) -> None:
    from sqlmodel import col, select

    answer = place.editor.post("/api/v1/publications", json={"panel_ids": [place.panel_id]})
    ended(place.editor, answer.json()["id"])
    items = [{"notice_id": notice(place.editor, place.agency_id, "Mất điện"), "languages": ["zh"], "on_air_ms": 5000}]
    place.editor.put(f"/api/v1/playlists/{place.playlist_id}", json={"items": items})
    with database.write() as session:
        blobs = server.app.state.parts.blobs
        from server.tables import Media, Notice, Revision, Variant

        statement = (
            select(Media)
            .join(Variant, col(Variant.media_id) == col(Media.id))
            .join(Revision, col(Revision.id) == col(Variant.revision_id))
            .join(Notice, col(Notice.id) == col(Revision.notice_id))
            .where(Notice.title == "Mất điện", Variant.language == "zh", Notice.agency_id == UUID(place.agency_id))
        )
        media = session.exec(statement).one()
        blobs.path(media.sha256).unlink()
    shown = publish(place.editor, place.panel_id)
    assert shown["state"] == "failed"
    assert shown["error"].startswith("The notice Mất điện in Chinese could not be rendered.")
    assert shown["sentences"]["vi"].startswith("Không dựng được tin “Mất điện” (tiếng Trung).")
    assert set(shown["sentences"]) == {"vi", "en", "zh"}
    with database.read() as session:
        shown_by = digest(MediaArtwork(sha256=media.sha256, media_kind=MediaKind(media.kind)))
        states = session.exec(select(Segment.state).where(Segment.artwork_sha256 == shown_by)).all()
    assert states == [SegmentState.FAILED]


def test_the_server_says_the_same_as_the_timeline(place: Place, kiosks: Kiosks) -> None:
    publish(place.editor, place.panel_id)
    manifest = opened(place)
    shown = place.editor.get(f"/api/v1/panels/{place.panel_id}/now").json()
    said = timeline.at(manifest, Facts(), datetime.fromisoformat(shown["at"]))
    assert (shown["planned"]["sha256"], shown["planned"]["language"]) == (said.sha256, said.language)
    assert (shown["receipt"], shown["online"]) == ("assigned", False)
    assert shown["words"]["en"].startswith("The kiosk has never connected")
    start = datetime(2026, 11, 23, tzinfo=UTC)
    span = {"from": start.isoformat(), "to": (start + timedelta(minutes=1)).isoformat()}
    airings = place.editor.get(f"/api/v1/panels/{place.panel_id}/timeline", params=span).json()["airings"]
    expected = timeline.between(manifest, Facts(), start, start + timedelta(minutes=1))
    assert [one["sha256"] for one in airings] == [one.sha256 for one in expected]
    assert len(airings) == 15


def test_the_receipt_goes_from_assigned_to_seen(place: Place, kiosks: Kiosks) -> None:
    publish(place.editor, place.panel_id)

    def receipt() -> str:
        return str(place.editor.get(f"/api/v1/panels/{place.panel_id}/now").json()["receipt"])

    kiosks.born(place.kiosk_id, 10)
    kiosks.state(place.kiosk_id, 10, phase=Phase.FETCHING)
    assert receipt() == "assigned"
    kiosks.state(place.kiosk_id, 10, phase=Phase.STORED, installed_seq=1)
    assert receipt() == "stored"
    on_screen = OnScreen(layer="default", starts_at=now(), ends_at=now(), title="Giờ làm việc", match_permille=400)
    kiosks.state(place.kiosk_id, 10, phase=Phase.PLAYING, installed_seq=1, on_screen=on_screen)
    assert receipt() == "playing"
    seen = on_screen.model_copy(update={"match_permille": 990})
    kiosks.state(place.kiosk_id, 10, phase=Phase.PLAYING, installed_seq=1, on_screen=seen)
    assert receipt() == "seen"
    shown = place.editor.get(f"/api/v1/panels/{place.panel_id}/now").json()
    assert shown["online"] is True
    assert shown["on_screen"]["title"] == "Giờ làm việc"
    kiosks.state(place.kiosk_id, 10, phase=Phase.REJECTED, installed_seq=1, error="V5")
    assert receipt() == "rejected"


def test_a_will_of_an_older_connection_is_dropped(place: Place, kiosks: Kiosks) -> None:
    lost = Presence(id=uuid4(), at=now(), sid=10, state=PresenceWord.LOST)
    kiosks.born(place.kiosk_id, 10)
    kiosks.born(place.kiosk_id, 20)
    kiosks.say(place.kiosk_id, Up.PRESENCE, lost)
    assert place.editor.get(f"/api/v1/panels/{place.panel_id}/now").json()["online"] is True
    kiosks.say(place.kiosk_id, Up.PRESENCE, lost.model_copy(update={"sid": 20}))
    assert place.editor.get(f"/api/v1/panels/{place.panel_id}/now").json()["online"] is False


def test_the_expected_picture_is_drawn_and_the_capture_shown(place: Place) -> None:
    path = f"/api/v1/panels/{place.panel_id}"
    assert place.editor.get(f"{path}/expected.jpg").status_code == 404
    publish(place.editor, place.panel_id)
    drawn = place.editor.get(f"{path}/expected.jpg")
    assert drawn.status_code == 200
    assert Image.open(BytesIO(drawn.content)).size == (64, 32)
    assert place.editor.get(f"{path}/capture.jpg").status_code == 404
    out = BytesIO()
    Image.new("RGB", (64, 32), "navy").save(out, "JPEG")
    assert place.kiosk.post("/api/v1/kiosk/capture", content=out.getvalue()).status_code == 204
    assert place.editor.get(f"{path}/capture.jpg").content == out.getvalue()


def test_watching_asks_the_kiosk_for_captures(place: Place, listener: Listener, exchange: Exchange) -> None:
    publish(place.editor, place.panel_id)
    listener.heard.get(timeout=10)
    answer = place.editor.post(f"/api/v1/panels/{place.panel_id}/watch")
    assert answer.status_code == 202
    _, payload = listener.heard.get(timeout=10)
    command = messages.decode(Command, payload)
    assert (command.name, command.seconds, str(command.id)) == ("watch", 30, answer.json()["command_id"])


def test_the_wall_shows_ones_own_panels_only(place: Place, people: People, admin: httpx.Client) -> None:
    publish(place.editor, place.panel_id)
    rows = {row["panel_id"]: row for row in place.editor.get("/api/v1/wall").json()}
    assert {row["agency_id"] for row in rows.values()} == {place.agency_id}
    assert rows[place.panel_id]["planned"]["title"] == "Giờ làm việc"
    stranger = people.person(Role.EDITOR, people.agency().id).client
    assert stranger.get("/api/v1/wall").json() == []
    assert place.panel_id in [row["panel_id"] for row in admin.get("/api/v1/wall").json()]


def test_another_agency_finds_nothing(place: Place, people: People) -> None:
    shown = publish(place.editor, place.panel_id)
    other = people.person(Role.EDITOR, people.agency().id).client
    panel = f"/api/v1/panels/{place.panel_id}"
    gets = [f"{panel}/{leaf}" for leaf in ("now", "schedule", "expected.jpg", "capture.jpg", "health")]
    gets += [f"/api/v1/playlists/{place.playlist_id}", f"/api/v1/publications/{shown['id']}"]
    assert [other.get(path).status_code for path in gets] == [404] * len(gets)
    assert other.post("/api/v1/publications", json={"panel_ids": [place.panel_id]}).status_code == 404
    assert other.put(f"{panel}/schedule", json={}).status_code == 404
    assert other.put(f"/api/v1/playlists/{place.playlist_id}", json={"items": []}).status_code == 404
    assert other.post(f"{panel}/watch").status_code == 404


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.VIEWER])
def test_who_only_looks_cannot_publish(place: Place, people: People, role: Role) -> None:
    client = people.person(role, UUID(place.agency_id)).client
    assert client.post("/api/v1/publications", json={}).status_code == 403
    assert client.put(f"/api/v1/panels/{place.panel_id}/schedule", json={}).status_code == 403
    assert client.post("/api/v1/playlists", json={"name": "x"}).status_code == 403


def test_plays_are_written_once_and_acknowledged(
    place: Place, kiosks: Kiosks, listener: Listener, exchange: Exchange
) -> None:
    began = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    plays = tuple(
        Play(
            seq=number,
            notice_id=UUID(place.notice_id),
            sha256="a" * 64,
            language="vi",
            started_at=began + timedelta(seconds=4 * number),
            ended_at=began + timedelta(seconds=4 * number + 4),
            seen=number == 2,
        )
        for number in (1, 2, 3)
    )
    batch = Plays(id=uuid4(), at=now(), sid=1, plays=plays)
    kiosks.say(place.kiosk_id, Up.PLAYS, batch)
    kiosks.say(place.kiosk_id, Up.PLAYS, batch)
    span = {"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T00:00:00Z"}
    found = place.editor.get(f"/api/v1/panels/{place.panel_id}/plays", params=span | {"limit": 2}).json()
    assert [play["seq"] for play in found["items"]] == [1, 2]
    rest = place.editor.get(
        f"/api/v1/panels/{place.panel_id}/plays", params=span | {"cursor": found["next_cursor"]}
    ).json()
    assert ([play["seq"] for play in rest["items"]], rest["next_cursor"]) == ([3], None)
    table = place.editor.get(f"/api/v1/panels/{place.panel_id}/plays.csv", params=span).text
    row = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))[1]
    assert (row["notice"], row["language"], row["seen"]) == ("Giờ làm việc", "vi", "yes")


def test_a_broker_that_forgot_is_told_everything_again(place: Place, database: Database, exchange: Exchange) -> None:
    publish(place.editor, place.panel_id)
    pointers = Pointers(database, exchange)
    eventually(lambda: _untold(database, place.kiosk_id) == 0)
    pointers.found_marks(frozenset({new_id()}))
    assert pointers.tell() >= 1
    assert _untold(database, place.kiosk_id) == 0


def _untold(database: Database, kiosk_id: UUID) -> int:
    with database.read() as session:
        row = session.get_one(Kiosk, kiosk_id)
        return row.assigned_seq - row.published_seq


def previewed(place: Place, source: str) -> dict[str, Any]:
    span = {"from": "2027-11-22T00:00:00Z", "to": "2027-11-22T01:00:00Z", "airings": "true", "source": source}
    shown: dict[str, Any] = place.editor.get(f"/api/v1/panels/{place.panel_id}/preview", params=span).json()
    return shown


def planned(place: Place, name: str, **fields: Any) -> dict[str, Any]:
    items = [{"notice_id": place.notice_id, "languages": ["vi", "en"], "on_air_ms": 5000}]
    playlist = place.editor.post("/api/v1/playlists", json={"name": name, "items": items}).json()["id"]
    body = {"playlist_id": playlist, "targets": {"panels": [place.panel_id]}, **fields}
    answer = place.editor.post("/api/v1/schedule/entries", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_what_is_published_is_what_the_draft_showed(place: Place, database: Database) -> None:
    publish(place.editor, place.panel_id)
    window = {"weekdays": [1], "start": "07:00", "end": "17:00"}
    daypart = place.editor.post("/api/v1/dayparts", json={"name": "Giờ", "windows": [window]}).json()["id"]
    planned(place, "Một", daypart_id=daypart, weight=2)
    planned(place, "Hai", window=window)
    planned(place, "Ba", recurrence={"dtstart": "2027-11-22T07:10"}, duration_s=600, priority=80)
    with database.read() as session:
        rendered = len(session.exec(select(Job).where(Job.kind == "render_segment")).all())
    draft = previewed(place, "draft")
    assert previewed(place, "assigned")["spans"] != draft["spans"]
    assert publish(place.editor, place.panel_id)["state"] == "assigned"
    assigned = previewed(place, "assigned")
    assert assigned | {"source": "draft"} == draft
    assert len({one["playlist_id"] for one in draft["airings"]}) == 3
    with database.read() as session:
        assert len(session.exec(select(Job).where(Job.kind == "render_segment")).all()) == rendered


def test_an_override_reaches_its_panel_at_once_and_nothing_else_does(place: Place) -> None:
    publish(place.editor, place.panel_id)
    before = opened(place)
    window = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
    unpublished = planned(place, "Chưa xuất bản", window=window)
    items = [{"notice_id": place.notice_id, "languages": ["vi"], "on_air_ms": 6000}]
    playlist = place.editor.post("/api/v1/playlists", json={"name": "Khẩn", "items": items}).json()["id"]
    ends_at = (now() + timedelta(hours=1)).isoformat()
    body = {"playlist_id": playlist, "targets": {"panels": [place.panel_id]}, "ends_at": ends_at}
    made = place.editor.post("/api/v1/overrides", json=body).json()
    manifest = eventually(lambda: found if (found := opened(place)).overrides else None)
    assert [str(one.id) for one in manifest.overrides] == [made["id"]]
    assert (manifest.schedule, manifest.seq) == ((), before.seq + 1)
    assert unpublished["playlist_id"] not in {str(one.id) for one in manifest.playlists}
    showing = timeline.at(manifest, Facts(), now())
    assert (showing.layer, str(showing.playlist_id)) == (timeline.Layer.OVERRIDE, playlist)
    assert place.editor.get(f"/api/v1/panels/{place.panel_id}/now").json()["planned"]["layer"] == "override"
    place.editor.post(f"/api/v1/overrides/{made['id']}/end")
    manifest = eventually(lambda: found if not (found := opened(place)).overrides else None)
    assert {str(one.id) for one in manifest.playlists} == {place.playlist_id}
    assert manifest.model_copy(update={"seq": 1, "issued_at": before.issued_at}) == before.model_copy(update={"seq": 1})


def test_essential_only_reaches_the_panels_of_its_sites_at_once(place: Place, admin: httpx.Client) -> None:
    publish(place.editor, place.panel_id)
    site_id = place.editor.get(f"/api/v1/panels/{place.panel_id}").json()["site_id"]
    body = {"site_ids": [site_id], "ends_at": (now() + timedelta(hours=1)).isoformat(), "reason": "Quốc tang"}
    assert place.editor.post("/api/v1/essential-only", json=body).status_code == 201
    manifest = eventually(lambda: found if (found := opened(place)).essential_only else None)
    assert manifest.must_understand == ("essential_only",)
    assert timeline.at(manifest, Facts(), now()).layer is timeline.Layer.SAFE_LOOP
