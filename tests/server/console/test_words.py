"""States become the right sentences; what is not known is not said to be fine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from kiosk_agent.health.checkup import Checkup
from kiosk_agent.panel.generic import GenericPanel
from kiosk_agent.panel.judge import judge, summaries
from kiosk_agent.panel.survey import Link, Survey
from playlists.fault import CheckResult, FaultCode, Severity
from playlists.language import Language
from playlists.wire.messages import Reading
from server.accounts.paths import own_path
from server.console import words
from server.console.texts import texts_of
from server.console.words import Tone
from server.publishing.schemas import Receipt, WallPanel
from server.tables import Job, Kiosk, KioskStatus, Publication
from server.tables.publishing import PublicationState
from tests.kiosk_agent.panel.looking import PROFILE

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
EN = texts_of(Language.EN)
ID = UUID(int=7)


def _kiosk(**fields: Any) -> Kiosk:
    known: dict[str, Any] = {"id": ID, "slug": "kiosk-1", "enrolled_at": NOW, "assigned_seq": 4}
    return Kiosk(**known | fields)


def _status(**fields: Any) -> KioskStatus:
    known: dict[str, Any] = {"kiosk_id": ID, "online": True, "changed_at": NOW - timedelta(hours=1)}
    return KioskStatus(**known | fields)


@pytest.mark.parametrize(
    ("kiosk", "status", "text", "tone"),
    [
        (None, None, "No kiosk yet", Tone.WARN),
        (_kiosk(enrolled_at=None), None, "The kiosk is waiting for its enrolment code", Tone.WARN),
        (_kiosk(revoked_at=NOW), _status(), "Kiosk shut out since 12:30", Tone.BAD),
        (_kiosk(), None, "Never heard from the kiosk", Tone.BAD),
        (_kiosk(), _status(), "Online since 11:30", Tone.GOOD),
        (_kiosk(), _status(online=False), "No contact since 11:30", Tone.BAD),
    ],
)
def test_presence(kiosk: Kiosk | None, status: KioskStatus | None, text: str, tone: Tone) -> None:
    said = words.presence(EN, kiosk, status, NOW, HOME)
    assert (said.text, said.tone) == (text, tone)


@pytest.mark.parametrize(
    ("state", "online", "text", "tone"),
    [
        ({"installed_seq": 4, "phase": "playing"}, True, "Plays the newest publication (no. 4)", Tone.GOOD),
        (
            {"installed_seq": 4, "phase": "playing"},
            False,
            "Last said: Plays the newest publication (no. 4)",
            Tone.PLAIN,
        ),
        ({"installed_seq": 4, "phase": "stored"}, True, "Newest publication stored, not playing yet", Tone.WARN),
        ({"installed_seq": 3, "phase": "playing"}, True, "Holds no. 3; no. 4 is assigned, not fetched yet", Tone.WARN),
        ({"installed_seq": 3, "phase": "rejected"}, True, "The kiosk refused the newest publication", Tone.BAD),
        (
            {"phase": "fetching", "stored_segments": 2, "wanted_segments": 9},
            True,
            "Fetching the newest publication: 2 of 9 segments",
            Tone.PLAIN,
        ),
        ({}, True, "Newest publication assigned, not fetched yet", Tone.WARN),
    ],
)
def test_receipts(state: dict[str, object], online: bool, text: str, tone: Tone) -> None:
    said = words.receipt(EN, _kiosk(), _status(state=state, online=online))
    assert (said.text, said.tone) == (text, tone)


def test_faults_are_counted_with_the_worst_first() -> None:
    assert words.fault_count(EN, []) is None
    one = words.fault_count(EN, [Severity.WARNING])
    three = words.fault_count(EN, [Severity.WARNING, Severity.CRITICAL, "unheard-of"])
    assert one is not None
    assert three is not None
    assert (one.text, one.tone) == ("1 open fault, worst: warning", Tone.WARN)
    assert (three.text, three.tone) == ("3 open faults, worst: critical", Tone.BAD)


def test_an_unknown_reading_is_never_fine() -> None:
    said = words.reading(EN, Reading(check="under_voltage", result=CheckResult.UNKNOWN))
    assert (said.name, said.text, said.tone) == ("Supply voltage", "unknown, cannot be read", Tone.WARN)
    hot = Reading(check="cpu_temperature", result=CheckResult.FAULT, value_milli=84_500, unit="°C")
    assert words.reading(texts_of(Language.VI), hot).text == "84,5 °C · có sự cố"


def test_every_check_of_a_kiosk_has_a_name(tmp_path: Path) -> None:
    findings = (*Checkup(tmp_path, tmp_path).read(datetime(2026, 11, 23, tzinfo=UTC), 0.0), *GenericPanel().read())
    names = {finding.check for finding in findings} | {"player"}
    assert len(names) == 22
    for name in names:
        said = words.reading(texts_of(Language.VI), Reading(check=name, result=CheckResult.OK))
        assert said.name != name.replace("_", " ")


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        (Language.VI, "port 1 card 12 fan 3", "cổng 1, card nhận 12, quạt 3"),
        (Language.EN, "port 1 card 12", "port 1, card 12"),
        (Language.ZH, "port 2", "输出口 2"),
        (Language.ZH, "sda", "sda"),
        (Language.EN, "port 1 and more", "port 1 and more"),
        (Language.EN, "", ""),
    ],
)
def test_a_part_of_a_panel_is_called_as_people_call_it(language: Language, subject: str, said: str) -> None:
    assert words.part(texts_of(language), subject) == said
    one = Reading(check="panel_card", result=CheckResult.FAULT, subject=subject)
    assert words.reading(texts_of(language), one).name.endswith(said)


def test_every_check_of_a_panel_has_a_name() -> None:
    found, _ = judge(Survey(Link.SILENT, "no answer"), (), PROFILE, {}, 0.0)
    names = {finding.check for finding in (*found, *summaries(found, PROFILE))} | {"panel_light", "panel_picture"}
    assert len(names) > 10
    for name in names:
        said = words.reading(texts_of(Language.VI), Reading(check=name, result=CheckResult.OK))
        assert said.name != name.replace("_", " ")


@pytest.mark.parametrize("language", Language)
def test_every_fault_has_a_name_and_a_first_step(language: Language) -> None:
    texts = texts_of(language)
    for code in FaultCode:
        assert words.fault_name(texts, code)
        assert words.first_step(texts, code)
    assert words.fault_name(texts, "from-a-newer-kiosk") == "from-a-newer-kiosk"
    assert words.first_step(texts, "from-a-newer-kiosk")


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/faults?panel=1", "/faults?panel=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nb", "/"),
        ("/a b", "/"),
        ("", "/"),
    ],
)
def test_after_login_one_stays_on_this_server(asked: str, path: str) -> None:
    assert own_path(asked) == path


def _wall_panel(name: str, receipt: Receipt, *, online: bool, enrolled: bool = True) -> WallPanel:
    known: dict[str, Any] = dict.fromkeys(WallPanel.model_fields)
    ids = dict.fromkeys(("panel_id", "site_id", "agency_id"), ID)
    words_of = {"slug": name, "name": name, "site_name": "s", "agency_name": "a", "expected_url": "/e", "words": {}}
    counts = {"width": 64, "height": 32, "assigned_seq": 1, "installed_seq": 1, "open_faults": 0}
    state = {"online": online, "enrolled": enrolled, "receipt": receipt}
    return WallPanel.model_validate(known | ids | words_of | counts | state)


@pytest.mark.parametrize(
    ("panels", "state", "sentence", "last"),
    [
        ([("a", Receipt.PLAYING, True)], "playing", "Done: every panel with a kiosk plays it.", "playing"),
        (
            [("a", Receipt.SEEN, True), ("b", Receipt.PLAYING, False)],
            "assigned",
            "Assigned; 1 of 2 panels play it",
            "played it when last heard from; no contact now",
        ),
        (
            [("a", Receipt.ASSIGNED, False)],
            "assigned",
            "Assigned; 0 of 1 panels play it",
            "assigned; the kiosk has no contact and will fetch it when it is back",
        ),
        ([("a", Receipt.REJECTED, True)], "assigned", "Assigned; 0 of 1 panels play it", "refused by the kiosk"),
    ],
)
def test_a_publication_is_done_only_when_every_kiosk_that_is_there_plays_it(
    panels: list[tuple[str, Receipt, bool]], state: str, sentence: str, last: str
) -> None:
    row = Publication(requested_by=ID, state=PublicationState.ASSIGNED)
    shown = [(_wall_panel(name, receipt, online=online), _kiosk()) for name, receipt, online in panels]
    said = words.progress(EN, row, None, shown)
    assert (said.state, said.sentence, said.panels[-1][1].text) == (state, sentence, last)


def test_a_publication_counts_its_segments() -> None:
    row = Publication(requested_by=ID)
    job = Job(kind="publish", message="rendered 3 of 12", progress_permille=225)
    said = words.progress(texts_of(Language.VI), row, job, [])
    assert (said.state, said.sentence) == ("rendering", "Đã dựng 3/12 đoạn")
    failed = words.progress(EN, Publication(requested_by=ID, state=PublicationState.FAILED, error="Why."), job, [])
    assert (failed.state, failed.error) == ("failed", "Why.")
