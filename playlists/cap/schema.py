"""The structure of CAP 1.2 (and 1.1, which differs in nothing that is read here): the OASIS schema as a table.

An element outside of the table, out of order, missing or once too often is refused, and so are values that the schema
forbids. What the standard says in words only is checked by `playlists.cap.alert`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from playlists.cap.rules import CapRule, Refused
from playlists.cap.xml import Element

NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_SPACES = "\t\n\r "
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}", re.ASCII)
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})", re.ASCII)
MANY = 10_000


class Node(NamedTuple):
    """An element of the schema: how often, and either the values it may have or the elements inside it."""

    name: str
    least: int = 1
    most: int = 1
    values: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    children: tuple[Node, ...] = ()


def _maybe(name: str, pattern: re.Pattern[str] | None = None) -> Node:
    return Node(name, 0, 1, pattern=pattern)


_PAIR = (Node("valueName"), Node("value"))
_AREA = (
    Node("areaDesc"),
    Node("polygon", 0, MANY),
    Node("circle", 0, MANY),
    Node("geocode", 0, MANY, children=_PAIR),
    _maybe("altitude", _DECIMAL),
    _maybe("ceiling", _DECIMAL),
)
_RESOURCE = (
    Node("resourceDesc"),
    Node("mimeType"),
    _maybe("size", _INTEGER),
    _maybe("uri"),
    _maybe("derefUri"),
    _maybe("digest"),
)
_CATEGORIES = (
    *("Geo", "Met", "Safety", "Security", "Rescue", "Fire"),
    *("Health", "Env", "Transport", "Infra", "CBRNE", "Other"),
)
_RESPONSES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
_INFO = (
    _maybe("language", _LANGUAGE),
    Node("category", 1, MANY, values=_CATEGORIES),
    Node("event"),
    Node("responseType", 0, MANY, values=_RESPONSES),
    Node("urgency", values=("Immediate", "Expected", "Future", "Past", "Unknown")),
    Node("severity", values=("Extreme", "Severe", "Moderate", "Minor", "Unknown")),
    Node("certainty", values=("Observed", "Likely", "Possible", "Unlikely", "Unknown")),
    _maybe("audience"),
    Node("eventCode", 0, MANY, children=_PAIR),
    _maybe("effective", _TIME),
    _maybe("onset", _TIME),
    _maybe("expires", _TIME),
    _maybe("senderName"),
    _maybe("headline"),
    _maybe("description"),
    _maybe("instruction"),
    _maybe("web"),
    _maybe("contact"),
    Node("parameter", 0, MANY, children=_PAIR),
    Node("resource", 0, MANY, children=_RESOURCE),
    Node("area", 0, MANY, children=_AREA),
)
ALERT = Node(
    "alert",
    children=(
        Node("identifier"),
        Node("sender"),
        Node("sent", pattern=_TIME),
        Node("status", values=("Actual", "Exercise", "System", "Test", "Draft")),
        Node("msgType", values=("Alert", "Update", "Cancel", "Ack", "Error")),
        _maybe("source"),
        Node("scope", values=("Public", "Restricted", "Private")),
        _maybe("restriction"),
        _maybe("addresses"),
        Node("code", 0, MANY),
        _maybe("note"),
        _maybe("references"),
        _maybe("incidents"),
        Node("info", 0, MANY, children=_INFO),
    ),
)


def check(root: Element) -> None:
    """Hold a document to the schema.

    Raises:
        Refused: C5 another namespace or root, C6 structure, C7 a value, C8 a time.
    """
    if root.namespace not in NAMESPACES or root.name != "alert":
        raise Refused(CapRule.C5_NAMESPACE, f"the document is {_called(root)}, not a CAP 1.2 alert")
    _check(root, ALERT, "alert", root.namespace)


def _called(root: Element) -> str:
    kinds = {"feed": "an Atom feed", "rss": "an RSS feed"}
    return kinds.get(root.name, f"{root.name!r:.60} of the namespace {root.namespace!r:.80}")


def _check(element: Element, node: Node, path: str, namespace: str) -> None:
    if unknown := [name for name in element.attributes if not name.startswith(_XSI)]:
        raise Refused(CapRule.C6_STRUCTURE, f"{path} has an attribute {unknown[0]!r:.60}")
    if not node.children:
        if element.children:
            raise Refused(CapRule.C6_STRUCTURE, f"{path} holds text, not elements")
        _check_value(element.text, node, path)
        return
    if element.text.strip(_SPACES):
        raise Refused(CapRule.C6_STRUCTURE, f"{path} holds elements, not text")
    _check_children(element, node, path, namespace)


def _check_children(element: Element, node: Node, path: str, namespace: str) -> None:
    following = iter(_own(element, node, namespace))
    child = next(following, None)
    for expected in node.children:
        count = 0
        while child is not None and child.name == expected.name and child.namespace == namespace:
            count += 1
            _check(child, expected, f"{path}/{expected.name}", namespace)
            child = next(following, None)
        if count < expected.least:
            found = f"; {child.name} stands there" if child is not None else ""
            raise Refused(CapRule.C6_STRUCTURE, f"{path} lacks {expected.name}{found}")
        if count > expected.most:
            raise Refused(CapRule.C6_STRUCTURE, f"{path} has {expected.name} {count} times")
    if child is not None:
        raise Refused(CapRule.C6_STRUCTURE, f"{path} has {child.name!r:.60} where it may not stand")


def _own(element: Element, node: Node, namespace: str) -> Iterator[Element]:
    """The children but for the signatures that may end an alert."""
    children = list(element.children)
    while node is ALERT and children and children[-1].namespace == SIGNATURES != namespace:
        children.pop()
    return iter(children)


def _check_value(text: str, node: Node, path: str) -> None:
    if node.values and text not in node.values:
        raise Refused(CapRule.C7_VALUE, f"{path} is {text!r:.60}; it may be {', '.join(node.values)}")
    if node.pattern is _TIME:
        read_time(text, path)
    elif node.pattern is not None and node.pattern.fullmatch(text.strip(_SPACES)) is None:
        raise Refused(CapRule.C7_VALUE, f"{path} is {text!r:.60}")


def read_time(text: str, path: str) -> datetime:
    """Return a time of CAP: with seconds and an offset of hours and minutes, `-00:00` for UTC, never `Z`.

    Raises:
        Refused: C8.
    """
    bare = text.strip(_SPACES)
    refused = Refused(CapRule.C8_TIME, f"{path} is {text!r:.60}; a time looks like 2026-08-14T15:05:00+07:00")
    if _TIME.fullmatch(bare) is None or bare[-5:] > "14:00" or bare[-2:] > "59":
        raise refused
    try:
        return datetime.fromisoformat(bare)
    except ValueError as error:
        raise refused from error


def texts(element: Element, name: str) -> list[str]:
    """Return the texts of all children of a name."""
    return [child.text for child in element.children if child.name == name]


def text(element: Element, name: str) -> str | None:
    """Return the text of the first child of a name."""
    return next(iter(texts(element, name)), None)


def pairs(element: Element, name: str) -> Mapping[str, tuple[str, ...]]:
    """Return the values of all pairs of a name (such as `eventCode`), by their value names."""
    found: dict[str, tuple[str, ...]] = {}
    for child in element.children:
        if child.name == name:
            said = (text(child, "valueName") or "").strip()
            found[said] = (*found.get(said, ()), (text(child, "value") or "").strip())
    return found
