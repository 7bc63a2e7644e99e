"""What of a notice goes out to a panel: languages that are not ready, validity, and what people could not read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from playlists.instant import format_instant
from server.db import Database, now
from server.publishing.judging import judge
from server.publishing.refusal import CannotPublish
from server.scheduling.plans import repository as plans
from server.scheduling.plans import shapes
from server.tables import Notice, Panel, Site
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.content.conftest import Document, Room, Writer, make_room, writer


@dataclass
class Square:
    """A panel whose default playlist shows one card in three languages."""

    room: Room
    administrator: Writer
    database: Database
    site_id: str
    panel_id: UUID
    notice: Document

    def goes_out(self) -> tuple[set[str], list[str]]:
        """Return the languages that go out now, and the English warnings."""
        with self.database.read() as session:
            panel = session.get_one(Panel, self.panel_id)
            judged = judge(session, panel, plans.items_needed(session, panel, now()), now())
        return {language for _, language in judged.artworks}, [one["en"] for one in judged.warnings]

    def validity(self) -> dict[str, Any]:
        with self.database.read() as session:
            return shapes.validity(session.get_one(Notice, UUID(self.notice["id"])))

    def change(self, **fields: Any) -> Document:
        shown: Document = self.room.author.ok("PATCH", f"/notices/{self.notice['id']}", fields)
        return shown

    def rules(self, **rules: str) -> None:
        policy = {"order": ["vi", "en", "zh"], "rules": rules}
        self.administrator.ok("PATCH", f"/sites/{self.site_id}", {"language_policy": policy})

    def publish(self, status: int) -> Document:
        answer = self.room.author.ask("POST", "/publications", {"panel_ids": [str(self.panel_id)]})
        assert answer.status_code == status, answer.text
        shown: Document = answer.json()
        return shown


@pytest.fixture
def square(people: People, database: Database) -> Square:
    room = make_room(people, database)
    administrator = writer(people, database, room.agency, Role.ADMINISTRATOR)
    tail = room.agency.id.hex[-8:]
    with database.write() as session:
        site = Site(slug=f"s-{tail}", agency_id=room.agency.id, name="Cổng", time_zone="Asia/Ho_Chi_Minh")
        session.add(site)
        session.flush()
        face: dict[str, Any] = {"name": "Bảng cổng", "width": 64, "height": 32}
        panel = Panel(slug=f"p-{tail}", site_id=site.id, agency_id=room.agency.id, **face)
        session.add(panel)
        session.flush()
    notice = room.card("Giờ làm việc", content={"kind": "card", "look": {"template": "headline"}})
    for language, title in (("en", "Opening hours"), ("zh", "开放时间")):
        room.say(room.translator, notice, language, title)
    item = {"notice_id": notice["id"], "languages": ["vi", "en", "zh"], "on_air_ms": 5000}
    playlist = room.author.ok("POST", "/playlists", {"name": "Hằng ngày", "items": [item]})
    room.author.ok("PUT", f"/panels/{panel.id}/schedule", {"default_playlist_id": playlist["id"]})
    return Square(room, administrator, database, str(site.id), panel.id, notice)


ALL = {"vi", "en", "zh"}


def test_what_is_whole_goes_out_without_a_word(square: Square) -> None:
    assert square.goes_out() == (ALL, [])
    assert square.publish(202)["warnings"] == []


def test_a_stale_language_goes_out_with_a_warning(square: Square) -> None:
    square.change(variants={"vi": {"words": {"title": "Giờ mở cửa"}}})
    assert square.goes_out() == (
        ALL,
        [
            f"The notice Giờ làm việc in {language} was translated from an older source. "
            "Finish it, or take that language off the playlist."
            for language in ("English", "Chinese")
        ],
    )
    warnings = square.publish(202)["warnings"]
    assert [set(one) for one in warnings] == [ALL, ALL]
    square.rules(stale="leave_out")
    assert square.goes_out()[0] == {"vi"}


def test_a_draft_blocks_where_the_site_does_not_say_otherwise(square: Square) -> None:
    square.room.step(square.room.translator, square.notice, "zh", "draft")
    refused = square.publish(422)
    assert refused["code"] == "cannot-publish"
    assert set(refused["sentences"]) == ALL
    assert refused["detail"].startswith("The notice Giờ làm việc in Chinese is still a draft.")
    square.rules(draft="leave_out")
    languages, warnings = square.goes_out()
    assert (languages, len(warnings)) == ({"vi", "en"}, 1)
    assert len(square.publish(202)["warnings"]) == 1


def test_a_missing_language_blocks_or_is_left_out(square: Square) -> None:
    square.change(variants={"zh": None})
    with pytest.raises(CannotPublish, match="nothing whole to show in Chinese"):
        square.goes_out()
    square.rules(missing="leave_out")
    assert square.goes_out()[0] == {"vi", "en"}


def test_a_site_may_ask_for_a_review(square: Square) -> None:
    square.rules(translated="block")
    with pytest.raises(CannotPublish, match="is not reviewed"):
        square.goes_out()
    for language in ("vi", "en", "zh"):
        square.room.step(square.room.reviewer, square.notice, language, "reviewed")
    assert square.goes_out() == (ALL, [])
    site = f"/sites/{square.site_id}"
    wrong = {"language_policy": {"rules": {"reviewed": "block"}}}
    square.administrator.refused(422, "PATCH", site, wrong)
    assert square.administrator.ok("GET", site)["language_policy"]["rules"] == {"translated": "block"}


def test_a_notice_whose_validity_is_over_is_left_out(square: Square) -> None:
    square.change(valid_until=format_instant(now() - timedelta(days=1)))
    languages, warnings = square.goes_out()
    assert languages == set()
    assert [one.startswith("The notice Giờ làm việc is left out") for one in warnings] == [True]
    assert len(square.publish(202)["warnings"]) == 1


def test_a_notice_ends_with_its_validity_or_its_freshness(square: Square) -> None:
    made, ends = now(), (now() + timedelta(days=9)).replace(microsecond=0)
    square.change(valid_until=format_instant(ends), freshness={"max_age_s": 3600, "on_stale": "drop"})
    fresh = square.validity()
    assert made.replace(microsecond=0) + timedelta(hours=1) <= fresh["valid_until"] <= now() + timedelta(hours=1)
    square.change(freshness={"max_age_s": 3600, "on_stale": "keep"}, valid_from=format_instant(made))
    assert square.validity()["valid_until"] == ends
    assert square.goes_out() == (ALL, [])
