"""A training site with its people, a simulated kiosk, and signatures as trainees give them: by a click."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID

import httpx

from playlists.trust.shape import Reader
from server.publishing.questions.answers import NOTHING_SPECIAL
from server.tables.accounts import Role
from tests.conftest import People, Person
from tests.server.releases.stage import Kiosk, waited

numbers = count(1)


class School:
    """Everything."""

    def __init__(self, people: People, admin: httpx.Client) -> None:
        self.people, self.admin = people, admin
        self.agency = people.agency()
        self.author = people.person(Role.EDITOR, self.agency.id)
        self.approvers = [people.person(Role.APPROVER, self.agency.id) for _ in range(2)]
        self.duty = [people.person(Role.DUTY_OFFICER, self.agency.id) for _ in range(2)]
        slug = f"tap-huan-{next(numbers)}"
        new = {"agency_id": str(self.agency.id), "slug": slug, "name": "Điểm tập huấn", "training": True}
        made = admin.post("/api/v1/sites", json=new)
        assert made.status_code == 201, made.text
        self.site: dict[str, Any] = made.json()
        told = admin.post(f"/api/v1/training/sites/{self.site['id']}/keys")
        assert told.status_code == 200, told.text
        self.panel_id, self.kiosk = self.panel()

    def code(self) -> tuple[str, str, str]:
        """Make a panel and its kiosk; return their ids and the enrolment code."""
        number = next(numbers)
        face = {"site_id": self.site["id"], "slug": f"bang-th-{number}", "name": f"Bảng {number}"}
        panel = self.admin.post("/api/v1/panels", json={**face, "width": 256, "height": 128}).json()["id"]
        kiosk = self.admin.post("/api/v1/kiosks", json={"slug": f"may-th-{number}", "panel_id": panel}).json()["id"]
        return panel, kiosk, self.admin.post(f"/api/v1/kiosks/{kiosk}/enrolment-code").json()["code"]

    def panel(self) -> tuple[str, Kiosk]:
        """Make a panel with an enrolled simulated kiosk."""
        panel, kiosk, code = self.code()
        client = self.people.stranger()
        told = client.post("/api/v1/kiosk/enrol", json={"code": code, "agent": "0.1.0", "simulated": True})
        assert told.status_code == 201, told.text
        client.headers["Authorization"] = f"Bearer {told.json()['token']}"
        self.root: bytes = told.json()["root"].encode()
        return panel, Kiosk(client, Reader(UUID(kiosk), UUID(panel), self.site["slug"]), self.root, demo=True)

    def reset(self, by: httpx.Client | None = None, slug: str | None = None) -> httpx.Response:
        """Press the one button."""
        client, asked = by or self.admin, {"slug": slug or self.site["slug"]}
        return client.post(f"/api/v1/training/sites/{self.site['id']}/reset", json=asked)

    def sign(self, person: Person, document_id: str) -> httpx.Response:
        """Sign as the page does: have the signature made, and send it where the document is signed."""
        shown = person.client.get(f"/api/v1/trust/documents/{document_id}").json()
        made = person.client.post(f"/api/v1/training/documents/{document_id}/signature")
        assert made.status_code == 200, made.text
        return person.client.post(shown["sign_path"], json=made.json())

    def notices(self) -> list[dict[str, Any]]:
        """Return the notices of the training agency that are not archived."""
        found: list[dict[str, Any]] = self.author.client.get("/api/v1/notices").json()["items"]
        return found

    def release(self, *notice_ids: str) -> dict[str, Any]:
        """Send notices through the whole way, each signature by a click."""
        asked = {"notice_ids": notice_ids, "site_ids": [self.site["id"]], "details": NOTHING_SPECIAL}
        made = self.author.client.post("/api/v1/releases", json=asked)
        assert made.status_code == 201, made.text
        path = f"/api/v1/releases/{made.json()['id']}"
        shown = waited(lambda: self.author.client.get(path).json(), lambda one: one["state"] != "preparing")
        assert shown["state"] == "asking", shown
        for person in self.approvers:
            answer = self.sign(person, shown["document_id"])
            assert answer.status_code == 200, answer.text
        done: dict[str, Any] = self.author.client.get(path).json()
        assert done["state"] == "released", done
        return done

    def drill(self) -> str:
        """Raise a drill in free words, signed by both duty officers; return its id."""
        words = {one: {"title": f"Cháy {one}", "body": "Rời khu vực này."} for one in ("vi", "en", "zh")}
        asked = {"audience": {"sites": [self.site["id"]]}, "words": words, "minutes": 30, "status": "exercise"}
        made = self.duty[0].client.post("/api/v1/emergencies", json=asked)
        assert made.status_code == 201, made.text
        path = f"/api/v1/emergencies/{made.json()['id']}"
        shown = waited(lambda: self.duty[0].client.get(path).json(), lambda one: one["state"] != "preparing")
        for person in self.duty:
            asking = person.client.get("/api/v1/trust/documents").json()
            answer = self.sign(person, next(one["id"] for one in asking if shown["id"] in one["sign_path"]))
            assert answer.status_code == 200, answer.text
        assert person.client.get(path).json()["state"] == "running"
        return str(made.json()["id"])
