"""The guard before every reader of office files: a zip of XML parts, small, shallow, and with nothing to run or fetch.

Readers of XLSX and DOCX trust what they open, so everything is looked at first: unpacked sizes as they really come
out, no document type definitions (entities: billion laughs, XXE), no macros, no embedded programs, no two parts of one
name. What passes may still be nonsense, and is then refused by its reader.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from enum import StrEnum
from typing import Any
from xml.sax import ContentHandler, SAXException

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from server.office.fault import (
    MOST_DEPTH,
    MOST_ELEMENTS,
    MOST_FILE_BYTES,
    MOST_PARTS,
    MOST_UNPACKED_BYTES,
    FaultCode,
    OfficeFault,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the container of old office files and of encrypted new ones begins."""
_PIECE = 64 << 10
_XML = (".xml", ".rels", ".vml")
_RUNS = ("vbaproject", "activex", "macro", "xlm")


class Kind(StrEnum):
    """Which office file it is, by its main part."""

    XLSX = "xl/workbook.xml"
    DOCX = "word/document.xml"


def kind_of(content: bytes) -> Kind:
    """Return what an office file is, after looking at all of it.

    Raises:
        OfficeFault: it is none, too large, locked, or holds what a plain one does not.
    """
    if len(content) > MOST_FILE_BYTES:
        raise OfficeFault(FaultCode.TOO_LARGE)
    if content.startswith(_OLE):
        raise OfficeFault(
            FaultCode.LOCKED if b"E\x00n\x00c\x00r\x00y\x00p\x00t" in content else FaultCode.NO_OFFICE_FILE
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = _names(archive)
            _look_into(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise OfficeFault(FaultCode.NO_OFFICE_FILE) from error
    kinds = [kind for kind in Kind if kind in names]
    if len(kinds) != 1 or "[Content_Types].xml" not in names:
        raise OfficeFault(FaultCode.NO_OFFICE_FILE)
    return kinds[0]


def _names(archive: zipfile.ZipFile) -> set[str]:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise OfficeFault(FaultCode.HOSTILE)
    names = [part.filename for part in parts if not part.is_dir()]
    folded = [name.casefold() for name in names]
    if len(set(folded)) != len(folded) or any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise OfficeFault(FaultCode.HOSTILE)
    if any(part.flag_bits & 1 for part in parts):
        raise OfficeFault(FaultCode.LOCKED)
    if any(word in name for name in folded for word in _RUNS):
        raise OfficeFault(FaultCode.MACROS)
    if any("embeddings" in name for name in folded):
        raise OfficeFault(FaultCode.HOSTILE)
    return set(names)


def _look_into(archive: zipfile.ZipFile) -> None:
    left, counted = MOST_UNPACKED_BYTES, _Counted()
    for part in archive.infolist():
        parser = _parser(counted) if part.filename.casefold().endswith(_XML) else None
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise OfficeFault(FaultCode.TOO_LARGE)
                if parser is not None:
                    _feed(parser, piece)
        if parser is not None:
            _feed(parser, None)


def _parser(counted: _Counted) -> Any:
    counted.depth = 0
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(counted)
    return parser


def _feed(parser: Any, piece: bytes | None) -> None:
    """Parse a piece, or with None the end of a part."""
    try:
        parser.close() if piece is None else parser.feed(piece)
    except DefusedXmlException as error:
        raise OfficeFault(FaultCode.HOSTILE) from error
    except (SAXException, ValueError, LookupError) as error:
        raise OfficeFault(FaultCode.NO_OFFICE_FILE) from error


class _Counted(ContentHandler):
    """Counts elements over all parts, and how deep they lie."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.elements = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802  # named by xml.sax
        self.depth += 1
        self.elements += 1
        if self.depth > MOST_DEPTH or self.elements > MOST_ELEMENTS:
            raise OfficeFault(FaultCode.TOO_LONG)
        if name == "Override" and "macroEnabled" in (attrs.get("ContentType") or ""):
            raise OfficeFault(FaultCode.MACROS)

    def endElement(self, name: str) -> None:  # noqa: N802, ARG002  # named by xml.sax
        self.depth -= 1
