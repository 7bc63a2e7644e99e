"""What becomes of agencies: renamed, merged, split and closed, at once and on a day; the past keeps its names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import SQLModel, select

from playlists.ids import sha256_hex
from server.accounts.succession import repository
from server.accounts.succession.service import named_then, perform_due
from server.audit.repository import Sought, entries
from server.db import Database, new_id, now
from server.tables import (
    Agency,
    GlossaryNote,
    GlossaryTerm,
    Kiosk,
    LoginSession,
    Media,
    Notice,
    Panel,
    PanelQuota,
    Phrase,
    PlaylistItemRow,
    PlaylistRow,
    PlayRow,
    Revision,
    RevisionMedia,
    Site,
    Subject,
)
from server.tables.accounts import Role
from tests.conftest import People, Person

LONG_AGO = now() - timedelta(days=100)
ONCE_A_TABLE = {"phrase", "subject", "glossary_note", "panel_quota"}


@pytest.fixture(scope="module")
def admin(database: Database, people: People) -> httpx.Client:
    """An administrator of the whole installation who proved themselves a moment ago."""
    person = people.person(Role.ADMINISTRATOR)
    with database.write() as session:
        for login in session.exec(select(LoginSession).where(LoginSession.user_id == person.user.id)):
            login.factor_at = now()
            session.add(login)
    return person.client


@dataclass(frozen=True)
class Office:
    """An agency with a person, a site with a panel and a kiosk, and a notice in a playlist."""

    agency: Agency
    person: Person
    site: Site
    panel: Panel
    kiosk: Kiosk
    notice: Notice
    media: Media
    playlist: PlaylistRow
    phrase: Phrase
    subject: Subject


def new_office(database: Database, people: People, *, bytes_: bytes = b"", says: str = "Đang mở") -> Office:
    agency = people.agency()
    person, word = people.person(Role.EDITOR, agency.id), agency.slug
    by = person.user.id
    site = Site(slug=f"{word}-s", agency_id=agency.id, name="Cửa khẩu", time_zone="Asia/Ho_Chi_Minh")
    panel = Panel(
        slug=f"{word}-p", site_id=site.id, agency_id=agency.id, name="Bảng", width=64, height=32, operating_hours=[]
    )
    kiosk = Kiosk(slug=f"{word}-k", panel_id=panel.id)
    digest = sha256_hex(bytes_ or word.encode())
    media = Media(
        agency_id=agency.id,
        first_agency_id=agency.id,
        sha256=digest,
        upload_sha256=digest,
        name="Ảnh.jpg",
        kind="image/jpeg",
        width=64,
        height=32,
        size=9,
        uploaded_by=by,
    )
    notice = Notice(agency_id=agency.id, title="Giờ mở cửa", title_folded="gio mo cua", kind="image", created_by=by)
    revision = Revision(notice_id=notice.id, number=1, created_by=by, created_at=LONG_AGO)
    playlist = PlaylistRow(agency_id=agency.id, name="Cả ngày", name_folded="ca ngay")
    item = PlaylistItemRow(playlist_id=playlist.id, notice_id=notice.id, position=0, on_air_ms=8000, languages=["vi"])
    phrase = Phrase(agency_id=agency.id, key="open", written_by=by, vi=says, en="Open", zh="开放")
    subject = Subject(
        agency_id=agency.id, year=2026, kind="subject", name="Biên giới", name_folded="bien gioi", created_by=by
    )
    play = PlayRow(
        kiosk_id=kiosk.id,
        seq=1,
        panel_id=panel.id,
        notice_id=notice.id,
        sha256=digest,
        language="vi",
        started_at=LONG_AGO,
        ended_at=LONG_AGO + timedelta(seconds=8),
    )
    layers: list[list[Any]] = [
        [site, media, notice, playlist, phrase, subject],
        [panel, revision, item],
        [kiosk, RevisionMedia(revision_id=revision.id, media_id=media.id, used_for="variant")],
        [play],
    ]
    with database.write() as session:
        for rows in layers:
            session.add_all(rows)
            session.flush()
    return Office(agency, person, site, panel, kiosk, notice, media, playlist, phrase, subject)


def merge(admin: httpx.Client, old: Agency, into: Agency, **more: Any) -> httpx.Response:
    body = {"into_id": str(into.id), "confirm": old.slug, **more}
    return admin.post(f"/api/v1/agencies/{old.id}/merge", json=body)


def owner(database: Database, row: Any) -> UUID | None:
    with database.read() as session:
        found: UUID | None = session.get_one(type(row), row.id).agency_id
        return found


def test_every_table_in_which_an_agency_has_something_once_has_its_rule() -> None:
    once = set()
    for table, column in repository.owning_columns():
        for constraint in (*table.constraints, *table.indexes):
            is_unique = getattr(constraint, "unique", None) or type(constraint).__name__ == "UniqueConstraint"
            if is_unique and column in set(getattr(constraint, "columns", ())):
                once.add(table.name)
        if column.primary_key:
            once.add(table.name)

    assert once == ONCE_A_TABLE == set(repository.COLLIDING)


def test_what_is_remembered_are_tables_with_owners() -> None:
    owned = {table.name for table, _ in repository.owning_columns()}

    assert set(repository.REMEMBERED) <= owned
    assert {name for name, _ in repository.STAYS} <= set(SQLModel.metadata.tables)


def test_a_merged_agencys_things_go_and_its_past_keeps_its_name(
    database: Database, people: People, admin: httpx.Client
) -> None:
    old, new = new_office(database, people), new_office(database, people)

    answer = merge(admin, old.agency, new.agency)

    assert answer.status_code == 200, answer.text
    moved = answer.json()["detail"]["moved"]
    assert {moved[kind] for kind in ("notice", "panel", "site", "playlist", "user_account", "media")} == {1}
    for row in (old.notice, old.panel, old.site, old.playlist, old.media, old.person.user):
        assert owner(database, row) == new.agency.id
    assert old.person.client.get(f"/api/v1/notices/{new.notice.id}").status_code == 200
    story = admin.get(f"/api/v1/agencies/{old.agency.id}/story").json()
    assert (story["successor"]["id"], story["plans"][0]["kind"]) == (str(new.agency.id), "merge")
    assert story["closed_at"] is not None
    assert [one["id"] for one in admin.get(f"/api/v1/agencies/{new.agency.id}/story").json()["merged"]] == [
        str(old.agency.id)
    ]
    later = now() + timedelta(seconds=1)
    with database.read() as session:
        names = named_then(session, "notice", [(old.notice.id, LONG_AGO), (old.notice.id, later)])
        entry = entries(session, Sought(action="agency.merged", object_id=str(old.agency.id)), None, 2)[0]
    assert names == {(old.notice.id, LONG_AGO): old.agency.name, (old.notice.id, later): new.agency.name}
    assert (entry.display_name, entry.object_name) == ("Người administrator", old.agency.slug)
    span = {"from": (LONG_AGO - timedelta(days=1)).isoformat(), "to": (LONG_AGO + timedelta(days=1)).isoformat()}
    plays = new.person.client.get(f"/api/v1/panels/{old.panel.id}/plays", params=span).json()["items"]
    assert [one["agency_name"] for one in plays] == [old.agency.name]
    lines = new.person.client.get(f"/api/v1/panels/{old.panel.id}/plays.csv", params=span).text.splitlines()
    assert old.agency.name in lines[1]


def test_what_both_have_once_is_settled(database: Database, people: People, admin: httpx.Client) -> None:
    same = b"the same file"
    old, new = new_office(database, people, bytes_=same), new_office(database, people, bytes_=same)
    term = GlossaryTerm(vi=f"từ {old.agency.slug}", vi_key=old.agency.slug, created_by=old.person.user.id)
    with database.write() as session:
        session.add(term)
        session.flush()
        for office, note in ((old, "cũ"), (new, "mới")):
            session.add(
                GlossaryNote(
                    term_id=term.id,
                    agency_id=office.agency.id,
                    note=note,
                    changed_by=office.person.user.id,
                    changed_at=LONG_AGO,
                )
            )
            session.add(PanelQuota(panel_id=new.panel.id, agency_id=office.agency.id, permille=300))

    assert merge(admin, old.agency, new.agency).status_code == 200

    with database.read() as session:
        subjects = session.exec(select(Subject.name).where(Subject.agency_id == new.agency.id)).all()
        notes = session.exec(select(GlossaryNote.note).where(GlossaryNote.term_id == term.id)).all()
        quotas = session.exec(select(PanelQuota.permille).where(PanelQuota.panel_id == new.panel.id)).all()
        files = session.exec(select(Media.id).where(Media.agency_id == new.agency.id)).all()
        phrases = session.exec(select(Phrase).where(Phrase.agency_id == new.agency.id)).all()
    assert sorted(subjects) == ["Biên giới", f"Biên giới ({old.agency.name})"]
    assert list(notes) == ["mới\ncũ"]
    assert list(quotas) == [600]
    assert len(files) == 2
    assert sorted(phrase.archived_at is None for phrase in phrases) == [False, True]
    assert [phrase.key for phrase in phrases if phrase.archived_at is None] == ["open"]


def test_phrases_that_say_different_things_stand_in_the_way(
    database: Database, people: People, admin: httpx.Client
) -> None:
    old, new = new_office(database, people, says="Đã mở"), new_office(database, people)

    preview = admin.get(f"/api/v1/agencies/{old.agency.id}/merge/{new.agency.id}").json()
    answer = merge(admin, old.agency, new.agency)

    assert preview["hindrances"] == [{"code": "phrases-differ", "names": ["open"]}]
    assert preview["counts"]["notice"] == 1
    assert (answer.status_code, answer.json()["hindrances"]) == (409, preview["hindrances"])
    assert owner(database, old.notice) == old.agency.id


def test_a_merger_needs_the_short_name_and_another_open_agency(
    database: Database, people: People, admin: httpx.Client
) -> None:
    old, new = new_office(database, people), new_office(database, people)

    assert merge(admin, old.agency, new.agency, confirm="yes").json()["code"] == "not-confirmed"
    assert merge(admin, old.agency, old.agency).json()["code"] == "same-agency"
    assert admin.post(f"/api/v1/agencies/{new.agency.id}/close").status_code == 200
    assert merge(admin, old.agency, new.agency).json()["code"] == "agency-closed"
    assert owner(database, old.notice) == old.agency.id


def test_roles_in_a_merged_agency_are_held_in_its_successor(
    database: Database, people: People, admin: httpx.Client
) -> None:
    old, new = new_office(database, people), new_office(database, people)
    helper = people.person(Role.VIEWER, people.agency().id)
    given = {"role": "translator", "agency_id": str(old.agency.id)}
    assert admin.post(f"/api/v1/users/{helper.user.id}/grants", json=given).status_code == 201

    assert merge(admin, old.agency, new.agency).status_code == 200

    held = admin.get(f"/api/v1/users/{helper.user.id}/grants", params={"ended": True}).json()
    assert [(one["agency_id"], one["ended_at"] is None) for one in held] == [
        (str(old.agency.id), False),
        (str(new.agency.id), True),
    ]
    assert helper.client.get(f"/api/v1/notices/{old.notice.id}").status_code == 200


def test_names_are_kept_through_time(database: Database, people: People, admin: httpx.Client) -> None:
    office = new_office(database, people)
    first, before = office.agency.name, now()

    answer = admin.post(f"/api/v1/agencies/{office.agency.id}/rename", json={"name": "Ban quản lý Khu kinh tế"})
    between = now()
    patched = admin.patch(f"/api/v1/agencies/{office.agency.id}", json={"name": "Ban quản lý mới"})

    assert (answer.status_code, patched.status_code) == (200, 200)
    at = [LONG_AGO, before, between, now() + timedelta(seconds=1)]
    with database.read() as session:
        names = named_then(session, "panel", [(office.panel.id, one) for one in at])
    assert [names[office.panel.id, one] for one in at] == [
        first,
        first,
        "Ban quản lý Khu kinh tế",
        "Ban quản lý mới",
    ]
    story = admin.get(f"/api/v1/agencies/{office.agency.id}/story").json()
    assert [one["name"] for one in story["former_names"]] == [first, "Ban quản lý Khu kinh tế"]


def midnight(day: date) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00+07:00")


def test_a_planned_merger_happens_on_its_day_through_every_merger_between(
    database: Database, people: People, admin: httpx.Client
) -> None:
    old, between, last = (new_office(database, people) for _ in range(3))
    day = (now() + timedelta(days=40)).date()

    planned = merge(admin, old.agency, between.agency, on=str(day))
    assert merge(admin, between.agency, last.agency).status_code == 200
    perform_due(database, midnight(day) - timedelta(minutes=1))
    assert owner(database, old.notice) == old.agency.id
    perform_due(database, midnight(day))

    assert planned.json()["done_at"] is None
    assert datetime.fromisoformat(planned.json()["due_at"]) == midnight(day)
    assert owner(database, old.notice) == last.agency.id


def test_a_plan_can_be_called_off_before_its_day_and_not_after(
    database: Database, people: People, admin: httpx.Client
) -> None:
    old, new = new_office(database, people), new_office(database, people)
    day = (now() + timedelta(days=30)).date()
    plan = merge(admin, old.agency, new.agency, on=str(day)).json()

    assert admin.post(f"/api/v1/agency-plans/{plan['id']}/cancel").json()["cancelled_at"] is not None
    perform_due(database, midnight(day))
    assert owner(database, old.notice) == old.agency.id

    done = merge(admin, old.agency, new.agency).json()
    assert admin.post(f"/api/v1/agency-plans/{done['id']}/cancel").json()["code"] == "plan-done"


def test_what_cannot_be_done_on_its_day_says_why(database: Database, people: People, admin: httpx.Client) -> None:
    old, new = new_office(database, people), new_office(database, people)
    day = (now() + timedelta(days=20)).date()
    plan = merge(admin, old.agency, new.agency, on=str(day)).json()
    assert admin.post(f"/api/v1/agencies/{new.agency.id}/close").status_code == 200

    perform_due(database, midnight(day))

    plans = admin.get(f"/api/v1/agencies/{old.agency.id}/story").json()["plans"]
    assert [(one["id"], one["done_at"]) for one in plans] == [(plan["id"], None)]
    assert "closed" in plans[0]["trouble"]


def test_a_site_goes_with_its_panels_and_people_of_choice(
    database: Database, people: People, admin: httpx.Client
) -> None:
    office = new_office(database, people)
    stays = people.person(Role.VIEWER, office.agency.id).user
    slug = f"new-{new_id().hex[:10]}"
    body = {
        "new": {"slug": slug, "name": "Ban mới"},
        "sites": [str(office.site.id)],
        "users": [str(office.person.user.id)],
        "notices": [str(office.notice.id)],
        "playlists": [str(office.playlist.id)],
        "confirm": office.agency.slug,
    }

    answer = admin.post(f"/api/v1/agencies/{office.agency.id}/split", json=body)

    assert answer.status_code == 200, answer.text
    new = UUID(answer.json()["into_id"])
    for row in (office.site, office.panel, office.notice, office.media, office.playlist, office.person.user):
        assert owner(database, row) == new
    assert owner(database, office.phrase) == office.agency.id
    assert owner(database, stays) == office.agency.id
    assert admin.get(f"/api/v1/agencies/{office.agency.id}").json()["closed_at"] is None
    with database.read() as session:
        assert named_then(session, "panel", [(office.panel.id, LONG_AGO)]) == {
            (office.panel.id, LONG_AGO): office.agency.name
        }


def test_parts_that_hang_together_are_not_torn_apart(database: Database, people: People, admin: httpx.Client) -> None:
    office, other = new_office(database, people), new_office(database, people)
    twin = Notice(
        agency_id=office.agency.id, title="Cùng ảnh", title_folded="x", kind="image", created_by=office.person.user.id
    )
    revision = Revision(notice_id=twin.id, number=1, created_by=office.person.user.id)
    with database.write() as session:
        session.add(twin)
        session.flush()
        session.add(revision)
        session.flush()
        session.add(RevisionMedia(revision_id=revision.id, media_id=office.media.id, used_for="variant"))
    path, told = f"/api/v1/agencies/{office.agency.id}/split", {"confirm": office.agency.slug}
    to = {"into_id": str(other.agency.id)}

    shared = admin.post(path, json=told | to | {"notices": [str(twin.id)]})
    torn = admin.post(path, json=told | to | {"playlists": [str(office.playlist.id)]})
    foreign = admin.post(path, json=told | to | {"notices": [str(other.notice.id)]})
    nothing = admin.post(path, json=told | to)
    nowhere = admin.post(path, json=told | {"notices": [str(twin.id)]})

    assert shared.json()["hindrances"] == [{"code": "files-shared", "names": ["Ảnh.jpg: Giờ mở cửa"]}]
    assert torn.json()["hindrances"] == [{"code": "playlists-need", "names": ["Cả ngày: Giờ mở cửa"]}]
    assert (foreign.status_code, nothing.json()["code"]) == (404, "nothing-to-split")
    assert nowhere.json()["code"] == "one-successor"


def test_only_administrators_of_the_whole_installation_change_agencies(
    database: Database, people: People, admin: httpx.Client
) -> None:
    office, other = new_office(database, people), new_office(database, people)
    boss = people.person(Role.ADMINISTRATOR, office.agency.id).client

    assert merge(boss, office.agency, other.agency).status_code == 403
    assert boss.get(f"/api/v1/agencies/{office.agency.id}/merge/{other.agency.id}").status_code == 403
    assert boss.get(f"/api/v1/agencies/{other.agency.id}/merge/{office.agency.id}").status_code == 404
    assert boss.post(f"/api/v1/agencies/{office.agency.id}/rename", json={"name": "x"}).status_code == 403


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_people_of_a_successor_see_what_became_of_the_old_agency(
    database: Database, people: People, admin: httpx.Client, role: Role
) -> None:
    old, new = new_office(database, people), new_office(database, people)
    colleague, stranger = people.person(role, new.agency.id).client, people.person(role, people.agency().id).client
    assert merge(admin, old.agency, new.agency).status_code == 200

    assert colleague.get(f"/api/v1/agencies/{old.agency.id}/story").json()["successor"]["slug"] == new.agency.slug
    assert stranger.get(f"/api/v1/agencies/{old.agency.id}/story").status_code == 404
