"""What messages say: in three languages, whole, in the console's words, and short enough for a phone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from playlists.fault import CATALOGUE, FaultCode, Severity
from playlists.language import Language
from server.channels.plain import MOST, fitted, plain
from server.channels.port import Letter
from server.console.texts import texts_of
from server.console.words import severity_name
from server.notify import words
from server.notify.plan import Kind, Step

AT = datetime(2026, 11, 24, 5, tzinfo=UTC)
ALARM = {"code": "mains_lost", "subject": "", "severity": "critical", "where": "Bảng 1, Hữu Nghị", "panel_id": "p1"}
FIELDS: dict[str, dict[str, Any]] = {
    Kind.ALARM: ALARM,
    Kind.APPROVAL: {"title": "Giờ thông quan", "where": "Hữu Nghị", "author": "Lan"},
    Kind.EMERGENCY: {"title": "Lũ quét", "where": "Hữu Nghị", "status": "actual"},
    Kind.HOLD: {"title": "Giờ thông quan", "where": "Hữu Nghị", "who": "Lan"},
    Kind.WEEKEND: {"where": "Hữu Nghị", "start": "00:00 28/11", "end": "00:00 30/11", "people": 1},
    Kind.AUDIT_HEAD: {"number": 7, "sha256": "ab" * 32, "day": "24/11/2026"},
    words.TEST: {},
    words.VERIFY: {"code": "123456"},
    words.DIGEST: {"items": [{"kind": "alarm", "step": "raised", "fields": ALARM, "is_over": True}]},
}
KINDS = [*Kind, words.TEST, words.VERIFY, words.DIGEST]


def letter(kind: str, language: str, step: str = Step.RAISED, fields: dict[str, Any] | None = None) -> Letter:
    return words.letter("id", kind, step, fields or FIELDS[kind], language, "https://bangtin.example.vn", AT)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_whole_in_every_language(kind: str, language: Language) -> None:
    for step in (Step.RAISED, Step.ENDED) if kind in set(Kind) else (Step.RAISED,):
        found = letter(kind, language, step)
        assert found.subject
        assert "{" not in found.subject + found.body
        assert words.line(kind, step, FIELDS[kind], language) == found.subject
        assert found.link.startswith("https://bangtin.example.vn/")
    subjects = {letter(kind, one).subject for one in Language}
    assert len(subjects) == 3, "three languages, three sentences"


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("code", list(FaultCode))
def test_every_fault_fits_a_short_message_with_its_link(code: FaultCode, language: Language) -> None:
    found = letter(Kind.ALARM, language, fields=ALARM | {"code": code})
    index = list(Language).index(language)
    assert CATALOGUE[code].name[index] in found.subject
    assert CATALOGUE[code].first_step[index] in found.body
    short = fitted(plain(found.short), found.link)
    assert len(short) <= MOST
    assert short.endswith(found.link)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("severity", list(Severity))
def test_severities_are_called_as_on_the_pages(severity: Severity, language: Language) -> None:
    found = letter(Kind.ALARM, language, fields=ALARM | {"severity": severity})
    assert found.subject.casefold().startswith(severity_name(texts_of(language), severity).casefold())


def test_an_unknown_fault_and_language_are_told_all_the_same() -> None:
    assert "new_code" in letter(Kind.ALARM, "fr", fields=ALARM | {"code": "new_code"}).subject


def test_without_an_address_of_the_console_there_is_no_link() -> None:
    assert words.letter("id", Kind.ALARM, Step.RAISED, ALARM, "vi", None, AT).link == ""
