"""Decisions about corrections, and what was on air before a submission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.db import Session
from server.errors import conflict
from server.publishing.holds import repository as holds
from server.publishing.holds import service as holding
from server.publishing.holds.schemas import HoldAsked
from server.publishing.releases import service as releases
from server.publishing.releases.schemas import SubmissionAsked
from server.publishing.reviews import repository
from server.publishing.reviews.refusal import nothing_changed
from server.publishing.reviews.schemas import CorrectionAsked
from server.tables import Segment, Submission, SubmittedSegment


@dataclass(frozen=True)
class Pair:
    """A segment of a submission, and the one of the same language and profile that is on air; None: nothing was."""

    part: SubmittedSegment
    segment: Segment
    before: Segment | None


def pairs(session: Session, row: Submission) -> list[Pair]:
    """Return the segments of a submission, each beside what is on air of the same notice, language and profile."""
    found = []
    on_air: dict[UUID, dict[tuple[str, str], Segment]] = {}
    for part, segment in repository.segments(session, row.id):
        if part.notice_id not in on_air:
            earlier = repository.earlier(session, part.notice_id, row.id)
            parts = repository.segments(session, earlier.submission.id) if earlier is not None else []
            on_air[part.notice_id] = {
                (one.language, one.profile): old
                for one, old in parts
                if one.notice_id == part.notice_id and not one.plated
            }
        if not part.plated:
            found.append(Pair(part, segment, on_air[part.notice_id].get((part.language, part.profile))))
    return found


def correct(
    session: Session, caller: Caller, notice_id: UUID, asked: CorrectionAsked, server_key: bytes, at: datetime
) -> tuple[Submission, bool]:
    """Send a notice's newest revision to where its older one is on air, with the answers that were given for that.

    The older release is retired when it holds nothing else. Returns the submission, and whether the older one rests.

    Raises:
        Problem: 404, 403; 409 it is released nowhere, or nothing was changed since.
    """
    notice = holding.notice_of(session, caller, notice_id)
    caller.require(Permission.SUBMIT, agency_id=notice.agency_id, what="notice")
    earlier = repository.earlier(session, notice.id, UUID(int=0))
    if earlier is None:
        raise conflict("not-on-air", f"{notice.title} is released nowhere. Send it to approval instead.")
    if notice.newest <= earlier.revision:
        raise nothing_changed(notice.title)
    old = earlier.submission
    alone = {part.notice_id for part, _ in repository.segments(session, old.id)} == {notice.id}
    said = {"reason": asked.reason, "note": asked.note.strip(), "of": old.digest, "revision": earlier.revision}
    row = releases.submit(
        session,
        caller,
        SubmissionAsked(
            notice_ids=[notice.id],
            site_ids=[UUID(one) for one in old.sites],
            panel_ids=[UUID(one) for one in old.panels],
            show_until=old.show_until,
            time_critical=old.time_critical,
            max_offline_days=old.max_offline_days,
            retires=[old.digest] if alone and old.digest is not None else [],
            note=asked.note,
            details={"answers": old.details.get("answers"), "correction": said},
        ),
        at,
        old.concerns,
    )
    if asked.hold and not holds.holds(session, notice_id=notice.id):
        holding.hold(session, caller, notice.id, HoldAsked(reason=asked.reason, note=asked.note), server_key, at)
    audit(
        session,
        caller,
        Action.CORRECTION_ASKED,
        "notice",
        notice.id,
        name=notice.title,
        agency_id=notice.agency_id,
        after={"submission": str(row.id), **said},
    )
    return row, asked.hold
