"""What a channel is for the outbox, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

LONGEST_S = 15.0
"""For one try: connection, sending and answer."""
MOST_ANSWER_BYTES = 64 << 10


class Takes(StrEnum):
    """What an address of a channel is."""

    MAIL = "mail"
    PHONE = "phone"
    NAME = "name"
    """An id of the service behind it, such as a chat's."""
    NOBODY = "nobody"
    """The channel is one address; rules send there."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in its reader's words. `id` is the same at every try: by it a second copy is known as one."""

    id: str
    subject: str
    body: str
    short: str
    """For channels that carry one line."""
    said_at: datetime
    document: dict[str, Any]
    """For programs."""
    link: str = ""


class Why(StrEnum):
    """Why a message did not leave, for people's words; what exactly was said stands beside it."""

    UNREACHABLE = "unreachable"
    LATE = "late"
    NO = "no"
    """The other side did not take it."""
    ADDRESS = "address"
    """The other side does not want this address or message."""
    LOGIN = "login"
    SECRET = "secret"  # noqa: S105 - the name of a trouble
    NO_ADDRESS = "no-address"
    """The person has none any more, or its channel is gone."""
    STUMBLED = "stumbled"


class NotSent(Exception):
    """A try failed; the message is a sentence without secrets. `is_refused`: the channel itself works."""

    def __init__(self, sentence: str, *, is_refused: bool = False, why: Why = Why.NO) -> None:
        super().__init__(sentence)
        self.is_refused = is_refused
        self.why = Why.ADDRESS if is_refused else why


class Channel(Protocol):
    """One configured way out. Called without a transaction; may take up to `LONGEST_S` and a little."""

    @property
    def name(self) -> str:
        """As in the file of channels."""

    @property
    def label(self) -> str:
        """As people are shown it."""

    @property
    def takes(self) -> Takes:
        """What its addresses are."""

    @property
    def is_plain(self) -> bool:
        """Whether its texts hold no accents."""

    def send(self, address: str, letter: Letter, at: datetime) -> str:
        """Send, and return what the other side said.

        Raises:
            NotSent: it was not taken.
        """
