"""How far a language has come: written, stale, reviewed by another person, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from playlists.card import Row
from playlists.language import Language
from playlists.variant import (
    Refused,
    Rule,
    Spoken,
    Standing,
    VariantState,
    Wording,
    rules_of,
    settled,
    stepped,
    written,
)

AN, BINH = UUID(int=1), UUID(int=2)
AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
OLD, NEW = "a" * 64, "b" * 64
MISSING, DRAFT, TRANSLATED, REVIEWED, STALE = VariantState


def at(state: VariantState, source: str = OLD, by: UUID = AN) -> Standing:
    standing = Standing(state, source, by, AT)
    return replace(standing, reviewed_by=BINH, reviewed_at=AT) if state is REVIEWED else standing


@pytest.mark.parametrize(
    ("was", "finished", "becomes"),
    [
        (None, None, DRAFT),
        (None, True, TRANSLATED),
        (DRAFT, None, DRAFT),
        (DRAFT, True, TRANSLATED),
        (TRANSLATED, None, TRANSLATED),
        (TRANSLATED, False, DRAFT),
        (REVIEWED, None, TRANSLATED),
        (REVIEWED, True, TRANSLATED),
        (STALE, None, TRANSLATED),
        (STALE, False, DRAFT),
    ],
)
def test_what_is_written_anew_is_nobodys_review(
    was: VariantState | None, finished: bool | None, becomes: VariantState
) -> None:
    after = written(at(was) if was else None, finished, BINH, AT, NEW)

    assert after == Standing(becomes, NEW, BINH, AT)


@pytest.mark.parametrize("was", [TRANSLATED, REVIEWED])
def test_a_changed_source_makes_translations_stale_and_the_old_one_brings_them_back(was: VariantState) -> None:
    stale = settled(at(was), NEW)

    assert stale.state is STALE
    assert settled(stale, OLD) == at(was)
    assert settled(at(DRAFT), NEW) == at(DRAFT)


def test_a_reviewer_is_registered_and_another_person() -> None:
    reviewed = stepped(at(TRANSLATED), REVIEWED, BINH, AT, OLD, registered=True)

    assert reviewed == at(REVIEWED)
    assert stepped(reviewed, REVIEWED, AN, AT, OLD, registered=False) == reviewed


@pytest.mark.parametrize(
    ("was", "by", "registered", "code"),
    [
        (TRANSLATED, AN, True, "own-translation"),
        (TRANSLATED, BINH, False, "not-registered"),
        (DRAFT, BINH, True, "not-translated"),
        (STALE, BINH, True, "not-translated"),
    ],
)
def test_a_review_that_is_none_is_refused(was: VariantState, by: UUID, registered: bool, code: str) -> None:
    with pytest.raises(Refused) as refused:
        stepped(at(was), REVIEWED, by, AT, OLD, registered=registered)

    assert refused.value.code == code
    assert set(refused.value.sentences) == set(Language)


def test_states_that_come_by_themselves_cannot_be_asked_for() -> None:
    for state in (MISSING, STALE):
        with pytest.raises(Refused, match="by itself"):
            stepped(at(TRANSLATED), state, AN, AT, OLD, registered=True)


def test_a_stale_translation_that_still_fits_is_translated_again_by_who_looked() -> None:
    after = stepped(at(STALE), TRANSLATED, BINH, AT, NEW, registered=False)

    assert after == Standing(TRANSLATED, NEW, BINH, AT)
    assert stepped(after, DRAFT, AN, AT, NEW, registered=False).state is DRAFT


def test_what_translators_need_not_see_leaves_the_digest_as_it_is() -> None:
    plain = Spoken(words=Wording(title="Giờ làm việc", body="Mở cửa {hours}."))
    spaced = Spoken(words=Wording(title="Giờ  làm việc ", body="Mở cửa\n{hours}."))
    other = Spoken(words=Wording(title="Giờ làm việc", body="Đóng cửa {hours}."))
    with_row = Spoken(words=plain.words.model_copy(update={"rows": (Row(label="Hằng ngày", value="{hours}"),)}))

    assert plain.digest == spaced.digest
    assert len({plain.digest, other.digest, with_row.digest}) == 3


def test_a_site_may_be_stricter_or_milder_but_not_show_nothing() -> None:
    rules = rules_of({"translated": "block", "missing": "leave_out"})

    assert rules[TRANSLATED] is Rule.BLOCK
    assert rules[MISSING] is Rule.LEAVE_OUT
    assert rules[STALE] is Rule.WARN
    for wrong in ({"missing": "allow"}, {"reviewed": "block"}, {"lost": "block"}, {"draft": "perhaps"}):
        with pytest.raises(ValueError, match=r"\w"):
            rules_of(wrong)
