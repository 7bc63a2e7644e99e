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

from playlists.ids import sha256_hex
from server.accounts.passwords import new_token
from server.accounts.permissions import ALLOWED, WHOLE_INSTALLATION, Permission
from server.db import Database, new_id, now
from server.tables import (
    Agency,
    CalendarFeed,
    Comment,
    DaypartRow,
    EssentialOnlyRow,
    EssentialOnlySite,
    Fault,
    GlossaryTerm,
    Job,
    Kiosk,
    LoginSession,
    Media,
    Notice,
    OverrideRow,
    Panel,
    PlaylistRow,
    Publication,
    Revision,
    ScheduleEntryRow,
    Site,
    SpecialCalendar,
    Subject,
    UploadSession,
    User,
    Variant,
)
from server.tables.accounts import Role
from server.tables.boards import Board, BoardSource, Phrase
from tests.serving import Serving

STRANGERS_MAY = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("POST", "/api/v1/login"),
    ("POST", "/api/v1/kiosk/enrol"),
    ("GET", "/api/v1/calendar/{token}.ics"),
}
KIOSK = "/api/v1/kiosk/"
API = "/api/v1"
NEEDS: dict[str, Permission] = {
    "GET /me": Permission.SEE,
    "PATCH /me": Permission.SEE,
    "POST /me/password": Permission.SEE,
    "POST /logout": Permission.SEE,
    "GET /agencies": Permission.SEE,
    "POST /agencies": Permission.EDIT_AGENCIES,
    "GET /agencies/{agency_id}": Permission.SEE,
    "PATCH /agencies/{agency_id}": Permission.EDIT_AGENCIES,
    "POST /agencies/{agency_id}/close": Permission.EDIT_AGENCIES,
    "GET /users": Permission.EDIT_USERS,
    "POST /users": Permission.EDIT_USERS,
    "GET /users/{user_id}": Permission.EDIT_USERS,
    "PATCH /users/{user_id}": Permission.EDIT_USERS,
    "POST /users/{user_id}/reset-password": Permission.EDIT_USERS,
    "GET /sites": Permission.SEE,
    "POST /sites": Permission.EDIT_FLEET,
    "GET /sites/{site_id}": Permission.SEE,
    "PATCH /sites/{site_id}": Permission.EDIT_FLEET,
    "GET /panels": Permission.SEE,
    "POST /panels": Permission.EDIT_FLEET,
    "GET /panels/{panel_id}": Permission.SEE,
    "PATCH /panels/{panel_id}": Permission.EDIT_FLEET,
    "GET /kiosks": Permission.SEE,
    "POST /kiosks": Permission.EDIT_FLEET,
    "GET /kiosks/{kiosk_id}": Permission.SEE,
    "POST /kiosks/{kiosk_id}/revoke": Permission.MANAGE_CERTIFICATES,
    "POST /kiosks/{kiosk_id}/enrolment-code": Permission.MANAGE_CERTIFICATES,
    "GET /kiosks/{kiosk_id}/enrolment": Permission.MANAGE_CERTIFICATES,
    "POST /kiosks/{kiosk_id}/enrolment/accept": Permission.MANAGE_CERTIFICATES,
    "POST /kiosks/{kiosk_id}/enrolment/refuse": Permission.MANAGE_CERTIFICATES,
    "GET /kiosks/{kiosk_id}/certificates": Permission.MANAGE_CERTIFICATES,
    "POST /kiosks/{kiosk_id}/unfreeze": Permission.MANAGE_CERTIFICATES,
    "POST /kiosks/{kiosk_id}/replace": Permission.MANAGE_CERTIFICATES,
    "POST /media": Permission.EDIT_CONTENT,
    "GET /media": Permission.SEE,
    "GET /media/{media_id}": Permission.SEE,
    "GET /media/{media_id}/file": Permission.SEE,
    "GET /media/{media_id}/picture": Permission.SEE,
    "GET /media/{media_id}/thumbnail": Permission.SEE,
    "GET /media/{media_id}/contact-sheet": Permission.SEE,
    "GET /media/{media_id}/contact-sheet.jpg": Permission.SEE,
    "OPTIONS /uploads": Permission.SEE,
    "POST /uploads": Permission.EDIT_CONTENT,
    "GET /uploads": Permission.EDIT_CONTENT,
    "HEAD /uploads/{upload_id}": Permission.EDIT_CONTENT,
    "GET /uploads/{upload_id}": Permission.EDIT_CONTENT,
    "PATCH /uploads/{upload_id}": Permission.EDIT_CONTENT,
    "DELETE /uploads/{upload_id}": Permission.EDIT_CONTENT,
    "GET /library/media": Permission.SEE,
    "GET /library/media.csv": Permission.SEE,
    "GET /library/media.xlsx": Permission.SEE,
    "PATCH /library/media/{media_id}": Permission.EDIT_CONTENT,
    "POST /library/media/{media_id}/trash": Permission.EDIT_CONTENT,
    "POST /library/media/{media_id}/restore": Permission.EDIT_CONTENT,
    "GET /library/media/{media_id}/uses": Permission.SEE,
    "POST /library/bulk": Permission.EDIT_CONTENT,
    "POST /library/empty-trash": Permission.EDIT_CONTENT,
    "GET /library/tags": Permission.SEE,
    "GET /library/space/{agency_id}": Permission.SEE,
    "POST /notices": Permission.EDIT_CONTENT,
    "GET /notices": Permission.SEE,
    "GET /notices/{notice_id}": Permission.SEE,
    "PUT /notices/{notice_id}": Permission.EDIT_CONTENT,
    "PATCH /notices/{notice_id}": Permission.EDIT_CONTENT,
    "POST /notices/{notice_id}/archive": Permission.EDIT_CONTENT,
    "POST /notices/{notice_id}/restore": Permission.EDIT_CONTENT,
    "PUT /notices/{notice_id}/variants/{language}": Permission.EDIT_CONTENT,
    "POST /notices/{notice_id}/variants/{language}/state": Permission.EDIT_CONTENT,
    "POST /notices/{notice_id}/duplicate": Permission.EDIT_CONTENT,
    "POST /notices/archive": Permission.EDIT_CONTENT,
    "POST /notices/restore": Permission.EDIT_CONTENT,
    "GET /notices/{notice_id}/segments": Permission.SEE,
    "POST /notices/{notice_id}/segments": Permission.SEE,
    "GET /notices/{notice_id}/segments/{sha256}.mp4": Permission.SEE,
    "GET /notices/{notice_id}/revisions": Permission.SEE,
    "GET /notices/{notice_id}/revisions/{number}": Permission.SEE,
    "GET /notices/{notice_id}/revisions/{number}/diff/{other}": Permission.SEE,
    "POST /notices/{notice_id}/revisions/{number}/restore": Permission.EDIT_CONTENT,
    "GET /notices/{notice_id}/comments": Permission.SEE,
    "POST /notices/{notice_id}/comments": Permission.EDIT_CONTENT,
    "POST /notices/{notice_id}/comments/{comment_id}/resolve": Permission.EDIT_CONTENT,
    "POST /notices/{notice_id}/comments/{comment_id}/reopen": Permission.EDIT_CONTENT,
    "GET /subjects": Permission.SEE,
    "POST /subjects": Permission.EDIT_CONTENT,
    "POST /subjects/copy": Permission.EDIT_CONTENT,
    "GET /subjects/{subject_id}": Permission.SEE,
    "PATCH /subjects/{subject_id}": Permission.EDIT_CONTENT,
    "DELETE /subjects/{subject_id}": Permission.EDIT_CONTENT,
    "GET /reviewers": Permission.SEE,
    "POST /notices/check": Permission.EDIT_CONTENT,
    "GET /notices/{notice_id}/check": Permission.SEE,
    "POST /notices/{notice_id}/advice": Permission.EDIT_CONTENT,
    "POST /notices/preview.png": Permission.EDIT_CONTENT,
    "GET /notices/templates/{template}.png": Permission.SEE,
    "GET /notices/{notice_id}/picture": Permission.SEE,
    "GET /notices.csv": Permission.SEE,
    "GET /notices.xlsx": Permission.SEE,
    "GET /glossary": Permission.SEE,
    "POST /glossary": Permission.EDIT_CONTENT,
    "GET /glossary/list.csv": Permission.SEE,
    "GET /glossary/list.xlsx": Permission.SEE,
    "POST /glossary/list": Permission.EDIT_CONTENT,
    "POST /glossary/starter": Permission.EDIT_CONTENT,
    "POST /glossary/check": Permission.SEE,
    "GET /glossary/{term_id}": Permission.SEE,
    "PUT /glossary/{term_id}": Permission.EDIT_CONTENT,
    "PUT /glossary/{term_id}/note": Permission.EDIT_CONTENT,
    "POST /glossary/{term_id}/archive": Permission.EDIT_CONTENT,
    "POST /glossary/{term_id}/restore": Permission.EDIT_CONTENT,
    "POST /translations": Permission.EDIT_CONTENT,
    "POST /translations/file": Permission.SEE,
    "GET /agencies/{agency_id}/look": Permission.SEE,
    "PUT /agencies/{agency_id}/look": Permission.EDIT_LOOK,
    "PUT /users/{user_id}/languages": Permission.EDIT_USERS,
    "GET /phrases": Permission.SEE,
    "POST /phrases": Permission.EDIT_CONTENT,
    "GET /phrases/{phrase_id}": Permission.SEE,
    "PATCH /phrases/{phrase_id}": Permission.EDIT_CONTENT,
    "POST /phrases/{phrase_id}/approve": Permission.PUBLISH,
    "POST /phrases/{phrase_id}/archive": Permission.EDIT_CONTENT,
    "GET /boards": Permission.SEE,
    "POST /boards": Permission.EDIT_CONTENT,
    "GET /boards/{board_id}": Permission.SEE,
    "PATCH /boards/{board_id}": Permission.EDIT_CONTENT,
    "POST /boards/{board_id}/values": Permission.STATE_VALUES,
    "POST /boards/{board_id}/changes/{seq}/undo": Permission.STATE_VALUES,
    "GET /boards/{board_id}/changes": Permission.SEE,
    "GET /boards/{board_id}/sources": Permission.EDIT_FLEET,
    "POST /boards/{board_id}/sources": Permission.EDIT_FLEET,
    "POST /boards/{board_id}/sources/{source_id}/revoke": Permission.EDIT_FLEET,
    "GET /jobs/{job_id}": Permission.SEE,
    "GET /events": Permission.SEE,
    "GET /playlists": Permission.SEE,
    "POST /playlists": Permission.EDIT_PLAYLISTS,
    "GET /playlists/{playlist_id}": Permission.SEE,
    "PUT /playlists/{playlist_id}": Permission.EDIT_PLAYLISTS,
    "POST /playlists/{playlist_id}/archive": Permission.EDIT_PLAYLISTS,
    "POST /playlists/{playlist_id}/restore": Permission.EDIT_PLAYLISTS,
    "GET /panels/{panel_id}/schedule": Permission.SEE,
    "PUT /panels/{panel_id}/schedule": Permission.EDIT_SCHEDULE,
    "GET /dayparts": Permission.SEE,
    "POST /dayparts": Permission.EDIT_SCHEDULE,
    "GET /dayparts/{daypart_id}": Permission.SEE,
    "PUT /dayparts/{daypart_id}": Permission.EDIT_SCHEDULE,
    "GET /dayparts/{daypart_id}/uses": Permission.SEE,
    "POST /dayparts/{daypart_id}/archive": Permission.EDIT_SCHEDULE,
    "POST /dayparts/{daypart_id}/restore": Permission.EDIT_SCHEDULE,
    "GET /schedule/targets": Permission.SEE,
    "GET /schedule/entries": Permission.SEE,
    "POST /schedule/entries": Permission.EDIT_SCHEDULE,
    "GET /schedule/entries/{entry_id}": Permission.SEE,
    "PUT /schedule/entries/{entry_id}": Permission.EDIT_SCHEDULE,
    "DELETE /schedule/entries/{entry_id}": Permission.EDIT_SCHEDULE,
    "POST /schedule/entries/{entry_id}/restore": Permission.EDIT_SCHEDULE,
    "GET /schedule/ending": Permission.SEE,
    "POST /schedule/copy": Permission.EDIT_SCHEDULE,
    "POST /schedule/import": Permission.EDIT_SCHEDULE,
    "POST /special-calendars/{calendar_id}/import": Permission.EDIT_CALENDARS,
    "GET /calendar-feeds": Permission.SEE,
    "POST /calendar-feeds": Permission.EDIT_SCHEDULE,
    "POST /calendar-feeds/{feed_id}/revoke": Permission.EDIT_SCHEDULE,
    "POST /schedule/check": Permission.EDIT_SCHEDULE,
    "POST /overrides/check": Permission.PUBLISH,
    "GET /overrides": Permission.SEE,
    "POST /overrides": Permission.PUBLISH,
    "GET /overrides/{override_id}": Permission.SEE,
    "PATCH /overrides/{override_id}": Permission.PUBLISH,
    "POST /overrides/{override_id}/end": Permission.PUBLISH,
    "GET /essential-only": Permission.SEE,
    "POST /essential-only": Permission.PUBLISH,
    "POST /essential-only/preview": Permission.SEE,
    "GET /essential-only/{essential_only_id}": Permission.SEE,
    "PATCH /essential-only/{essential_only_id}": Permission.PUBLISH,
    "POST /essential-only/{essential_only_id}/end": Permission.PUBLISH,
    "GET /special-calendars": Permission.SEE,
    "POST /special-calendars": Permission.EDIT_CALENDARS,
    "GET /special-calendars/{calendar_id}": Permission.SEE,
    "PATCH /special-calendars/{calendar_id}": Permission.EDIT_CALENDARS,
    "GET /special-calendars/{calendar_id}/years/{year}": Permission.SEE,
    "PUT /special-calendars/{calendar_id}/years/{year}": Permission.EDIT_CALENDARS,
    "GET /panels/{panel_id}/quotas": Permission.SEE,
    "PUT /panels/{panel_id}/quotas": Permission.EDIT_FLEET,
    "GET /panels/{panel_id}/preview": Permission.SEE,
    "GET /panels/{panel_id}/explain": Permission.SEE,
    "GET /panels/{panel_id}/timeline.json": Permission.SEE,
    "POST /publications": Permission.PUBLISH,
    "GET /publications/{publication_id}": Permission.SEE,
    "GET /wall": Permission.SEE,
    "GET /panels/{panel_id}/now": Permission.SEE,
    "GET /panels/{panel_id}/timeline": Permission.SEE,
    "GET /panels/{panel_id}/expected.jpg": Permission.SEE,
    "GET /panels/{panel_id}/capture.jpg": Permission.SEE,
    "POST /panels/{panel_id}/watch": Permission.SEE,
    "GET /panels/{panel_id}/health": Permission.SEE,
    "GET /panels/{panel_id}/plays": Permission.SEE,
    "GET /panels/{panel_id}/plays.csv": Permission.SEE,
    "GET /faults": Permission.SEE,
    "GET /faults.csv": Permission.SEE,
    "GET /faults/{fault_id}": Permission.SEE,
    "POST /faults/{fault_id}/acknowledge": Permission.ACKNOWLEDGE_FAULTS,
}
"""What each operation needs. An operation that is not here fails the test below, on purpose."""
NOT_THERE_YET = (".mp4", "/expected.jpg", "/capture.jpg", "/file", "/picture", "/thumbnail")
ENDS_SOMETHING = ("/logout", "/close", "/me/password", "/revoke", "/reset-password", "PATCH /users/{user_id}")
EVERYBODYS = ("/api/v1/special-calendars", "/api/v1/glossary", "/api/v1/notices/templates")
"""Calendars of special days, agreed terms and examples of templates are the whole installation's."""
STREAMS = "GET /events"
TAKES_A_FILE = ("POST /glossary/list", "POST /translations")
TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": "agency_id bm9uZQ=="}
SPAN = {"from": "2026-11-23T00:00:00Z", "to": "2026-11-23T01:00:00Z"}
SAID_IN_WORDS = '"no-such-notice"'
"""A playlist of one's own that names a foreign notice: refused as one that names a notice that is not there."""
numbers = count(1)


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
    document = server.app.openapi()
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
    quiet = EssentialOnlyRow(reason="x", starts_at=at, ends_at=at + timedelta(days=1), created_by=user.id)
    calendar = SpecialCalendar(name="x", name_folded="x", country="VN")
    upload = UploadSession(agency_id=agency.id, uploaded_by=user.id, name="x", length=9)
    term = GlossaryTerm(vi=f"x {number}", vi_key=f"x {number}", created_by=user.id)
    job = Job(kind="nothing", agency_id=agency.id, run_after=at + timedelta(days=1))
    publication = Publication(requested_by=user.id, panel_ids=[str(panel.id)])
    fault = Fault(kiosk_id=kiosk.id, panel_id=panel.id, code="clock", severity="warning", source="server", since_at=at)
    login = LoginSession(
        user_id=user.id, token_sha256=sha256_hex(token.encode()), last_seen_at=at, expires_at=at + timedelta(hours=1)
    )
    layers: list[list[Any]] = [
        [agency], [user, other, site], [panel, bare, media, notice, playlist, job, publication, login, upload],
        [daypart, quiet, calendar, feed],
        [agency], [user, other, site], [panel, bare, media, notice, playlist, job, publication, login],
        [daypart, quiet, calendar, feed, subject, term],
        [kiosk, revision, entry, override, EssentialOnlySite(essential_only_id=quiet.id, site_id=site.id)],
        [*variants, fault, comment, phrase, board],
        [source],
    ]  # fmt: skip
    with database.write() as session:
        for rows in layers:
            session.add_all(rows)
            session.flush()
    ids = {
        "agency_id": agency.id,
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
        "daypart_id": daypart.id,
        "entry_id": entry.id,
        "override_id": override.id,
        "essential_only_id": quiet.id,
        "calendar_id": calendar.id,
        "feed_id": feed.id,
        "comment_id": comment.id,
        "term_id": term.id,
        "subject_id": subject.id,
        "phrase_id": phrase.id,
        "board_id": board.id,
        "source_id": source.id,
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
        "language": "vi",
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
