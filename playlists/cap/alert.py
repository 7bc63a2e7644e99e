"""An alert of the Common Alerting Protocol as values, read strictly: by the schema, and by what the standard says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from playlists.cap import schema
from playlists.cap.area import Area, read_circle, read_polygon
from playlists.cap.rules import CapRule, Refused
from playlists.cap.xml import Element, read_xml

MOST_INFOS = 24
MOST_REFERENCES = 200
FIRST_LANGUAGE = "en-US"
_NAME = re.compile(r"[^\s,<&]{1,300}")


class Reference(NamedTuple):
    """What names an alert: the standard's triple."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Info:
    """What an alert says in one language; times are aware, texts cleaned, NFC and without control characters."""

    language: str
    categories: tuple[str, ...]
    event: str
    responses: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    codes: Mapping[str, tuple[str, ...]]
    effective: datetime | None
    onset: datetime | None
    expires: datetime | None
    sender_name: str
    headline: str
    description: str
    instruction: str
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """A sound alert. Whether it is shown is decided by `playlists.cap.accept`."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    message: str
    scope: str
    note: str
    references: tuple[Reference, ...]
    infos: tuple[Info, ...]
    is_signed: bool

    @property
    def name(self) -> Reference:
        """What others refer to it by."""
        return Reference(self.sender, self.identifier, self.sent)


def read_alert(content: bytes) -> Alert:
    """Return the alert that an XML document holds.

    Raises:
        Refused: C1 to C9, C14 malformed references, C22 geometry, C24 an attached file.
    """
    root = read_xml(content)
    schema.check(root)
    infos = [child for child in root.children if child.name == "info"]
    if len(infos) > MOST_INFOS:
        raise Refused(CapRule.C4_NESTING, f"the alert has {len(infos)} info blocks; at most {MOST_INFOS} are read")
    return Alert(
        identifier=_name(root, "identifier"),
        sender=_name(root, "sender"),
        sent=schema.read_time(schema.text(root, "sent") or "", "alert/sent"),
        status=schema.text(root, "status") or "",
        message=schema.text(root, "msgType") or "",
        scope=schema.text(root, "scope") or "",
        note=clean(schema.text(root, "note") or ""),
        references=_references(schema.text(root, "references")),
        infos=tuple(_info(info) for info in infos),
        is_signed=any(child.namespace == schema.SIGNATURES for child in root.children),
    )


def clean(text: str) -> str:
    """Return text as a panel may show it: NFC, no control, format or bidirectional characters, single spaces."""
    composed = unicodedata.normalize("NFC", text)
    kept = (char if unicodedata.category(char) not in _UNSAFE or char.isspace() else "" for char in composed)
    return " ".join("".join(kept).split())


_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def _name(root: Element, name: str) -> str:
    text = schema.text(root, name) or ""
    if _NAME.fullmatch(text) is None:
        sentence = f"alert/{name} is {text!r:.80}; it has 1 to 300 characters without spaces, commas, < and &"
        raise Refused(CapRule.C9_NAME, sentence)
    return text


def _references(text: str | None) -> tuple[Reference, ...]:
    words = (text or "").split()
    if text is not None and not words:
        raise Refused(CapRule.C14_REFERENCES, "alert/references is empty; leave it out or name an alert")
    if len(words) > MOST_REFERENCES:
        raise Refused(CapRule.C14_REFERENCES, f"{len(words)} references; at most {MOST_REFERENCES} are read")
    return tuple(_reference(word) for word in words)


def _reference(word: str) -> Reference:
    parts = word.split(",")
    if len(parts) != 3 or not all(_NAME.fullmatch(part) for part in parts):
        raise Refused(CapRule.C14_REFERENCES, f"a reference is {word!r:.100}; it looks like sender,identifier,sent")
    return Reference(parts[0], parts[1], schema.read_time(parts[2], "alert/references"))


def _info(element: Element) -> Info:
    for resource in (child for child in element.children if child.name == "resource"):
        if schema.text(resource, "derefUri") is not None:
            raise Refused(CapRule.C24_ATTACHED, "the alert carries a file in itself (derefUri)")

    def said(name: str) -> str:
        return clean(schema.text(element, name) or "")

    def at(name: str) -> datetime | None:
        text = schema.text(element, name)
        return schema.read_time(text, f"alert/info/{name}") if text is not None else None

    return Info(
        language=(schema.text(element, "language") or FIRST_LANGUAGE).strip(),
        categories=tuple(schema.texts(element, "category")),
        event=said("event"),
        responses=tuple(schema.texts(element, "responseType")),
        urgency=said("urgency"),
        severity=said("severity"),
        certainty=said("certainty"),
        codes=schema.pairs(element, "eventCode"),
        effective=at("effective"),
        onset=at("onset"),
        expires=at("expires"),
        sender_name=said("senderName"),
        headline=said("headline"),
        description=said("description"),
        instruction=said("instruction"),
        areas=tuple(_area(child) for child in element.children if child.name == "area"),
    )


def _area(element: Element) -> Area:
    return Area(
        described=clean(schema.text(element, "areaDesc") or ""),
        polygons=tuple(read_polygon(text, "alert/info/area/polygon") for text in schema.texts(element, "polygon")),
        circles=tuple(read_circle(text, "alert/info/area/circle") for text in schema.texts(element, "circle")),
        codes=schema.pairs(element, "geocode"),
    )
