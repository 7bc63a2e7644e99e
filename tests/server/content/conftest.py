"""A newsroom: an agency with an author, a translator and a registered reviewer, and short ways to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from server.accounts.passwords import new_token, token_sha256
from server.db import Database, now
from server.tables import Agency, LoginSession, User, UserLanguage
from server.tables.accounts import Role
from tests.conftest import People

Document = dict[str, Any]
_numbers = count(1)


@dataclass
class Writer:
    """Somebody of the agency with a login."""

    user: User
    client: httpx.Client

    @property
    def id(self) -> str:
        return str(self.user.id)

    def ok(self, method: str, path: str, body: Any = None, *, rev: int | None = None, **more: Any) -> Any:
        """Ask, and return the answer of a request that succeeds."""
        answer = self.ask(method, path, body, rev=rev, **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def refused(self, status: int, method: str, path: str, body: Any = None, *, rev: int | None = None) -> Document:
        """Ask, and return the problem of a request that is refused."""
        answer = self.ask(method, path, body, rev=rev)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        problem: Document = answer.json()
        assert problem["detail"]
        return problem

    def ask(self, method: str, path: str, body: Any = None, *, rev: int | None = None, **more: Any) -> httpx.Response:
        headers = {"If-Match": f'"{rev}"'} if rev is not None else {}
        return self.client.request(method, f"/api/v1{path}", json=body, headers=headers, **more)

    def upload(self, colour: tuple[int, int, int] | None = None) -> str:
        """Upload a small picture of its own colour and return the media's id."""
        number = next(_numbers)
        out = BytesIO()
        Image.new("RGB", (64, 32), colour or (number % 256, number // 256, 99)).save(out, "PNG")
        headers = {"Content-Type": "image/png"}
        answer = self.client.post("/api/v1/media", params={"name": "a.png"}, content=out.getvalue(), headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return str(answer.json()["id"])


@dataclass
class Room:
    """An agency and its people."""

    agency: Agency
    author: Writer
    translator: Writer
    reviewer: Writer
    """Registered for Vietnamese, English and Chinese."""
    stranger: Writer
    """An editor of another agency."""

    def card(self, title: str = "Giờ làm việc", **more: Any) -> Document:
        """Make a card of a title and body in Vietnamese, handed over."""
        body: Document = {
            "title": title,
            "content": {"kind": "card", "look": {"template": "headline_body"}},
            "variants": {"vi": {"words": {"title": title, "body": "Mở cửa hằng ngày."}, "finished": True}},
        }
        made: Document = self.author.ok("POST", "/notices", body | more)
        return made

    def translated(self, **more: Any) -> Document:
        """Make a card that is translated into both languages, and reviewed in Chinese."""
        notice = self.card(**more)
        for language, title in (("en", "Opening hours"), ("zh", "开放时间")):
            self.say(self.translator, notice, language, title)
        return self.step(self.reviewer, notice, "zh", "reviewed")

    def say(self, who: Writer, notice: Document, language: str, title: str, *, rev: int | None = None) -> Document:
        """Write one language in full."""
        body = {"words": {"title": title, "body": f"{title}."}, "finished": True}
        shown: Document = who.ok("PUT", f"/notices/{notice['id']}/variants/{language}", body, rev=rev)
        return shown

    def step(self, who: Writer, notice: Document, language: str, state: str) -> Document:
        """Take one language further."""
        path = f"/notices/{notice['id']}/variants/{language}/state"
        shown: Document = who.ok("POST", path, {"state": state})
        return shown


@pytest.fixture(scope="module")
def room(people: People, database: Database) -> Room:
    return make_room(people, database)


def make_room(people: People, database: Database) -> Room:
    """Make an agency with its people, and somebody of another agency."""
    agency, other = people.agency(), people.agency()
    author, translator = (writer(people, database, agency, Role.EDITOR) for _ in range(2))
    reviewer = writer(people, database, agency, Role.EDITOR, ("vi", "en", "zh"))
    return Room(agency, author, translator, reviewer, writer(people, database, other, Role.EDITOR))


def writer(
    people: People, database: Database, agency: Agency | None, role: Role, languages: Iterable[str] = ()
) -> Writer:
    """Make somebody with a login, written down at once because hashing a password takes its time."""
    token, at = new_token(), now()
    user = User(
        username=f"w.{uuid4().hex[:12]}",
        display_name=f"Người {role}",
        password_hash="x",
        role=role,
        agency_id=agency.id if agency is not None else None,
    )
    login = LoginSession(
        user_id=user.id, token_sha256=token_sha256(token), last_seen_at=at, expires_at=at + timedelta(hours=2)
    )
    with database.write() as session:
        session.add(user)
        session.flush()
        session.add(login)
        session.add_all([UserLanguage(user_id=user.id, language=one, registered_by=user.id) for one in languages])
    client = people.stranger()
    client.headers["Authorization"] = f"Bearer {token}"
    return Writer(user, client)
