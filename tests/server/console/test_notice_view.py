"""What the editor offers of each language: its state, how the source differs, and only the steps that are allowed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from playlists.artwork import Cue
from playlists.card import Template
from playlists.language import Language
from playlists.variant import Spoken, Standing, VariantState, Wording
from server.console.notices.view import Past, Reader, document_of, languages_of, srt
from server.console.texts import texts_of
from server.content.notices.content import CardContent, CardLook
from server.content.notices.whole import Whole

VI, EN, ZH = Language.VI, Language.EN, Language.ZH
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
ANN, BINH = UUID(int=1), UUID(int=2)
NAMES = {ANN: "Ann", BINH: "Bình"}
BEFORE = Spoken(words=Wording(title="Giờ làm việc", body="Hằng ngày."))
AFTER = Spoken(words=Wording(title="Giờ làm việc", body="Mọi ngày."))


def whole(**variants: Spoken) -> Whole:
    spoken = {Language(code): one for code, one in variants.items()}
    return Whole(title="Giờ", content=CardContent(look=CardLook(template=Template.HEADLINE)), variants=spoken)


def offered(
    state: VariantState | None,
    language: Language = EN,
    *,
    reader: UUID = ANN,
    edits: bool = True,
    reviews: tuple[Language, ...] = (),
    by: UUID = BINH,
    source: Spoken = AFTER,
    reviewed_by: UUID | None = None,
) -> dict[str, Any]:
    standing = Standing(state, BEFORE.digest, by, NOW, reviewed_by, NOW) if state is not None else None
    past = [Past(2, {VI: AFTER}), Past(1, {VI: BEFORE})]
    found = languages_of(
        texts_of(EN),
        NOW,
        whole(vi=source),
        {language: standing} if standing is not None else {},
        past,
        Reader(reader, edits, frozenset(reviews)),
        NAMES,
        "/api/v1/notices/7",
    )
    return next(one for one in found if one["code"] == language)


def asked(found: dict[str, Any]) -> list[str]:
    return [step["body"]["state"] for step in found["steps"]]


@pytest.mark.parametrize(
    ("state", "language", "steps"),
    [
        (None, EN, []),
        (VariantState.DRAFT, VI, ["translated"]),
        (VariantState.DRAFT, EN, ["translated"]),
        (VariantState.STALE, EN, ["translated"]),
        (VariantState.TRANSLATED, EN, ["draft"]),
        (VariantState.REVIEWED, EN, ["draft"]),
    ],
)
def test_the_steps_of_somebody_who_reviews_nothing(
    state: VariantState | None, language: Language, steps: list[str]
) -> None:
    found = offered(state, language)
    assert asked(found) == steps
    assert all(step["api"] == f"POST /api/v1/notices/7/variants/{language}/state" for step in found["steps"])


def test_a_reviewer_is_offered_what_another_person_translated() -> None:
    assert asked(offered(VariantState.TRANSLATED, reviews=(EN,))) == ["reviewed", "draft"]
    own = offered(VariantState.TRANSLATED, reviews=(EN,), by=ANN)
    assert asked(own) == ["draft"]
    assert "other than Ann" in own["hint"]
    assert asked(offered(VariantState.TRANSLATED, reviews=(ZH,))) == ["draft"]


def test_who_only_looks_is_offered_nothing() -> None:
    assert offered(VariantState.DRAFT, edits=False)["steps"] == []


def test_a_review_names_the_reviewer() -> None:
    assert "Bình" in offered(VariantState.REVIEWED, reviewed_by=BINH)["hint"]


def test_a_stale_translation_shows_how_the_source_differs_from_its_own() -> None:
    ((name, pieces),) = offered(VariantState.STALE)["source"]
    assert name == "Text"
    assert [tuple(piece) for piece in pieces] == [("old", "Hằng"), ("new", "Mọi"), ("same", " ngày.")]
    assert offered(VariantState.TRANSLATED)["source"] == []


def test_the_document_has_subtitles_as_their_file() -> None:
    cues = (Cue(start_ms=0, end_ms=1500, text="Xin chào"), Cue(start_ms=3_661_002, end_ms=3_662_000, text="Hai\ndòng"))
    document = document_of(whole(vi=Spoken(subtitles=cues), en=Spoken()))
    assert document["variants"]["vi"]["subtitles"] == (
        "1\n00:00:00,000 --> 00:00:01,500\nXin chào\n\n2\n01:01:01,002 --> 01:01:02,000\nHai\ndòng\n"
    )
    assert document["variants"]["en"]["subtitles"] is None
    assert srt(()) == ""
