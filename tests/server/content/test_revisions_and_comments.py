"""The history of a notice and what is said about it, through the API, on both databases."""

from __future__ import annotations

from tests.server.content.conftest import Room


def test_a_difference_is_told_word_by_word_in_each_language(room: Room) -> None:
    notice = room.translated()
    path = f"/notices/{notice['id']}"
    room.author.ok(
        "PATCH",
        path,
        {
            "content_class": "essential",
            "variants": {"vi": {"words": {"title": "Giờ mở cửa"}}, "zh": {"words": {"title": "开门时间"}}},
        },
    )
    found = room.author.ok("GET", f"{path}/revisions/{notice['revision']}/diff/{notice['revision'] + 1}")

    assert [(one["language"], one["field"]) for one in found["texts"]] == [("vi", "title"), ("zh", "title")]
    assert [(piece["kind"], piece["text"]) for piece in found["texts"][0]["pieces"]] == [
        ("same", "Giờ "),
        ("old", "làm việc"),
        ("new", "mở cửa"),
    ]
    assert [piece["text"] for piece in found["texts"][1]["pieces"]] == ["开", "放", "门", "时间"]
    assert found["fields"] == [{"field": "content_class", "old": "service", "new": "essential"}]
    assert room.author.ok("GET", f"{path}/revisions/1/diff/1") == {"old": 1, "new": 1, "texts": [], "fields": []}
    room.author.refused(404, "GET", f"{path}/revisions/1/diff/99")


def test_a_restored_revision_is_the_newest_and_its_languages_stand_where_they_stood(room: Room) -> None:
    notice = room.translated()
    path = f"/notices/{notice['id']}"
    room.author.ok("PATCH", path, {"title": "Sai", "variants": {"vi": {"words": {"title": "Sai"}}, "en": None}})
    back = room.author.ok("POST", f"{path}/revisions/{notice['revision']}/restore")

    assert back["revision"] == notice["revision"] + 2
    assert back["states"] == notice["states"]
    assert back["variants"] == notice["variants"]
    numbers = [(one["number"], one["restored_from"]) for one in room.author.ok("GET", f"{path}/revisions")][:2]
    assert numbers == [(notice["revision"] + 2, notice["revision"]), (notice["revision"] + 1, None)]
    again = room.author.ok("POST", f"{path}/revisions/{notice['revision']}/restore")
    assert again["revision"] == back["revision"], "what is there already is not restored"
    assert room.author.ok("GET", f"{path}/revisions/1")["number"] == 1
    room.author.refused(404, "POST", f"{path}/revisions/99/restore")
    room.author.refused(412, "POST", f"{path}/revisions/1/restore", rev=notice["rev"])


def test_threads_are_of_a_language_and_end_when_they_are_resolved(room: Room) -> None:
    path = f"/notices/{room.card()['id']}/comments"
    first = room.translator.ok("POST", path, {"text": "“Bản Giốc” viết là 板约?", "language": "zh"})
    answer = room.author.ok("POST", path, {"text": "Đúng.", "answers_id": first["id"], "language": "en"})
    assert (answer["answers_id"], answer["language"]) == (first["id"], "zh")
    resolved = room.reviewer.ok("POST", f"{path}/{answer['id']}/resolve")
    assert (resolved["id"], resolved["resolved_by"]) == (first["id"], room.reviewer.id)
    room.translator.ok("POST", path, {"text": "Còn một điều.", "answers_id": answer["id"]})
    said = room.author.ok("GET", path)
    assert [(one["text"], one["answers_id"], one["resolved_at"]) for one in said] == [
        ("“Bản Giốc” viết là 板约?", None, None),
        ("Đúng.", first["id"], None),
        ("Còn một điều.", first["id"], None),
    ]
    assert said[0]["author"] == room.translator.user.display_name
    other = f"/notices/{room.card()['id']}/comments"
    room.author.refused(404, "POST", other, {"text": "x", "answers_id": first["id"]})
    room.author.refused(404, "POST", f"{other}/{first['id']}/resolve")
    room.author.refused(422, "POST", path, {"text": " "})
