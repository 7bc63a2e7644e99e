"""Every operation of the API document, by role, with own and with foreign objects. What is not allowed is denied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any, cast
from uuid import UUID

import httpx
import pytest

from playlists import trust
from playlists.ids import sha256_hex
from playlists.trust.shape import Audience
from playlists.trust.statements import Withdrawal
from playlists.trust.strict import to_base64
from server.accounts.passwords import new_token
from server.accounts.permissions import ALLOWED, WHOLE_INSTALLATION
from server.db import Database, new_id, now
from server.tables import (
    Agency,
    AgencyPlan,
    Alarm,
    AlarmEvent,
    AlertFeed,
    AlertPanel,
    ApiToken,
    CalendarFeed,
    Comment,
    DaypartRow,
    DutyAbsence,
    DutyFeed,
    DutyShift,
    EmergencyRow,
    EssentialOnlyRow,
    EssentialOnlySite,
    ExpectedWindow,
    Fault,
    GlossaryTerm,
    IncomingAlert,
    Invitation,
    Job,
    Kiosk,
    KnownDevice,
    LoginSession,
    Media,
    Notice,
    NoticeWithdrawal,
    NotifyAddress,
    NotifyMessage,
    NotifyRule,
    OverrideRow,
    Panel,
    Passkey,
    PlaylistRow,
    Publication,
    ResetRequest,
    Revision,
    RoleGrant,
    RouteRule,
    ScheduleEntryRow,
    ShiftHandover,
    SignedDocument,
    SigningKey,
    Site,
    SparePart,
    SpecialCalendar,
    Subject,
    Submission,
    Swap,
    TotpSecret,
    UploadSession,
    User,
    Variant,
    WarningTemplate,
    WorkOrder,
    WorkOrderPhoto,
)
from server.tables.accounts import Role
from server.tables.boards import Board, BoardSource, Phrase
from tests.conftest import ON_SQLITE
from tests.server.needs import NEEDS, STRANGERS_MAY
from tests.serving import Serving

KIOSK = "/api/v1/kiosk/"
API = "/api/v1"
NOT_THERE_YET = (
    ".mp4",
    "/files/{sha256}",
    "/{at_ms}.jpg",
    "/{sha256}.jpg",
    "/frames/{sha256}",
    "/expected.jpg",
    "/capture.jpg",
    "/file",
    "/picture",
    "/thumbnail",
)
ENDS_SOMETHING = ("/logout", "/close", "/me/password", "/revoke", "PATCH /users/{user_id}", "DELETE /me/totp")
EVERYBODYS = ("/api/v1/special-calendars", "/api/v1/glossary", "/api/v1/notices/templates")
"""Calendars of special days, agreed terms and examples of templates are the whole installation's."""
STREAMS = "GET /events"
TAKES_A_FILE = ("POST /glossary/list", "POST /translations")
TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": "agency_id bm9uZQ=="}
SPAN = {"from": "2026-11-23T00:00:00Z", "to": "2026-11-23T01:00:00Z"}
SAID_IN_WORDS = '"no-such-notice"'
"""A playlist of one's own that names a foreign notice: refused as one that names a notice that is not there."""
numbers = count(1)
_document: dict[str, Any] = {}
"""The API's, which is the same of every server, and seconds of work."""


@dataclass(frozen=True)
class Operation:
    """One operation of the document with the example of its body."""

    method: str
    path: str
    example: dict[str, Any] | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path.removeprefix(API)}"


@dataclass(frozen=True)
class World:
    """An agency with one object of each sort, and a person of it with a login."""

    ids: dict[str, UUID]
    token: str


def operations(server: Serving) -> Iterator[Operation]:
    document = _document or server.app.openapi()
    _document.update(document)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            example = None
            if content is not None:
                schema = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
                assert schema.get("examples"), f"{method} {path}: the body's shape has no example"
                example = schema["examples"][0]
            yield Operation(method.upper(), path, example)


def for_people(server: Serving) -> list[Operation]:
    return [
        one
        for one in operations(server)
        if (one.method, one.path) not in STRANGERS_MAY and not one.path.startswith(KIOSK)
    ]


def new_world(database: Database, role: Role, *, everywhere: bool = False) -> World:
    number, token, at = next(numbers), new_token(), now().replace(microsecond=0)
    agency = Agency(slug=f"perm-{number}", name="x")
    user = User(username=f"perm.{number}", display_name="x", password_hash="x", role=role, agency_id=agency.id)
    other = User(username=f"perm.{number}.b", display_name="x", password_hash="x", role="viewer", agency_id=agency.id)
    if everywhere:
        user.agency_id = None
    site = Site(slug=f"perm-s{number}", agency_id=agency.id, name="x", time_zone="Asia/Ho_Chi_Minh")
    face: dict[str, Any] = {"width": 64, "height": 32, "operating_hours": []}
    panel = Panel(slug=f"perm-p{number}", site_id=site.id, agency_id=agency.id, name="x", **face)
    bare = Panel(slug=f"perm-q{number}", site_id=site.id, agency_id=agency.id, name="x", **face)
    kiosk = Kiosk(slug=f"perm-k{number}", panel_id=panel.id)
    media = Media(
        agency_id=agency.id,
        sha256=sha256_hex(token.encode()),
        upload_sha256=sha256_hex(token.encode()),
        name="x",
        kind="image/png",
        width=1,
        height=1,
        size=1,
        uploaded_by=user.id,
    )
    notice = Notice(agency_id=agency.id, title="x", title_folded="x", kind="image", created_by=user.id)
    revision = Revision(notice_id=notice.id, number=1, created_by=user.id)
    languages = ("vi", "en", "zh")
    variants = [
        Variant(revision_id=revision.id, language=language, media_id=media.id, state="translated")
        for language in languages
    ]
    comment = Comment(notice_id=notice.id, revision=1, text="x", created_by=user.id)
    words = {"vi": "x", "en": "x", "zh": "x"}
    phrase = Phrase(agency_id=agency.id, key="x", written_by=user.id, vi="x", en="x", zh="x")
    slots = [{"slot": {"name": "wait", "kind": "digits"}, "label": words}]
    board = Board(
        agency_id=agency.id,
        site_id=site.id,
        name="x",
        definition={"title": words, "slots": slots},
        definition_by=user.id,
        created_by=user.id,
    )
    source = BoardSource(agency_id=agency.id, board_id=board.id, name="x", mqtt_password_line="x", created_by=user.id)
    subject = Subject(agency_id=agency.id, year=2026, kind="subject", name="x", name_folded="x", created_by=user.id)
    playlist = PlaylistRow(agency_id=agency.id, name="x", name_folded="x")
    daypart = DaypartRow(agency_id=agency.id, name="x", name_folded="x")
    entry = ScheduleEntryRow(
        agency_id=agency.id,
        playlist_id=playlist.id,
        own_window={"weekdays": [1], "start": "07:00", "end": "17:00"},
        created_by=user.id,
        changed_by=user.id,
    )
    override = OverrideRow(
        agency_id=agency.id,
        playlist_id=playlist.id,
        starts_at=at,
        ends_at=at + timedelta(days=1),
        created_by=user.id,
    )
    feed = CalendarFeed(token_sha256=sha256_hex(f"feed {token}".encode()), panel_id=panel.id, created_by=user.id)
    times: dict[str, Any] = {"starts_at": at, "ends_at": at + timedelta(days=1)}
    shift = DutyShift(site_id=site.id, role="approver", user_id=other.id, created_by=user.id, **times)
    absence = DutyAbsence(user_id=user.id, created_by=user.id, **times)
    reached = NotifyAddress(user_id=user.id, channel="mail", address="x@example.vn", verified_at=at)
    notify_rule = NotifyRule(agency_id=agency.id, site_id=site.id, kind="alarm", way="now", created_by=user.id)
    message = NotifyMessage(
        key=f"x {token}",
        cause="x",
        kind="test",
        step="raised",
        site_id=site.id,
        user_id=user.id,
        state="failed",
        is_open=False,
        send_at=at,
    )
    handover = ShiftHandover(site_id=site.id, given_by=other.id)
    duty_feed = DutyFeed(token_sha256=sha256_hex(f"duty {token}".encode()), user_id=user.id, created_by=user.id)
    quiet = EssentialOnlyRow(reason="x", starts_at=at, ends_at=at + timedelta(days=1), created_by=user.id)
    calendar = SpecialCalendar(name="x", name_folded="x", country="VN")
    upload = UploadSession(agency_id=agency.id, uploaded_by=user.id, name="x", length=9)
    term = GlossaryTerm(vi=f"x {number}", vi_key=f"x {number}", created_by=user.id)
    job = Job(kind="nothing", agency_id=agency.id, run_after=at + timedelta(days=1))
    publication = Publication(requested_by=user.id, panel_ids=[str(panel.id)])
    fault = Fault(kiosk_id=kiosk.id, panel_id=panel.id, code="clock", severity="warning", source="server", since_at=at)
    alarm = Alarm(place_id=kiosk.id, site_id=site.id, kiosk_id=kiosk.id, panel_id=panel.id, code="cabinet_fan",
                  severity="major", phase="unacknowledged", since_at=at, active_at=at)  # fmt: skip
    rose = AlarmEvent(alarm_id=alarm.id, at=at - timedelta(minutes=5), word="raised")
    order = WorkOrder(number=1000 * number, site_id=site.id, panel_id=panel.id, title="x", state="open",
                      made_by=user.id)  # fmt: skip
    window = ExpectedWindow(
        site_id=site.id, kind="work", from_at=at, to_at=at + timedelta(days=1), reason="x", made_by=user.id
    )
    spare = SparePart(agency_id=agency.id, name="x")
    swap = Swap(panel_id=panel.id, kind="controller", state="running", begun_by=user.id, begun_at=at)
    photo = WorkOrderPhoto(work_order_id=order.id, moment="other", sha256=sha256_hex(f"photo {token}".encode()),
                           kind="image/jpeg", width=1, height=1, size=1, taken_by=user.id, at=at)  # fmt: skip
    soon = at + timedelta(hours=1)
    alerts = AlertFeed(name="x", kind="pushed", token_sha256=sha256_hex(f"alerts {token}".encode()), added_by=user.id)
    alert = IncomingAlert(
        feed_id=alerts.id, sha256=sha256_hex(token.encode()), content=b"<alert/>", state="waiting", received_at=at
    )
    other_agency = Agency(slug=f"perm-other-{number}", name="x")
    plan = AgencyPlan(agency_id=agency.id, kind="close", due_at=at + timedelta(days=9))
    grant = RoleGrant(user_id=other.id, role=Role.APPROVER, agency_id=agency.id, site_id=site.id)
    warning = WarningTemplate(
        agency_id=agency.id,
        notice_id=notice.id,
        word="x",
        purpose="warning",
        severity="severe",
        urgency="immediate",
        added_by=user.id,
    )
    emergency = EmergencyRow(
        agency_id=agency.id,
        state="running",
        sites=[str(site.id)],
        status="actual",
        text="template",
        release="0" * 64,
        words={language: {"title": "x", "body": ""} for language in languages},
        severity="severe",
        urgency="immediate",
        minutes=60,
        raised_by=user.id,
        expires_at=at + timedelta(hours=1),
    )
    login = LoginSession(
        user_id=user.id, token_sha256=sha256_hex(token.encode()), factor_at=at, last_seen_at=at, expires_at=soon
    )
    elsewhere = LoginSession(
        user_id=user.id, token_sha256=sha256_hex(new_token().encode()), last_seen_at=at, expires_at=soon
    )
    app = TotpSecret(user_id=user.id, sealed="x", confirmed_at=at)
    passkey = Passkey(user_id=user.id, credential_id=f"x{number}", cose_key="x", name="x")
    device = KnownDevice(
        user_id=user.id,
        token_sha256=sha256_hex(new_token().encode()),
        agent="x",
        address="x",
        last_used_at=at,
        expires_at=soon,
    )
    program = ApiToken(user_id=user.id, token_sha256=sha256_hex(new_token().encode()), name="x", expires_at=soon)
    invitation = Invitation(user_id=other.id, token_sha256=sha256_hex(new_token().encode()), expires_at=soon)
    reset = ResetRequest(user_id=other.id, reason="x", asked_by=other.id, expires_at=soon)
    said = Withdrawal(issued_at=at, audience=Audience(sites=(site.slug,)), withdraws=(sha256_hex(token.encode()),))
    document = SignedDocument(
        kind="withdrawal",
        digest=sha256_hex(said.write()),
        payload=said.write(),
        agency_id=agency.id,
        sign_path="/api/v1/elsewhere",
    )
    submission = Submission(
        agency_id=agency.id,
        author_id=user.id,
        purpose="notices",
        route="notice",
        not_before=at,
        show_until=at + timedelta(days=1),
    )
    raw = trust.public_key(trust.new_private_key())
    gone = NoticeWithdrawal(
        notice_id=notice.id, agency_id=agency.id, document_id=document.id, reason="other", asked_by=user.id
    )
    key = SigningKey(user_id=user.id, keyid=trust.key_id(raw), public=to_base64(raw))
    rule = RouteRule(number=number, agency_id=agency.id, route="notice", basis="x", created_by=user.id)
    layers: list[list[Any]] = [
        [agency, other_agency],
        [user, other, site, plan],
        [panel, bare, media, notice, playlist, job, publication, login, upload],
        [daypart, quiet, calendar, feed, subject, term, shift, absence, duty_feed, elsewhere, app, passkey, device],
        [reached, notify_rule, message, handover],
        [program, invitation, reset],
        [kiosk, revision, entry, override, EssentialOnlySite(essential_only_id=quiet.id, site_id=site.id)],
        [*variants, fault, comment, phrase, board],
        [source, document, grant, submission, rule, key],
        [gone],
        [alerts, warning, emergency, alarm, order, window, spare],
        [alert, rose, photo, swap],
        [AlertPanel(alert_id=alert.id, panel_id=panel.id)],
    ]
    with database.write() as session:
        for rows in layers:
            session.add_all(rows)
            session.flush()
    ids = {
        "agency_id": agency.id,
        "login_id": elsewhere.id,
        "token_id": program.id,
        "invitation_id": invitation.id,
        "reset_id": reset.id,
        "passkey_id": passkey.id,
        "device_id": device.id,
        "user_id": other.id,
        "site_id": site.id,
        "panel_id": panel.id,
        "bare_panel_id": bare.id,
        "kiosk_id": kiosk.id,
        "media_id": media.id,
        "notice_id": notice.id,
        "playlist_id": playlist.id,
        "default_playlist_id": playlist.id,
        "publication_id": publication.id,
        "job_id": job.id,
        "upload_id": upload.id,
        "fault_id": fault.id,
        "alarm_id": alarm.id,
        "order_id": order.id,
        "window_id": window.id,
        "spare_id": spare.id,
        "photo_id": photo.id,
        "swap_id": swap.id,
        "daypart_id": daypart.id,
        "entry_id": entry.id,
        "override_id": override.id,
        "essential_only_id": quiet.id,
        "calendar_id": calendar.id,
        "feed_id": feed.id,
        "shift_id": shift.id,
        "absence_id": absence.id,
        "replacement_id": other.id,
        "roster_feed_id": duty_feed.id,
        "comment_id": comment.id,
        "term_id": term.id,
        "subject_id": subject.id,
        "phrase_id": phrase.id,
        "board_id": board.id,
        "source_id": source.id,
        "template_id": warning.id,
        "emergency_id": emergency.id,
        "alert_id": alert.id,
        "alert_feed_id": alerts.id,
        "grant_id": grant.id,
        "plan_id": plan.id,
        "into_id": other_agency.id,
        "document_id": document.id,
        "submission_id": submission.id,
        "withdrawal_id": gone.id,
        "rule_id": rule.id,
        "notify_address_id": reached.id,
        "notify_rule_id": notify_rule.id,
        "message_id": message.id,
        "handover_id": handover.id,
        "key_id": key.id,
    }
    return World(ids, token)


def body_for(operation: Operation, ids: dict[str, UUID]) -> Any:
    def filled(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(key, inner) for key, inner in value.items()}
        if name in ("panel_ids", "notice_ids", "media_ids"):
            return [str(ids[{"panel_ids": "panel_id", "notice_ids": "notice_id", "media_ids": "media_id"}[name]])]
        if name in ("panels", "sites", "site_ids"):
            return [str(ids["panel_id" if name == "panels" else "site_id"]) for _ in value]
        if isinstance(value, list):
            return [filled(name, inner) for inner in value]
        if name in ("vi", "en", "zh"):
            return str(ids["media_id"])
        if name == "panel_id" and operation.name == "POST /kiosks":
            return str(ids["bare_panel_id"])
        if name in ("slug", "username"):
            return f"fresh-{next(numbers)}"
        return str(ids[name]) if name in ids else value

    return None if operation.example is None else filled("", operation.example)


def path_for(operation: Operation, ids: dict[str, UUID]) -> str:
    plain = {
        "year": "2027",
        "token": "0" * 64,
        "number": "1",
        "other": "1",
        "seq": "1",
        "version": "1",
        "at_ms": "0",
        "language": "vi",
        "role": "approver",
        "form": "csv",
        "template": "headline",
        "sha256": "0" * 64,
    }
    path = operation.path
    for name, value in (*plain.items(), *ids.items()):
        path = path.replace(f"{{{name}}}", str(value))
    assert "{" not in path, f"{operation.name}: this test has no object for it"
    return path


def status_of(asking: httpx.Client, operation: Operation, token: str | None, ids: dict[str, UUID]) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    if operation.name == STREAMS:
        with asking.stream("GET", operation.path, headers=headers) as answer:
            return answer.status_code, answer.read().decode() if answer.is_error else ""
    params = {"agency_id": str(ids["agency_id"])} if operation.name == "POST /media" else SPAN
    params = {"panel_id": str(ids["panel_id"])} if operation.path.endswith("/{notice_id}/segments") else params
    path, body = path_for(operation, ids), body_for(operation, ids)
    if "/uploads" in path:
        headers |= TUS
    sent: dict[str, Any] = {"content": b"no file"} if operation.name in TAKES_A_FILE else {"json": body}
    answer = asking.request(operation.method, path, params=params, headers=headers, **sent)
    return answer.status_code, answer.text[:400]


@pytest.fixture(scope="module")
def asking(server: Serving) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        yield client


def is_shut(asking: httpx.Client, operation: Operation, token: str | None, ids: dict[str, UUID]) -> bool:
    status, text = status_of(asking, operation, token, ids)
    return status == 401 and ('"not-logged-in"' in text or operation.method == "HEAD")


def test_every_operation_says_what_it_needs(server: Serving) -> None:
    assert {one.name for one in for_people(server)} - set(NEEDS) == set()


def test_strangers_are_told_to_log_in_everywhere(server: Serving, asking: httpx.Client, database: Database) -> None:
    world = new_world(database, Role.ADMINISTRATOR)
    ids = world.ids | {"sha256": cast("UUID", "0" * 64)}
    open_to_all = {
        (one.method, one.path)
        for one in operations(server)
        if not (is_shut(asking, one, None, ids) and is_shut(asking, one, "0" * 64, ids))
    }
    assert open_to_all == STRANGERS_MAY


def test_a_persons_login_is_no_kiosks_token(server: Serving, asking: httpx.Client, database: Database) -> None:
    world = new_world(database, Role.ADMINISTRATOR, everywhere=True)
    ids = world.ids | {"sha256": cast("UUID", "0" * 64)}
    for operation in operations(server):
        if operation.path.startswith(KIOSK) and (operation.method, operation.path) not in STRANGERS_MAY:
            assert is_shut(asking, operation, world.token, ids), operation.name


@ON_SQLITE
@pytest.mark.parametrize("role", list(Role))
def test_an_own_object_is_open_to_roles_that_may_and_to_no_other(
    server: Serving, asking: httpx.Client, database: Database, role: Role
) -> None:
    world = new_world(database, role)
    wrong: list[tuple[str, int, str]] = []
    for operation in for_people(server):
        status, text = status_of(asking, operation, world.token, world.ids)
        allowed = NEEDS[operation.name] in ALLOWED[role] - WHOLE_INSTALLATION
        fine = status == 403 if not allowed else status not in (401, 403) and status < 500
        if allowed and status == 404 and not operation.path.endswith(NOT_THERE_YET):
            fine = False
        if not fine:
            wrong.append((operation.name, status, text))
        if operation.name.endswith(ENDS_SOMETHING):
            world = new_world(database, role)
    assert wrong == []


@ON_SQLITE
@pytest.mark.parametrize("role", list(Role))
def test_a_foreign_object_does_not_exist(server: Serving, asking: httpx.Client, database: Database, role: Role) -> None:
    own, foreign = new_world(database, role), new_world(database, Role.ADMINISTRATOR)
    wrong: list[tuple[str, int, str]] = []
    for operation in for_people(server):
        if operation.path.startswith(EVERYBODYS):
            continue
        names = set(foreign.ids) - {"user_id"} if operation.name == "POST /users" else set(foreign.ids)
        is_about = "{" in operation.path or any(
            name in str(operation.example) for name in (*names, "panel_ids", "site_ids", "variants")
        )
        if not is_about and operation.name != "POST /media":
            continue
        status, text = status_of(asking, operation, own.token, foreign.ids)
        allowed = NEEDS[operation.name] in ALLOWED[role] - WHOLE_INSTALLATION
        if status != 404 and not (not allowed and status == 403) and SAID_IN_WORDS not in text:
            wrong.append((operation.name, status, text))
    assert wrong == []


def test_an_administrator_of_everything_meets_no_agencys_bounds(
    server: Serving, asking: httpx.Client, database: Database
) -> None:
    world = new_world(database, Role.ADMINISTRATOR, everywhere=True)
    wrong: list[tuple[str, int, str]] = []
    for operation in for_people(server):
        status, text = status_of(asking, operation, world.token, world.ids)
        allowed = NEEDS[operation.name] in ALLOWED[Role.ADMINISTRATOR]
        if (status in (401, 403) or status >= 500) if allowed else status != 403:
            wrong.append((operation.name, status, text))
        if operation.name.endswith(ENDS_SOMETHING):
            world = new_world(database, Role.ADMINISTRATOR, everywhere=True)
    assert wrong == []


def test_ids_of_nothing_are_not_found(server: Serving, asking: httpx.Client, database: Database) -> None:
    world = new_world(database, Role.ADMINISTRATOR, everywhere=True)
    nothing = {name: new_id() for name in world.ids}
    for operation in for_people(server):
        if any(f"{{{name}}}" in operation.path for name in nothing):
            assert status_of(asking, operation, world.token, nothing)[0] == 404, operation.name
