"""Notices that grow old: a plate on panels, a person who says that it is still right, and plays of what was shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from playlists import timeline
from playlists.document import explain_document
from playlists.instant import format_instant
from playlists.language import SegmentLanguage
from playlists.playlist import Item, Playlist, Take
from playlists.timeline import Facts
from server.content.notices.rows import Airs
from server.db import Database, now
from server.publishing.ageing import aged, renewed, twin_id
from server.publishing.previews.service import manifest_document
from server.tables import AiredRevision, PlayRow
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.test_publishing import Place, enrol, eventually, new_panel, notice, opened, publish

OLD = datetime(2026, 11, 26, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def item(number: int, **fields: Any) -> Item:
    take = Take(language=SegmentLanguage.VI, sha256=f"{number:064x}")
    shown = {"notice_id": UUID(int=9), "title": "Thời tiết", "on_air_ms": 5000, "takes": (take,), "revision": 3}
    return Item.model_validate({"id": UUID(int=number), **shown, **fields})


def airs(**fields: Any) -> Airs:
    usual: dict[str, Any] = {"revision": 3, "title": "Thời tiết", "content_class": "service", "festive": False}
    usual |= {"animated": False, "shown_from": None, "shown_until": None, "stale_at": None}
    return Airs(**(usual | fields))


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({}, [(None, None)]),
        ({"stale_at": OLD}, [(None, OLD), (OLD, None)]),
        ({"stale_at": OLD, "shown_until": OLD + HOUR}, [(None, OLD), (OLD, OLD + HOUR)]),
        ({"stale_at": OLD, "shown_until": OLD}, [(None, OLD)]),
        ({"stale_at": OLD, "shown_from": OLD + HOUR}, [(OLD + HOUR, OLD + HOUR), (OLD + HOUR, None)]),
    ],
)
def test_one_of_both_is_shown_at_every_time(times: dict[str, Any], expected: list[Any]) -> None:
    plain = item(1)
    twin = item(2, id=twin_id(plain.id))
    found = aged(plain, twin, airs(**times))
    assert [(one.valid_from, one.valid_until) for one in found] == expected
    assert [one.takes for one in found] == [plain.takes, twin.takes][: len(found)]


def test_only_the_revision_that_was_meant_is_renewed() -> None:
    plain = item(1)
    twin = item(2, id=twin_id(plain.id))
    other = item(5, notice_id=UUID(int=10))
    before = Playlist(id=UUID(int=7), name="p", items=(*aged(plain, twin, airs(stale_at=OLD)), other))
    later = renewed(before, {plain.notice_id: airs(stale_at=OLD + HOUR)})
    assert [(one.valid_from, one.valid_until) for one in later.items] == [
        (None, OLD + HOUR),
        (OLD + HOUR, None),
        (None, None),
    ]
    assert renewed(before, {plain.notice_id: airs(revision=4, stale_at=OLD + HOUR)}) == before
    assert renewed(before, {}) == before


@pytest.fixture
def place(people: People, admin: httpx.Client) -> Place:
    agency_id = str(people.agency().id)
    editor = people.person(Role.EDITOR, UUID(agency_id)).client
    notice_id = notice(editor, agency_id, "Thời tiết hôm nay")
    freshness = {"freshness": {"max_age_s": 3600, "on_stale": "plate"}}
    assert editor.patch(f"/api/v1/notices/{notice_id}", json=freshness).status_code == 200
    panel_id, kiosk_id = new_panel(admin, agency_id)
    kiosk, enrolment = enrol(people, admin, kiosk_id)
    items = [{"notice_id": notice_id, "languages": ["vi", "en"], "on_air_ms": 4000}]
    playlist = editor.post("/api/v1/playlists", json={"name": "Hằng ngày", "items": items}).json()
    assert editor.put(f"/api/v1/panels/{panel_id}/schedule", json={"default_playlist_id": playlist["id"]}).is_success
    return Place(agency_id, editor, panel_id, UUID(kiosk_id), kiosk, enrolment, playlist["id"], notice_id)


def test_a_panel_shows_the_plate_in_time_and_learns_at_once_that_all_is_still_right(place: Place) -> None:
    assert publish(place.editor, place.panel_id)["state"] == "assigned"
    manifest = opened(place)
    plain, twin = manifest.playlists[0].items
    assert (twin.id, plain.valid_until, twin.valid_from) == (twin_id(plain.id), twin.valid_from, plain.valid_until)
    assert len({take.sha256 for one in (plain, twin) for take in one.takes}) == 4
    assert plain.valid_until is not None
    fresh, old = (timeline.at(manifest, Facts(), at) for at in (now(), plain.valid_until + timedelta(days=3)))
    about = plain.valid_until - timedelta(minutes=2), plain.valid_until + timedelta(minutes=2)
    listed = explain_document(manifest_document(manifest), *about).airings
    played = timeline.between(manifest, Facts(), *about)
    assert [(one["starts_at"], one["ends_at"], one["item"]) for one in listed] == [
        (format_instant(one.starts_at), format_instant(one.ends_at), str(one.item_id)) for one in played
    ]
    assert (fresh.item_id, old.item_id, fresh.notice_id) == (plain.id, twin.id, old.notice_id)

    path = f"/api/v1/notices/{place.notice_id}/confirmations"
    said = place.editor.post(path, json={"revision": plain.revision, "note": "Đã gọi trạm khí tượng"}).json()
    assert said["panels"] == 1
    later = eventually(lambda: found if (found := opened(place)).seq > manifest.seq else None)
    young, its_twin = later.playlists[0].items
    assert young.valid_until == its_twin.valid_from >= plain.valid_until
    assert (young.takes, its_twin.takes, set(later.segments)) == (plain.takes, twin.takes, set(manifest.segments))


def test_plays_are_found_by_the_revision_that_was_shown(place: Place, database: Database) -> None:
    publish(place.editor, place.panel_id)
    sha256 = opened(place).playlists[0].items[0].takes[0].sha256
    began = now() + timedelta(minutes=1)
    with database.write() as session:
        shown = session.get_one(AiredRevision, (place.kiosk_id, opened(place).seq, sha256, UUID(place.notice_id)))
        assert shown.revision == 2
        session.add(
            PlayRow(
                kiosk_id=place.kiosk_id,
                seq=1,
                panel_id=UUID(place.panel_id),
                item_id=uuid4(),
                notice_id=UUID(place.notice_id),
                sha256=sha256,
                language="vi",
                started_at=began,
                ended_at=began + timedelta(seconds=4),
            )
        )
    change = {"responsible": {"name": "Nông Văn Sau", "position": "Phó phòng"}, "content_class": "promotion"}
    assert place.editor.patch(f"/api/v1/notices/{place.notice_id}", json=change).status_code == 200

    def found(**asked: str) -> list[int]:
        span = {"from": "2026-01-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"}
        answer = place.editor.get(f"/api/v1/panels/{place.panel_id}/plays", params=span | asked)
        return [one["seq"] for one in answer.json()["items"]]

    assert found(content_class="service") == [1]
    assert found(content_class="promotion") == []
    assert found(responsible="Sau") == []
