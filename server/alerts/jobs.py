"""Polled feeds: each is asked at its own interval, with jitter, and less often while it fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import SystemRandom
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from playlists.cap import index
from playlists.cap.index import Entry
from playlists.cap.rules import Refused
from playlists.cap.xml import MOST_BYTES
from server.alerts import repository, service
from server.alerts.feeds.repository import hosts
from server.alerts.fetching import Fetched, Fetches, NotFetched
from server.changes import note_change
from server.db import Database, Session
from server.keys import load_cap_key
from server.parts import Parts
from server.tables.alerts import AlertFeed

log = logging.getLogger(__name__)

LOOK_S = 5.0
TIDY_S = 30.0
MOST_AT_ONCE = 40
"""Alerts of one feed that are fetched at one look; the rest follow with the next."""
MOST_SEEN = 1000
JITTER = 0.1
LONGEST_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True)
class _Asked:
    """A feed as it was when it was claimed."""

    feed_id: UUID
    name: str
    url: str
    etag: str
    last_modified: str
    seen: Mapping[str, str]
    hosts: frozenset[str]


class Poller:
    """Asks feeds that are due, one after another; no request is made inside a transaction."""

    def __init__(self, db: Database, web: Fetches, clock: Callable[[], datetime], keys_dir: Path | None = None) -> None:
        self._db, self._web, self._clock, self._keys_dir = db, web, clock, keys_dir

    def look(self) -> int:
        """Ask every feed that is due; return how many alerts came."""
        came = 0
        while (asked := self._claim()) is not None:
            came += self._poll(asked)
        return came

    def _claim(self) -> _Asked | None:
        at = self._clock()
        with self._db.read() as session:
            if repository.due_feed(session, at) is None:
                return None
        with self._db.write() as session:
            row = repository.due_feed(session, at)
            if row is None or row.url is None:
                return None
            row.next_at = at + _pause(row)
            session.add(row)
            return _Asked(row.id, row.name, row.url, row.etag, row.last_modified, dict(row.seen), hosts(session))

    def _poll(self, asked: _Asked) -> int:
        try:
            answer = self._web.get(asked.url, asked.hosts, index.MOST_BYTES, _conditions(asked))
            if answer.content is None:
                self._note(asked, None, {})
                return 0
            listed = index.read_index(answer.content, asked.url)
        except NotFetched as error:
            self._fail(asked, str(error))
            return 0
        except Refused as error:
            self._fail(asked, f"{asked.url}: {error} ({error.rule}).")
            return 0
        if listed.is_alert:
            came = self._take(asked, answer.content)
            self._note(asked, answer, {})
            return came
        return self._each(asked, answer, listed.entries)

    def _each(self, asked: _Asked, answer: Fetched, entries: tuple[Entry, ...]) -> int:
        came, seen, trouble = 0, {one.link: asked.seen[one.link] for one in entries if one.link in asked.seen}, ""
        waiting = index.unseen(entries, dict(asked.seen))
        for entry in reversed(waiting[-MOST_AT_ONCE:]):
            try:
                found = self._web.get(entry.link, asked.hosts, MOST_BYTES)
            except NotFetched as error:
                trouble = str(error)
                continue
            came += self._take(asked, found.content or b"")
            seen[entry.link] = entry.updated
        if trouble:
            # one dead link must not make the whole feed wait longer, and is tried again
            self._fail(asked, trouble, seen, counts=False)
        else:
            is_whole = len(waiting) <= MOST_AT_ONCE
            self._note(asked, answer if is_whole else None, seen)
        return came

    def _take(self, asked: _Asked, content: bytes) -> int:
        try:
            with self._db.write() as session:
                row = session.get_one(AlertFeed, asked.feed_id)
                key = load_cap_key(self._keys_dir) if row.automatic and self._keys_dir is not None else None
                service.take(session, row, content, self._clock(), key)
        except IntegrityError:
            log.info("an alert of the feed %s came by another way at the same moment", asked.name)
            return 0
        return 1

    def _note(self, asked: _Asked, answer: Fetched | None, seen: dict[str, str]) -> None:
        with self._db.write() as session:
            row = session.get_one(AlertFeed, asked.feed_id)
            row.heard_at, row.failures = self._clock(), 0
            if answer is not None:
                row.etag, row.last_modified = answer.etag, answer.last_modified
            _remember(row, seen)
            _set_trouble(session, row, "", None)

    def _fail(self, asked: _Asked, sentence: str, seen: dict[str, str] | None = None, *, counts: bool = True) -> None:
        with self._db.write() as session:
            row = session.get_one(AlertFeed, asked.feed_id)
            row.failures = row.failures + 1 if counts else 0
            row.next_at = self._clock() + _pause(row)
            _remember(row, seen or {})
            _set_trouble(session, row, sentence[:400], row.failing_since or self._clock())


def tidy(parts: Parts) -> None:
    """Close what is over and what waited in vain."""
    with parts.db.write() as session:
        service.tidy(session, parts.clock())


def _remember(row: AlertFeed, seen: dict[str, str]) -> None:
    if seen:
        row.seen = dict(list({**row.seen, **seen}.items())[-MOST_SEEN:])


def _set_trouble(session: Session, row: AlertFeed, sentence: str, since: datetime | None) -> None:
    if (row.trouble, row.failing_since) != (sentence, since):
        row.trouble, row.failing_since = sentence, since
        note_change(session, "alert-feed", row.id)
    session.add(row)


def _pause(row: AlertFeed) -> timedelta:
    pause = timedelta(seconds=row.every_s << min(row.failures, 6))
    longest = max(LONGEST_PAUSE, timedelta(seconds=row.every_s))
    return min(pause, longest) * SystemRandom().uniform(1 - JITTER, 1 + JITTER)


def _conditions(asked: _Asked) -> dict[str, str]:
    said = {"If-None-Match": asked.etag, "If-Modified-Since": asked.last_modified}
    return {name: text for name, text in said.items() if text}
