"""Taking the bytes of one request into an upload's file, under the turn of that upload; no database.

The bytes that arrived before a connection broke are kept, unless the piece announced a checksum: such a piece counts
whole or not at all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from uuid import UUID

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from server.content.receiving import too_large
from server.content.resumable.protocol import Checksum
from server.content.resumable.service import disk_full
from server.content.uploads import limits_of
from server.errors import Problem, conflict
from server.media.check import early_refusal
from server.media.incoming import Busy, IncomingWriter, StorageFull, Superseded
from server.media.refusal import Refused
from server.parts import Parts
from server.tables import UploadSession

GATHERED_BYTES = 1 << 20
"""So much is held in memory before it is written."""
HEAD_BYTES = 4096
"""What the first look at an upload needs."""
HEARD_OUT_BYTES = 16 << 20
SILENCE_S = 60.0
"""A connection that brings nothing for so long is ended; its upload can go on."""


@asynccontextmanager
async def turn(parts: Parts, upload_id: UUID) -> AsyncIterator[None]:
    """Hold the turn of an upload; the request before this one, if it still runs, is ended.

    Raises:
        Problem: 409 a newer request took over, 423 another one does not end.
    """
    try:
        async with parts.turns.take(upload_id):
            yield
    except Superseded as error:
        detail = "Another connection goes on with this upload."
        raise conflict("upload-taken-over", detail, headers={"Connection": "close"}) from error
    except Busy as error:
        raise Problem(HTTPStatus.LOCKED, "upload-busy", str(error), headers={"Retry-After": "3"}) from error


async def take(
    request: Request, parts: Parts, row: UploadSession, *, at: int, checksum: Checksum | None = None
) -> bool:
    """Add the bytes of a request's body to an upload that is `at` bytes long; False when the checksum differs.

    Raises:
        Problem: 408 nothing came for a minute; 409 the upload is not so far, or somebody else goes on with it;
            413 more bytes than announced; 507 the disk is full.
        Refused: the first bytes are of nothing that is taken.
    """
    async with turn(parts, row.id):
        here = await run_in_threadpool(parts.incoming.size, row.id)
        if here != at:
            detail = f"This upload is {here} bytes long here; go on from there."
            raise conflict("upload-offset", detail, headers={"Upload-Offset": str(here)})
        if int(request.headers.get("content-length") or 0) > row.length - at:
            raise too_large(row.length)
        writer = await run_in_threadpool(parts.incoming.open, row.id)
        piece = _Piece(writer, parts, row, checksum)
        try:
            await piece.fill(request)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(piece.close)
        return piece.is_sound


async def _hear_out(request: Request, stream: AsyncIterator[bytes]) -> None:
    """Read the rest of a short piece, so that its sender hears the answer instead of a broken connection."""
    if 0 < int(request.headers.get("content-length") or 0) <= HEARD_OUT_BYTES:
        with suppress(ClientDisconnect), anyio.move_on_after(SILENCE_S):
            async for _ in stream:
                pass


class _Piece:
    """The bytes of one request on their way to the file."""

    def __init__(self, writer: IncomingWriter, parts: Parts, row: UploadSession, checksum: Checksum | None) -> None:
        self._writer = writer
        self._parts = parts
        self._row = row
        self._checksum = checksum
        self._hash = checksum.new() if checksum is not None else None
        self._gathered = bytearray()
        self._looked = writer.size > 0
        self._keep = checksum is None
        self.is_sound = True

    async def fill(self, request: Request) -> None:
        stream = request.stream().__aiter__()
        try:
            while True:
                with anyio.fail_after(SILENCE_S):
                    part = await anext(stream)
                self._gathered += part
                if self._writer.size + len(self._gathered) > self._row.length:
                    self._gathered.clear()
                    raise too_large(self._row.length)
                if len(self._gathered) >= GATHERED_BYTES:
                    await run_in_threadpool(self._write)
        except StopAsyncIteration:
            await run_in_threadpool(self._write)
            self._finish()
        except ClientDisconnect:
            return
        except Refused:
            await _hear_out(request, stream)
            raise
        except TimeoutError as error:
            detail = "Nothing came for a minute. What came before is kept; go on from there."
            headers = {"Connection": "close"}
            raise Problem(HTTPStatus.REQUEST_TIMEOUT, "upload-silent", detail, headers=headers) from error

    def _write(self) -> None:
        if not self._gathered:
            return
        gathered = bytes(self._gathered)
        self._gathered.clear()
        if not self._looked and (len(gathered) >= HEAD_BYTES or len(gathered) == self._row.length):
            self._looked = True
            refused = early_refusal(gathered[:HEAD_BYTES], self._row.length, limits_of(self._parts))
            if refused is not None:
                raise refused
        try:
            self._writer.write(gathered)
        except StorageFull as error:
            raise disk_full() from error
        if self._hash is not None:
            self._hash.update(gathered)

    def _finish(self) -> None:
        if self._checksum is not None and self._hash is not None:
            self._keep = self.is_sound = self._hash.digest() == self._checksum.digest

    def close(self) -> None:
        """Keep what came, or drop it, and bring it to the disk."""
        with self._writer:
            if self._keep:
                self._write_rest()
            else:
                self._writer.undo()

    def _write_rest(self) -> None:
        try:
            self._write()
        except Problem:
            self._gathered.clear()
