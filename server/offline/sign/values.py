"""Stating values of a status board from one's own computer: what comes back is read again before it is signed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from playlists.trust.shape import Document
from playlists.trust.statements import Values
from server.offline.root import NotDone, Pen
from server.offline.sign.cli import Answer, How, Who, sign_one, signing

_SAID = re.compile(r"([a-z0-9][a-z0-9_-]{0,39})=(.{0,80})")
_NUMBER = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True)
class Statement:
    """Which board is to say what, and for how long; a value of None is taken back."""

    board: UUID
    values: Mapping[str, int | str | None]
    for_minutes: int | None = None
    note: str = ""


def stated(said: Sequence[str]) -> dict[str, int | str | None]:
    """Read `gate=closed wait=25 note=`: digits are numbers, nothing takes a value back.

    Raises:
        NotDone: one is not of the form SLOT=VALUE, or a slot is said twice.
    """
    found: dict[str, int | str | None] = {}
    for one in said:
        match = _SAID.fullmatch(one)
        if match is None:
            raise NotDone(f"{one[:80]!r} is not of the form SLOT=VALUE, as in gate=closed or wait=25.")
        name, value = match.groups()
        if name in found:
            raise NotDone(f"The slot {name} is said twice. Say it once.")
        found[name] = int(value) if _NUMBER.fullmatch(value) else value or None
    return found


def state(url: str, ca: Path | None, who: Who, wanted: Statement, pen: Pen, how: How) -> Answer:
    """Have values prepared, read what is to be signed again, and sign it when it says what was wanted.

    Raises:
        NotDone: the server refuses, or prepares something else; the person says no.
        Untrusted: the document is not sound.
    """
    said: Answer = {"set": dict(wanted.values), "note": wanted.note}
    if wanted.for_minutes is not None:
        said["for_s"] = wanted.for_minutes * 60
    with signing(url, ca, who, pen, how) as (api, folder):
        document_id = str(api.prepare_values(str(wanted.board), said).get("id"))
        return sign_one(api, document_id, pen, how, folder, lambda document: _check(document, wanted))


def _check(document: Document, wanted: Statement) -> None:
    if not isinstance(document, Values) or document.board != wanted.board:
        raise NotDone("The server lies: it wants something else signed than was said. Tell the others. Sign nothing.")
    for name, value in wanted.values.items():
        if document.values.get(name) != value:
            raise NotDone(
                f"The server lies: {name} would be {document.values.get(name)!r}, not {value!r}. Sign nothing."
            )
