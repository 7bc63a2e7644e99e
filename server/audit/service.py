"""Writing the log: one function, called in the transaction that does what it writes down.

The entry is put at the end of the chain as the transaction's last step, so that writers queue for the chain's end
only while they commit, and never while they hold it and wait for something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from playlists import trust
from playlists.ids import sha256_hex
from playlists.instant import format_instant
from playlists.language import fold
from server.audit import repository
from server.audit.actions import Action
from server.audit.chain import Broken, Head, canonical_json, first_broken, link
from server.db import Session, finish_with, now
from server.tables import AuditEntry

MOST_JSON = 8_000
HEAD_TYPE = "application/vnd.bangtin.audit-head+json"
_STEP = "audit"


class Acting(Protocol):
    """Who did it: a `Caller`, or one of the actors here."""

    @property
    def user_id(self) -> UUID | None:
        """None for whatever is no person."""

    @property
    def username(self) -> str:
        """The name for logging in."""

    @property
    def display_name(self) -> str:
        """What people are called."""

    @property
    def agency_id(self) -> UUID | None:
        """The person's agency."""

    @property
    def agency_name(self) -> str:
        """What that agency is called now."""

    @property
    def address(self) -> str:
        """The network address that the request came from."""


@dataclass(frozen=True)
class Actor:
    """Somebody or something that did something without a login."""

    username: str
    display_name: str = ""
    address: str = ""
    user_id: UUID | None = None
    agency_id: UUID | None = None
    agency_name: str = ""


SERVER = Actor("(server)")
"""The program itself: a job, a timer."""
COMMAND_LINE = Actor("(command line)")
"""Whoever has a shell on the server."""


def kiosk_actor(slug: str, address: str = "") -> Actor:
    """Return a kiosk as the one who did something."""
    return Actor(f"(kiosk) {slug}"[:80], address=address)


def audit(
    session: Session,
    by: Acting,
    action: Action,
    kind: str,
    object_id: UUID | str = "",
    *,
    name: str = "",
    agency_id: UUID | None = None,
    digest: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write down what `by` did; it is in the log when, and only when, the session's transaction is committed.

    `kind` and `object_id` name the object, `name` is what people call it, `agency_id` the agency that owns it,
    `digest` its SHA-256 where it is a document; `before` and `after` hold what changed (small; ids and times are
    written as text).
    """
    entry = AuditEntry(
        number=0,
        at=now(),
        user_id=by.user_id,
        username=by.username[:80],
        display_name=by.display_name[:120],
        agency_id=agency_id or by.agency_id,
        agency_name=by.agency_name[:120],
        address=by.address[:64],
        action=action,
        object_kind=kind[:40],
        object_id=str(object_id)[:80],
        object_name=name[:200],
        digest=digest,
        before=_small_json(before),
        after=_small_json(after),
        folded="",
        sha256="",
    )
    entry.folded = fold(" ".join(_searched(entry)))
    pending: list[AuditEntry] = session.info.setdefault(_STEP, [])
    pending.append(entry)
    finish_with(session, _STEP, _append)


def head(session: Session) -> Head:
    """Return the log's newest entry."""
    return repository.head(session)


def signed_head(head: Head, private_key: bytes, at: datetime) -> bytes:
    """Return a head as a DSSE envelope under the server's key: what approvers keep to see that nothing was cut off."""
    said = {"number": head.number, "sha256": head.sha256, "at": format_instant(at)}
    return trust.sign(canonical_json(said).encode(), HEAD_TYPE, private_key)


def verify(session: Session, known: Head | None = None) -> tuple[Head, Broken | None]:
    """Walk the whole chain; return its head and the first entry that is wrong, or None."""
    return first_broken(repository.in_order(session), known)


def _append(session: Session) -> None:
    pending: list[AuditEntry] = session.info.pop(_STEP, [])
    if not pending:
        return
    session.flush()
    repository.lock_end(session)
    head = repository.head(session)
    for entry in pending:
        entry.number = head.number + 1
        entry.sha256 = link(head.sha256, entry)
        head = Head(entry.number, entry.sha256)
        session.add(entry)
    session.flush()


def _small_json(value: Mapping[str, Any] | None) -> str | None:
    if value is None:
        return None
    text = canonical_json(_plain(value))
    if len(text) <= MOST_JSON:
        return text
    return canonical_json({"sha256": sha256_hex(text.encode()), "characters": len(text)})


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(inner) for inner in value), key=str)
    return str(value)


def _searched(entry: AuditEntry) -> tuple[str, ...]:
    return (
        entry.username,
        entry.display_name,
        entry.agency_name,
        entry.address,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.object_name,
        entry.digest,
        entry.before or "",
        entry.after or "",
    )
