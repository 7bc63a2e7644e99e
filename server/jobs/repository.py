"""The job table's queries. A claim is one short writing transaction, the same on SQLite and PostgreSQL.

SQLite has one writer at a time (`BEGIN IMMEDIATE`); PostgreSQL skips rows that another claim has locked.
Every write of a running job names its lease, so that a worker that was thought dead can change nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select, update

from server.changes import note_change
from server.db import Wake, ring_after_commit
from server.tables import Job
from server.tables.jobs import JobState


def enqueue(
    session: Session,
    kind: str,
    arguments: dict[str, Any],
    *,
    agency_id: UUID | None = None,
    run_after: datetime | None = None,
    urgency: int = 0,
) -> Job:
    """Add a job to the caller's transaction; a worker starts on it as soon as that is committed."""
    job = Job(kind=kind, arguments=arguments, agency_id=agency_id, urgency=urgency)
    if run_after is not None:
        job.run_after = run_after
    session.add(job)
    session.flush()
    note_change(session, "job", job.id)
    ring_after_commit(session, Wake.JOBS)
    return job


def get(session: Session, job_id: UUID) -> Job | None:
    """Return a job."""
    return session.get(Job, job_id)


def is_work_waiting(session: Session, kinds: frozenset[str], now: datetime) -> bool:
    """Tell whether a claim would find a job; needs no writing transaction."""
    return session.exec(select(Job.id).where(_claimable(kinds, now)).limit(1)).first() is not None


def claim(session: Session, kinds: frozenset[str], lease: str, now: datetime, until: datetime) -> Job | None:
    """Take the most urgent job, of those the one that waits longest or whose worker died, and count the try."""
    order = (col(Job.urgency).desc(), col(Job.run_after), col(Job.id))
    statement = select(Job).where(_claimable(kinds, now)).order_by(*order).limit(1)
    job = session.exec(statement.with_for_update(skip_locked=True)).first()
    if job is None:
        return None
    job.state = JobState.RUNNING
    job.attempts += 1
    job.lease_owner, job.lease_until = lease, until
    session.add(job)
    session.flush()
    note_change(session, "job", job.id)
    return job


def renew(session: Session, job_id: UUID, lease: str, until: datetime) -> bool:
    """Lengthen a lease; False when the job is somebody else's by now."""
    return _change(session, job_id, lease, lease_until=until)


def progress(session: Session, job_id: UUID, lease: str, permille: int, message: str) -> bool:
    """Write how far a job is; False when the job is somebody else's by now."""
    return _announced(session, job_id, _change(session, job_id, lease, progress_permille=permille, message=message))


def finish(session: Session, job_id: UUID, lease: str, now: datetime) -> bool:
    """Mark a job done."""
    done = _change(
        session,
        job_id,
        lease,
        state=JobState.DONE,
        progress_permille=1000,
        finished_at=now,
        lease_until=None,
        error=None,
    )
    return _announced(session, job_id, done)


def fail(session: Session, job_id: UUID, lease: str, now: datetime, sentence: str) -> bool:
    """Mark a job failed for good."""
    changed = _change(session, job_id, lease, state=JobState.FAILED, error=sentence, finished_at=now, lease_until=None)
    return _announced(session, job_id, changed)


def put_back(session: Session, job_id: UUID, lease: str, run_after: datetime, message: str, *, counts: bool) -> bool:
    """Queue a job again; `counts` says whether the try that ends here was a failed one."""
    values: dict[str, Any] = {
        "state": JobState.QUEUED,
        "run_after": run_after,
        "lease_until": None,
        "lease_owner": None,
    }
    if message:
        values["message"] = message
    if not counts:
        values["attempts"] = Job.attempts - 1
    changed = _change(session, job_id, lease, **values)
    if changed:
        ring_after_commit(session, Wake.JOBS)
    return _announced(session, job_id, changed)


def _claimable(kinds: frozenset[str], now: datetime) -> ColumnElement[bool]:
    queued = and_(col(Job.state) == JobState.QUEUED, col(Job.run_after) <= now)
    abandoned = and_(col(Job.state) == JobState.RUNNING, col(Job.lease_until) < now)
    return and_(col(Job.kind).in_(sorted(kinds)), or_(queued, abandoned))


def _change(session: Session, job_id: UUID, lease: str, **values: Any) -> bool:
    mine = and_(col(Job.id) == job_id, col(Job.lease_owner) == lease, col(Job.state) == JobState.RUNNING)
    changed = session.connection().execute(update(Job).where(mine).values(**values).returning(col(Job.id)))
    return changed.first() is not None


def _announced(session: Session, job_id: UUID, changed: bool) -> bool:
    if changed:
        note_change(session, "job", job_id)
    return changed
