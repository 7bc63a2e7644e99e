"""Polled feeds: what is fetched, how often, and what a failing feed says. The web is a fake; its port has a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from server.alerts.fetching import Fetched, NotFetched
from server.alerts.jobs import MOST_AT_ONCE, Poller
from server.db import Database, now
from server.settings import Settings
from server.tables.accounts import Role
from tests.conftest import People
from tests.playlists.cap.test_index import atom
from tests.server.alerts.making import SENDER, Falls, make_falls, numbers


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """Of a server that asks no feed by itself."""
    return settings.model_copy(update={"worker": False})


class Clock:
    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at


class FakeWeb:
    """Holds documents by address; a missing one is not reached."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}
        self.etag = ""
        self.asked: list[str] = []

    def get(
        self, url: str, hosts: frozenset[str], most_bytes: int, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        self.asked.append(url)
        if (headers or {}).get("If-None-Match") == self.etag != "":
            return Fetched(None)
        if url not in self.documents:
            raise NotFetched(f"{url} could not be reached.")
        return Fetched(self.documents[url], self.etag)


@pytest.fixture
def web() -> FakeWeb:
    return FakeWeb()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def poller(database: Database, web: FakeWeb, clock: Clock) -> Poller:
    return Poller(database, web, clock)


@pytest.fixture(scope="module")
def falls(people: People, database: Database) -> Falls:
    return make_falls(people, database)


class Polled:
    """A feed at an address of its own."""

    def __init__(self, falls: Falls) -> None:
        self.falls = falls
        host = f"a{next(numbers)}.example.vn"
        known = falls.admin.get("/api/v1/alert-hosts").json()["hosts"]
        assert falls.admin.put("/api/v1/alert-hosts", json={"hosts": [*known, host]}).status_code == 200
        self.name, self.base = host, f"https://{host}"
        self.url = f"{self.base}/index.atom"
        new = {"name": host, "kind": "polled", "url": self.url, "senders": [SENDER], "every_s": 60}
        made = falls.admin.post("/api/v1/alert-feeds", json=new)
        assert made.status_code == 201, made.text
        assert made.json()["token"] is None
        self.id = made.json()["id"]

    def row(self) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.falls.admin.get("/api/v1/alert-feeds").json()
        return next(one for one in found if one["id"] == self.id)

    def index(self, *names: str, updated: str = "t") -> bytes:
        return atom(*(f'<link href="/{name}"/><updated>{updated}</updated>' for name in names))


@pytest.fixture
def polled(falls: Falls) -> Iterator[Polled]:
    made = Polled(falls)
    yield made
    assert falls.admin.post(f"/api/v1/alert-feeds/{made.id}/stop").status_code == 200


def test_each_alert_is_fetched_once_and_again_when_it_changed(
    polled: Polled, poller: Poller, web: FakeWeb, clock: Clock
) -> None:
    web.documents = {
        polled.url: polled.index("1", "2"),
        f"{polled.base}/1": polled.falls.alert(),
        f"{polled.base}/2": polled.falls.alert(),
    }
    assert poller.look() == 2
    assert web.asked == [polled.url, f"{polled.base}/2", f"{polled.base}/1"], "the oldest first"
    assert len(polled.falls.inbox(q=polled.name)) == 2
    assert poller.look() == 0, "it is not due yet"
    clock.at += timedelta(seconds=70)
    web.documents |= {polled.url: polled.index("1", "2", updated="later")}
    assert poller.look() == 2
    assert len(polled.falls.inbox(q=polled.name)) == 2, "the same bytes again change nothing"
    clock.at += timedelta(seconds=70)
    web.asked.clear()
    poller.look()
    assert web.asked == [polled.url]


def test_a_feed_that_has_not_changed_says_so_by_its_mark(
    polled: Polled, poller: Poller, web: FakeWeb, clock: Clock
) -> None:
    web.etag = '"1"'
    web.documents = {polled.url: polled.falls.alert()}
    assert poller.look() == 1
    clock.at += timedelta(seconds=70)
    assert poller.look() == 0
    row = polled.row()
    assert (row["trouble"], row["failing_since"]) == ("", None)
    assert row["heard_at"] is not None


def test_many_alerts_come_in_several_looks(polled: Polled, poller: Poller, web: FakeWeb, clock: Clock) -> None:
    names = [str(number) for number in range(MOST_AT_ONCE + 5)]
    web.documents = {polled.url: polled.index(*names)} | {f"{polled.base}/{name}": b"<alert>" for name in names}
    assert poller.look() == MOST_AT_ONCE
    clock.at += timedelta(seconds=70)
    assert poller.look() == 5


def test_a_failing_feed_says_why_and_is_asked_less_often(
    polled: Polled, poller: Poller, web: FakeWeb, clock: Clock
) -> None:
    poller.look()
    first = polled.row()
    assert "could not be reached" in first["trouble"]
    clock.at += timedelta(seconds=70)
    poller.look()
    assert len(web.asked) == 1, "after a failure it waits longer"
    clock.at += timedelta(seconds=70)
    web.documents = {polled.url: b"<html/>"}
    poller.look()
    assert (len(web.asked), "C5" in polled.row()["trouble"]) == (2, True)
    assert polled.row()["failing_since"] == first["failing_since"]
    clock.at += timedelta(minutes=16)
    web.documents = {polled.url: polled.index()}
    poller.look()
    assert (polled.row()["trouble"], polled.row()["failing_since"]) == ("", None)


def test_one_dead_link_holds_up_neither_the_others_nor_the_feed(
    polled: Polled, poller: Poller, web: FakeWeb, clock: Clock
) -> None:
    web.documents = {polled.url: polled.index("dead", "good"), f"{polled.base}/good": polled.falls.alert()}
    assert poller.look() == 1
    assert "dead" in polled.row()["trouble"]
    clock.at += timedelta(seconds=70)
    web.documents[f"{polled.base}/dead"] = polled.falls.alert()
    assert poller.look() == 1
    assert polled.row()["trouble"] == ""


def test_a_feed_lies_on_an_allowed_host_only(falls: Falls, polled: Polled) -> None:
    new = {"name": "x", "kind": "polled", "url": "https://b.example.vn/index", "senders": [SENDER]}
    refused = falls.admin.post("/api/v1/alert-feeds", json=new)
    assert (refused.status_code, refused.json()["code"]) == (422, "host-not-allowed")
    for url in ("http://b.example.vn/", "https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.1/"):
        assert falls.admin.post("/api/v1/alert-feeds", json=new | {"url": url}).status_code == 422
    gone = falls.admin.put("/api/v1/alert-hosts", json={"hosts": []})
    assert (gone.status_code, gone.json()["code"]) == (409, "host-in-use")
    for host in ("127.0.0.1", "localhost", "a b.vn", "[::1]", "https://x.vn", "x.vn/y", "-x.vn"):
        assert falls.admin.put("/api/v1/alert-hosts", json={"hosts": [host]}).status_code == 422


def test_only_the_whole_installation_says_who_may_send(falls: Falls, people: People) -> None:
    own = people.person(Role.ADMINISTRATOR, people.agency().id).client
    for answer in (
        own.get("/api/v1/alert-feeds"),
        own.get("/api/v1/alert-hosts"),
        own.put("/api/v1/alert-hosts", json={"hosts": []}),
        own.post("/api/v1/alert-feeds", json={"name": "x", "kind": "pushed", "senders": [SENDER]}),
        own.patch(f"/api/v1/alert-feeds/{falls.feed_id}", json={"takes_drills": True}),
        own.post(f"/api/v1/alert-feeds/{falls.feed_id}/stop"),
        own.post(f"/api/v1/alert-feeds/{falls.feed_id}/token"),
    ):
        assert answer.status_code == 403
