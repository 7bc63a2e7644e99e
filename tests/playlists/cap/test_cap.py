"""Alerts that are refused, by rule, and those that are shown. A test's name begins with the rule's code."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.cap.accept import Feed
from playlists.cap.alert import clean
from playlists.cap.area import FIRST_PANELS, Circle, Point, distance_km, is_inside
from playlists.cap.report import check
from playlists.cap.rules import CapRule
from playlists.cap.schema import MANY
from playlists.cap.xml import MOST_BYTES
from playlists.language import Language
from playlists.trust.emergency import DRILL_FRAME
from tests.playlists.cap.making import AREA, AROUND_FALLS, NOW, SENT, cap, info, infos

FEED = Feed()


def refused(content: bytes, feed: Feed = FEED, **asked: Any) -> tuple[str | None, str]:
    answer = check(content, feed, **asked)
    assert answer["accepted"] is False
    return answer["code"], answer["reason"]


def code(content: bytes, feed: Feed = FEED, **asked: Any) -> str | None:
    return refused(content, feed, **asked)[0]


def bomb(lines: str, use: str = "&x;") -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE alert [{lines}]>'.encode() + cap(note=use)[38:]


def test_an_alert_in_three_languages_is_shown_at_the_falls() -> None:
    answer = check(cap(), FEED)

    assert (answer["accepted"], answer["code"], answer["kind"], answer["frame"]) == (True, None, "live", None)
    assert {name: said[0]["headline"] for name, said in answer["languages"].items()} == {
        "vi": "CẢNH BÁO LŨ QUÉT",
        "en": "FLASH FLOOD WARNING",
        "zh": "山洪预警",
    }
    assert {panel for said in answer["languages"].values() for panel in said[0]["panels"]} == {"ban-gioc-1"}
    assert answer["ends_at"] == "2026-08-14T14:00:00.000Z"


def test_c1_beyond_the_size() -> None:
    assert code(cap() + b" " * MOST_BYTES) == "C1"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"<alert>",
        cap()[:-9],
        cap() + b"x",
        cap().replace(b"UTF-8", b"UTF-99"),
        b"\xff\xfe<",
        cap(note="&undefined;"),
        cap(note="\x00"),
        cap().replace("CẢNH".encode(), b"\xff"),
    ],
)
def test_c2_not_well_formed(content: bytes) -> None:
    assert code(content) == "C2"


@pytest.mark.parametrize(
    "content",
    [
        bomb('<!ENTITY x "x">'),
        bomb('<!ENTITY a "lol"><!ENTITY x "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'),
        bomb('<!ENTITY x SYSTEM "file:///etc/hostname">'),
        bomb('<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;'),
        b'<!DOCTYPE alert SYSTEM "http://127.0.0.1:1/cap.dtd">' + cap()[38:],
        b"<!DOCTYPE alert>" + cap()[38:],
    ],
)
def test_c3_entities_and_document_types(content: bytes) -> None:
    assert code(content) == "C3"


def test_c3_a_billion_laughs_are_refused_before_they_grow() -> None:
    lines = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    assert code(bomb(lines, "&a9;")) == "C3"


def test_c4_nested_deeply_or_too_many() -> None:
    assert code(cap(note="<a>" * 20_000 + "</a>" * 20_000)) == "C4"
    assert code(cap("<info/>" * (MANY + 1))) == "C4"
    assert code(cap(infos() * 9)) == "C4"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (cap(namespace="urn:oasis:names:tc:emergency:cap:1.3"), "not a CAP 1.2 alert"),
        (cap(namespace=""), "not a CAP 1.2 alert"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "an Atom feed"),
        (b"<rss version='2.0'/>", "an RSS feed"),
        (b"<html/>", "'html'"),
    ],
)
def test_c5_another_namespace_or_document(content: bytes, said: str) -> None:
    rule, sentence = refused(content)
    assert (rule, said in sentence) == ("C5", True)


def test_cap_1_1_is_read_as_well() -> None:
    assert check(cap(namespace="urn:oasis:names:tc:emergency:cap:1.1"), FEED)["accepted"] is True


@pytest.mark.parametrize(
    "content",
    [
        cap(identifier=None),
        cap(sender=None),
        cap(sent=None),
        cap(status=None),
        cap(msgType=None),
        cap(scope=None),
        cap(scope="Public</scope><scope>Public"),
        cap(note="a</note><note>b"),
        cap(note="<b>bold</b>"),
        cap("text" + infos()),
        cap(infos() + "<extra/>"),
        cap("<extra/>" + infos()),
        cap(info(category=None)),
        cap(info(event=None)),
        cap(info(urgency=None)),
        cap(info(area="<polygon>1,1</polygon>")),
        cap(info(area=AREA + "<areaDesc>twice</areaDesc>")),
        cap(info(eventCode="<valueName>a</valueName>")),
        cap("<info xmlns=''>" + info()[6:]),
        cap().replace(b"<scope>", b"<scope lang='vi'>"),
        cap().replace(b"<sender>", b"<sender/><sender>"),
        cap().replace(b"<alert ", b"<alert version='2' "),
    ],
)
def test_c6_another_structure(content: bytes) -> None:
    assert code(content) == "C6"


@pytest.mark.parametrize(
    "content",
    [
        cap(status="actual"),
        cap(status=" Actual"),
        cap(msgType="alert"),
        cap(scope="public"),
        cap(info(urgency="")),
        cap(info(severity="Very severe")),
        cap(info(certainty="Very Likely")),
        cap(info(category="Weather")),
        cap(info(responseType="Run")),
        cap(info(language="tiếng Việt")),
        cap(info(language="")),
        cap(info(area=AREA + "<altitude>high</altitude>")),
    ],
)
def test_c7_a_value_that_the_schema_forbids(content: bytes) -> None:
    assert code(content) == "C7"


@pytest.mark.parametrize(
    "time",
    [
        "2026-08-14T08:05:00Z",
        "2026-08-14T15:05:00",
        "2026-08-14T15:05+07:00",
        "2026-08-14T15:05:00.5+07:00",
        "2026-08-14T15:05:00,07:00",
        "2026-08-14T15:05:00+0700",
        "2026-08-14T15:05:00+15:00",
        "2026-08-14T15:05:00+07:60",
        "2026-02-30T15:05:00+07:00",
        "2026-08-14T25:05:00+07:00",
        "２026-08-14T15:05:00+07:00",
        "",
    ],
)
def test_c8_a_time_of_another_form(time: str) -> None:
    assert code(cap(sent=time)) == "C8"
    assert code(cap(info(expires=time))) == "C8"


def test_c8_sent_in_the_future() -> None:
    assert code(cap(sent="2026-08-14T15:20:00+07:00"), now=NOW) == "C8"
    assert check(cap(sent="2026-08-14T15:10:00+07:00"), FEED, NOW)["accepted"] is True


def test_a_time_may_be_utc_and_stand_between_spaces() -> None:
    assert check(cap(sent=" 2026-08-14T08:05:00-00:00\n"), FEED)["sent_at"] == "2026-08-14T08:05:00.000Z"


@pytest.mark.parametrize("name", ["", "a b", "a,b", "a&lt;b", "a&amp;b", " a", "a\n", "x" * 301])
def test_c9_names_that_references_could_not_name(name: str) -> None:
    assert code(cap(identifier=name)) == "C9"
    assert code(cap(sender=name)) == "C9"


@pytest.mark.parametrize("status", ["System", "Draft"])
def test_c10_for_machines_or_not_ready(status: str) -> None:
    assert code(cap(status=status)) == "C10"


@pytest.mark.parametrize("message", ["Ack", "Error"])
def test_c11_nothing_to_show(message: str) -> None:
    assert code(cap(msgType=message, references=f"duty@example.vn,a,{SENT}")) == "C11"


@pytest.mark.parametrize("scope", ["Restricted", "Private"])
def test_c12_not_public(scope: str) -> None:
    assert code(cap(scope=scope)) == "C12"


def test_c13_somebody_else_sends() -> None:
    feed = Feed(senders=frozenset({"other@example.vn"}))
    assert code(cap(), feed) == "C13"
    assert check(cap(sender="other@example.vn"), feed)["accepted"] is True


@pytest.mark.parametrize("message", ["Update", "Cancel"])
@pytest.mark.parametrize(
    "references",
    [
        None,
        "",
        "duty@example.vn",
        "duty@example.vn,a",
        f"duty@example.vn,a,{SENT},b",
        f"duty@example.vn,,{SENT}",
        f"other@example.vn,a,{SENT}",
        f"duty@example.vn,vn.example.1,{SENT}",
        f"duty@example.vn,a,{SENT} other@example.vn,a,{SENT}",
    ],
)
def test_c14_an_update_names_what_its_sender_sent(message: str, references: str | None) -> None:
    assert code(cap(msgType=message, references=references)) == "C14"


def test_c14_too_many_references() -> None:
    many = " ".join(f"duty@example.vn,a{number},{SENT}" for number in range(201))
    assert code(cap(msgType="Update", references=many)) == "C14"


def test_c15_an_update_of_what_is_not_known_waits() -> None:
    content = cap(msgType="Update", references=f"duty@example.vn,a,{SENT}", sent="2026-08-14T15:06:00+07:00")
    assert code(content, earlier=[]) == "C15"
    assert check(content, FEED, earlier=[cap(identifier="a")])["ends"] == ["a"]
    assert check(content, FEED)["accepted"] is True, "without earlier ones, what it names is taken for known"


def test_c16_another_alert_of_the_same_name() -> None:
    assert code(cap(note="changed"), earlier=[cap()]) == "C16"
    assert check(cap(), FEED, earlier=[cap()])["accepted"] is True


@pytest.mark.parametrize(
    "parts",
    [
        {"expires": None},
        {"expires": SENT},
        {"expires": "2026-08-14T15:00:00+07:00"},
        {"effective": "2026-08-14T22:00:00+07:00"},
    ],
)
def test_c18_an_alert_without_an_end(parts: dict[str, str | None]) -> None:
    assert code(cap(infos(**parts))) == "C18"


def test_c18_a_feed_whose_alerts_lack_ends_gets_six_hours() -> None:
    answer = check(cap(infos(expires=None)), Feed(lacks_ends=True))
    assert answer["ends_at"] == "2026-08-14T14:05:00.000Z"


def test_an_alert_ends_within_a_day() -> None:
    assert check(cap(infos(expires="2026-09-14T21:00:00+07:00")), FEED)["ends_at"] == "2026-08-15T08:05:00.000Z"


def test_c19_over() -> None:
    assert code(cap(), now=NOW.replace(hour=21)) == "C19"
    longer = check(cap(infos(expires="2026-09-14T21:00:00+07:00")), FEED, now=NOW.replace(day=16))
    assert longer["ends_at"] == "2026-08-17T08:06:00.000Z"


@pytest.mark.parametrize("languages", [("vi-VN", "en-US"), ("vi-VN", "zh-CN"), ("en-US",), ("fr-FR",), ()])
def test_c20_a_language_is_missing(languages: tuple[str, ...]) -> None:
    assert code(cap("".join(info(language) for language in languages))) == "C20"


def test_c20_a_template_has_reviewed_words_for_it() -> None:
    named = "<valueName>bangtin:template</valueName><value>flash-flood-1</value>"
    body = info("vi-VN", eventCode=named) + info("en-US", eventCode=named)
    feed = Feed(templates={"flash-flood-1": {Language.ZH: "山洪预警，请远离河岸"}})
    answer = check(cap(body), feed)
    assert answer["languages"]["zh"][0] == {
        "headline": "山洪预警，请远离河岸",
        "instruction": "",
        "area": "",
        "words_of": "template",
        "is_cut": False,
        "panels": ["ban-gioc-1"],
    }
    assert code(cap(body), Feed(templates={"other": {Language.ZH: "山洪"}})) == "C20"
    assert (answer["template"], answer["signers"]) == ("flash-flood-1", "one duty officer, if the template is released")


def test_c20_two_templates_at_once_are_none() -> None:
    codes = [f"<valueName>bangtin:template</valueName><value>{name}</value>" for name in ("a-1", "b-1", "b-1")]
    body = "".join(info(one, eventCode=said) for one, said in zip(("vi", "en", "zh"), codes, strict=True))
    assert check(cap(body), FEED)["template"] is None


def test_languages_are_picked_by_their_first_part() -> None:
    body = (
        info("fr") + info("zh-Hant-TW", headline="繁體") + info("zh-Hans", headline="简体") + info("VI") + info("en-AU")
    )
    answer = check(cap(body), FEED)
    assert [said[0]["headline"] for said in answer["languages"].values()] == ["Warning", "Warning", "简体"]


def test_without_a_language_an_info_is_english() -> None:
    assert (
        check(cap(info("vi-VN") + info("en-US").replace("<language>en-US</language>", "") + info("zh-CN")), FEED)[
            "accepted"
        ]
        is True
    )


def test_c21_nothing_is_said() -> None:
    assert code(cap(infos(headline=None, event=" \u202e "))) == "C21"


def test_an_event_stands_for_a_missing_headline_and_long_texts_are_cut() -> None:
    answer = check(cap(infos(headline=None, instruction="nước " * 200)), FEED)
    said = answer["languages"]["vi"][0]
    assert (said["headline"], said["is_cut"], len(said["instruction"])) == ("Flood", True, 400)
    assert said["instruction"].endswith("…")


@pytest.mark.parametrize(
    "area",
    [
        "<polygon>22.84,106.70 22.87,106.70 22.87,106.74 22.84,106.74</polygon>",
        "<polygon>22.84,106.70 22.87,106.70 22.84,106.70</polygon>",
        "<polygon></polygon>",
        f"<polygon>{AROUND_FALLS},</polygon>",
        "<polygon>91,106 22,106 22,107 91,106</polygon>",
        "<polygon>22,181 22,106 22,107 22,181</polygon>",
        "<polygon>22,1e2 22,106 22,107 22,1e2</polygon>",
        "<polygon>" + "22.8,106.7 " * 5001 + "</polygon>",
        "<circle>22.85,106.72</circle>",
        "<circle>22.85,106.72 -1</circle>",
        "<circle>22.85 106.72 5</circle>",
        "<circle>22.85,106.72 5 km</circle>",
        "<circle>22.85,106.72 nan</circle>",
        "<circle>922.85,106.72 5</circle>",
    ],
)
def test_c22_no_such_place(area: str) -> None:
    assert code(cap(infos(area=f"<areaDesc>Bản Giốc</areaDesc>{area}"))) == "C22"


@pytest.mark.parametrize(
    ("area", "panels"),
    [
        (f"<polygon>{AROUND_FALLS}</polygon>", ["ban-gioc-1"]),
        ("<circle>22.85,106.72 5.0</circle>", ["ban-gioc-1"]),
        ("<circle>22.838,106.325 0</circle>", ["tra-linh-1"]),
        ("<circle>22.85,106.5 60</circle>", ["tra-linh-1", "ban-gioc-1"]),
        ("<polygon>22.5,106 23,106 23,107 22.5,107 22.5,106</polygon>", ["tra-linh-1", "ban-gioc-1"]),
        ("<polygon>22.838,106.325 22.9,106.3 22.9,106.4 22.838,106.325</polygon>", ["tra-linh-1"]),
        ("<geocode><valueName>bangtin:site</valueName><value>tra-linh</value></geocode>", ["tra-linh-1"]),
        ("<geocode><valueName>signage:site</valueName><value>bangioc</value></geocode>", ["ban-gioc-1"]),
    ],
)
def test_an_area_finds_its_panels(area: str, panels: list[str]) -> None:
    answer = check(cap(infos(area=f"<areaDesc>Ở đây</areaDesc>{area}")), FEED)
    assert [said[0]["panels"] for said in answer["languages"].values()] == [panels] * 3


@pytest.mark.parametrize(
    "area",
    [
        "<circle>21.03,105.85 50</circle>",
        "<polygon>21,105 22,105 22,106 21,106 21,105</polygon>",
        "<geocode><valueName>SAME</valueName><value>tra-linh</value></geocode>",
        "<geocode><valueName>bangtin:site</valueName><value>elsewhere</value></geocode>",
        "",
    ],
)
def test_c23_elsewhere(area: str) -> None:
    assert code(cap(infos(area=f"<areaDesc>Hà Nội</areaDesc>{area}"))) == "C23"


def test_c23_without_any_area() -> None:
    assert code(cap(infos(area=None))) == "C23"


def test_an_info_without_areas_holds_where_the_others_do() -> None:
    assert check(cap(info("vi-VN") + info("en-US", area=None) + info("zh-CN")), FEED)["accepted"] is True


def test_each_panel_says_what_holds_there() -> None:
    gate = "<areaDesc>Cửa khẩu</areaDesc><circle>22.838,106.325 1</circle>"
    at_gate = "".join(info(one, area=gate, headline=f"{one} gate") for one in ("vi", "en", "zh"))
    answer = check(cap(infos() + at_gate), FEED)
    assert [(said["headline"], said["panels"]) for said in answer["languages"]["vi"]] == [
        ("vi gate", ["tra-linh-1"]),
        ("CẢNH BÁO LŨ QUÉT", ["ban-gioc-1"]),
    ]


def test_c24_a_file_inside() -> None:
    resource = "<resourceDesc>map</resourceDesc><mimeType>image/png</mimeType><derefUri>AAAA</derefUri>"
    assert code(cap(infos(resource=resource))) == "C24"
    linked = "<resourceDesc>map</resourceDesc><mimeType>text/html</mimeType><uri>http://example.vn/map</uri>"
    assert "example.vn/map" not in str(check(cap(infos(resource=linked)), FEED))


@pytest.mark.parametrize("status", ["Exercise", "Test"])
def test_c25_a_drill_is_framed_and_for_those_who_take_it(status: str) -> None:
    answer = check(cap(status=status), FEED)
    assert (answer["accepted"], answer["kind"], answer["frame"]) == (True, "drill", DRILL_FRAME)
    none = Feed(panels=[panel.model_copy(update={"drills": False}) for panel in FIRST_PANELS])
    assert code(cap(status=status), none) == "C25"
    assert check(cap(), none)["accepted"] is True


def test_a_cancellation_shows_nothing() -> None:
    answer = check(cap("", msgType="Cancel", references=f"duty@example.vn,a,{SENT}"), FEED)
    assert (answer["accepted"], answer["kind"], answer["ends"], answer["languages"]) == (True, "end", ["a"], {})


def test_a_signature_may_end_an_alert_and_is_not_trusted() -> None:
    signature = "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'><SignedInfo a='b'/></Signature>"
    assert check(cap(infos() + signature), FEED)["signature"] == "present, not checked"
    assert code(cap(signature + infos())) == "C6"


def test_texts_are_cleaned() -> None:
    assert clean("Thác\u202e Ba\u0309n\u200b  Gio\u0302\u0301c\n\u0007!") == "Thác Bản Giốc !"


def test_refusals_name_rules_that_exist() -> None:
    assert len(set(CapRule)) == 25


@given(st.integers(0, len(cap()) - 1), st.integers(0, 255))
def test_no_changed_byte_is_a_crash(place: int, byte: int) -> None:
    content = bytearray(cap())
    content[place] = byte
    answer = check(bytes(content), FEED)
    assert answer["accepted"] or answer["code"] in set(CapRule)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(content: bytes) -> None:
    assert code(content) in {"C2", "C3"}


def test_points_on_a_border_lie_inside() -> None:
    square = [Point(0, 0), Point(0, 10), Point(10, 10), Point(10, 0), Point(0, 0)]
    inside = {(lat, lon) for lat in range(-2, 13) for lon in range(-2, 13) if is_inside(Point(lat, lon), square)}
    assert inside == {(lat, lon) for lat in range(11) for lon in range(11)}
    assert is_inside(Point(3, 5), list(reversed(square)))


def test_a_polygon_with_a_dent() -> None:
    dented = [Point(0, 0), Point(10, 0), Point(10, 10), Point(5, 5), Point(0, 10), Point(0, 0)]
    assert [is_inside(Point(5, lon), dented) for lon in (4, 5, 6)] == [True, True, False]


def test_distances_are_those_of_a_sphere() -> None:
    gate, falls = Point(22_838_000, 106_325_000), Point(22_854_000, 106_724_000)
    assert distance_km(gate, falls) == pytest.approx(40.93, abs=0.02)
    assert distance_km(falls, falls) == 0
    assert distance_km(Point(0, 0), Point(0, 180_000_000)) == pytest.approx(20015.1, abs=0.1)
    assert Circle(gate, 1.0).centre == gate
