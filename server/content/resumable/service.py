"""Decisions about uploads in pieces: who may begin one, when it is whole, what became of it, when it is given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from playlists.language import clean_name
from playlists.rights import MOST_AUTHOR, MOST_NOTE, MOST_SOURCE, RightOfUse, Rights
from server.accounts import service as accounts
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.content import service as content
from server.content.library import quotas
from server.content.library.tags import clean_tags
from server.content.receiving import too_large
from server.content.resumable import repository
from server.content.uploads import display_name
from server.db import Session
from server.errors import Problem, conflict, invalid, not_found
from server.jobs.repository import enqueue
from server.media.refusal import Refusal, Refused, Remark
from server.parts import Parts
from server.tables import UploadSession
from server.tables.uploads import UploadState

CHECK_UPLOAD = "check_upload"
URGENCY = 5
"""Above rendering: somebody looks at the bar."""
MOST_RUNNING = 100
"""Uploads of one person that are not finished."""
RECORDS_KEPT = timedelta(days=30)
ORPHANS_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Announced:
    """What a client says of an upload before it sends it."""

    length: int
    agency_id: UUID | None
    name: str
    rights: Rights
    tags: list[str]
    metadata: str


def announced(length: int, pairs: Mapping[str, str], metadata: str) -> Announced:
    """Return what the pairs of Upload-Metadata say; unknown keys are left alone.

    Raises:
        Problem: 422, one of them is not of its form.
    """
    try:
        agency_id = UUID(pairs["agency_id"]) if pairs.get("agency_id") else None
        rights = Rights(
            source=clean_name(pairs.get("source", ""), most=MOST_SOURCE),
            author=clean_name(pairs.get("author", ""), most=MOST_AUTHOR),
            right=RightOfUse(pairs.get("right_of_use") or RightOfUse.UNKNOWN),
            note=clean_name(pairs.get("right_note", ""), most=MOST_NOTE),
            until=date.fromisoformat(pairs["rights_until"]) if pairs.get("rights_until") else None,
        )
    except ValueError as error:
        detail = "agency_id is a UUID, right_of_use one of " + ", ".join(RightOfUse) + ", rights_until a date."
        raise invalid("invalid-metadata", detail) from error
    name = display_name(pairs.get("filename") or pairs.get("name") or "")
    tags = clean_tags(pairs.get("tags", "").split(","))
    return Announced(length, agency_id, name, rights, tags, metadata)


def begin(parts: Parts, caller: Caller, asked: Announced) -> UploadSession:
    """Write down that an upload begins.

    Raises:
        Problem: 403, 404, 409; 413 it is too long or over the quota; 507 the disk has no room for it.
    """
    most_bytes = most_length(parts)
    if asked.length > most_bytes:
        raise too_large(most_bytes)
    if asked.length > parts.incoming.room():
        raise disk_full()
    with parts.db.write() as session:
        agency = content.owner(session, caller, asked.agency_id)
        accounts.agency_of(session, caller, agency.id, Permission.EDIT_CONTENT, lock=True)
        if repository.running(session, caller.user_id) >= MOST_RUNNING:
            raise conflict(
                "too-many-uploads", f"You have {MOST_RUNNING} uploads that are not finished. End some first."
            )
        quotas.check(session, agency.id, asked.length, parts.settings.media_quota_bytes)
        row = UploadSession(
            agency_id=agency.id,
            uploaded_by=caller.user_id,
            name=asked.name,
            length=asked.length,
            metadata_sent=asked.metadata,
            source=asked.rights.source,
            author=asked.rights.author,
            right_of_use=asked.rights.right,
            right_note=asked.rights.note,
            rights_until=asked.rights.until,
            tags=asked.tags,
        )
        session.add(row)
        session.flush()
        note_change(session, "upload", row.id)
        return row


def most_length(parts: Parts) -> int:
    """Return the most bytes that any upload may have."""
    return max(parts.settings.clip_max_bytes, parts.settings.image_max_bytes)


def upload_of(session: Session, caller: Caller, upload_id: UUID, *, lock: bool = False) -> UploadSession:
    """Return an upload of the caller's own.

    Raises:
        Problem: 404 when it is not there or somebody else's, 403 when the role does not allow uploads.
    """
    caller.require(Permission.EDIT_CONTENT)
    row = repository.upload(session, upload_id, lock=lock)
    if row is None or row.uploaded_by != caller.user_id or not caller.sees(row.agency_id):
        raise not_found("upload")
    return row


def own(parts: Parts, caller: Caller, upload_id: UUID) -> UploadSession:
    """Return an upload of the caller's own, in a transaction of its own; see `upload_of`."""
    with parts.db.read() as session:
        return upload_of(session, caller, upload_id)


def is_whole(parts: Parts, row: UploadSession) -> bool:
    """Tell whether every byte of an upload that still comes in is here."""
    return row.state == UploadState.RECEIVING and parts.incoming.size(row.id) == row.length


def received(parts: Parts, row: UploadSession) -> UploadSession:
    """Let a whole upload be checked, and return it as it is then; harmless when that was done before."""
    with parts.db.write() as session:
        current = repository.upload(session, row.id, lock=True)
        if current is None or current.state != UploadState.RECEIVING:
            return row if current is None else current
        current.state = UploadState.CHECKING
        session.add(current)
        enqueue(session, CHECK_UPLOAD, {"upload_id": str(row.id)}, agency_id=row.agency_id, urgency=URGENCY)
        note_change(session, "upload", row.id)
        return current


def refuse(session: Session, row: UploadSession, refused: Refused, at: datetime) -> None:
    """Write down why an upload is not taken. Its bytes are the caller's to remove, once this is committed."""
    row.state, row.reason, row.facts, row.finished_at = UploadState.REFUSED, refused.reason, dict(refused.facts), at
    session.add(row)
    session.flush()
    note_change(session, "upload", row.id)


def refuse_early(parts: Parts, upload_id: UUID, refused: Refused) -> None:
    """Refuse an upload on its first bytes, before the rest is sent, and drop it."""
    with parts.db.write() as session:
        row = repository.upload(session, upload_id, lock=True)
        if row is None or row.state != UploadState.RECEIVING:
            return
        refuse(session, row, refused, parts.clock())
    parts.incoming.remove(upload_id)


def end(parts: Parts, caller: Caller, upload_id: UUID) -> None:
    """End an upload that still comes in, or forget one that is finished; its media stays.

    Raises:
        Problem: 404; 409 while it is checked.
    """
    with parts.db.write() as session:
        row = upload_of(session, caller, upload_id, lock=True)
        if row.state == UploadState.CHECKING:
            raise conflict(
                "upload-checking", "This upload is being checked. Wait a little, then delete what became of it."
            )
        session.delete(row)
        session.flush()
        note_change(session, "upload", upload_id)
    parts.incoming.remove(upload_id)


def expires_at(parts: Parts, row: UploadSession) -> datetime | None:
    """Return when an upload that stands still is given up; None for one that is whole."""
    if row.state != UploadState.RECEIVING:
        return None
    try:
        grown = datetime.fromtimestamp(parts.incoming.path(row.id).stat().st_mtime, row.created_at.tzinfo)
    except FileNotFoundError:
        grown = row.created_at
    return max(grown, row.created_at) + timedelta(days=parts.settings.upload_days)


def tidy(parts: Parts) -> None:
    """Give up uploads that stand still, go on with those that are whole, and remove what belongs to none."""
    now = parts.clock()
    with parts.db.read() as session:
        rows = repository.receiving(session)
    for row in rows:
        if is_whole(parts, row):
            received(parts, row)
        elif (ends := expires_at(parts, row)) is not None and ends <= now:
            refuse_early(parts, row.id, Refused(Refusal.EXPIRED, days=parts.settings.upload_days))
    files = list(parts.incoming.found())
    with parts.db.read() as session:
        needed = repository.open_ids(session, [file.upload_id for file in files])
    for file in files:
        if file.upload_id not in needed and file.grown_at < now - ORPHANS_KEPT:
            parts.incoming.remove(file.upload_id)
    with parts.db.write() as session:
        repository.forget_finished(session, now - RECORDS_KEPT)


def remarks_of(row: UploadSession) -> list[Remark]:
    """Return what the uploader should know."""
    return [Remark(word) for word in row.remarks if word in set(Remark)]


def disk_full() -> Problem:
    """Return the 507 of a server without room; what was sent stays, and the upload can go on later."""
    sentences = {
        "vi": "Ổ đĩa của máy chủ đã đầy. Phần đã gửi vẫn được giữ; hãy báo quản trị viên rồi tiếp tục sau.",
        "en": "The server's disk is full. What was sent is kept; tell an administrator, then go on later.",
        "zh": "服务器磁盘已满。已上传的部分会保留；请通知管理员，稍后再继续上传。",
    }
    status = HTTPStatus.INSUFFICIENT_STORAGE
    return Problem(status, "storage-full", sentences["en"], sentences=sentences, headers={"Retry-After": "60"})
