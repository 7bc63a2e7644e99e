"""A desk: an editor of an agency with two panels at one site, notices, and short ways to ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from server.accounts.passwords import new_token, token_sha256
from server.db import Database, now
from server.tables import Agency, LoginSession, Media, Notice, Panel, Revision, Site, User, Variant
from server.tables.accounts import Role
from tests.conftest import People

Document = dict[str, Any]


@dataclass
class Desk:
    """An editor of an agency with two panels and two notices; the second notice has no Chinese."""

    agency: Agency
    user: User
    client: httpx.Client
    site_id: str
    panel_id: str
    other_panel_id: str
    notice_id: str
    incomplete_id: str
    _playlists: dict[str, str] = field(default_factory=dict)

    def ok(self, method: str, path: str, body: Any = None, **more: Any) -> Document:
        """Ask, and return the answer of a request that succeeds."""
        answer = self.client.request(method, f"/api/v1{path}", json=body, **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        shown: Document = answer.json()
        return shown

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> Document:
        """Ask, and return the problem of a request that is refused."""
        answer = self.client.request(method, f"/api/v1{path}", json=body, **more)
        assert 400 <= answer.status_code < 500, f"{method} {path}: {answer.status_code} {answer.text}"
        problem: Document = answer.json()
        assert problem["detail"]
        return problem

    def playlist(self, name: str = "Hằng ngày") -> str:
        """Return the id of a playlist of one notice in three languages; the same name is the same playlist."""
        if name not in self._playlists:
            item = {"notice_id": self.notice_id, "languages": ["vi", "en", "zh"], "on_air_ms": 5000}
            self._playlists[name] = self.ok("POST", "/playlists", {"name": name, "items": [item]})["id"]
        return self._playlists[name]

    def entry(self, name: str = "Hằng ngày", **fields: Any) -> Document:
        """Make an entry for the first panel, unless `targets` says otherwise."""
        return self.ok("POST", "/schedule/entries", self.entry_body(name, **fields))

    def entry_body(self, name: str = "Hằng ngày", **fields: Any) -> Document:
        """Return what makes an entry for the first panel."""
        return {"playlist_id": self.playlist(name), "targets": {"panels": [self.panel_id]}, **fields}


@pytest.fixture
def desk(people: People, database: Database) -> Desk:
    return new_desk(people, database)


@pytest.fixture(scope="module")
def lasting_desk(people: People, database: Database) -> Desk:
    """One desk for tests that leave nothing behind that another one would mind."""
    return new_desk(people, database)


def new_desk(people: People, database: Database) -> Desk:
    """Make a desk. Its editor's login is written down at once, because hashing a password takes its time."""
    agency = people.agency()
    token, at = new_token(), now()
    user = User(
        username=f"desk.{uuid4().hex[:12]}", display_name="x", password_hash="x", role=Role.EDITOR, agency_id=agency.id
    )
    login = LoginSession(
        user_id=user.id, token_sha256=token_sha256(token), last_seen_at=at, expires_at=at + timedelta(hours=2)
    )
    client = people.stranger()
    client.headers["Authorization"] = f"Bearer {token}"
    with database.write() as session:
        session.add(user)
        session.flush()
        session.add(login)
        site = Site(slug=f"site-{uuid4().hex[:8]}", agency_id=agency.id, name="Cổng", time_zone="Asia/Ho_Chi_Minh")
        session.add(site)
        session.flush()
        panels = [
            Panel(slug=f"p-{uuid4().hex[:8]}", site_id=site.id, agency_id=agency.id, name=name, width=64, height=32)
            for name in ("A", "B")
        ]
        session.add_all(panels)
        session.flush()
        whole = add_notice(session, user, agency.id, "Giờ làm việc", ("vi", "en", "zh"))
        incomplete = add_notice(session, user, agency.id, "Mất điện", ("vi", "en"))
        ids = [str(panel.id) for panel in panels]
    return Desk(agency, user, client, str(site.id), ids[0], ids[1], whole, incomplete)


def add_notice(session: Any, user: User, agency_id: UUID, title: str, languages: tuple[str, ...]) -> str:
    notice = Notice(agency_id=agency_id, title=title, title_folded=title, kind="image", created_by=user.id)
    session.add(notice)
    session.flush()
    revision = Revision(notice_id=notice.id, number=1, created_by=user.id)
    session.add(revision)
    session.flush()
    for language in languages:
        digest = uuid4().hex * 2
        media = Media(
            agency_id=agency_id,
            sha256=digest,
            upload_sha256=digest,
            name="a.png",
            kind="image/png",
            width=64,
            height=32,
            size=1,
            uploaded_by=user.id,
        )
        session.add(media)
        session.flush()
        session.add(Variant(revision_id=revision.id, language=language, media_id=media.id, state="translated"))
    session.flush()
    return str(notice.id)
