"""The job that checks a whole upload and makes a media of it; whoever dies over it, the next worker goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from playlists.rights import RightOfUse, Rights
from server.changes import note_change
from server.content import uploads
from server.content.resumable import repository, service
from server.content.uploads import Offer, Taken
from server.db import Session, now
from server.jobs.port import JobContext, Kind, NotYet
from server.media.blobs import StorageFull
from server.media.refusal import Refusal, Refused
from server.parts import Parts
from server.tables import UploadSession
from server.tables.uploads import UploadState

HASHED_PERMILLE = 100
"""The share of the bar that reading the file takes."""
REST = timedelta(minutes=1)
"""How long a check waits for room on a full disk before it is tried again."""
_PIECE_BYTES = 1 << 20


def checking(parts: Parts) -> Kind:
    """Return the kind of job that checks uploads."""

    def run(context: JobContext) -> None:
        row = _load(context)
        if row is None:
            return
        file = parts.incoming.path(row.id)
        try:
            taken, sha256 = _take(context, parts, row, file)
        except Refused as refused:
            _refused(context, parts, row.id, refused)
        except StorageFull as full:
            raise NotYet(REST, str(full)) from full
        else:
            _done(context, parts, row.id, taken, sha256)
        parts.incoming.remove(row.id)

    return Kind(run, given_up)


def given_up(session: Session, arguments: dict[str, Any], _sentence: str) -> None:
    """Refuse an upload whose check failed again and again; the sweep removes its bytes."""
    row = repository.upload(session, UUID(arguments["upload_id"]), lock=True)
    if row is not None and row.state == UploadState.CHECKING:
        service.refuse(session, row, Refused(Refusal.CHECK_STOPPED), now())


def _load(context: JobContext) -> UploadSession | None:
    with context.db.read() as session:
        row = repository.upload(session, UUID(context.arguments["upload_id"]))
    return row if row is not None and row.state == UploadState.CHECKING else None


def _take(context: JobContext, parts: Parts, row: UploadSession, file: Path) -> tuple[Taken, str]:
    def progress(permille: int) -> None:
        if context.progress(permille, row.name):
            with context.db.write() as session:
                shown = repository.upload(session, row.id, lock=True)
                if shown is not None:
                    shown.progress_permille = permille
                    session.add(shown)
                    note_change(session, "upload", row.id)

    progress(0)
    sha256 = _digest(file, row.length, progress)
    offer = Offer(row.agency_id, row.uploaded_by, row.name, sha256, _rights(row), row.tags)
    with parts.blobs.workspace() as folder:
        rest = 1000 - HASHED_PERMILLE
        return uploads.take(
            parts, offer, folder, file, lambda permille: progress(HASHED_PERMILLE + permille * rest // 1000)
        ), sha256


def _digest(file: Path, length: int, progress: Callable[[int], None]) -> str:
    digest, read = hashlib.sha256(), 0
    try:
        with file.open("rb") as opened:
            while piece := opened.read(_PIECE_BYTES):
                digest.update(piece)
                read += len(piece)
                progress(HASHED_PERMILLE * read // max(1, length))
    except FileNotFoundError:
        if length:
            raise Refused(Refusal.LOST) from None
        raise Refused(Refusal.EMPTY) from None
    if read != length:
        raise Refused(Refusal.LOST)
    return digest.hexdigest()


def _rights(row: UploadSession) -> Rights:
    return Rights(row.source, row.author, RightOfUse(row.right_of_use), row.right_note, row.rights_until)


def _done(context: JobContext, parts: Parts, upload_id: UUID, taken: Taken, sha256: str) -> None:
    with context.db.write() as session:
        row = repository.upload(session, upload_id, lock=True)
        if row is None or row.state != UploadState.CHECKING:
            return
        row.state, row.progress_permille, row.finished_at = UploadState.DONE, 1000, parts.clock()
        # an earlier try may have been killed after it had made the media
        made_here = context.attempt > 1 and taken.media.created_at >= row.created_at
        row.media_id, row.is_new, row.upload_sha256 = taken.media.id, taken.is_new or made_here, sha256
        row.remarks = [str(remark) for remark in taken.remarks]
        session.add(row)
        note_change(session, "upload", row.id)


def _refused(context: JobContext, parts: Parts, upload_id: UUID, refused: Refused) -> None:
    with context.db.write() as session:
        row = repository.upload(session, upload_id, lock=True)
        if row is not None and row.state == UploadState.CHECKING:
            service.refuse(session, row, refused, parts.clock())
