"""The log that somebody reads along: bounded, in order, without secrets, whatever is written."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.logbook import BEFORE, HIDDEN, MOST_BATCH_BYTES, Logbook, plain
from playlists.wire import messages
from playlists.wire.messages import (
    MOST_LOG_LINES,
    MOST_LOG_TEXT,
    Command,
    CommandName,
    Log,
    LogLevel,
    LogLine,
    Reply,
    ReplyWord,
)
from playlists.wire.topics import Up
from tests.kiosk_agent.making import START
from tests.kiosk_agent.playbook import Playbook

SECRET = "tok-4f1c9a77d3e84b6a"
ID = UUID(int=7)


@pytest.fixture
def book() -> Iterator[tuple[Logbook, logging.Logger]]:
    book, logger = Logbook((SECRET, "short", None), kept=300), logging.getLogger("kiosk_agent.link.mqtt.test")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(book)
    yield book, logger
    logger.removeHandler(book)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"the server refused {SECRET} again", f"the server refused {HIDDEN} again"),
        ("Authorization: Bearer abc.def-ghi", f"Authorization: Bearer {HIDDEN}"),
        ("GET /x token=abcdef123&x=1", f"GET /x token={HIDDEN}&x=1"),
        ('{"password": "hunter22"}', f'{{"password": "{HIDDEN}"}}'),
        ("mqtts://kiosk:hunter22@broker.example:8883", f"mqtts://{HIDDEN}@broker.example:8883"),
        ("-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY----- x", f"{HIDDEN} x"),
        ("-----BEGIN PRIVATE KEY-----\nMC4CAQAw", HIDDEN),
        ("\x1b[31mred\x1b[0m\r\nnext\x00\u202eline\ud800", "red next line"),
        ("Bản tin bị lỗi: không có mạng", "Bản tin bị lỗi: không có mạng"),
        ("no route to host (113)", "no route to host (113)"),
    ],
)
def test_what_is_secret_or_cannot_be_seen_is_left_out(text: str, shown: str) -> None:
    assert plain(text, (SECRET,)) == shown


@given(st.text(max_size=6000), st.integers(min_value=0, max_value=5000))
def test_no_text_brings_out_a_secret_or_more_than_one_line(text: str, at: int) -> None:
    said = plain(text[:at] + SECRET + text[at:], (SECRET,))
    assert SECRET not in said
    assert len(said) <= MOST_LOG_TEXT
    assert said.isprintable() or said == ""


def test_the_newest_lines_from_before_come_first_then_each_once(book: tuple[Logbook, logging.Logger]) -> None:
    kept, logger = book
    for number in range(400):
        logger.info("line %d", number)
    found: list[LogLine] = []
    while lines := kept.next_lines(ID):
        assert len(lines) <= MOST_LOG_LINES
        found += lines
    assert [one.text for one in found] == [f"test: line {number}" for number in range(400 - BEFORE, 400)]
    logger.warning("one more")
    logger.debug("not of interest")
    (line,) = kept.next_lines(ID)
    assert (line.text, line.level, line.number) == ("test: one more", LogLevel.WARNING, 401)
    assert kept.next_lines(ID) == ()
    assert len(kept.next_lines(UUID(int=8))) == MOST_LOG_LINES


def test_what_the_memory_does_not_hold_any_more_is_seen_by_its_number(book: tuple[Logbook, logging.Logger]) -> None:
    kept, logger = book
    logger.info("first")
    kept.next_lines(ID)
    for number in range(350):
        logger.info("flood %d", number)
    assert kept.next_lines(ID)[0].number == 52


def test_a_message_stays_below_its_limit_and_a_traceback_is_told(book: tuple[Logbook, logging.Logger]) -> None:
    kept, logger = book
    for _ in range(60):
        logger.info("“%s”", "文" * 5000)
    lines = kept.next_lines(ID)
    size = len(messages.encode(Log(id=ID, at=START, command_id=ID, lines=lines)))
    assert lines
    assert size <= messages.MOST_BYTES
    assert sum(len(one.model_dump_json()) for one in lines) <= MOST_BATCH_BYTES
    other = Logbook((SECRET,))
    logger.addHandler(other)
    try:
        int(f"broken by {SECRET}")
    except ValueError:
        logger.exception("it failed")
    logger.removeHandler(other)
    texts = [one.text for one in other.next_lines(ID)]
    assert texts[0] == "test: it failed"
    assert texts[-1] == f"ValueError: invalid literal for int() with base 10: 'broken by {HIDDEN}'"


def test_a_line_whose_values_do_not_fit_stops_nobody(
    book: tuple[Logbook, logging.Logger], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, logger = book
    monkeypatch.setattr(logging, "raiseExceptions", False)
    logger.info("%d of them", "many")
    logger.info("after")
    assert [one.text for one in kept.next_lines(ID)] == ["test: after"]


def _asked(seconds: int, number: int = 1) -> events.CommandReceived:
    expires_at = START + timedelta(seconds=600)
    name = CommandName.SEND_LOG
    return events.CommandReceived(
        Command(id=UUID(int=number), at=START, name=name, expires_at=expires_at, seconds=seconds)
    )


def test_a_log_is_sent_each_second_until_its_time_is_over_or_somebody_ends_it() -> None:
    book = Playbook().start()
    book.tell(events.LinkUp(5))
    book.tell(_asked(3))
    assert [one.state for one in book.said(Up.REPLY, Reply)] == [ReplyWord.ACCEPTED, ReplyWord.DONE]
    for _ in range(2):
        book.tell(events.Tick(), 1)
        assert book.only(do.SendLog).asked_by == UUID(int=1)
    book.tell(events.LinkDown())
    book.tell(events.Tick(), 0.5)
    book.none(do.SendLog)
    book.tell(events.LinkUp(6))
    book.tell(events.Tick(), 1)
    book.none(do.SendLog)
    book.tell(_asked(60, 2))
    book.tell(events.Tick(), 1)
    assert book.only(do.SendLog).asked_by == UUID(int=2)
    book.tell(_asked(0, 3))
    book.tell(events.Tick(), 1)
    book.none(do.SendLog)
    assert book.state.tail is None
