"""What of a notice goes out to a panel: languages that are not ready, validity, and what people could not read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from playlists.artwork import CardArtwork, PlatedArtwork, files
from playlists.instant import format_instant, parse_instant
from playlists.language import Language, SegmentLanguage
from server.db import Database, now
from server.publishing.judging import Judged, Shown, judge
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
        judged = self.judged()
        return {one.language for one in judged.artworks}, [one["en"] for one in judged.warnings]

    def judged(self) -> Judged:
        with self.database.read() as session:
            panel = session.get_one(Panel, self.panel_id)
            return judge(session, panel, plans.items_needed(session, panel, now()), now())

    def titles(self, language: SegmentLanguage) -> str:
        """Return the title that goes out in a language."""
        artwork = self.judged().artworks[Shown(UUID(self.notice["id"]), language)]
        assert isinstance(artwork, CardArtwork)
        return artwork.card.words[Language(language)].title

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
    square.room.step(square.room.translator, square.notice, "zh", "draft")
    square.change(variants={"zh": None})
    with pytest.raises(CannotPublish, match="nothing whole to show in Chinese"):
        square.goes_out()
    square.rules(missing="leave_out")
    assert square.goes_out()[0] == {"vi", "en"}


def test_what_is_being_edited_goes_out_as_the_last_finished_revision(square: Square) -> None:
    square.change(variants={"vi": {"words": {"title": "Giờ mở cửa mới"}, "finished": False}})
    languages, warnings = square.goes_out()
    assert languages == ALL
    (said,) = warnings
    assert said.startswith("The notice Giờ làm việc goes out as revision ")
    assert said.endswith("Finish it, or take that language off the playlist.")
    assert square.titles(SegmentLanguage.VI) == "Giờ làm việc"
    assert [set(one) for one in square.publish(202)["warnings"]] == [ALL]
    square.room.step(square.room.author, square.notice, "vi", "translated")
    assert square.titles(SegmentLanguage.VI) == "Giờ mở cửa mới"


def test_the_rules_of_the_site_go_before_an_earlier_revision(square: Square) -> None:
    square.change(variants={"vi": {"words": {"title": "Giờ mở cửa mới"}, "finished": False}})
    square.rules(draft="warn", stale="allow")
    assert square.titles(SegmentLanguage.VI) == "Giờ mở cửa mới"
    square.rules(draft="leave_out", stale="allow")
    assert square.goes_out()[0] == {"en", "zh"}
    square.rules(draft="block", translated="block")
    with pytest.raises(CannotPublish, match="is still a draft"):
        square.goes_out()


def test_what_grows_old_gets_a_plate_and_what_is_said_to_be_right_is_young_again(square: Square) -> None:
    made = square.change(freshness={"max_age_s": 3600, "on_stale": "plate"})
    judged = square.judged()
    plated = {one.language: artwork for one, artwork in judged.artworks.items() if one.plated}
    assert plated.keys() == ALL
    assert all(isinstance(one, PlatedArtwork) for one in plated.values())
    assert {files(artwork) for artwork in plated.values()} == {frozenset()}
    old_at = judged.airs[UUID(made["id"])].stale_at
    assert old_at is not None
    assert square.validity() == {"valid_from": None, "valid_until": None}
    path = f"/notices/{made['id']}/confirmations"
    square.room.author.refused(409, "POST", path, {"revision": made["revision"] - 1})
    said = square.room.author.ok("POST", path, {"revision": made["revision"], "note": "Đã hỏi lại"})
    assert (said["panels"], said["revision"], said["note"]) == (0, made["revision"], "Đã hỏi lại")
    younger = square.judged().airs[UUID(made["id"])]
    assert younger.stale_at is not None
    assert younger.stale_at >= old_at
    assert younger.stale_at == parse_instant(said["right_until"]).replace(microsecond=0)
    assert [one["id"] for one in square.room.author.ok("GET", path)] == [said["id"]]
    square.change(freshness={"max_age_s": 3600, "on_stale": "drop"})
    assert not any(one.plated for one in square.judged().artworks)
    square.change(freshness=None)
    square.room.author.refused(422, "POST", path, {"revision": made["revision"] + 2})


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
