"""How many bytes an agency may keep: its media, those in the trash too, and its running uploads."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from server.content.library import repository
from server.db import Session
from server.errors import Problem
from server.tables import Agency


def limit_of(agency: Agency, usual: int) -> int:
    """Return an agency's quota in bytes; `usual` is that of agencies without one of their own."""
    return usual if agency.media_quota_bytes is None else agency.media_quota_bytes


def check(session: Session, agency_id: UUID, length: int, usual: int) -> None:
    """Let an upload of so many bytes pass when there is room for it.

    Raises:
        Problem: 413, with what is used and allowed.
    """
    agency = session.get_one(Agency, agency_id)
    limit, used = limit_of(agency, usual), repository.used_bytes(session, agency_id)
    if used + length > limit:
        raise _full(used, limit)


def _full(used: int, limit: int) -> Problem:
    have, most = used >> 20, limit >> 20
    sentences = {
        "vi": f"Cơ quan đã dùng {have} MiB trong {most} MiB dành cho tệp. Hãy xóa tệp không còn dùng rồi "
        "dọn thùng rác, hoặc đề nghị quản trị viên tăng hạn mức.",
        "en": f"The agency uses {have} MiB of the {most} MiB it has for files. Delete files that are no longer used "
        "and empty the trash, or ask an administrator for more.",
        "zh": f"本单位的文件空间共{most} MiB，已使用{have} MiB。请删除不再使用的文件并清空回收站，或请管理员增加限额。",
    }
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return Problem(status, "quota-full", sentences["en"], sentences=sentences, used_bytes=used, quota_bytes=limit)
