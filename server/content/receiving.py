"""Receiving an upload: bytes go to a file piece by piece, under a cap, and are never together in memory.

A body is either the file itself (`Content-Type: image/png`, name in `?name=`) or a form with one file part.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from server.errors import Problem, invalid

if TYPE_CHECKING:  # the library defines it for type checkers only
    from python_multipart.multipart import MultipartCallbacks

MOST_FIELD_BYTES = 1000
MOST_FIELDS = 10
MOST_ENVELOPE_BYTES = 64 << 10
"""What a form may have around its file."""


@dataclass
class Received:
    """A received file: its name as sent, size, digest, and the form's other fields."""

    name: str = ""
    size: int = 0
    sha256: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class _Sink:
    """The file being written, with its cap and digest."""

    file: BinaryIO
    most_bytes: int
    size: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self.most_bytes:
            raise too_large(self.most_bytes)
        self.file.write(piece)
        self.digest.update(piece)


def too_large(most_bytes: int) -> Problem:
    """Return the 413 of a body over its cap."""
    limit = most_bytes >> 20
    sentences = {
        "vi": f"Tệp lớn hơn {limit} MiB cho phép. Hãy xuất tệp nhỏ hơn.",
        "en": f"The file is larger than the {limit} MiB that are taken. Export a smaller one.",
        "zh": f"文件超过允许的{limit} MiB。请导出较小的文件。",
    }
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    headers = {"Connection": "close"}
    return Problem(status, "too-many-bytes", sentences["en"], sentences=sentences, headers=headers)


async def receive(stream: AsyncIterator[bytes], content_type: str, to: Path, most_bytes: int) -> Received:
    """Write the uploaded file of a request's body to a path.

    Raises:
        Problem: 413 over the cap; 422 a form that is none, or without exactly one file.
    """
    kind, options = parse_options_header(content_type.encode("latin-1", "replace"))
    with await run_in_threadpool(to.open, "xb") as file:
        sink = _Sink(file, most_bytes)
        if kind == b"multipart/form-data":
            form = _Form(sink, options.get(b"boundary", b""))
            await _feed(stream, form.write)
            return form.received()
        await _feed(stream, sink.write)
        return Received(size=sink.size, sha256=sink.digest.hexdigest())


async def _feed(stream: AsyncIterator[bytes], write: Callable[[bytes], None]) -> None:
    async for piece in stream:
        if piece:
            await run_in_threadpool(write, piece)


class _Form:
    """A multipart form with one file part; everything else in it is small."""

    def __init__(self, sink: _Sink, boundary: bytes) -> None:
        if not boundary:
            raise _no_form()
        self._sink = sink
        self._total = 0
        self._files = 0
        self._ended = False
        self._received = Received()
        self._headers: dict[str, bytes] = {}
        self._header_name = self._header_value = self._text = b""
        self._field: str | None = None
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._part_begin,
            "on_header_field": self._name_piece,
            "on_header_value": self._value_piece,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }
        try:
            self._parser = MultipartParser(boundary, callbacks)
        except FormParserError as error:
            raise _no_form() from error

    def write(self, piece: bytes) -> None:
        self._total += len(piece)
        if self._total > self._sink.most_bytes + MOST_ENVELOPE_BYTES:
            raise too_large(self._sink.most_bytes)
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise _no_form() from error

    def received(self) -> Received:
        if self._files != 1 or not self._ended:
            raise _no_form()
        self._received.size = self._sink.size
        self._received.sha256 = self._sink.digest.hexdigest()
        return self._received

    def _part_begin(self) -> None:
        self._headers, self._field, self._text = {}, None, b""
        self._header_name = self._header_value = b""

    def _name_piece(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _value_piece(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._header_name.decode("latin-1").lower()] = self._header_value
        self._header_name = self._header_value = b""

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        if b"filename" in options:
            self._files += 1
            self._received.name = options[b"filename"].decode("utf-8", "replace")
            if self._files > 1:
                raise _no_form()
        else:
            self._field = options.get(b"name", b"").decode("utf-8", "replace")[:80]
            if len(self._received.fields) >= MOST_FIELDS:
                raise _no_form()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._field is None:
            self._sink.write(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > MOST_FIELD_BYTES:
            raise _no_form()

    def _part_end(self) -> None:
        if self._field is not None:
            self._received.fields[self._field] = self._text.decode("utf-8", "replace")

    def _end(self) -> None:
        self._ended = True


def _no_form() -> Problem:
    return invalid("invalid-form", "The form must hold exactly one file and be complete. Send it once more.")
