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

    def __init__(self, most_elements: int, most_depth: int) -> None:
        self._open: list[Element] = []
        self._count, self._most, self._deepest = 0, most_elements, most_depth
        self.root: Element | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= self._deepest or self._count > self._most:
            raise Refused(
                CapRule.C4_NESTING, f"elements are nested deeper than {self._deepest}, or there are over {self._most}"
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


def read_xml(
    content: bytes, most_bytes: int = MOST_BYTES, most_elements: int = MOST_ELEMENTS, most_depth: int = MOST_DEPTH
) -> Element:
    """Return the root element of an XML document.

    Raises:
        Refused: C1 size, C2 not well formed, C3 a document type or entities, C4 nesting.
    """
    if len(content) > most_bytes:
        raise Refused(CapRule.C1_SIZE, f"the document has {len(content)} bytes or more; at most {most_bytes} are read")
    builder = _Builder(most_elements, most_depth)
    parser = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(content)
        parser.close()
    except DefusedXmlException as error:
        raise Refused(
            CapRule.C3_ENTITIES, "the document declares a document type or entities; an alert needs neither"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(CapRule.C2_XML, f"not well-formed XML ({error})") from error
    if builder.root is None:
        raise Refused(CapRule.C2_XML, "no XML element")
    return builder.root
