from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.document import MOST_BYTES, Document, Refused, explain_document, read_document, read_moment
from playlists.instant import from_millis, to_millis
from playlists.plan import Layer, Piece, Plan

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
START = datetime(2026, 3, 1, tzinfo=UTC)
_PLAYLISTS = [
    {
        "id": f"p{number}",
        "items": [{"id": f"p{number}-{one}", "on_air_ms": 600_000 + 60_000 * one} for one in range(number)],
    }
    for number in range(5)
]
_DAYPARTS = [
    {"id": "work", "windows": [{"weekdays": [1, 2, 3, 4, 5], "start": "07:00", "end": "17:00"}]},
    {"id": "night", "windows": [{"weekdays": [5, 6], "start": "22:00", "end": "02:30"}]},
    {
        "id": "two",
        "windows": [
            {"weekdays": [7], "start": "01:30", "end": "03:30"},
            {"weekdays": [7], "start": "08:00", "end": "24:00"},
        ],
        "exceptions": [{"date": "2026-03-29", "windows": [{"start": "02:10", "end": "02:50"}]}],
    },
]
_ZONES = ["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"]
_RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY=SU,MO",
    "FREQ=MONTHLY;BYMONTHDAY=1,29",
    "FREQ=HOURLY;INTERVAL=7",
]


@st.composite
def timings(draw: st.DrawFn) -> dict[str, Any]:
    fields: dict[str, Any] = {"priority": draw(st.sampled_from([40, 50])), "weight": draw(st.integers(1, 3))}
    if draw(st.booleans()):
        fields["daypart_id"] = draw(st.sampled_from(["work", "night", "two"]))
    else:
        start = "2026-03-01T02:15" if draw(st.booleans()) else "2026-03-01T23:45"
        fields["recurrence"] = {"dtstart": start, "rrule": draw(st.sampled_from(_RULES))}
        fields["duration_s"] = draw(st.sampled_from([1800, 7200, 100_000]))
    if draw(st.booleans()):
        fields["valid_from"] = draw(st.sampled_from(["2026-03-02", "2026-03-28", "2026-03-10T12:00"]))
        fields["valid_until"] = draw(st.sampled_from(["2026-03-29", "2026-04-02", "2026-10-25T02:30"]))
    return fields


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    entries = [
        {"id": f"e{number}", "playlist_id": f"p{draw(st.integers(0, 4))}", **draw(timings())}
        for number in range(draw(st.integers(0, 6)))
    ]
    overrides = [
        {
            "id": f"o{number}",
            "playlist_id": f"p{draw(st.integers(0, 4))}",
            "starts_at": (START + timedelta(hours=hours)).isoformat(),
            "ends_at": (START + timedelta(hours=hours + 5)).isoformat(),
        }
        for number, hours in enumerate(draw(st.lists(st.integers(0, 900), max_size=2)))
    ]
    hours = draw(st.sampled_from([["00:00", "24:00"], ["05:00", "22:00"], ["02:30", "01:00"]]))
    window = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": hours[0], "end": hours[1]}
    return {
        "zone": draw(st.sampled_from(_ZONES)),
        "panel": {"id": "p", "operating_hours": [window]},
        "playlists": _PLAYLISTS, "dayparts": _DAYPARTS, "entries": entries, "overrides": overrides,
        "default": draw(st.sampled_from(["p0", "p2", None])),
    }  # fmt: skip


def said(plan: Plan[Any], piece: Piece[Any]) -> tuple[object, ...]:
    item = piece.content.item.id if piece.content else None
    return piece.span.active, piece.start_ms, piece.end_ms, item, piece.owner, plan.why(piece)


@settings(deadline=None, max_examples=60)
@given(documents(), st.integers(0, 40 * 86_400_000), st.integers(1, 3 * 86_400_000))
def test_at_agrees_with_between_and_the_next_change_is_the_first(
    fields: dict[str, Any], first: int, length: int
) -> None:
    plan = Document.model_validate(fields).plan()
    start, end = START + timedelta(milliseconds=first), START + timedelta(milliseconds=first + length)
    pieces = list(plan.between(start, end))
    assert pieces[0].start_ms <= to_millis(start) < pieces[0].end_ms
    assert pieces[-1].end_ms >= to_millis(end)
    for number, piece in enumerate(pieces):
        assert number == 0 or pieces[number - 1].end_ms == piece.start_ms
        for moment in (max(piece.start_ms, to_millis(start)), (piece.start_ms + piece.end_ms) // 2, piece.end_ms - 1):
            assert said(plan, plan.at(from_millis(moment))) == said(plan, piece)


@settings(deadline=None, max_examples=40)
@given(
    documents(), st.randoms(use_true_random=False), st.lists(st.integers(0, 300 * 86_400_000), min_size=1, max_size=4)
)
def test_neither_the_order_of_entries_nor_of_questions_matters(
    fields: dict[str, Any], random: Any, asked: list[int]
) -> None:
    plan = Document.model_validate(fields).plan()
    answers = [said(plan, plan.at(START + timedelta(milliseconds=offset))) for offset in asked]
    for key in ("entries", "overrides", "dayparts", "playlists"):
        fields = fields | {key: random.sample(fields[key], len(fields[key]))}
    other = Document.model_validate(fields).plan()
    again = [said(other, other.at(START + timedelta(milliseconds=offset))) for offset in reversed(asked)]
    assert again[::-1] == answers


@settings(deadline=None, max_examples=40)
@given(documents(), st.integers(0, 40 * 86_400_000))
def test_the_highest_band_that_can_play_is_on(fields: dict[str, Any], offset: int) -> None:
    plan = Document.model_validate(fields).plan()
    moment = START + timedelta(milliseconds=offset)
    active = plan.span_at(moment).active
    asking = plan.standing(to_millis(moment), to_millis(moment) + 1)
    playable = [one for one in asking if any(plan.can_play(plan.playlist_of(one, each)) for each in one.ids)]
    if active.layer is Layer.DARK:
        return
    if not playable:
        assert active.layer is Layer.SAFE_LOOP
        return
    able = tuple(each for each in playable[0].ids if plan.can_play(plan.playlist_of(playable[0], each)))
    assert (active.layer, active.ids) == (playable[0].layer, able)


def test_explain_tells_what_was_displaced_and_that_it_could_not_be_played() -> None:
    entries = [
        {"id": "low", "playlist_id": "p1", "daypart_id": "work"},
        {"id": "high", "playlist_id": "p2", "daypart_id": "work", "priority": 60},
        {"id": "bare", "playlist_id": "p0", "daypart_id": "work", "priority": 70},
    ]
    fields = {
        "zone": "Asia/Ho_Chi_Minh",
        "playlists": _PLAYLISTS,
        "dayparts": _DAYPARTS,
        "entries": entries,
        "default": "p3",
    }
    document = Document.model_validate(fields)
    monday = [read_moment(text, document, is_end=False) for text in ("2026-11-23T07:00", "2026-11-23T17:00")]
    (span,) = explain_document(document, *monday).spans
    assert (span["entries"], span["why"]) == (["high"], "scheduled by high, priority 60")
    assert [one["why"] for one in span["displaced"]] == [
        "scheduled by bare, priority 70; nothing of it can be played",
        "scheduled by low, priority 50",
        "default playlist",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b" " * (MOST_BYTES + 1), "at most 4194304 are read"),
        (b"", "not sound JSON"),
        (b"\xff\xfe", "not sound JSON"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"zone": 1.5}', "is not an integer"),
        (b'{"zone": "UTC", "zone": "UTC"}', "a key stands twice"),
        (b"[]", "the document"),
        (b'{"zone": "UTC"}', "playlists: is missing; add it"),
        (b'{"zone": "Asia/Nowhere", "playlists": []}', "is no IANA time zone"),
        (b'{"zone": "../../etc/passwd", "playlists": []}', "is no IANA time zone"),
        (b'{"zone": "UTC", "playlists": [], "colour": 1}', "colour: is not known"),
        (b'{"zone": "UTC", "playlists": [], "default": "x"}', "default names the playlist x"),
        (b'{"zone": "UTC", "playlists": [], "entries": [{"id": "e", "playlist_id": "x"}]}', "entries.0: an entry"),
    ],
)  # fmt: skip
def test_an_unsound_document_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read_document(content)


_SCALARS = st.none() | st.integers() | st.text(max_size=8)
_FIELDS = st.sampled_from(["zone", "playlists", "id", "items", "entries", "recurrence", "dtstart", "default", "panel"])


@settings(deadline=None)
@given(st.recursive(_SCALARS, lambda one: st.lists(one, max_size=3) | st.dictionaries(_FIELDS, one, max_size=4)))
def test_hostile_documents_never_give_anything_but_a_sentence(value: object) -> None:
    with suppress(Refused):
        assert read_document(json.dumps(value).encode()).zone


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13-01", "9999-12-31T23:59:59-12:00", "0001-01-01", "2026-11-23T07:00+25:00"]
)
def test_an_unsound_moment_is_refused(text: str) -> None:
    document = Document.model_validate({"zone": "UTC", "playlists": []})
    with pytest.raises(Refused):
        read_moment(text, document, is_end=False)


def test_a_rule_can_be_asked_for_centuries_ahead() -> None:
    entry = {
        "id": "e",
        "playlist_id": "p1",
        "duration_s": 3600,
        "recurrence": {"dtstart": "1970-01-01T07:00", "rrule": "FREQ=DAILY"},
    }
    document = Document.model_validate({"zone": "UTC", "playlists": _PLAYLISTS, "entries": [entry]})
    assert document.plan().at(datetime(2199, 12, 31, 7, 30, tzinfo=UTC)).owner == "e"


def test_ids_may_be_uuids() -> None:
    name = str(UUID(int=7))
    assert (
        read_document(
            json.dumps({"zone": "UTC", "playlists": [{"id": name, "items": []}], "default": name}).encode()
        ).default
        == name
    )


def dated(**validity: str) -> Document:
    items = [{"id": "a", "on_air_ms": 60_000}, {"id": "b", "on_air_ms": 30_000, **validity}]
    playlists = [{"id": "p", "items": items}, {"id": "only-b", "items": items[1:]}, {"id": "rest", "items": items[:1]}]
    entries = [{"id": "e", "playlist_id": "only-b", "recurrence": {"dtstart": "2026-03-02T11:00"}, "duration_s": 7200}]
    return Document.model_validate(
        {"zone": "Asia/Ho_Chi_Minh", "playlists": playlists, "entries": entries, "default": "rest"}
    )


def test_an_item_is_shown_within_its_validity_only() -> None:
    document = dated(valid_until="2026-03-02T05:00:20Z")
    explained = explain_document(document, NOON - timedelta(minutes=1), NOON + timedelta(minutes=2))
    assert [one["playlists"] for one in explained.spans] == [["only-b"], ["rest"]]
    (ended,) = [one for one in explained.airings if one["item"] == "b" and one["ends_at"] == "2026-03-02T05:00:20.000Z"]
    assert ended["starts_at"] < ended["ends_at"]
    assert {one["item"] for one in explained.airings if one["starts_at"] >= "2026-03-02T05:00:20.000Z"} == {"a"}


def test_a_span_whose_parties_stay_is_one_whatever_becomes_of_single_items() -> None:
    written = dated(valid_from="2026-03-02T05:00:00Z").model_dump(mode="json")
    document = Document.model_validate(written | {"entries": [], "default": "p"})
    explained = explain_document(document, NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    (span,) = explained.spans
    assert (span["local_start"], span["local_end"]) == ("2026-03-02T00:00:00+07:00", "2026-03-03T00:00:00+07:00")
    starts = {one["item"]: one["starts_at"] for one in reversed(explained.airings)}
    assert starts["b"] >= "2026-03-02T05:00:00.000Z" > starts["a"]
