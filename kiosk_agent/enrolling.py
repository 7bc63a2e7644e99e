"""Becoming a kiosk: a key made here, a request that a one-time code vouches for, and a person's yes elsewhere.

The code is never said. The server's answer counts only with a proof that it knows the code too.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk_agent.link.http import Server, Unreachable
from kiosk_agent.store import identity
from kiosk_agent.store.identity import PrivateKey
from playlists import enrolment as protocol

ASK_S = 3.0
LONGEST_S = 3600.0


class NotLetIn(Exception):
    """This computer does not become a kiosk; the text says why and what to do."""


class WrongCode(NotLetIn):
    """What was typed is no code."""


class FalseServer(NotLetIn):
    """Who answered does not know the code, or does not answer as our server does."""


class TooLong(NotLetIn):
    """Nobody said yes in time."""


@dataclass(frozen=True)
class Asking:
    """One request, to be sent again until it is answered."""

    key: PrivateKey
    request: bytes
    nonce: bytes
    code_key: bytes
    agent: str
    simulated: bool = False

    @classmethod
    def of(cls, code: str, key: PrivateKey, agent: str, *, simulated: bool = False) -> Asking:
        """Return the request of a key, vouched for by a code as it was typed.

        Raises:
            WrongCode: what was typed is no code.
        """
        read = protocol.read_code(code)
        if read is None:
            raise WrongCode("A code has ten letters and digits, such as ABCDE-FGHJK. Look at it again.")
        request = identity.request_of(key)
        return cls(key, request, secrets.token_bytes(protocol.NONCE_BYTES), protocol.key_of(read), agent, simulated)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, which people compare as six words."""
        return identity.fingerprint_of(self.key)

    def body(self) -> dict[str, object]:
        """Return what is sent."""
        mac = protocol.request_mac(self.code_key, self.nonce, self.request)
        return {"csr": self.request.decode(), "nonce": self.nonce.hex(), "mac": mac, "agent": self.agent} | {
            "simulated": self.simulated
        }

    def read(self, answer: bytes) -> bytes | None:
        """Return what the server gave us (JSON), or None while it waits for a person.

        Raises:
            FalseServer: it is no such answer, or whoever made it does not know the code.
        """
        try:
            said = _Answer.model_validate_json(answer)
            content = base64.b64decode(said.content or "", validate=True)
        except (ValidationError, binascii.Error, ValueError) as error:
            raise FalseServer("The address did not answer as a Bảng Tin server does. Check it.") from error
        if said.state == "waiting":
            return None
        right = protocol.answer_mac(self.code_key, self.nonce, self.request, content)
        if not protocol.is_same(said.mac or "", right):
            raise FalseServer("Who answered does not know the code: this is not the server that made it.")
        return content


def until_yes(
    server: Server, asking: Asking, waits: Callable[[], None], pause: Callable[[float], None] = time.sleep
) -> bytes:
    """Ask until a person has said yes; return what the server gave (JSON). `waits` is called once, when it begins to.

    Raises:
        FalseServer: see `Asking.read`.
        TooLong: the code's hour is over.
        Refused: the code is wrong, used or over, or a person said no.
        Unreachable: the first time already; later ones are borne.
    """
    told, deadline = False, time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        try:
            content = asking.read(server.ask_enrolment(asking.body()))
        except Unreachable:
            if not told:
                raise
            content = None
        if content is not None:
            return content
        if not told:
            told = True
            waits()
        pause(ASK_S)
    raise TooLong("Nobody said yes within the hour. Ask for a new code, and for somebody at the console.")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    state: Literal["waiting", "accepted"]
    content: str | None = None
    mac: str | None = None
