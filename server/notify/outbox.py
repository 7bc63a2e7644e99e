"""The outbox: claims a message, sends it outside of any transaction, writes down how that went.

A try is written down before anything leaves this machine. When the server dies in between, the lease ends and the
message is sent once more under the same id, so that a receiver knows a second copy as one. A channel that fails gives
way at once to the person's next address; after all of them the message rests, longer each time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from uuid import UUID

from server.changes import note_change
from server.channels.port import Channel, Letter, NotSent, Why
from server.db import Database, Session, new_id
from server.notify import failing, repository, words
from server.tables import NotifyAddress, NotifyAttempt, NotifyMessage
from server.tables.notify import MessageState

log = logging.getLogger(__name__)

LOOK_S = 2.0
LEASE = timedelta(seconds=90)
"""Longer than any channel takes for one try."""
ROUNDS = 5
ROUNDS_WHEN_ASKED = 2
"""Of tests and confirmation codes: somebody sits there and waits."""
REST = timedelta(seconds=15)
JITTER = 0.2
MOST_SAID = 400
ASKED = frozenset({words.TEST, words.VERIFY})


@dataclass(frozen=True)
class _Sending:
    """A claimed message on its way over one channel."""

    message_id: UUID
    attempt_id: UUID
    lease: str
    channel: str
    address: str
    ways: int
    letter: Letter


@dataclass(frozen=True)
class _Ended:
    """How a try ended; `why` is None when it was taken."""

    is_sent: bool
    said: str
    why: Why | None = None


class Outbox:
    """Sends what is due. Several may run at a time, in one process or in many."""

    def __init__(
        self,
        db: Database,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        base_url: str | None = None,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        self._db, self._channels, self._clock, self._base_url = db, channels, clock, base_url
        self._jitter = jitter or (lambda: SystemRandom().uniform(1 - JITTER, 1 + JITTER))

    def look(self) -> int:
        """Send everything that is due; return how many messages were taken."""
        taken = 0
        while True:
            with self._db.read() as session:
                if not repository.is_any_due(session, self._clock()):
                    return taken
            sending = self.claim()
            if sending is not None:
                taken += self.finish(sending, self.send(sending))

    def claim(self) -> _Sending | None:
        """Take the message that waits longest, and write down that a try begins; None when another worker has it."""
        at = self._clock()
        with self._db.write() as session:
            row = repository.due(session, at)
            if row is None:
                return None
            ways = self._ways(session, row)
            if not ways:
                self._give_up(session, row, _Ended(False, "No confirmed address is left.", Why.NO_ADDRESS), at)
                return None
            channel, address = _least_tried(ways, repository.attempts(session, [row.id]))
            row.state, row.lease, row.lease_until = MessageState.SENDING, str(new_id()), at + LEASE
            row.attempts += 1
            attempt = NotifyAttempt(message_id=row.id, channel=channel.name, address=address, began_at=at)
            session.add_all([row, attempt])
            session.flush()
            return _Sending(row.id, attempt.id, row.lease, channel.name, address, len(ways),
                            self._letter(session, row, channel))  # fmt: skip

    def send(self, sending: _Sending) -> _Ended:
        """Send outside of any transaction."""
        try:
            said = self._channels[sending.channel].send(sending.address, sending.letter, self._clock())
        except NotSent as error:
            return _Ended(False, str(error), error.why)
        except Exception:
            log.exception("the channel %s stumbled", sending.channel)
            return _Ended(False, "The channel stumbled; the server's log says how.", Why.STUMBLED)
        return _Ended(True, said)

    def finish(self, sending: _Sending, ended: _Ended) -> int:
        """Write down how a try ended, unless somebody else has taken the message over; 1 when it was sent."""
        at = self._clock()
        with self._db.write() as session:
            attempt = session.get_one(NotifyAttempt, sending.attempt_id)
            attempt.ended_at, attempt.is_sent, attempt.said = at, ended.is_sent, ended.said[:MOST_SAID]
            session.add(attempt)
            row = repository.message(session, sending.message_id, lock=True)
            self._note_channel(session, sending.channel, row, ended, at)
            if row is None or row.lease != sending.lease:
                return 0
            row.lease, row.lease_until = "", None
            if ended.is_sent:
                row.state, row.sent_at, row.sent_by = MessageState.SENT, at, sending.channel
                row.trouble, row.why = "", ""
                _forget_code(row)
            elif self._is_last(row, sending.ways, is_refused=ended.why is Why.ADDRESS):
                self._give_up(session, row, ended, at, sending.channel)
            else:
                row.state, row.trouble, row.why = MessageState.WAITING, ended.said[:MOST_SAID], str(ended.why or "")
                row.send_at = at + self._rest(row.attempts, sending.ways)
            session.add(row)
            note_change(session, "notification", row.id)
            return int(ended.is_sent)

    def _ways(self, session: Session, row: NotifyMessage) -> list[tuple[Channel, str]]:
        """Return over which channels and addresses a message may go, those that fail last."""
        if row.user_id is None:
            return [(self._channels[row.channel], "")] if row.channel in self._channels else []
        if row.address_id is not None:
            one = repository.address(session, row.address_id)
            return _known(self._channels, [one] if one is not None else [])
        failing_now = {name for name, one in repository.channels(session).items() if one.failing_since is not None}
        found = repository.verified(session, [row.user_id], self._channels.keys()).get(row.user_id, [])
        return _known(self._channels, sorted(found, key=lambda one: one.channel in failing_now))

    def _letter(self, session: Session, row: NotifyMessage, channel: Channel) -> Letter:
        user = repository.people(session, [row.user_id]).get(row.user_id) if row.user_id is not None else None
        language = user.language if user is not None else "vi"
        if channel.is_plain and language == "zh":
            language = "en"
        return words.letter(str(row.id), row.kind, row.step, row.fields, language, self._base_url, row.said_at)

    def _note_channel(
        self, session: Session, name: str, message: NotifyMessage | None, ended: _Ended, at: datetime
    ) -> None:
        row = repository.channel(session, name)
        if ended.is_sent:
            row.failures, row.failing_since, row.trouble, row.why, row.worked_at = 0, None, "", "", at
            failing.works(session, row, at)
        elif ended.why is not Why.ADDRESS:
            row.failures, row.failing_since = row.failures + 1, row.failing_since or at
            row.trouble, row.why = ended.said[:MOST_SAID], str(ended.why or "")
            if row.failures >= failing.FAILURES:
                failing.failed(session, row, message.site_id if message is not None else None, at)
        session.add(row)

    def _give_up(self, session: Session, row: NotifyMessage, ended: _Ended, at: datetime, channel: str = "") -> None:
        row.state, row.lease, row.lease_until = MessageState.FAILED, "", None
        row.trouble, row.why = ended.said[:MOST_SAID], str(ended.why or "")
        _forget_code(row)
        session.add(row)
        note_change(session, "notification", row.id)
        if channel and row.kind not in ASKED:
            of = repository.channel(session, channel)
            of.trouble, of.why = ended.said[:MOST_SAID], str(ended.why or "")
            failing.failed(session, of, row.site_id, at)

    def _is_last(self, row: NotifyMessage, ways: int, *, is_refused: bool) -> bool:
        if is_refused and ways == 1:
            return True
        rounds = ROUNDS_WHEN_ASKED if row.kind in ASKED else ROUNDS
        return row.attempts >= rounds * ways

    def _rest(self, attempts: int, ways: int) -> timedelta:
        """Return how long a message rests after its n-th failed try: not at all while an address was not tried."""
        rounds, rest = divmod(attempts, ways)
        return timedelta(0) if rest else REST * (4 ** (rounds - 1)) * self._jitter()


def _least_tried(ways: Sequence[tuple[Channel, str]], tries: Sequence[NotifyAttempt]) -> tuple[Channel, str]:
    """Return the way that was tried least, the first of those: each one comes before any comes twice."""
    return min(ways, key=lambda way: sum((one.channel, one.address) == (way[0].name, way[1]) for one in tries))


def _known(channels: Mapping[str, Channel], rows: Sequence[NotifyAddress]) -> list[tuple[Channel, str]]:
    return [(channels[one.channel], one.address) for one in rows if one.channel in channels]


def _forget_code(row: NotifyMessage) -> None:
    if row.kind == words.VERIFY:
        row.fields = {"code": "······"}
