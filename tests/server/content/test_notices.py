"""Notices through the API, on both databases: written, translated, reviewed, edited by two at once, found again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from playlists.instant import format_instant
from server.db import now
from tests.server.content.conftest import Document, Room


def variant(notice: Document, language: str) -> Document:
    found: Document = next(one for one in notice["variants"] if one["language"] == language)
    return found


def test_a_card_goes_from_a_source_to_three_reviewed_languages(room: Room) -> None:
    notice = room.card()
    assert notice["states"] == {"vi": "translated", "en": "missing", "zh": "missing"}
    assert notice["languages"] == ["vi"]

    draft = {"words": {"title": "Opening hours"}}
    notice = room.translator.ok("PUT", f"/notices/{notice['id']}/variants/en", draft)
    assert (notice["states"]["en"], notice["revision"]) == ("draft", 2)
    assert notice["languages"] == ["vi"], "a card of headline and body needs its body"

    for language, title in (("en", "Opening hours"), ("zh", "开放时间")):
        notice = room.say(room.translator, notice, language, title)
    assert notice["states"] == {"vi": "translated", "en": "translated", "zh": "translated"}
    assert variant(notice, "zh")["translated_by"] == room.translator.id
    for language in ("vi", "en", "zh"):
        notice = room.step(room.reviewer, notice, language, "reviewed")
    assert set(notice["states"].values()) == {"reviewed"}
    assert variant(notice, "en")["reviewed_by"] == room.reviewer.id
    assert notice["languages"] == ["vi", "en", "zh"]
    assert notice["revision"] == 4, "a review changes no word"


def test_a_translator_does_not_review_and_a_reviewer_is_registered(room: Room) -> None:
    notice = room.say(room.reviewer, room.card(), "en", "Opening hours")
    path = f"/notices/{notice['id']}/variants/en/state"

    own = room.reviewer.refused(409, "POST", path, {"state": "reviewed"})
    assert own["code"] == "own-translation"
    assert set(own["sentences"]) == {"vi", "en", "zh"}
    assert room.translator.refused(409, "POST", path, {"state": "reviewed"})["code"] == "not-registered"
    missing = f"/notices/{notice['id']}/variants/zh/state"
    assert room.reviewer.refused(404, "POST", missing, {"state": "reviewed"})["code"] == "not-found"


def test_editing_the_source_makes_the_others_stale_and_the_way_back_does_not_cost_a_translation(room: Room) -> None:
    notice = room.translated()
    path = f"/notices/{notice['id']}"
    notice = room.author.ok("PATCH", path, {"variants": {"vi": {"words": {"title": "Giờ mở cửa"}}}})
    assert notice["states"] == {"vi": "translated", "en": "stale", "zh": "stale"}
    assert room.reviewer.refused(409, "POST", f"{path}/variants/zh/state", {"state": "reviewed"})["code"] == (
        "not-translated"
    )

    still_fits = room.step(room.translator, notice, "en", "translated")
    assert still_fits["states"]["en"] == "translated"
    back = room.author.ok("PATCH", path, {"variants": {"vi": {"words": {"title": "Giờ làm việc"}}}})
    assert back["states"] == {"vi": "translated", "en": "stale", "zh": "reviewed"}


def test_values_and_white_space_of_the_source_leave_translations_as_they_are(room: Room) -> None:
    values = {"hours": {"kind": "time_range", "start": "07:00", "end": "17:00"}}
    notice = room.translated(values=values)
    values["hours"]["end"] = "18:00"
    changed = room.author.ok(
        "PATCH",
        f"/notices/{notice['id']}",
        {
            "values": values,
            "content_class": "essential",
            "variants": {"vi": {"words": {"body": "Mở cửa  hằng ngày. "}}},
        },
    )

    assert changed["revision"] == notice["revision"] + 1
    assert changed["states"] == notice["states"]


def test_a_reviewed_text_that_is_edited_waits_for_another_review(room: Room) -> None:
    notice = room.translated()
    edited = room.translator.ok("PUT", f"/notices/{notice['id']}/variants/zh", {"words": {"title": "茶岭口岸开放时间"}})

    assert edited["states"]["zh"] == "translated"
    assert variant(edited, "zh")["reviewed_by"] is None
    assert variant(edited, "zh")["words"]["body"] == "开放时间。"


def test_a_save_that_changes_nothing_makes_no_revision(room: Room) -> None:
    notice = room.translated()
    again = room.author.ok(
        "PUT",
        f"/notices/{notice['id']}",
        {"title": notice["title"], "variants": {"vi": {"words": variant(notice, "vi")["words"]}}},
    )

    assert (again["revision"], again["rev"]) == (notice["revision"], notice["rev"])


def test_two_people_at_once_lose_nothing(room: Room) -> None:
    notice = room.translated()
    path, rev = f"/notices/{notice['id']}", notice["rev"]
    room.say(room.translator, notice, "en", "Opening hours of the gate", rev=rev)
    both = room.author.ok("PATCH", path, {"responsible": {"name": "Nguyễn Văn An"}}, rev=rev)
    assert variant(both, "en")["words"]["title"] == "Opening hours of the gate"
    assert both["responsible"] == {"name": "Nguyễn Văn An", "position": ""}

    words = {"words": {"title": "Working hours"}}
    problem = room.author.refused(412, "PUT", f"{path}/variants/en", words, rev=rev)
    (difference,) = problem["differences"]
    assert difference == {
        "field": "variants.en.words.title",
        "before": "Opening hours",
        "theirs": "Opening hours of the gate",
        "yours": "Working hours",
    }
    assert problem["current_rev"] == both["rev"]
    assert room.author.ok("GET", path)["revision"] == both["revision"]
    assert room.author.ok("PUT", f"{path}/variants/en", words, rev=both["rev"])["revision"] == both["revision"] + 1


def test_a_review_is_of_the_words_that_were_seen(room: Room) -> None:
    notice = room.translated()
    state = f"/notices/{notice['id']}/variants/en/state"
    room.author.ok("PATCH", f"/notices/{notice['id']}", {"festive": True})
    room.reviewer.ok("POST", state, {"state": "reviewed"}, rev=notice["rev"])
    room.say(room.translator, notice, "en", "Hours")

    assert room.reviewer.refused(412, "POST", state, {"state": "reviewed"}, rev=notice["rev"])["code"] == "stale"


def test_it_says_who_ordered_it_and_who_answers_for_it_from_its_first_revision(room: Room) -> None:
    author = room.author
    subject = author.ok("POST", "/subjects", {"year": 2026, "kind": "subject", "name": "Thông tin cửa khẩu"})
    task = author.ok("POST", "/subjects", {"year": 2026, "kind": "task", "name": "Giờ làm việc"})
    said = {
        "mandate": {
            "number": "12/TB-BQL",
            "dated": "2026-11-20",
            "issuer": "Ban quản lý cửa khẩu",
            "summary": "Đổi giờ làm việc",
            "scan_id": author.upload(),
        },
        "subject_id": subject["id"],
        "task_id": task["id"],
        "responsible": {"name": "Nguyễn Văn An", "position": "Trưởng phòng"},
        "content_class": "essential",
        "valid_from": "2026-11-20T00:00:00.000Z",
        "valid_until": "2027-11-20T00:00:00.000Z",
        "freshness": {"max_age_s": 3600, "on_stale": "plate"},
    }
    whole = author.ok("GET", f"/notices/{room.card(**said)['id']}")

    assert {name: whole[name] for name in said} == said
    assert {name: whole["revisions"][0][name] for name in said} == said
    cleared = author.ok("PATCH", f"/notices/{whole['id']}", {"mandate": None, "freshness": None})
    assert (cleared["mandate"], cleared["freshness"], cleared["responsible"]) == (None, None, said["responsible"])
    assert author.ok("GET", f"/notices/{whole['id']}")["revisions"][1]["mandate"] == said["mandate"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"valid_from": "2027-01-02T00:00:00Z", "valid_until": "2027-01-01T00:00:00Z"}, 422),
        ({"subject_id": "01936f5e-8a2b-7cde-9f01-23456789abcd"}, 404),
        ({"mandate": {"number": "1", "scan_id": "01936f5e-8a2b-7cde-9f01-23456789abcd"}}, 404),
        ({"values": {"Giờ": {"kind": "time", "at": "07:00"}}}, 422),
        (
            {
                "content": {
                    "kind": "card",
                    "look": {"template": "picture_caption", "picture_id": None, "url": "ftp://x"},
                }
            },
            422,
        ),
        ({"variants": {"fr": {"words": {"title": "x"}}}}, 422),
        ({"variants": {"en": {"words": {"title": "x" * 121}}}}, 422),
        ({"kind": "image"}, 422),
    ],
)
def test_what_does_not_fit_is_refused_whole(room: Room, change: dict[str, Any], status: int) -> None:
    notice = room.card()

    room.author.refused(status, "PATCH", f"/notices/{notice['id']}", change)
    assert room.author.ok("GET", f"/notices/{notice['id']}")["rev"] == notice["rev"]


def test_an_album_and_a_card_name_their_pictures(room: Room) -> None:
    author = room.author
    pictures = [author.upload(), author.upload()]
    album = author.ok(
        "POST",
        "/notices",
        {
            "title": "Thác Bản Giốc",
            "content": {"kind": "album", "picture_ids": pictures, "seconds_each": 5},
            "variants": {"vi": {"words": {"captions": {pictures[0]: "Thác mùa nước"}}, "finished": True}, "en": {}},
        },
    )
    assert album["content"]["picture_ids"] == pictures
    assert album["languages"] == ["vi"], "a language without anything is missing"
    assert album["animated"]
    card = author.ok(
        "POST",
        "/notices",
        {
            "title": "Chào mừng",
            "content": {"kind": "card", "look": {"template": "picture_caption", "picture_id": pictures[0]}},
            "variants": {"vi": {"words": {"title": "Chào mừng"}, "finished": True}},
        },
    )
    assert (card["languages"], card["animated"]) == (["vi"], False)
    foreign = {"content": {"kind": "card", "look": {"template": "welcome", "picture_id": room.stranger.upload()}}}
    author.refused(404, "PATCH", f"/notices/{card['id']}", foreign)


def test_a_card_of_all_three_languages_shows_nothing_until_all_are_there(room: Room) -> None:
    split = {"kind": "card", "look": {"template": "split"}}
    notice = room.card(content=split)
    assert notice["languages"] == []
    for language, title in (("en", "Opening hours"), ("zh", "开放时间")):
        notice = room.say(room.translator, notice, language, title)

    assert notice["languages"] == ["mul"]


def test_a_copy_has_a_history_of_its_own(room: Room) -> None:
    notice = room.translated()
    copy = room.author.ok("POST", f"/notices/{notice['id']}/duplicate")

    assert (copy["copied_from"], copy["revision"], copy["states"]) == (notice["id"], 1, notice["states"])
    room.author.ok("PATCH", f"/notices/{copy['id']}", {"title": "Khác"})
    assert room.author.ok("GET", f"/notices/{notice['id']}")["title"] == notice["title"]


def test_what_is_archived_is_not_edited_and_several_go_at_once(room: Room) -> None:
    ids = [room.card()["id"] for _ in range(2)]
    gone = room.author.ok("POST", "/notices/archive", {"notice_ids": ids})
    assert all(one["archived_at"] for one in gone)
    refused = room.author.refused(409, "PATCH", f"/notices/{ids[0]}", {"title": "x"})
    assert refused["code"] == "notice-archived"
    foreign = {"notice_ids": [ids[0], room.stranger.ok("POST", "/notices", thin(room))["id"]]}
    room.author.refused(404, "POST", "/notices/restore", foreign)
    assert room.author.ok("GET", f"/notices/{ids[0]}")["archived_at"]
    assert not any(one["archived_at"] for one in room.author.ok("POST", "/notices/restore", {"notice_ids": ids}))


def thin(room: Room) -> Document:
    return {"title": "Ảnh", "variants": {"vi": room.stranger.upload()}}


def test_lists_are_narrowed_by_everything_that_an_office_asks(room: Room) -> None:
    author = room.author
    subject = author.ok("POST", "/subjects", {"year": 2027, "kind": "subject", "name": "Du lịch"})
    task = author.ok("POST", "/subjects", {"year": 2027, "kind": "task", "name": "Mùa hè"})
    soon = format_instant(now() + timedelta(days=3))
    wanted = room.card(
        "Đường lên thác",
        mandate={"number": "77/QĐ-UBND"},
        subject_id=subject["id"],
        task_id=task["id"],
        responsible={"name": "Hoàng Thị Đào"},
        content_class="promotion",
        valid_until=soon,
    )
    room.say(room.translator, wanted, "zh", "瀑布的路")
    other = room.card("Khác")
    over = room.card("Đã hết", valid_until=format_instant(now() - timedelta(days=1)))
    waiting = {wanted["id"], other["id"], over["id"]}

    def found(who: Any = None, **params: Any) -> set[str]:
        items = (who or author).ok("GET", "/notices", params=params)["items"]
        return {one["id"] for one in items} & waiting

    only = {wanted["id"]}
    assert found(kind="card", content_class="promotion") == only
    assert found(subject_id=subject["id"]) == found(task_id=task["id"]) == only
    assert found(responsible="dao") == found(mandate="qd-ubnd") == only
    assert found(q="瀑布") == found(q="duong len") == found(q="77/qd") == only
    assert found(language="zh", state="translated") == only
    assert found(language="zh", state="missing") == {other["id"], over["id"]}
    assert found(expiring_days=7) == only
    assert found(expiring_days=1) == set()
    assert found(valid=True) == {wanted["id"], other["id"]}
    assert found(waits="translation", language="zh") == {other["id"], over["id"]}
    assert found(room.reviewer, waits="review", language="zh") == only
    assert found(room.translator, waits="review") == set()
    assert found(mine=True) == waiting
    assert found(room.reviewer, mine=True) == set()
    assert found(room.stranger) == set()
    assert found(q="100%") == set()


def test_pages_of_a_list_go_on_where_the_last_one_ended(room: Room) -> None:
    made = [room.card("Trang giấy lẻ")["id"] for _ in range(3)]
    first = room.author.ok("GET", "/notices", params={"q": "trang giay le", "limit": 2})
    second = room.author.ok("GET", "/notices", params={"q": "trang giay le", "cursor": first["next_cursor"]})

    assert [one["id"] for one in (*first["items"], *second["items"])] == made[::-1]
    assert second["next_cursor"] is None


def test_a_notice_of_another_agency_does_not_exist(room: Room) -> None:
    path = f"/notices/{room.card()['id']}"
    words = {"words": {"title": "x"}}
    for method, below, body in (
        ("GET", "", None),
        ("PATCH", "", {"title": "x"}),
        ("PUT", "/variants/en", words),
        ("POST", "/variants/vi/state", {"state": "draft"}),
        ("POST", "/duplicate", None),
        ("GET", "/revisions", None),
        ("GET", "/revisions/1/diff/1", None),
        ("POST", "/revisions/1/restore", None),
        ("GET", "/comments", None),
        ("POST", "/comments", {"text": "x"}),
    ):
        room.stranger.refused(404, method, path + below, body)
