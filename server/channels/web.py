"""One HTTP request to an address of the settings' file: no redirection, no proxy of the environment, with limits."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from server.channels.port import LONGEST_S, MOST_ANSWER_BYTES, NotSent, Why


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    content: bytes


def post(url: str, content: bytes, headers: Mapping[str, str], method: str = "POST") -> Answer:
    """Ask, and return the answer whatever its status.

    Raises:
        NotSent: nothing answered in time, or too much.
    """
    host = httpx.URL(url).host
    ends_at = time.monotonic() + LONGEST_S
    try:
        with (
            httpx.Client(timeout=LONGEST_S, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url, content=content, headers=dict(headers)) as answer,
        ):
            got = bytearray()
            for piece in answer.iter_raw():
                got += piece
                if len(got) > MOST_ANSWER_BYTES:
                    raise NotSent(f"{host} answered more than {MOST_ANSWER_BYTES} bytes.")
                if time.monotonic() > ends_at:
                    raise NotSent(f"{host} did not end its answer within {LONGEST_S:.0f} seconds.", why=Why.LATE)
            return Answer(answer.status_code, bytes(got))
    except httpx.TimeoutException as error:
        raise NotSent(f"{host} did not answer within {LONGEST_S:.0f} seconds.", why=Why.LATE) from error
    except httpx.HTTPError as error:
        raise NotSent(f"{host} could not be reached ({type(error).__name__}).", why=Why.UNREACHABLE) from error
