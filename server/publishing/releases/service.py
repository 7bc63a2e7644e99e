"""Decisions about submissions: what belongs to one, which route it goes, and what becomes of it.

A submission's artworks are fixed when it is made, its payload when they are rendered. So what people sign is what was
submitted, whatever is changed meanwhile; an older release stays on air until a newer one is signed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from playlists.language import SegmentLanguage
from playlists.legibility import MOST_FLASHES, FindingCode
from playlists.profile import Profile
from playlists.trust.key import Key
from playlists.trust.release import LONGEST, Release, ReleasedSegment
from playlists.trust.root import Concern, Root, Route, fits
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.content.faces.service import Undrawable, held_boards
from server.content.notices.artworks import Showable, showables
from server.content.service import Wanted, ensure_segments
from server.db import Session
from server.errors import invalid, not_found
from server.jobs import repository as jobs
from server.publishing.questions.answers import read_answers
from server.publishing.refusal import not_rendered, unreadable, unsound
from server.publishing.released import repository as released
from server.publishing.releases import repository
from server.publishing.releases.lines import Line, line_of, released_lines
from server.publishing.releases.reach import Reach, panels_of, reach_of
from server.publishing.releases.refusal import nobody_else, nothing_on_air, too_large, wrong_state, wrong_window
from server.publishing.releases.schemas import MOST_DETAILS, AudienceAsked, ProfileAsked, RenewalAsked, SubmissionAsked
from server.publishing.routes import repository as rules
from server.publishing.routes.service import choose
from server.tables import Panel, Segment, SignedDocument, Submission, SubmissionItem, SubmittedSegment
from server.tables.content import SegmentState
from server.tables.releases import Purpose, SubmissionState
from server.tables.trust import DocumentState
from server.trust import service as trust

JOB_KIND = "prepare_release"
URGENCY = 9
USUAL = timedelta(days=180)
OPEN = (SubmissionState.PREPARING, SubmissionState.ASKING)
ENVELOPE_ROOM = 64 << 10
"""For sixteen signatures and the envelope's own words."""


@dataclass(frozen=True)
class Plan:
    """How a submission is to be shown."""

    purpose: Purpose
    not_before: datetime
    show_until: datetime
    note: str = ""
    time_critical: bool = False
    max_offline_days: int = 60
    template: str | None = None
    retires: tuple[str, ...] = ()
    details: dict[str, object] | None = None
    concerns: tuple[str, ...] = ()


def submit(
    session: Session, caller: Caller, asked: SubmissionAsked, at: datetime, concerns: Iterable[str] = ()
) -> Submission:
    """Make a submission of the newest revisions of notices, and let it be rendered.

    `concerns` are those of what it takes the place of, beside those that its own answers say.

    Raises:
        Problem: 403; 404 a notice, site or panel that is not the caller's; 409 no root is installed; 422 nothing can
            be shown, the window is wrong, or no route of other people leads there.
    """
    caller.require(Permission.SUBMIT)
    found = showables(session, asked.notice_ids)
    notices = [found[one] for one in dict.fromkeys(asked.notice_ids) if one in found]
    if len(notices) != len(set(asked.notice_ids)) or any(one.notice.archived_at for one in notices):
        raise not_found("notice")
    for one in notices:
        caller.require(Permission.SUBMIT, agency_id=one.notice.agency_id, what="notice")
    agency_id = notices[0].notice.agency_id
    if any(one.notice.agency_id != agency_id for one in notices):
        raise invalid("different-agencies", "These notices belong to different agencies. Submit them one by one.")
    if len(str(asked.details)) > MOST_DETAILS:
        raise invalid("too-long", f"`details` holds at most {MOST_DETAILS} characters.")
    reach = reach_of(session, caller, agency_id, asked)
    answers = read_answers(asked.details)
    warnings: list[dict[str, str]] = []
    lines = [line_of(one, reach, warnings) for one in notices]
    begins = asked.not_before or at
    plan = Plan(
        purpose=Purpose.TEMPLATE if asked.template is not None else Purpose.NOTICES,
        not_before=begins,
        show_until=asked.show_until or _usual_end(notices, begins),
        note=asked.note,
        time_critical=asked.time_critical,
        max_offline_days=asked.max_offline_days,
        template=asked.template,
        retires=tuple(asked.retires),
        details=asked.details,
        concerns=(*concerns, *(answers.concerns if answers is not None else ())),
    )
    return _make(session, caller, agency_id, reach, lines, plan, warnings, at)


def renew(session: Session, caller: Caller, asked: RenewalAsked, at: datetime) -> Submission:
    """Make one submission of all that the caller's agency has released there and that ends soon, for longer.

    Raises:
        Problem: as `submit`; 422 nothing ends there.
    """
    caller.require(Permission.SUBMIT)
    agency_id = _agency_of(session, caller, asked)
    reach = reach_of(session, caller, agency_id, asked)
    before = asked.ending_before or asked.show_until
    lines = [
        line
        for line, until in released_lines(session, agency_id, reach.panels, at)
        if until < before and until < asked.show_until
    ]
    plan = Plan(Purpose.RENEWAL, at, asked.show_until, asked.note)
    return _make(session, caller, agency_id, reach, lines, plan, [], at)


def approve_profile(session: Session, caller: Caller, asked: ProfileAsked, at: datetime) -> Submission:
    """Make one submission of all that is on air at the sites of panels, for those panels' own sizes.

    Raises:
        Problem: as `submit`; 422 nothing is on air there.
    """
    caller.require(Permission.SUBMIT)
    wanted = AudienceAsked(panel_ids=asked.panel_ids)
    agency_id = _agency_of(session, caller, wanted)
    reach = reach_of(session, caller, agency_id, wanted)
    beside = repository.panels_at(session, {one.site_id for one in reach.panels})
    found = released_lines(session, agency_id, beside, at)
    until = max((end for _, end in found), default=at + USUAL)
    plan = Plan(Purpose.PROFILE, at, until, asked.note)
    return _make(session, caller, agency_id, reach, [line for line, _ in found], plan, [], at)


def tally(session: Session, submission_id: UUID) -> tuple[int, int]:
    """Return how many segments of a submission are rendered, and how many there are.

    Raises:
        CannotPublish: one could not be rendered, or flashes.
    """
    parts = released.parts(session, [submission_id])
    titles = {item.notice_id: item.title for item in repository.items(session, [submission_id])[submission_id]}
    for row, segment in parts:
        if segment.state == SegmentState.FAILED:
            why = (segment.error or "The renderer gave no reason.").strip()
            raise not_rendered(titles[row.notice_id], row.language, why)
        if segment.state == SegmentState.READY and (segment.flashes or 0) > MOST_FLASHES:
            raise unreadable(titles[row.notice_id], row.language, row.profile, FindingCode.FLASHING)
    return sum(segment.state == SegmentState.READY for _, segment in parts), len(parts)


def fix(session: Session, submission_id: UUID, at: datetime) -> None:
    """Fix the payload of a submission whose segments are all rendered, and ask for signatures.

    Raises:
        CannotPublish: a board was changed meanwhile.
        Problem: 409 no root is installed, 422 it is larger than kiosks read.
    """
    row = repository.submission(session, submission_id, lock=True)
    if row is None or row.state != SubmissionState.PREPARING:
        return
    release = _release(session, row, at)
    if len(release.write()) * 4 // 3 + ENVELOPE_ROOM > Release.most_bytes:
        raise too_large()
    author = repository.people(session, [row.author_id])[row.author_id]
    document = trust.open_document(
        session,
        release,
        made_by=author.id,
        at=at,
        agency_id=row.agency_id,
        sign_path=f"/api/v1/releases/{row.id}/signatures",
    )
    row.document_id, row.digest = document.id, document.digest
    row.state, row.asked_at = SubmissionState.ASKING, at
    _touch(session, row)


def fail(session: Session, submission_id: UUID, sentence: str, sentences: dict[str, str], at: datetime) -> None:
    """Write why a submission could not be prepared."""
    row = repository.submission(session, submission_id, lock=True)
    if row is not None and row.state == SubmissionState.PREPARING:
        row.error, row.sentences = sentence, sentences
        _end(session, row, SubmissionState.FAILED, at)


def submission_of(session: Session, caller: Caller, submission_id: UUID, *, lock: bool = False) -> Submission:
    """Return a submission of the caller's agency, or one that asks for their signature or has it.

    Raises:
        Problem: 404.
    """
    caller.require(Permission.SEE)
    row = repository.submission(session, submission_id, lock=lock)
    if row is None:
        raise not_found("submission")
    if not caller.sees(row.agency_id) and row.author_id != caller.user_id:
        if row.document_id is None:
            raise not_found("submission")
        trust.document_of(session, caller, row.document_id)
    return row


def document_of(session: Session, row: Submission) -> SignedDocument:
    """Return the document of a submission.

    Raises:
        Problem: 409 its payload is not fixed yet.
    """
    if row.document_id is None:
        raise wrong_state(row.state)
    return session.get_one(SignedDocument, row.document_id)


def give_back(session: Session, caller: Caller, row: Submission, reason: str, at: datetime) -> None:
    """Return a submission to its author with a reason; whoever may sign it, or approves for its agency, may.

    Raises:
        Problem: 403 it is the caller's own or nobody asked them, 409 it does not wait for signatures.
    """
    caller.require(Permission.APPROVE)
    if row.state != SubmissionState.ASKING:
        raise wrong_state(row.state)
    document = document_of(session, row)
    trust.require_asked(session, caller, document)
    trust.cancel(session, document, at)
    row.returned_by, row.reason = caller.user_id, reason
    _end(session, row, SubmissionState.RETURNED, at)
    _audit(session, caller, Action.SUBMISSION_RETURNED, row)


def cancel(session: Session, caller: Caller, row: Submission, reason: str, at: datetime) -> None:
    """Take a submission back before it is released.

    Raises:
        Problem: 403, 404, 409.
    """
    caller.require(Permission.SUBMIT, agency_id=row.agency_id, what="submission")
    _give_up(session, row, at, SubmissionState.CANCELLED, reason)
    _audit(session, caller, Action.SUBMISSION_CANCELLED, row)


def released_by(session: Session, caller: Caller, row: Submission, at: datetime) -> list[Panel]:
    """Write that the last signature is there; return the panels for which there is something new.

    What was retired, and older submissions of which nothing is left, are superseded.
    """
    row.begun = row.not_before <= at
    _end(session, row, SubmissionState.RELEASED, at)
    _audit(session, caller, Action.RELEASE_SEALED, row)
    touched = {panel.id: panel for panel in panels_of(session, row)}
    for older in repository.in_states(session, [SubmissionState.RELEASED]):
        is_retired = older.digest in row.retires
        if is_retired:
            touched |= {panel.id: panel for panel in panels_of(session, older)}
        if is_retired or (older.id != row.id and _covers(session, row, older)):
            _end(session, older, SubmissionState.SUPERSEDED, at)
    return list(touched.values())


def _agency_of(session: Session, caller: Caller, asked: AudienceAsked) -> UUID:
    """Return the agency whose content is submitted: where the caller may submit, or that of the first panel or site."""
    own = caller.home(Permission.SUBMIT)
    if own is not None:
        return own
    panels = repository.panels(session, asked.panel_ids[:1])
    sites = repository.sites(session, asked.site_ids[:1])
    first = next(iter(panels.values()), None) or next(iter(sites.values()), None)
    if first is None:
        raise not_found("panel")
    return first.agency_id


def _make(
    session: Session,
    caller: Caller,
    agency_id: UUID,
    reach: Reach,
    lines: Sequence[Line],
    plan: Plan,
    warnings: list[dict[str, str]],
    at: datetime,
) -> Submission:
    if not lines:
        raise nothing_on_air()
    begins, ends = _milliseconds(plan.not_before), _milliseconds(plan.show_until)
    if not begins < ends <= begins + LONGEST or ends <= at:
        raise wrong_window()
    root = trust.required_root(session, training=reach.is_training)
    sites = list(reach.all_sites.values())
    chosen = choose(rules.rules(session), root, sites, agency_id, {one.content_class for one in lines})
    said = {*plan.concerns, *(concern for line in lines for concern in line.concerns)}
    concerns = tuple(one for one in Concern if one in said)
    if not can_be_gone(root, chosen.route, caller.username, [one.slug for one in sites], concerns):
        raise nobody_else(chosen.route.id)
    row = Submission(
        agency_id=agency_id,
        author_id=caller.user_id,
        purpose=plan.purpose,
        sites=[str(one.id) for one in reach.sites],
        panels=[str(one.id) for one in reach.named],
        route=chosen.route.id,
        basis=chosen.rule.basis if chosen.rule is not None else chosen.route.basis,
        rule_id=chosen.rule.id if chosen.rule is not None else None,
        not_before=begins,
        show_until=ends,
        time_critical=plan.time_critical,
        max_offline_days=plan.max_offline_days,
        template=plan.template,
        note=plan.note,
        details=dict(plan.details or {}),
        concerns=[str(one) for one in concerns],
        warnings=warnings,
        retires=list(plan.retires),
        created_at=at,
    )
    session.add(row)
    session.flush()
    _add_lines(session, row, lines, reach.profiles)
    job = jobs.enqueue(session, JOB_KIND, {"submission_id": str(row.id)}, agency_id=agency_id, urgency=URGENCY)
    row.job_id = job.id
    _touch(session, row)
    for older in repository.in_states(session, OPEN, agency_id):
        if older.id != row.id and _covers(session, row, older):
            _give_up(session, older, at, SubmissionState.SUPERSEDED, "")
    _audit(session, caller, Action.SUBMISSION_MADE, row)
    return row


def _add_lines(session: Session, row: Submission, lines: Iterable[Line], profiles: Iterable[Profile]) -> None:
    profiles = list(profiles)
    for line in lines:
        session.add(
            SubmissionItem(
                submission_id=row.id,
                notice_id=line.notice_id,
                revision=line.revision,
                title=line.title,
                content_class=line.content_class,
            )
        )
        wanted = {one: Wanted.of(artwork, SegmentLanguage(one[0])) for one, artwork in line.artworks.items()}
        for profile in profiles:
            segments = ensure_segments(session, wanted.values(), profile, agency_id=row.agency_id)
            for (language, plated), want in wanted.items():
                session.add(
                    SubmittedSegment(
                        submission_id=row.id,
                        notice_id=line.notice_id,
                        revision=line.revision,
                        language=language,
                        profile=str(profile),
                        plated=plated,
                        segment_id=segments[want].id,
                    )
                )
    session.flush()


def _release(session: Session, row: Submission, at: datetime) -> Release:
    segments = [segment for _, segment in released.parts(session, [row.id])]
    held = {(one.sha256, one.profile, one.language): _released(one) for one in segments}
    boards = []
    for profile in sorted({one.profile for one in segments}):
        unique = {one.id: one for one in segments if one.profile == profile}
        try:
            boards += held_boards(session, list(unique.values()))
        except Undrawable as error:
            raise unsound(profile, str(error)) from error
    sites = repository.sites(session, map(UUID, row.sites))
    named = repository.panels(session, map(UUID, row.panels))
    where = sites | repository.sites(session, {one.site_id for one in named.values()})
    author = repository.people(session, [row.author_id])[row.author_id]
    concerns = tuple(one for one in Concern if one in row.concerns)
    return Release(
        issued_at=_milliseconds(at),
        audience=Reach(list(sites.values()), list(named.values()), [], where).audience,
        agency=repository.agency_slug(session, row.agency_id),
        author=author.username,
        route=row.route,
        concerns=concerns,
        must_understand=("concerns",) if concerns else (),
        segments=tuple(held.values()),
        boards=tuple(boards),
        template=row.template,
        retires=tuple(row.retires),
        not_before=row.not_before,
        show_until=row.show_until,
        time_critical=row.time_critical,
        max_offline_days=row.max_offline_days,
    )


def _released(segment: Segment) -> ReleasedSegment:
    return ReleasedSegment(
        sha256=segment.sha256 or "",
        size=segment.size or 0,
        profile=segment.profile,
        language=SegmentLanguage(segment.language),
        duration_ms=segment.duration_ms or 0,
    )


def can_be_gone(
    root: Root, route: Route, author: str, sites: Sequence[str], concerns: Collection[Concern] = ()
) -> bool:
    """Tell whether a route, with its added steps, has enough people but its author, whose keys count at all sites."""

    def counts(key: Key) -> bool:
        return key.holder != author and all(key.counts_at(site) for site in sites)

    steps = [sorted({key.holder for key in root.keys_of(role) if counts(key)}) for role in route.steps(concerns)]
    with_file = {key.holder for key in root.keys if key.kind == "file" and counts(key)}
    return fits(steps, with_file, route.file_keys)


def _covers(session: Session, newer: Submission, older: Submission) -> bool:
    """Tell whether nothing of an older submission is left beside a newer one."""
    if (newer.template is None) != (older.template is None) or newer.created_at < older.created_at:
        return False
    if newer.template is not None and newer.template != older.template:
        return False
    items = repository.items(session, [newer.id, older.id])
    if not {one.notice_id for one in items[older.id]} <= {one.notice_id for one in items[newer.id]}:
        return False
    meant = {one.id for one in panels_of(session, newer)}
    return set(older.sites) <= set(newer.sites) and {one.id for one in panels_of(session, older)} <= meant


def give_up(session: Session, row: Submission, at: datetime) -> None:
    """Cancel a submission that is not released.

    Raises:
        Problem: 409 it has ended already, or was released.
    """
    _give_up(session, row, at, SubmissionState.CANCELLED, "")


def _give_up(session: Session, row: Submission, at: datetime, state: SubmissionState, reason: str) -> None:
    if row.state not in OPEN:
        raise wrong_state(row.state)
    if row.document_id is not None:
        document = session.get_one(SignedDocument, row.document_id)
        if document.state == DocumentState.OPEN:
            trust.cancel(session, document, at)
    row.reason = reason
    _end(session, row, state, at)


def _end(session: Session, row: Submission, state: SubmissionState, at: datetime) -> None:
    row.state, row.ended_at = state, at
    _touch(session, row)


def _touch(session: Session, row: Submission) -> None:
    row.rev += 1
    session.add(row)
    session.flush()
    note_change(session, "submission", row.id)


def _audit(session: Session, caller: Caller, action: Action, row: Submission) -> None:
    titles = ", ".join(one.title for one in repository.items(session, [row.id])[row.id])
    after = {"state": str(row.state), "route": row.route, "reason": row.reason}
    audit(
        session,
        caller,
        action,
        "submission",
        row.id,
        name=titles[:200],
        agency_id=row.agency_id,
        digest=row.digest or "",
        after=after,
    )


def _usual_end(notices: Sequence[Showable], begins: datetime) -> datetime:
    ends = [one.airs.shown_until for one in notices]
    sound = [one for one in ends if one is not None]
    if len(sound) == len(ends) and max(sound) > begins:
        return min(max(sound), begins + LONGEST)
    return begins + USUAL


def _milliseconds(at: datetime) -> datetime:
    """Return a time without what a document cannot say."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
