"""The index of a feed of alerts: an ATOM or RSS document of strangers, of which only links and their times are read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urljoin

from playlists.cap.rules import CapRule, Refused
from playlists.cap.schema import NAMESPACES
from playlists.cap.xml import Element, read_xml

MOST_BYTES = 2 << 20
MOST_ELEMENTS = 100_000
MOST_DEPTH = 32
MOST_ENTRIES = 500
MOST_LINK = 1000
ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPES = ("application/cap+xml", "application/common-alerting-protocol+xml")
_LINK = re.compile(r"https://[\x21-\x7e]+")


class Entry(NamedTuple):
    """Where one alert lies (absolute, https), and the time at which the feed says it changed, as it writes it."""

    link: str
    updated: str


class Index(NamedTuple):
    """What a feed lists, newest first as it stands there; `is_alert` when the document is one alert itself."""

    entries: tuple[Entry, ...] = ()
    is_alert: bool = False
    left_out: int = 0
    """Entries without a usable link, and those beyond the first 500."""


def read_index(content: bytes, address: str) -> Index:
    """Return what the document at an address lists.

    Raises:
        Refused: C1 over 2 MiB, C2 not well-formed, C3 a document type, C4 nesting, C5 neither ATOM, RSS nor an alert.
    """
    root = read_xml(content, MOST_BYTES, MOST_ELEMENTS, MOST_DEPTH)
    if root.namespace in NAMESPACES and root.name == "alert":
        return Index(is_alert=True)
    if root.name == "feed" and root.namespace == ATOM:
        found = [(_atom_link(one), _text(one, "updated")) for one in root.children if one.name == "entry"]
    elif root.name == "rss":
        items = (one for channel in root.children if channel.name == "channel" for one in channel.children)
        found = [(_text(one, "link"), _text(one, "pubDate")) for one in items if one.name == "item"]
    else:
        raise Refused(CapRule.C5_NAMESPACE, f"the document is <{root.name[:40]}>, neither ATOM, RSS nor an alert")
    usable = [Entry(link, updated[:64]) for one, updated in found if (link := _absolute(one, address)) is not None]
    kept = tuple({one.link: one for one in reversed(usable)}.values())[::-1][:MOST_ENTRIES]
    return Index(kept, left_out=len(found) - len(kept))


def _atom_link(entry: Element) -> str:
    """The link that says it is CAP; else the first that is not for a browser."""
    links = [one.attributes for one in entry.children if one.name == "link"]
    said = [one for one in links if one.get("type", "").partition(";")[0].strip().lower() in CAP_TYPES]
    plain = [one for one in links if one.get("rel", "alternate") == "alternate" and one.get("type") != "text/html"]
    return next((one["href"] for one in (*said, *plain) if "href" in one), "")


def _text(element: Element, name: str) -> str:
    return next((one.text.strip() for one in element.children if one.name == name), "")


def _absolute(link: str, address: str) -> str | None:
    try:
        whole = urljoin(address, link.strip()) if link.strip() else ""
    except ValueError:
        return None
    return whole if len(whole) <= MOST_LINK and _LINK.fullmatch(whole) is not None else None


def unseen(entries: Iterable[Entry], seen: dict[str, str]) -> list[Entry]:
    """Return entries that were not fetched yet as they are now; `seen` maps links to the times they had then."""
    return [one for one in entries if seen.get(one.link) != one.updated]
