"""What a kiosk is told of signed documents over HTTPS, in the form of the topics. It has no authority of its own."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from playlists.board_values import Values
from playlists.wire.messages import Envelope, Malformed, Seq

MOST_BYTES = 1 << 20
MOST_PAGE = 16

Form = TypeVar("Form", bound=BaseModel)


class Signed(BaseModel):
    """`GET /trust`: what stands now for the kiosk's panel."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    v: Literal[1] = 1
    root_version: Seq = 0
    withdrawn: Seq = 0
    """How many digests are withdrawn for the panel: whoever knows fewer asks for all withdrawals."""
    documents: Annotated[tuple[Values, ...], Field(max_length=16)] = ()
    """Unsigned values of status boards, for a kiosk that holds no root."""
    hold: Envelope | None = None
    values: Annotated[tuple[Envelope, ...], Field(max_length=16)] = ()
    emergencies: Annotated[tuple[Envelope, ...], Field(max_length=8)] = ()
    withdrawals: Annotated[tuple[Envelope, ...], Field(max_length=16)] = ()


class WithdrawalPage(BaseModel):
    """`GET /withdrawals`: all withdrawals for the kiosk's panel, oldest first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    v: Literal[1] = 1
    envelopes: Annotated[tuple[Envelope, ...], Field(max_length=MOST_PAGE)] = ()
    more: bool = False


def read_signed(content: bytes) -> Signed:
    """Read the answer of `GET /trust`.

    Raises:
        Malformed: it is larger than 1 MiB or not of its form.
    """
    return _read(Signed, content)


def read_withdrawals(content: bytes) -> WithdrawalPage:
    """Read a page of withdrawals.

    Raises:
        Malformed: it is larger than 1 MiB or not of its form.
    """
    return _read(WithdrawalPage, content)


def _read(form: type[Form], content: bytes) -> Form:
    if len(content) > MOST_BYTES:
        raise Malformed(f"an answer of {len(content)} bytes; at most {MOST_BYTES}")
    try:
        return form.model_validate_json(content)
    except ValidationError as error:
        raise Malformed(f"{form.__name__}: {error.error_count()} flaws") from error
