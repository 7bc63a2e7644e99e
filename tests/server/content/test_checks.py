"""What people are told when they save: texts put right, values, missing parts, and whether it can be read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from server.db import Database
from server.office.sheet import read_sheet
from server.tables import Panel, Site
from tests.conftest import People
from tests.server.content.conftest import Document, Room, make_room

LONG = "Xin quý khách chuẩn bị hộ chiếu hoặc giấy thông hành còn hạn và xếp hàng theo hướng dẫn của nhân viên. " * 4


@pytest.fixture(scope="module")
def gate(people: People, database: Database) -> Room:
    """A room whose agency has a small panel that is read from 30 metres, and a near one of the same size."""
    room = make_room(people, database)
    with database.write() as session:
        agency_id = room.agency.id
        site = Site(slug=f"gate-{agency_id.hex[-6:]}", agency_id=agency_id, name="Cổng", time_zone="Asia/Ho_Chi_Minh")
        session.add(site)
        session.flush()
        for name, distance in (("xa", 30), ("gan", 5)):
            session.add(
                Panel(
                    slug=f"{name}-{agency_id.hex[-6:]}",
                    site_id=site.id,
                    agency_id=agency_id,
                    name=f"Bảng {name}",
                    width=128,
                    height=64,
                    pitch_um=10_000,
                    viewing_distance_m=distance,
                )
            )
    return room


def codes(shown: Document, *, blocking: bool | None = None) -> set[str]:
    found = shown["findings"]
    return {one["code"] for one in found if blocking is None or one["is_blocking"] is blocking}


def headline(title: str, **look: Any) -> Document:
    return {
        "title": "Tin",
        "content": {"kind": "card", "look": {"template": "headline"} | look},
        "variants": {"vi": {"words": {"title": title}, "finished": True}},
    }


def test_a_short_headline_is_fine_and_a_long_body_is_not(gate: Room) -> None:
    fine = gate.author.ok("POST", "/notices", headline("Cửa khẩu mở"))
    assert codes(fine, blocking=True) == set()

    crowded = gate.card(variants={"vi": {"words": {"title": "Giấy tờ", "body": LONG}, "finished": True}})
    assert codes(crowded, blocking=True) & {"too_small", "clipped"}
    assert crowded["findings"][0]["is_blocking"], "what blocks comes first"
    assert crowded["findings"][0]["panel_name"] in ("Bảng xa", "Bảng gan")
    assert "too_much_text" in codes(crowded, blocking=False)
    again = gate.author.ok("GET", f"/notices/{crowded['id']}/check")
    assert again["findings"] == crowded["findings"]


def test_ink_that_cannot_be_told_from_its_ground_comes_with_a_better_one(gate: Room) -> None:
    asked = headline("Cửa khẩu mở", colours={"ground": "#0b2a4a", "ink": "#1a3a5a", "accent": "#ffc62b"})
    shown = gate.author.ok("POST", "/notices/check", asked)

    faint = next(one for one in shown["findings"] if one["code"] == "contrast")
    assert faint["is_blocking"]
    assert faint["fix"] == {"kind": "ink", "value": "#ffffff"}
    asked["content"]["look"]["colours"]["ink"] = faint["fix"]["value"]
    assert "contrast" not in codes(gate.author.ok("POST", "/notices/check", asked))


def test_advice_is_put_aside_once_and_comes_back_with_another_revision(gate: Room) -> None:
    notice = gate.card(variants={"vi": {"words": {"title": "Giấy tờ", "body": LONG}, "finished": True}})
    path = f"/notices/{notice['id']}"
    advice = next(one for one in notice["findings"] if one["code"] == "too_much_text")
    for _ in range(2):
        gate.translator.ok("POST", f"{path}/advice", {"advice": advice["advice_key"]})
    assert "too_much_text" not in codes(gate.author.ok("GET", f"{path}/check"))
    assert "too_much_text" not in codes(gate.author.ok("POST", "/notices/check", {"notice_id": notice["id"]}))
    blocking = next(one for one in notice["findings"] if one["is_blocking"])
    assert gate.author.refused(422, "POST", f"{path}/advice", {"advice": blocking["advice_key"]})["code"] == "no-advice"
    gate.author.refused(422, "POST", f"{path}/advice", {"advice": "nonsense"})
    assert "too_much_text" in codes(gate.author.ok("PATCH", path, {"festive": True}))


def test_texts_are_put_right_and_it_is_said(room: Room) -> None:
    decomposed = "Gi\u01a1\u0300 la\u0300m vi\u00ea\u0323c"
    notice = room.card(
        variants={
            "vi": {"words": {"title": decomposed, "body": "Mở\u200b cửa."}, "finished": True},
            "zh": {"words": {"title": "開放時間", "body": "每日。"}},
        }
    )

    said = {(one["language"], one["field"], one["code"], one["text"]): one for one in notice["remarks"]}
    title = next(one for one in notice["variants"] if one["language"] == "vi")["words"]["title"]
    assert title == "Giờ làm việc"
    assert any(one["is_done"] for key, one in said.items() if key[:3] == ("vi", "body", "invisible"))
    traditional = said["zh", "title", "traditional", "開"]
    assert (traditional["is_done"], traditional["replacement"]) == (False, "开")
    kept = next(one for one in notice["variants"] if one["language"] == "zh")["words"]["title"]
    assert kept == "開放時間", "what is not certain is left to a person"


def test_words_that_name_a_value_which_is_not_there_are_told_and_show_nothing(room: Room) -> None:
    notice = room.card(variants={"vi": {"words": {"title": "Giờ", "body": "Mở cửa {hours}."}, "finished": True}})
    assert notice["value_faults"] == [{"language": "vi", "code": "unknown_value", "name": "hours"}]
    assert notice["languages"] == []
    values = {"hours": {"kind": "time_range", "start": "07:00", "end": "17:00"}}
    mended = room.author.ok("PATCH", f"/notices/{notice['id']}", {"values": values})
    assert (mended["value_faults"], mended["languages"]) == ([], ["vi"])


def test_a_translation_that_departs_from_the_glossary_is_told(room: Room) -> None:
    room.author.ok("POST", "/glossary", {"vi": "cửa khẩu", "en": ["border gate"], "zh": ["口岸"]})
    notice = room.card("Giờ làm việc cửa khẩu")
    saved = room.say(room.translator, notice, "en", "Opening hours of the crossing")

    assert saved["departures"] == [
        {"code": "missing_term", "language": "en", "vi": "cửa khẩu", "text": "", "agreed": "border gate"}
    ]
    assert room.say(room.translator, notice, "zh", "口岸开放时间")["departures"] == saved["departures"]


def test_parts_that_a_template_needs_are_named(room: Room) -> None:
    shown = room.author.ok("POST", "/notices/check", headline("Ảnh", template="picture_caption"))
    assert shown["lacking"] == [{"language": None, "parts": ["picture"]}]
    shown = room.author.ok("POST", "/notices/check", headline("Giờ", template="hours_table"))
    assert shown["lacking"] == [{"language": "vi", "parts": ["rows"]}]


def test_a_check_saves_nothing_and_says_what_saving_would(room: Room) -> None:
    notice = room.card()
    asked = {"notice_id": notice["id"], "variants": {"vi": {"words": {"title": "Khác"}}}}
    assert room.author.ok("POST", "/notices/check", asked)["findings"] == []
    assert room.author.ok("GET", f"/notices/{notice['id']}")["rev"] == notice["rev"]
    room.stranger.refused(404, "POST", "/notices/check", asked)
    foreign = headline("x", picture_id=room.stranger.upload())
    room.author.refused(404, "POST", "/notices/check", foreign)
    room.stranger.refused(404, "GET", f"/notices/{notice['id']}/check")
    room.stranger.refused(404, "POST", f"/notices/{notice['id']}/advice", {"advice": "too_fast:vi::"})


def test_an_agencys_look_is_its_administrators_and_its_cards_follow(
    room: Room, people: People, database: Database
) -> None:
    from server.content.notices.artworks import artworks_of
    from server.tables.accounts import Role
    from tests.server.content.conftest import writer

    administrator = writer(people, database, room.agency, Role.ADMINISTRATOR)
    path = f"/agencies/{room.agency.id}/look"
    notice, logo = room.card(), room.author.upload()
    usual = room.author.ok("GET", path)
    assert (usual["is_usual"], usual["logo_id"]) == (True, None)
    colours = {"ground": "#102030", "ink": "#ffffff", "accent": "#ff0000"}
    room.author.refused(403, "PUT", path, {"colours": colours})
    chosen = administrator.ok("PUT", path, {"colours": colours, "logo_id": logo}, rev=usual["rev"])
    assert (chosen["colours"], chosen["logo_id"]) == (colours, logo)
    administrator.refused(412, "PUT", path, {"colours": colours}, rev=usual["rev"])
    administrator.refused(404, "PUT", path, {"logo_id": room.stranger.upload()})
    with database.read() as session:
        artwork = artworks_of(session, [UUID(notice["id"])])[UUID(notice["id"])]["vi"]  # type: ignore[index]  # StrEnum
    look = artwork.card.look  # type: ignore[union-attr]  # a card
    assert (look.colours.ground, look.logo) == ("#102030", chosen["logo_sha256"])
    room.stranger.refused(404, "GET", path)


def test_the_list_is_exported_with_the_same_filters(room: Room) -> None:
    room.card("Xuất ra bảng tính", responsible={"name": "=2+3", "position": "Trưởng phòng"})
    answer = room.author.ask("GET", "/notices.csv", params={"q": "xuat ra bang"})
    lines = answer.content.decode("utf-8-sig").splitlines()

    assert answer.headers["content-type"].startswith("text/csv")
    assert lines[0].startswith("title,kind,content_class,revision,state_vi,state_en,state_zh,mandate_number")
    assert len(lines) == 2
    assert lines[1].startswith("Xuất ra bảng tính,card,service,1,translated,missing,missing,")
    assert "'=2+3,Trưởng phòng" in lines[1]
    assert room.stranger.ask("GET", "/notices.csv", params={"q": "xuat ra bang"}).text.count("\n") == 1
    book = read_sheet(room.author.ask("GET", "/notices.xlsx", params={"q": "xuat ra bang"}).content)
    assert [row[0] for row in book] == ["title", "Xuất ra bảng tính"]
    assert "=2+3" in book[1]


def test_subtitles_are_the_text_of_a_file_and_a_bad_one_says_why(room: Room) -> None:
    notice = room.author.ok("POST", "/notices", {"title": "Phim", "content": {"kind": "clip"}, "variants": {"vi": {}}})
    path = f"/notices/{notice['id']}/variants/zh"
    srt = "1\n00:00:01,000 --> 00:00:02,500\n请排队\n"
    saved = room.translator.ok("PUT", path, {"subtitles": srt, "finished": True})
    (spoken,) = [one for one in saved["variants"] if one["language"] == "zh"]
    assert spoken["subtitles"] == [{"start_ms": 1000, "end_ms": 2500, "text": "请排队"}]
    assert "The file has no subtitle" in room.translator.refused(422, "PUT", path, {"subtitles": "no times"})["detail"]
