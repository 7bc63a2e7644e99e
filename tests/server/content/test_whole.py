"""Two edits of one notice: what only one touched is kept, what both changed differently is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.language import Language
from server.content.notices.schemas import NoticeChange
from server.content.notices.whole import Differs, Whole, changed, merged

BASE = Whole.model_validate(
    {
        "title": "Giờ làm việc",
        "content": {"kind": "card", "look": {"template": "headline_body"}},
        "values": {"hours": {"kind": "time_range", "start": "07:00", "end": "17:00"}},
        "variants": {
            "vi": {"words": {"title": "Giờ làm việc", "body": "Mở cửa {hours}."}},
            "en": {"words": {"title": "Opening hours"}},
        },
    }
)


def edit(**fields: Any) -> Whole:
    return changed(BASE, NoticeChange.model_validate(fields))


def words(language: str, **texts: str) -> dict[str, Any]:
    return {"variants": {language: {"words": texts}}}


def test_what_is_not_sent_stays() -> None:
    after = edit(**words("vi", title="Giờ mở cửa"))

    assert after.variants[Language.VI].words.title == "Giờ mở cửa"
    assert after.variants[Language.VI].words.body == "Mở cửa {hours}."
    assert after.variants[Language.EN] == BASE.variants[Language.EN]
    assert (after.title, after.values, after.content) == (BASE.title, BASE.values, BASE.content)


def test_null_takes_away_what_may_be_missing_and_leaves_the_rest() -> None:
    held = edit(responsible={"name": "An"}, mandate={"number": "12/TB"}, festive=True)
    after = changed(
        held,
        NoticeChange.model_validate({"responsible": None, "mandate": None, "title": None, "variants": {"en": None}}),
    )

    assert (after.responsible, after.mandate, after.title) == (None, None, BASE.title)
    assert set(after.variants) == {Language.VI}
    assert after.festive


@pytest.mark.parametrize(
    ("yours", "theirs"),
    [
        (words("zh", title="开放时间"), words("en", title="Hours")),
        (words("vi", title="Giờ mở"), words("vi", body="Mở cửa đến {hours}.")),
        ({"mandate": {"number": "12/TB"}}, {"responsible": {"name": "An"}}),
        ({"content_class": "essential"}, {"festive": True}),
        ({"title": "Giờ hè"}, {"values": {}}),
        (
            {"content": {"kind": "card", "look": {"template": "headline_body", "motion": "fade"}}},
            {"content": {"kind": "card", "look": {"template": "headline"}}},
        ),
    ],
)
def test_edits_of_different_fields_are_both_kept(yours: dict[str, Any], theirs: dict[str, Any]) -> None:
    both = merged(BASE, edit(**theirs), edit(**yours))

    assert both == merged(BASE, edit(**yours), edit(**theirs))
    expected = BASE.flat()
    for one in (edit(**theirs).flat(), edit(**yours).flat()):
        for path in {**BASE.flat(), **one}:
            if one.get(path, ...) != BASE.flat().get(path, ...):
                expected.pop(path, None)
                expected |= {path: one[path]} if path in one else {}
    assert both.flat() == expected


def test_the_same_field_changed_differently_is_named_with_all_three_texts() -> None:
    theirs, yours = edit(**words("en", title="Hours")), edit(title="Khác", **words("en", title="Times"))

    with pytest.raises(Differs) as differs:
        merged(BASE, theirs, yours)

    (one,) = differs.value.differences
    assert tuple(one) == ("variants.en.words.title", "Opening hours", "Hours", "Times")


def test_the_same_change_twice_is_no_difference() -> None:
    once = edit(**words("en", title="Hours"))

    assert merged(BASE, once, once) == once


def test_one_took_away_what_the_other_changed() -> None:
    gone, kept = edit(variants={"en": None}), edit(**words("en", title="Hours"))

    with pytest.raises(Differs):
        merged(BASE, gone, kept)


def test_edits_whose_sum_is_not_sound_are_a_difference() -> None:
    card, picture = (
        edit(content={"kind": "card", "look": {"template": "welcome"}}),
        edit(content={"kind": "album", "picture_ids": []}),
    )

    with pytest.raises(Differs):
        merged(BASE, card, picture)


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["Giờ làm việc", "Hai", "Ba"]),
        "festive": st.booleans(),
        "values": st.sampled_from([{}, {"t": {"kind": "time", "at": "08:00"}}]),
        "variants": st.dictionaries(
            st.sampled_from(["vi", "en", "zh"]),
            st.fixed_dictionaries(
                {"words": st.dictionaries(st.sampled_from(["title", "body"]), st.text("ab", max_size=2))}
            ),
            max_size=2,
        ),
    },
)


@given(CHANGES, CHANGES)
def test_a_merge_never_loses_an_edit(yours: dict[str, Any], theirs: dict[str, Any]) -> None:
    your, their = edit(**yours), edit(**theirs)
    try:
        both = merged(BASE, their, your).flat()
    except Differs as differs:
        for one in differs.differences:
            assert one.theirs != one.yours
        return
    before = BASE.flat()
    for edited in (your.flat(), their.flat()):
        for path in edited:
            if edited[path] != before.get(path, ...):
                assert both[path] == edited[path]


def test_a_whole_is_the_same_after_it_was_flat() -> None:
    assert merged(edit(title="x"), BASE, BASE) == BASE
