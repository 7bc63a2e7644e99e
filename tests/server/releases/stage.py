"""What a test of releases plays on: a site, panels with kiosks, people with keys, and the verifier of a kiosk."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import httpx
from PIL import Image

from playlists.manifest import Manifest
from playlists.trust.chain import begin
from playlists.trust.envelope import parse_envelope
from playlists.trust.root import Root
from playlists.trust.shape import Reader
from playlists.trust.take import take_manifest, take_release
from playlists.trust.trusted import Clock, Trusted
from server.db import Database, now
from server.publishing.questions.answers import NOTHING_SPECIAL
from server.tables.accounts import Role
from tests.conftest import People, Person
from tests.playlists.trust.authenticator import Authenticator
from tests.server.trust import network
from tests.serving import Serving

numbers = count(1)
Found = TypeVar("Found")


class Kiosk:
    """A kiosk's own connection and what it trusts: begun from the root, fed with all that manifests name."""

    def __init__(self, client: httpx.Client, reader: Reader, root: bytes, *, demo: bool = False) -> None:
        self.client, self.reader = client, reader
        self.trusted: Trusted = begin(root, parse_envelope(root, Root.payload_type).digest, reader, demo=demo)
        self.seq = 0

    def until(self, is_there: Callable[[Manifest], bool]) -> Manifest:
        """Poll until a manifest is as it should be."""
        return waited(self.newest, lambda one: one is not None and is_there(one)) or self.poll()

    def newest(self) -> Manifest | None:
        """Take the newest manifest; None before the first."""
        return self.poll() if self.client.get("/api/v1/kiosk/manifest").status_code == 200 else None

    def poll(self) -> Manifest:
        """Take the newest manifest as a kiosk with a root does: first the releases that it names, then itself."""
        answer = self.client.get("/api/v1/kiosk/manifest")
        assert answer.status_code == 200, answer.text
        clock = Clock(now())
        payload = parse_envelope(answer.content, "application/vnd.bangtin.manifest+json;v=1").payload
        manifest = Manifest.model_validate_json(payload)
        if manifest.seq == self.seq:
            return manifest
        for digest in manifest.releases:
            if digest not in self.trusted.releases:
                told = self.client.get(f"/api/v1/kiosk/documents/{digest}")
                assert told.status_code == 200, told.text
                self.trusted = take_release(self.trusted, told.content, clock)
        self.trusted, taken = take_manifest(self.trusted, answer.content, clock)
        for one in taken.segments:
            assert self.client.get(f"/api/v1/kiosk/segments/{one.sha256}").status_code == 200
        self.seq = taken.seq
        return taken


class Stage:
    """Everything."""

    def __init__(self, server: Serving, people: People, admin: httpx.Client, database: Database, **root: Any) -> None:
        self.people, self.admin, self.database = people, admin, database
        self.agency, self.department_agency = people.agency(), people.agency()
        self.author = people.person(Role.EDITOR, self.agency.id)
        self.leader = people.person(Role.APPROVER, self.agency.id)
        self.deputy = people.person(Role.APPROVER, self.agency.id)
        self.department = people.person(Role.APPROVER, self.department_agency.id)
        self.passkey = Authenticator(self.department.user.username)
        leader, deputy, department = (one.user.username for one in (self.leader, self.deputy, self.department))
        self.roles = {
            "approver": [leader, deputy, department],
            "leader": [leader, deputy],
            "department": [department],
        }
        self.root = network.root(server.app.state.parts.server_public_key, self.roles, passkeys=[self.passkey], **root)
        answer = network.install(admin, self.root)
        assert answer.status_code == 201, answer.text
        number = next(numbers)
        self.site = admin.post(
            "/api/v1/sites", json={"agency_id": str(self.agency.id), "slug": f"tra-linh-{number}", "name": "Trà Lĩnh"}
        ).json()
        self.panel_id, self.kiosk = self.panel(64, 32)

    @property
    def client(self) -> httpx.Client:
        """The author's."""
        return self.author.client

    def panel(self, width: int, height: int) -> tuple[str, Kiosk]:
        """Make a panel at the site, with an enrolled kiosk."""
        number = next(numbers)
        face = {"site_id": self.site["id"], "slug": f"bang-{number}", "name": f"Bảng {number}"}
        panel = self.admin.post("/api/v1/panels", json={**face, "width": width, "height": height}).json()["id"]
        kiosk = self.admin.post("/api/v1/kiosks", json={"slug": f"may-{number}", "panel_id": panel}).json()["id"]
        code = self.admin.post(f"/api/v1/kiosks/{kiosk}/enrolment-code").json()["code"]
        client = self.people.stranger()
        told = client.post("/api/v1/kiosk/enrol", json={"code": code, "agent": "0.1.0"}).json()
        client.headers["Authorization"] = f"Bearer {told['token']}"
        return panel, Kiosk(client, Reader(UUID(kiosk), UUID(panel), self.site["slug"]), self.root)

    def picture(self) -> str:
        """Upload a picture and return its id."""
        number = next(numbers)
        out = BytesIO()
        Image.new("RGB", (64, 32), (number * 37 % 256, number * 91 % 256, 90)).save(out, "PNG")
        asked = {"agency_id": str(self.agency.id)}
        answer = self.client.post("/api/v1/media", data=asked, files={"file": ("bảng.png", out.getvalue())})
        assert answer.status_code in {200, 201}, answer.text
        return str(answer.json()["id"])

    def notice(self, title: str = "Giờ làm việc", **fields: Any) -> str:
        """Make a notice with a picture for each language."""
        variants = {language: self.picture() for language in ("vi", "en", "zh")}
        asked = {"agency_id": str(self.agency.id), "title": title, "variants": variants} | fields
        answer = self.client.post("/api/v1/notices", json=asked)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def edit(self, notice_id: str) -> None:
        """Give a notice new pictures: a new revision."""
        variants = {language: self.picture() for language in ("vi", "en", "zh")}
        answer = self.client.patch(f"/api/v1/notices/{notice_id}", json={"variants": variants})
        assert answer.status_code == 200, answer.text

    def play(self, panel_id: str, *notice_ids: str) -> None:
        """Let a panel play notices all day."""
        items = [{"notice_id": one, "languages": ["vi", "en", "zh"], "on_air_ms": 4000} for one in notice_ids]
        made = self.client.post("/api/v1/playlists", json={"name": f"Danh sách {next(numbers)}", "items": items})
        answer = self.client.put(f"/api/v1/panels/{panel_id}/schedule", json={"default_playlist_id": made.json()["id"]})
        assert answer.status_code == 200, answer.text

    def publish(self, panel_id: str) -> dict[str, Any]:
        """Publish a panel and wait for the end."""
        answer = self.client.post("/api/v1/publications", json={"panel_ids": [panel_id]})
        assert answer.status_code == 202, answer.text

        def look() -> dict[str, Any]:
            found: dict[str, Any] = self.client.get(f"/api/v1/publications/{answer.json()['id']}").json()
            return found

        return waited(look, lambda shown: shown["state"] != "rendering")

    def submit(self, *notice_ids: str, **fields: Any) -> dict[str, Any]:
        """Send notices to approval for the whole site and wait until signatures are asked for."""
        asked = {"notice_ids": notice_ids, "site_ids": [self.site["id"]], "details": NOTHING_SPECIAL} | fields
        answer = self.client.post("/api/v1/releases", json=asked)
        assert answer.status_code == 201, answer.text
        return self.prepared(answer.json()["id"])

    def prepared(self, submission_id: str) -> dict[str, Any]:
        """Wait until a submission is no longer being rendered."""

        def look() -> dict[str, Any]:
            found: dict[str, Any] = self.client.get(f"/api/v1/releases/{submission_id}").json()
            return found

        return waited(look, lambda shown: shown["state"] != "preparing")

    def sign(self, person: Person, shown: dict[str, Any], by: str | Authenticator | None = None) -> httpx.Response:
        """Sign a submission as one person."""
        return network.sign(person.client, shown["document_id"], by or person.user.username)

    def release(self, *notice_ids: str, **fields: Any) -> dict[str, Any]:
        """Send notices through the whole way: submitted, signed by two, published by itself."""
        shown = self.submit(*notice_ids, **fields)
        return self.signed(shown)

    def signed(self, shown: dict[str, Any]) -> dict[str, Any]:
        """Sign what is asked for by the leader's file and the department's passkey."""
        assert shown["state"] == "asking", shown
        self.sign(self.leader, shown)
        last = self.sign(self.department, shown, self.passkey)
        assert last.status_code == 200, last.text
        done: dict[str, Any] = last.json()
        assert done["state"] == "released", done
        return done

    def shown_by(self, kiosk: Kiosk, *notice_ids: str) -> Manifest:
        """Wait until a kiosk's manifest plays exactly these notices."""
        return kiosk.until(
            lambda manifest: (
                {str(item.notice_id) for one in manifest.playlists for item in one.items} == set(notice_ids)
            ),
        )


def later(**what: int) -> str:
    """A time from now, as a request says it."""
    return (now() + timedelta(**what)).isoformat()


def waited(look: Callable[[], Found], is_there: Callable[[Found], bool], limit_s: float = 90) -> Found:
    """Look until it is there."""
    deadline = time.monotonic() + limit_s
    while not is_there(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found
