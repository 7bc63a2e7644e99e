"""What a signer is about to sign, from bytes that were fetched: decided without the server's word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from playlists.ids import sha256_hex
from playlists.instant import to_utc
from playlists.trust import Untrusted
from playlists.trust.emergency import Emergency
from playlists.trust.fingerprint import in_words
from playlists.trust.release import Release, ReleasedFile
from playlists.trust.root import Concern
from playlists.trust.shape import Audience, Document
from playlists.trust.statements import Values, Withdrawal
from playlists.trust.strict import from_base64
from server.offline.root import NotDone
from server.offline.sign.api import SIGN_PATHS

CONCERNS = {
    Concern.SYMBOLS: "a map, a flag or a border line",
    Concern.FACES: "faces or children",
    Concern.PERSONAL: "personal data",
}
SHAPES: dict[str, type[Document]] = {one.payload_type: one for one in (Release, Withdrawal, Values, Emergency)}
"""What people sign. A root is signed with `bangtin root sign`; everything else is the server's."""
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


class Reading(NamedTuple):
    """A document as it was fetched; `lines` say in words what it allows."""

    document: Document
    payload: bytes
    digest: str
    sign_path: str
    files: tuple[ReleasedFile, ...]
    lines: list[str]


def read(told: Mapping[str, Any], payload: bytes, listed_digest: str | None = None) -> Reading:
    """Return the document that was fetched, when everything that the server says of it agrees with its bytes.

    Raises:
        NotDone: it does not agree, or this is nothing that people sign.
        Untrusted: the document is not sound.
    """
    digest = sha256_hex(payload)
    try:
        shown = from_base64(told.get("payload"))
    except Untrusted as error:
        raise NotDone("The server lies: it shows no payload.") from error
    if shown != payload:
        raise NotDone("The server lies: it shows other bytes than it wants signed. Tell the others. Sign nothing.")
    if told.get("digest") != digest or (listed_digest is not None and listed_digest != digest):
        raise NotDone("The server lies: the digest is not that of the bytes. Tell the others. Sign nothing.")
    shape = SHAPES.get(str(told.get("payload_type")))
    if shape is None:
        raise NotDone(f"Nothing that people sign here: a document of type {str(told.get('payload_type'))[:80]!r}.")
    path = str(told.get("sign_path"))
    if not path.startswith(SIGN_PATHS) or ".." in path or "//" in path[1:]:
        raise NotDone("The server asks for the signature at a strange place. Sign nothing.")
    document = shape.read(payload)
    return Reading(document, payload, digest, path, _files(document), _lines(document, digest))


def check_now(reading: Reading, now: datetime) -> None:
    """Refuse what is over already.

    Raises:
        NotDone: it would allow nothing any more.
    """
    document = reading.document
    if isinstance(document, Release) and document.show_until <= now:
        raise NotDone(f"This release is over since {_time(document.show_until)}; there is nothing to sign.")
    if isinstance(document, Emergency | Values) and document.expires_at <= now:
        raise NotDone(f"This is over since {_time(document.expires_at)}; there is nothing to sign.")


def _files(document: Document) -> tuple[ReleasedFile, ...]:
    match document:
        case Release():
            found: tuple[ReleasedFile, ...] = document.files
        case Emergency():
            found = document.pictures
        case _:
            found = ()
    return tuple({one.sha256: one for one in found}.values())


def _lines(document: Document, digest: str) -> list[str]:
    first = [f"Fingerprint: {in_words(digest)}  ({digest})"]
    match document:
        case Release():
            return [*_release(document), *first]
        case Emergency():
            return [*_emergency(document), *first]
        case Withdrawal():
            count = len(document.withdraws)
            said = [f"WITHDRAWAL, for ever, of {count} release(s) or pictures: {document.reason or 'no reason given'}"]
            return [*said, *(f"  {one}" for one in document.withdraws), _audience(document.audience), *first]
        case Values():
            values = ", ".join(f"{name} = {value}" for name, value in sorted(document.values.items()))
            said = [f"VALUES of the board {document.board} at {document.site}: {values}"]
            return [*said, f"Until {_time(document.expires_at)}", *first]
        case _:
            return first


def _release(one: Release) -> list[str]:
    kind = f"EMERGENCY TEMPLATE {one.template}" if one.template is not None else "RELEASE"
    languages = sorted({str(segment.language) for segment in one.segments})
    profiles = sorted({segment.profile for segment in one.segments})
    lines = [
        f"{kind} of {one.agency}, submitted by {one.author}, route {one.route}",
        _audience(one.audience),
        f"On air from {_time(one.not_before)} until {_time(one.show_until)}",
        f"{len(one.segments)} segments in {', '.join(languages)} for {', '.join(profiles)}",
    ]
    if one.concerns:
        lines.append(f"Its author answered yes to: {', '.join(CONCERNS[concern] for concern in one.concerns)}")
    if one.time_critical:
        lines.append(f"Hidden after {one.max_offline_days} days without word of the server")
    for board in one.boards:
        slots = "; ".join(f"{slot.name}: {', '.join(slot.phrases) or 'digits'}" for slot in board.slots)
        lines.append(f"Status board {board.name}: {slots}")
    if one.retires:
        lines.append(f"Ends {len(one.retires)} earlier releases for ever")
    return lines


def _emergency(one: Emergency) -> list[str]:
    lines = [f"EMERGENCY {one.id} ({one.status}, {one.message}), {one.severity}, {one.urgency}"]
    lines += [f"  {language}: {headline}" for language, headline in one.headlines.items()]
    if one.frame is not None:
        lines.append(f"Framed as {one.frame}")
    return [*lines, _audience(one.audience), f"Until {_time(one.expires_at)}"]


def _audience(one: Audience) -> str:
    panels = [f"the panel {each.panel} at {each.site}" for each in one.panels]
    return "For " + ", ".join([*(f"all of {site}" for site in one.sites), *panels])


def _time(at: datetime) -> str:
    return to_utc(at).astimezone(LOCAL).strftime("%d/%m/%Y %H:%M (UTC+7)")
