"""The chain of hashes: what is changed, left out, put in or cut off is named, with the first entry that is wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.audit.chain import BEGINNING, Head, canonical, first_broken, link

BEGAN = datetime(2026, 11, 26, 7, tzinfo=UTC)
SOMEBODY, SOMEWHERE = UUID(int=7), UUID(int=9)


@dataclass
class Entry:
    number: int
    at: datetime
    user_id: UUID | None = SOMEBODY
    username: str = "an"
    display_name: str = "Nguyễn Văn An"
    agency_id: UUID | None = SOMEWHERE
    agency_name: str = "Ban quản lý"
    address: str = "192.0.2.7"
    action: str = "hold.set"
    object_kind: str = "notice"
    object_id: str = "x"
    object_name: str = "Giờ mở cửa"
    digest: str = ""
    before: str | None = None
    after: str | None = '{"a":1}'
    sha256: str = ""


def chain(length: int) -> list[Entry]:
    entries, previous = [], BEGINNING
    for number in range(1, length + 1):
        entry = Entry(number, BEGAN + timedelta(seconds=number))
        entry.sha256 = previous = link(previous, entry)
        entries.append(entry)
    return entries


def test_a_whole_chain_has_the_head_of_its_last_entry() -> None:
    entries = chain(5)

    assert first_broken(entries) == (Head(5, entries[-1].sha256), None)
    assert first_broken([]) == (Head(0, BEGINNING), None)


OTHERWISE: dict[str, Any] = {
    "at": BEGAN,
    "user_id": None,
    "username": "binh",
    "display_name": "Nguyễn Văn Ân",
    "agency_id": None,
    "agency_name": "Ban khác",
    "address": "192.0.2.8",
    "action": "hold.lifted",
    "object_kind": "panel",
    "object_id": "y",
    "object_name": "Giờ đóng cửa",
    "digest": "0" * 64,
    "before": "{}",
    "after": None,
    "sha256": "1" * 64,
}


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_changed_field_is_named_at_its_entry(field: str) -> None:
    entries = chain(4)
    entries[2] = replace(entries[2], **{field: OTHERWISE[field]})

    _, broken = first_broken(entries)

    assert broken is not None
    assert broken.number == 3


def test_every_field_but_the_number_is_tried() -> None:
    assert set(OTHERWISE) == set(Entry.__dataclass_fields__) - {"number"}


def test_an_entry_that_was_taken_out_is_missed() -> None:
    entries = chain(4)
    del entries[1]

    _, broken = first_broken(entries)

    assert broken is not None
    assert broken.number == 2
    assert "2 is missing" in broken.why


def test_a_chain_that_was_written_anew_from_the_middle_shows_only_against_a_kept_head() -> None:
    entries = chain(4)
    kept = Head(4, entries[-1].sha256)
    previous = entries[1].sha256
    for entry in entries[2:]:
        entry.username = "somebody.else"
        entry.sha256 = previous = link(previous, entry)

    assert first_broken(entries)[1] is None
    _, broken = first_broken(entries, kept)
    assert broken is not None
    assert broken.number == 4


def test_a_cut_end_shows_against_a_kept_head() -> None:
    entries = chain(6)
    kept = Head(6, entries[-1].sha256)

    assert first_broken(entries[:4])[1] is None
    _, broken = first_broken(entries[:4], kept)
    assert broken is not None
    assert broken.number == 5
    assert "cut off" in broken.why


texts = st.text(max_size=20)


@given(texts, texts, texts, texts)
def test_no_two_entries_have_the_same_bytes(name: str, other: str, text: str, last: str) -> None:
    one = Entry(1, BEGAN, username=name, display_name=other, object_name=text, after=last)
    same = Entry(1, BEGAN, username=name, display_name=other, object_name=text, after=last)
    moved = Entry(1, BEGAN, username=name + other, display_name="", object_name=text, after=last)

    assert canonical(one) == canonical(same)
    assert (canonical(moved) == canonical(one)) == (other == "")
