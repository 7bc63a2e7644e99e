"""Decides what it means that a person says: this is still right.

The pictures stay what they are, and so does every approval; only the times at which panels show them move on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from playlists.notice import NoticeKind
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.content.notices import repository as notices
from server.content.notices.rows import head, whole_of
from server.content.notices.service import notice_of
from server.db import Session
from server.errors import conflict, invalid
from server.publishing.confirmations import repository
from server.publishing.confirmations.schemas import ConfirmationNew
from server.scheduling.overrides.service import bring_at_once
from server.tables import Confirmation, Notice, Revision


class Made(NamedTuple):
    """A confirmation, until when the notice counts as right now, and how many panels learn of it at once."""

    row: Confirmation
    right_until: datetime
    panels: int


def confirm(session: Session, caller: Caller, notice_id: UUID, new: ConfirmationNew, at: datetime) -> Made:
    """Take a person's word that the newest revision of a notice is still right.

    Raises:
        Problem: 403, 404; 409 when somebody saved another revision since, or the notice is archived; 422 when it
            does not grow old.
    """
    notice = notice_of(session, caller, notice_id, Permission.EDIT_CONTENT, lock=True)
    revision = notices.newest(session, [notice.id])[notice.id]
    if notice.archived_at is not None:
        raise conflict("notice-archived", f"{notice.title} is in the archive. Take it back first.")
    if revision.number != new.revision:
        raise conflict("other-revision", "Somebody has saved this notice since. Read it again before you confirm it.")
    if revision.max_age_s is None or notice.kind == NoticeKind.BOARD:
        raise invalid("does-not-age", "This notice never gets old. Say for how long it is true, then confirm it.")
    return _keep(session, caller, notice, revision, revision.max_age_s, new.note.strip(), at)


def _keep(
    session: Session, caller: Caller, notice: Notice, revision: Revision, max_age_s: int, note: str, at: datetime
) -> Made:
    row = Confirmation(
        notice_id=notice.id, revision_id=revision.id, note=note, confirmed_by=caller.user_id, confirmed_at=at
    )
    session.add(row)
    variants = notices.variants(session, [revision.id])[revision.id]
    head(notice, whole_of(notice.kind, revision, variants), at)
    session.add(notice)
    session.flush()
    right_until = at + timedelta(seconds=max_age_s)
    audit(
        session,
        caller,
        Action.NOTICE_CONFIRMED,
        "notice",
        notice.id,
        name=notice.title,
        agency_id=notice.agency_id,
        after={"revision": revision.number, "note": note, "max_age_s": max_age_s},
    )
    panels = repository.panels_showing(session, notice.id, revision.number)
    bring_at_once(session, panels, notice.agency_id)
    note_change(session, "notice", notice.id)
    return Made(row, right_until, len(panels))
