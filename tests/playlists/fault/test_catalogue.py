"""The catalogue: every code is explained to people in three languages and to other systems in theirs."""

from __future__ import annotations

import pytest

from playlists.fault import CATALOGUE, FaultCode, SignError


def test_every_code_stands_in_the_catalogue_once() -> None:
    assert set(CATALOGUE) == set(FaultCode)


@pytest.mark.parametrize("code", FaultCode)
def test_what_a_technician_reads_is_said_in_three_languages(code: FaultCode) -> None:
    one = CATALOGUE[code]
    for said in (one.name, one.meaning, one.first_step):
        assert len({*said}) == 3
        assert all(text.strip() == text and text for text in said)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said.zh)
    for sentence in (one.meaning, one.first_step):
        assert sentence.vi.endswith((".", "?"))
        assert sentence.en.endswith((".", "?"))
        assert sentence.zh.endswith(("。", "？"))


def test_no_two_codes_have_the_same_name() -> None:
    for names in zip(*(one.name for one in CATALOGUE.values()), strict=True):
        assert len(set(names)) == len(names)


def test_bits_of_a_message_sign_are_those_of_the_standard() -> None:
    assert {error.bit for error in SignError} <= set(range(15))
    assert (SignError.COMMUNICATIONS.bit, SignError.PIXEL.bit, SignError.DOOR_OPEN.bit) == (1, 5, 13)
