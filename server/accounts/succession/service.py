"""Decisions about renaming, merging, splitting and closing agencies. What is done cannot be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from http import HTTPStatus
from uuid import UUID

from playlists.daypart import zone
from server.accounts import repository as accounts
from server.accounts import service
from server.accounts.permissions import Caller, Permission
from server.accounts.schemas import AgencyNew
from server.accounts.succession import repository
from server.accounts.succession.schemas import (
    AgencyStory,
    CloseAsked,
    FormerName,
    Hindrance,
    MergeAsked,
    MergePreview,
    PlanShown,
    Related,
    RenameAsked,
    SplitAsked,
)
from server.audit.actions import Action
from server.audit.service import SERVER, Acting, Actor, audit
from server.changes import note_change
from server.db import Database, Session
from server.errors import Problem, conflict, invalid, not_found
from server.tables import Agency, AgencyPlan, RoleGrant
from server.tables.agencies import PlanKind

HOME = "Asia/Ho_Chi_Minh"
"""Where a day begins on which an agency changes: a decree's day is the country's."""


def rename(session: Session, caller: Caller, agency_id: UUID, asked: RenameAsked, at: datetime) -> AgencyPlan:
    """Give an agency another name, now or on a day."""
    agency = _open(session, caller, agency_id)
    plan = AgencyPlan(kind=PlanKind.RENAME, detail={"name": asked.name}, due_at=at)
    return _made(session, caller, plan, agency, asked.on, at)


def merge(session: Session, caller: Caller, agency_id: UUID, asked: MergeAsked, at: datetime) -> AgencyPlan:
    """Give everything of an agency to another one and close it, now or on a day.

    Raises:
        Problem: 404, 403; 409 with `hindrances` for what stands in the way; 422 when the short name is not confirmed.
    """
    agency = _open(session, caller, agency_id)
    _confirm(agency, asked.confirm)
    into = _open(session, caller, asked.into_id)
    if into.id == agency.id:
        raise invalid("same-agency", "An agency cannot be merged into itself; choose another one.")
    _keep_training_apart(session, agency, into)
    _refuse(_hindrances(session, agency, into))
    return _made(session, caller, AgencyPlan(kind=PlanKind.MERGE, into_id=into.id, due_at=at), agency, asked.on, at)


def split(session: Session, caller: Caller, agency_id: UUID, asked: SplitAsked, at: datetime) -> AgencyPlan:
    """Give parts of an agency to another one, now or on a day; a new agency is made at once.

    Raises:
        Problem: 404 for parts that are not the agency's; 409 with `hindrances`; 422.
    """
    agency = _open(session, caller, agency_id)
    _confirm(agency, asked.confirm)
    parts = {
        "user_account": asked.users,
        "site": asked.sites,
        "notice": asked.notices,
        "playlist": asked.playlists,
    }
    if not any(parts.values()):
        raise invalid("nothing-to-split", "Choose at least one person, site, notice or playlist that goes.")
    if (asked.new is None) == (asked.into_id is None):
        raise invalid("one-successor", "Name either a new agency or an existing one that the parts go to.")
    for kind, ids in parts.items():
        if repository.not_owned(session, kind, ids, agency.id):
            raise not_found(kind)
    _refuse(_hindrances_of_parts(session, agency.id, parts))
    if asked.new is not None:
        new = AgencyNew(slug=asked.new.slug, name=asked.new.name)
        into = service.add_agency(session, new)
        audit(session, caller, Action.AGENCY_MADE, "agency", into.id, name=into.slug, agency_id=into.id)
    else:
        into = _open(session, caller, asked.into_id or agency.id)
    _keep_training_apart(session, agency, into)
    if into.id == agency.id:
        raise invalid("same-agency", "The parts belong to this agency already; choose another one.")
    detail = {kind: [str(one) for one in ids] for kind, ids in parts.items()}
    plan = AgencyPlan(kind=PlanKind.SPLIT, into_id=into.id, detail=detail, due_at=at)
    return _made(session, caller, plan, agency, asked.on, at)


def _keep_training_apart(session: Session, *agencies: Agency) -> None:
    """See that nothing real comes into the agency of a training site, and nothing of it into a real one."""
    if repository.has_training_site(session, [one.id for one in agencies]):
        sentences = {
            "vi": "Cơ quan của điểm tập huấn không sáp nhập hay chia tách. Hãy đóng cơ quan đó và tạo cơ quan mới.",
            "en": "The agency of a training site is neither merged nor split. Close it, and make a new one.",
            "zh": "培训地点所属机构不能合并或拆分。请关闭该机构并新建一个。",
        }
        raise conflict("training-apart", sentences["en"], sentences=sentences)


def close(session: Session, caller: Caller, agency_id: UUID, asked: CloseAsked, at: datetime) -> AgencyPlan:
    """Close an agency on a day: its past stays, its people can no longer log in."""
    agency = _open(session, caller, agency_id)
    return _made(session, caller, AgencyPlan(kind=PlanKind.CLOSE, due_at=at), agency, asked.on, at)


def cancel(session: Session, caller: Caller, plan_id: UUID, at: datetime) -> AgencyPlan:
    """Call a planned change off, before its day.

    Raises:
        Problem: 404, 403, 409 when it is done.
    """
    caller.require(Permission.EDIT_AGENCIES)
    plan = repository.plan(session, plan_id, lock=True)
    if plan is None:
        raise not_found("plan")
    if plan.done_at is not None:
        raise conflict("plan-done", "This is done already and cannot be undone.")
    if plan.cancelled_at is None:
        plan.cancelled_at = at
        session.add(plan)
        said = {"plan": plan.kind, "due_at": plan.due_at, "into_id": plan.into_id}
        _note(session, caller, Action.AGENCY_CHANGED, _of(session, plan.agency_id), before=said)
    return plan


def preview(session: Session, caller: Caller, agency_id: UUID, into_id: UUID) -> MergePreview:
    """Tell what a merger would move and what stands in its way; nothing is changed."""
    agency, into = _open(session, caller, agency_id), _open(session, caller, into_id)
    counts = repository.counted(session, agency.id)
    return MergePreview(
        agency=Related.model_validate(agency),
        into=Related.model_validate(into),
        counts=counts,
        hindrances=_hindrances(session, agency, into),
    )


def story(session: Session, caller: Caller, agency_id: UUID) -> AgencyStory:
    """Tell what an agency was called, where it went, what went into it, and what is planned.

    People of a successor may see what became of the agencies that it took over.

    Raises:
        Problem: 404, 403.
    """
    agency = accounts.agency(session, agency_id)
    last = newest(session, agency) if agency is not None else None
    if agency is None or last is None or not (caller.sees(agency.id) or caller.sees(last.id)):
        raise not_found("agency")
    caller.require(Permission.SEE)
    successor = accounts.agency(session, agency.successor_id) if agency.successor_id is not None else None
    return AgencyStory(
        id=agency.id,
        slug=agency.slug,
        name=agency.name,
        closed_at=agency.closed_at,
        former_names=[FormerName.model_validate(row) for row in repository.names_of(session, [agency.id])[agency.id]],
        successor=Related.model_validate(successor) if successor is not None else None,
        merged=[Related.model_validate(row) for row in repository.merged_into(session, agency.id)],
        plans=[PlanShown.model_validate(row) for row in repository.plans_of(session, agency.id)],
    )


def newest(session: Session, agency: Agency) -> Agency:
    """Return the agency that an agency has become, through every merger."""
    passed = {agency.id}
    while agency.successor_id is not None and agency.successor_id not in passed:
        passed.add(agency.successor_id)
        agency = _of(session, agency.successor_id)
    return agency


def named_then(
    session: Session, kind: str, wanted: Iterable[tuple[UUID, datetime]]
) -> dict[tuple[UUID, datetime], str]:
    """Return what the agency was called that owned something at a time: by table, id and time."""
    asked = list(dict.fromkeys(wanted))
    ids = {one for one, _ in asked}
    now, before = repository.owners(session, kind, ids), repository.former_owners(session, kind, ids)
    owner: dict[tuple[UUID, datetime], UUID] = {}
    for one, at in asked:
        former = next((row.agency_id for row in before.get(one, []) if row.until_at > at), None)
        if (agency_id := former or now.get(one)) is not None:
            owner[one, at] = agency_id
    agencies, names = repository.agencies(session, owner.values()), repository.names_of(session, owner.values())
    return {
        key: next((row.name for row in names[agency_id] if row.until_at > key[1]), agencies[agency_id].name)
        for key, agency_id in owner.items()
    }


def perform_due(db: Database, at: datetime) -> None:
    """Do what was planned for a day that has come; what cannot be done is left with its reason."""
    with db.read() as session:
        due = repository.due(session, at)
    for plan_id in due:
        try:
            with db.write() as session:
                plan = repository.plan(session, plan_id, lock=True)
                if plan is not None and plan.done_at is None and plan.cancelled_at is None:
                    _perform(session, _maker(session, plan), plan, at)
        except Problem as problem:
            with db.write() as session:
                if (plan := repository.plan(session, plan_id, lock=True)) is not None:
                    plan.trouble = problem.detail
                    session.add(plan)


def _made(
    session: Session, caller: Caller, plan: AgencyPlan, agency: Agency, on: date | None, at: datetime
) -> AgencyPlan:
    plan.agency_id, plan.made_by, plan.made_at = agency.id, caller.user_id, at
    begins = datetime.combine(on, time(0), zone(HOME)) if on is not None else at
    plan.due_at = max(at, begins)
    session.add(plan)
    session.flush()
    if plan.due_at <= at:
        _perform(session, caller, plan, at)
    else:
        said = {"plan": plan.kind, "due_at": plan.due_at, "into_id": plan.into_id}
        _note(session, caller, Action.AGENCY_CHANGED, agency, after=said)
    return plan


def _perform(session: Session, by: Acting, plan: AgencyPlan, at: datetime) -> None:
    agency = accounts.agency(session, plan.agency_id, lock=True)
    if agency is None or agency.closed_at is not None:
        raise conflict("agency-closed", "The agency is closed already; there is nothing to change.")
    match PlanKind(plan.kind):
        case PlanKind.RENAME:
            old = agency.name
            service.set_name(session, agency, plan.detail["name"], at)
            _note(session, by, Action.AGENCY_RENAMED, agency, before={"name": old}, after={"name": agency.name})
        case PlanKind.MERGE:
            _merge(session, by, plan, agency, at)
        case PlanKind.SPLIT:
            _split(session, by, plan, agency, at)
        case PlanKind.CLOSE:
            agency.closed_at = at
            _note(session, by, Action.AGENCY_CLOSED, agency)
    plan.done_at = at
    session.add(plan)
    session.flush()


def _merge(session: Session, by: Acting, plan: AgencyPlan, agency: Agency, at: datetime) -> None:
    into = newest(session, _of(session, plan.into_id or agency.id))
    if into.id == agency.id or into.closed_at is not None:
        raise conflict("successor-closed", f"{into.name} cannot take over {agency.name}: it is closed.")
    _refuse(_hindrances(session, agency, into))
    if agency.media_quota_bytes is not None and into.media_quota_bytes is not None:
        into.media_quota_bytes += agency.media_quota_bytes
    _hand_over_grants(session, agency, into, plan, at)
    panels = repository.panels_of(session, agency.id)
    session.flush()
    moved = repository.move_all(session, agency.id, into.id, at)
    agency, into = _of(session, agency.id), _of(session, into.id)
    agency.closed_at, agency.successor_id = at, into.id
    plan.into_id, plan.detail = into.id, {"moved": moved}
    for one in (agency, into):
        one.rev += 1
        session.add(one)
        note_change(session, "agency", one.id)
    for panel_id in panels:
        note_change(session, "panel", panel_id)
    said = {"into": into.slug, "into_name": into.name, "moved": moved}
    _note(session, by, Action.AGENCY_MERGED, agency, before={"name": agency.name}, after=said)


def _hand_over_grants(session: Session, agency: Agency, into: Agency, plan: AgencyPlan, at: datetime) -> None:
    """End what is held in the old agency, and give it in the successor."""
    for row in repository.active_grants(session, agency.id):
        row.ended_at, row.ended_by = at, plan.made_by
        session.add(row)
        if not repository.held_alike(session, row, into.id):
            given = RoleGrant(user_id=row.user_id, role=row.role, agency_id=into.id, site_id=row.site_id, given_at=at)
            given.given_by = plan.made_by
            session.add(given)


def _split(session: Session, by: Acting, plan: AgencyPlan, agency: Agency, at: datetime) -> None:
    into = newest(session, _of(session, plan.into_id or agency.id))
    if into.closed_at is not None:
        raise conflict("successor-closed", f"{into.name} is closed and can take nothing over.")
    parts = {kind: [UUID(one) for one in plan.detail[kind]] for kind in ("user_account", "site", "notice", "playlist")}
    _refuse(_hindrances_of_parts(session, agency.id, parts))
    whole = _with_what_follows(session, agency.id, parts)
    repository.move_some(session, whole, agency.id, into.id, at)
    agency = _of(session, agency.id)
    for kind in ("panel", "notice"):
        for one in whole[kind]:
            note_change(session, kind, one)
    note_change(session, "agency", into.id)
    said = {"into": into.slug, "into_name": into.name, "moved": {kind: len(ids) for kind, ids in whole.items() if ids}}
    _note(session, by, Action.AGENCY_SPLIT, agency, after=said)


def _with_what_follows(session: Session, agency_id: UUID, parts: dict[str, list[UUID]]) -> dict[str, list[UUID]]:
    """Return the parts with what cannot stay behind: a site's panels and boards, and the files of notices."""
    panels = repository.at_sites(session, "panel", parts["site"], agency_id)
    boards = repository.at_sites(session, "board", parts["site"], agency_id)
    notices = list(dict.fromkeys([*parts["notice"], *repository.notices_of_boards(session, boards)]))
    files = repository.files_of(session, notices)
    return parts | {"panel": panels, "board": boards, "notice": notices, "media": files}


def _hindrances(session: Session, agency: Agency, into: Agency) -> list[Hindrance]:
    differ = repository.phrases_that_differ(session, agency.id, into.id)
    return [Hindrance(code="phrases-differ", names=differ)] if differ else []


def _hindrances_of_parts(session: Session, agency_id: UUID, parts: dict[str, list[UUID]]) -> list[Hindrance]:
    whole = _with_what_follows(session, agency_id, parts)
    found = []
    if shared := repository.shared_files(session, whole["media"], whole["notice"]):
        found.append(Hindrance(code="files-shared", names=[f"{name}: {title}" for name, title in shared]))
    if strange := repository.strange_items(session, whole["playlist"], whole["notice"]):
        found.append(Hindrance(code="playlists-need", names=[f"{name}: {title}" for name, title in strange]))
    return found


_SAID = {
    "phrases-differ": "Both agencies have phrases of the same name that say something else; archive one of each: ",
    "files-shared": "Files of the chosen notices are used by notices that stay; choose these, too, or leave them: ",
    "playlists-need": "The chosen playlists play notices that stay; choose these notices, too: ",
}


def _refuse(hindrances: list[Hindrance]) -> None:
    if not hindrances:
        return
    detail = " ".join(f"{_SAID[one.code]}{'; '.join(one.names)}." for one in hindrances)
    said = [one.model_dump() for one in hindrances]
    raise Problem(HTTPStatus.CONFLICT, "succession-hindered", detail, hindrances=said)


def _open(session: Session, caller: Caller, agency_id: UUID) -> Agency:
    return service.open_agency_of(session, caller, agency_id, Permission.EDIT_AGENCIES)


def _confirm(agency: Agency, confirm: str) -> None:
    if confirm.strip() != agency.slug:
        raise invalid("not-confirmed", f"Type the agency's short name, {agency.slug}: this cannot be undone.")


def _of(session: Session, agency_id: UUID) -> Agency:
    agency = accounts.agency(session, agency_id)
    if agency is None:
        raise not_found("agency")
    return agency


def _maker(session: Session, plan: AgencyPlan) -> Acting:
    user = accounts.user(session, plan.made_by) if plan.made_by is not None else None
    return Actor(user.username, user.display_name, user_id=user.id) if user is not None else SERVER


def _note(
    session: Session,
    by: Acting,
    action: Action,
    agency: Agency,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit(session, by, action, "agency", agency.id, name=agency.slug, agency_id=agency.id, before=before, after=after)
    note_change(session, "agency", agency.id)
