"""Emptying the trash: a medium goes for good when it lay there long enough and nothing needs it any more."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from server.changes import note_change
from server.content.library import repository
from server.parts import Parts

MOST_AT_ONCE = 200
"""The next look takes the next ones."""


def purge(parts: Parts) -> list[UUID]:
    """Delete the media whose time in the trash is over, and return which; used by the hourly upkeep."""
    before = parts.clock() - timedelta(days=parts.settings.trash_days)
    with parts.db.read() as session:
        due = repository.due(session, before, MOST_AT_ONCE)
    return [media_id for media_id in due if delete_for_good(parts, media_id)]


def delete_for_good(parts: Parts, media_id: UUID) -> bool:
    """Delete one medium of the trash and its file, unless something needs it; tell whether it is gone."""
    with parts.db.write() as session:
        row = repository.medium(session, media_id, lock=True)
        if row is None or row.deleted_at is None or repository.is_needed(session, row):
            return False
        sha256 = row.sha256
        repository.delete_medium(session, row)
        note_change(session, "media", media_id)
    with parts.db.read() as session:
        is_kept = repository.holds_file(session, sha256)
    if not is_kept:
        parts.blobs.remove(sha256)
        for small in parts.thumbnails_dir.glob(f"{sha256}-*"):
            small.unlink(missing_ok=True)
    return True
