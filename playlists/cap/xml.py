"""Reading XML of strangers: no document type, no entities, and limits on size, depth and number of elements."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from playlists.cap.rules import CapRule, Refused

MOST_BYTES = 256_000
MOST_DEPTH = 12
MOST_ELEMENTS = 10_000


@dataclass(slots=True)
class Element:
    """An element: its namespace and name, attributes, children, and all text directly inside it."""

    namespace: str
    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""


class _Builder:
    """What the parser tells of, as a tree; it stops at the first element too deep or too many."""

    def __init__(self) -> None:
        self._open: list[Element] = []
        self._count = 0
        self.root: Element | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= MOST_DEPTH or self._count > MOST_ELEMENTS:
            raise Refused(
                CapRule.C4_NESTING, f"elements are nested deeper than {MOST_DEPTH}, or there are over {MOST_ELEMENTS}"
            )
        namespace, _, name = tag.rpartition("}")
        element = Element(namespace.removeprefix("{"), name, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def data(self, text: str) -> None:
        self._open[-1].text += text

    def end(self, _tag: str) -> None:
        self._open.pop()

    def close(self) -> None:
        """Nothing is left to do: `root` is the tree."""


def read_xml(content: bytes) -> Element:
    """Return the root element of an XML document.

    Raises:
        Refused: C1 size, C2 not well formed, C3 a document type or entities, C4 nesting.
    """
    if len(content) > MOST_BYTES:
        raise Refused(CapRule.C1_SIZE, f"the alert has {len(content)} bytes or more; at most {MOST_BYTES} are read")
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(content)
        parser.close()
    except DefusedXmlException as error:
        raise Refused(
            CapRule.C3_ENTITIES, "the alert declares a document type or entities; an alert needs neither"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(CapRule.C2_XML, f"not well-formed XML ({error})") from error
    if builder.root is None:
        raise Refused(CapRule.C2_XML, "no XML element")
    return builder.root
