"""Decisions about photos: who adds and removes them, and that only a rebuilt picture is kept.

A photo is checked and re-encoded in a confined child, so what a phone writes beside the pixels (place, device, time)
never reaches the store. Opens its own short transactions: nothing is checked, encoded or copied inside one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

from playlists.notice import MediaKind
from server.accounts.permissions import Caller, Permission
from server.content.library import repository as library
from server.db import Session
from server.errors import Problem, conflict, forbidden, invalid, not_found
from server.faults.orders import service as orders
from server.faults.orders.schemas import Step
from server.faults.photos import repository
from server.faults.photos.schemas import Moment
from server.media.blobs import StorageFull
from server.media.check import Checked, CheckLimits, check_upload
from server.media.refusal import Refused
from server.media.sniff import sniff
from server.parts import Parts
from server.tables import WorkOrder, WorkOrderPhoto

MOST_BYTES = 20 << 20
"""A phone's photo has 3 to 12 MiB."""
MOST_PHOTOS = 40
LIMITS = CheckLimits(image_bytes=MOST_BYTES, clip_bytes=MOST_BYTES)
WHAT = "photo"
_NO_CLIP = {
    "vi": "Đây là đoạn phim; phiếu sửa chữa chỉ nhận ảnh chụp. Hãy chụp một tấm ảnh.",
    "en": "This is a clip; a work order takes photos only. Take a photo instead.",
    "zh": "这是视频；维修单只接受照片。请改为拍照。",
}


@dataclass(frozen=True)
class Sent:
    """What was said about a photo that came in."""

    moment: Moment
    note: str
    client_id: UUID | None


def is_wanted(parts: Parts, caller: Caller, order_id: UUID, client_id: UUID | None) -> bool:
    """Tell before any byte is read whether a photo is still to be kept: not one whose form counted before.

    Raises:
        Problem: 404, 403, 409 when the order is closed.
    """
    with parts.db.read() as session:
        order, _ = orders.order_of(session, caller, order_id, Permission.ACKNOWLEDGE_FAULTS)
        if client_id is not None and orders.is_counted(session, order, client_id):
            return False
        if order.closed_at is not None:
            raise orders.closed()
    return True


def take(parts: Parts, caller: Caller, order_id: UUID, sent: Sent, folder: Path, file: Path) -> WorkOrderPhoto | None:
    """Keep a received photo; None when a form of this id counted before and its photo was removed since.

    Raises:
        Problem: 404, 403, 409 when the order is closed or full; 422 with the reason in three languages; 507.
    """
    checked = _checked(folder, file)
    try:
        parts.blobs.put_file(checked.path, checked.sha256)
        try:
            row = _written(parts, caller, order_id, sent, checked)
        except Problem:
            _drop(parts, checked.sha256)
            raise
        if not parts.blobs.exists(checked.sha256):  # a removal may have been at the same bytes
            parts.blobs.put_file(checked.path, checked.sha256)
    except StorageFull as error:
        raise Problem(HTTPStatus.INSUFFICIENT_STORAGE, "storage-full", str(error)) from error
    return row


def remove(parts: Parts, caller: Caller, order_id: UUID, photo_id: UUID) -> None:
    """Remove a photo: whoever took it may, until the order is closed.

    Raises:
        Problem: 404, 403, 409.
    """
    with parts.db.write() as session:
        order, _ = orders.order_of(session, caller, order_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
        row = photo_of(session, order, photo_id)
        if row.taken_by != caller.user_id:
            raise forbidden("Only whoever took a photo may remove it.")
        if order.closed_at is not None:
            raise orders.closed()
        sha256 = row.sha256
        repository.remove(session, row)
        orders.write(session, caller, order, Step.PHOTO_REMOVED, row.note, parts.clock())
    _drop(parts, sha256)


def photo_of(session: Session, order: WorkOrder, photo_id: UUID) -> WorkOrderPhoto:
    """Return a photo of this order.

    Raises:
        Problem: 404.
    """
    row = repository.photo(session, photo_id)
    if row is None or row.work_order_id != order.id:
        raise not_found(WHAT)
    return row


def sorted_photos(rows: Sequence[WorkOrderPhoto]) -> list[WorkOrderPhoto]:
    """Return photos as a record shows them: before, after, other."""
    return sorted(rows, key=lambda row: list(Moment).index(Moment(row.moment)))


def _checked(folder: Path, file: Path) -> Checked:
    try:
        with file.open("rb") as head:
            kind = sniff(head)
        if kind is MediaKind.MP4:
            raise invalid("photo-is-clip", _NO_CLIP["en"], sentences=_NO_CLIP)
        return check_upload(file, out=folder / "checked", limits=LIMITS)
    except Refused as refusal:
        sentences = {str(language): text for language, text in refusal.sentences.items()}
        raise invalid(f"media-{refusal.reason}", str(refusal), sentences=sentences) from refusal


def _written(parts: Parts, caller: Caller, order_id: UUID, sent: Sent, checked: Checked) -> WorkOrderPhoto | None:
    at = parts.clock()
    with parts.db.write() as session:
        order, _ = orders.order_of(session, caller, order_id, Permission.ACKNOWLEDGE_FAULTS, lock=True)
        if not orders.is_new_form(session, caller, order, sent.client_id, at):
            return repository.photo(session, sent.client_id) if sent.client_id is not None else None
        if order.closed_at is not None:
            raise orders.closed()
        if repository.count(session, order.id) >= MOST_PHOTOS:
            raise conflict("photos-full", f"A work order takes {MOST_PHOTOS} photos; remove one that is not needed.")
        row = WorkOrderPhoto(
            work_order_id=order.id, moment=sent.moment, note=sent.note, sha256=checked.sha256, kind=checked.kind,
            width=checked.width, height=checked.height, size=checked.size, taken_by=caller.user_id, at=at,
        )  # fmt: skip
        if sent.client_id is not None:
            row.id = sent.client_id
        session.add(row)
        orders.write(session, caller, order, Step.PHOTO, sent.note, at)
    return row


def _drop(parts: Parts, sha256: str) -> None:
    """Remove a file that nothing holds any more."""
    with parts.db.read() as session:
        is_kept = library.holds_file(session, sha256)
    if not is_kept:
        parts.blobs.remove(sha256)
        for small in parts.thumbnails_dir.glob(f"{sha256}-*"):
            small.unlink(missing_ok=True)
