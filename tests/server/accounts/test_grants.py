"""Roles held outside the own agency: where they reach, who gives them, and when they end."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest

from server.accounts.permissions import ALLOWED, AT_A_PLACE, WITHOUT_PLACE, Caller, Grant, Permission
from server.db import Database, new_id
from server.seen import EVERYTHING, Seen
from server.tables import Agency, Kiosk, Notice, Panel, Revision, Site
from server.tables.accounts import Role
from tests.conftest import People

A, B, HERE, THERE = new_id(), new_id(), new_id(), new_id()


def caller(role: Role, agency_id: UUID | None, *grants: Grant, scopes: frozenset[Permission] | None = None) -> Caller:
    return Caller(new_id(), "an", "An", role, agency_id, "vi", new_id(), grants=grants, scopes=scopes)


def test_a_role_in_an_agency_reaches_that_agency_only() -> None:
    an = caller(Role.VIEWER, B, Grant(Role.EDITOR, A))

    assert an.may(Permission.EDIT_CONTENT, agency_id=A)
    assert not an.may(Permission.EDIT_CONTENT, agency_id=B)
    assert an.sees(A)
    assert an.sees(B)
    assert not an.sees(new_id())
    assert an.seen == Seen(frozenset({A, B}))
    assert an.agencies(Permission.EDIT_CONTENT) == frozenset({A})


def test_a_role_at_a_site_reaches_that_site_and_what_stands_nowhere() -> None:
    an = caller(Role.VIEWER, B, Grant(Role.TECHNICIAN, A, HERE))

    assert an.may(Permission.ACKNOWLEDGE_FAULTS, agency_id=A, site_id=HERE)
    assert not an.may(Permission.ACKNOWLEDGE_FAULTS, agency_id=A, site_id=THERE)
    assert not an.may(Permission.ACKNOWLEDGE_FAULTS, agency_id=A)
    assert not an.may(Permission.ACKNOWLEDGE_FAULTS, agency_id=B, site_id=HERE)
    assert an.sees(A, HERE)
    assert an.sees(A)
    assert not an.sees(A, THERE)
    assert an.seen == Seen(frozenset({B}), frozenset({(A, HERE)}))
    assert an.agencies(Permission.ACKNOWLEDGE_FAULTS) == frozenset()


def test_a_role_in_the_whole_installation_reaches_everything_that_it_allows() -> None:
    an = caller(Role.VIEWER, B, Grant(Role.AUDITOR))

    assert an.seen == EVERYTHING
    assert an.may(Permission.SEE_AUDIT, agency_id=A)
    assert an.agencies(Permission.SEE_AUDIT) is None
    assert not an.may(Permission.EDIT_CONTENT)


def test_agencies_are_changed_from_the_whole_installation_only() -> None:
    assert Permission.EDIT_AGENCIES not in caller(Role.ADMINISTRATOR, A, Grant(Role.ADMINISTRATOR, B)).permissions
    assert Permission.EDIT_AGENCIES in caller(Role.VIEWER, A, Grant(Role.ADMINISTRATOR)).permissions


def test_a_programs_scopes_bound_every_grant() -> None:
    an = caller(Role.VIEWER, B, Grant(Role.ADMINISTRATOR), scopes=frozenset({Permission.SEE}))

    assert an.permissions == {Permission.SEE}
    assert not an.may(Permission.EDIT_USERS, agency_id=A)
    assert an.agencies(Permission.EDIT_USERS) == frozenset()


def test_every_permission_is_one_of_a_place_of_no_place_or_of_an_agency() -> None:
    of_an_agency = {
        Permission.SEE_USERS,
        Permission.SEE_AUDIT,
        Permission.EDIT_AGENCIES,
        Permission.EDIT_CALENDARS,
        Permission.EDIT_USERS,
        Permission.EDIT_LOOK,
        Permission.EDIT_ROUTES,
        Permission.EDIT_TRUST,
        Permission.MANAGE_TOKENS,
    }
    assert frozenset(Permission) == of_an_agency | WITHOUT_PLACE | AT_A_PLACE
    assert not of_an_agency & WITHOUT_PLACE
    assert not of_an_agency & AT_A_PLACE
    assert not WITHOUT_PLACE & AT_A_PLACE
    assert set(ALLOWED) == set(Role)


PUTS_ON_AIR = {
    Permission.PUBLISH,
    Permission.EDIT_SCHEDULE,
    Permission.EDIT_PLAYLISTS,
    Permission.APPROVE,
    Permission.RAISE_EMERGENCY,
    Permission.STATE_VALUES,
    Permission.SIGN_VALUES,
    Permission.EDIT_FLEET,
    Permission.COMMAND_KIOSKS,
}


@pytest.mark.parametrize("role", [Role.TRANSLATOR, Role.LANGUAGE_REVIEWER, Role.VIEWER, Role.AUDITOR])
def test_translators_reviewers_viewers_and_auditors_put_nothing_on_the_air(role: Role) -> None:
    assert not ALLOWED[role] & PUTS_ON_AIR


def test_who_gives_rights_signs_nothing() -> None:
    assert not ALLOWED[Role.ADMINISTRATOR] & {Permission.APPROVE, Permission.RAISE_EMERGENCY, Permission.SIGN_VALUES}


@dataclass(frozen=True)
class Place:
    """An agency with two sites, a panel with a kiosk at each, and a notice."""

    agency: Agency
    here: Site
    there: Site
    panels: list[Panel]
    kiosks: list[Kiosk]
    notice: Notice


def new_place(database: Database, people: People) -> Place:
    agency = people.agency()
    word = agency.slug
    sites = [
        Site(slug=f"{word}-{n}", agency_id=agency.id, name=f"Điểm {n}", time_zone="Asia/Ho_Chi_Minh") for n in (1, 2)
    ]
    panels = [
        Panel(
            slug=f"{word}-p{n}",
            site_id=site.id,
            agency_id=agency.id,
            name=f"Bảng {n}",
            width=64,
            height=32,
            operating_hours=[],
        )
        for n, site in enumerate(sites)
    ]
    kiosks = [Kiosk(slug=f"{word}-k{n}", panel_id=panel.id) for n, panel in enumerate(panels)]
    boss = people.person(Role.EDITOR, agency.id).user
    notice = Notice(agency_id=agency.id, title="x", title_folded="x", kind="image", created_by=boss.id)
    with database.write() as session:
        for rows in (sites, panels, (*kiosks, notice), (Revision(notice_id=notice.id, number=1, created_by=boss.id),)):
            session.add_all(rows)
            session.flush()
    return Place(agency, sites[0], sites[1], panels, kiosks, notice)


def give(admin: httpx.Client, user_id: UUID, role: Role, agency_id: UUID | None, site_id: UUID | None = None) -> str:
    said = {
        "role": role,
        "agency_id": str(agency_id) if agency_id else None,
        "site_id": str(site_id) if site_id else None,
    }
    answer = admin.post(f"/api/v1/users/{user_id}/grants", json=said)
    assert answer.status_code == 201, answer.text
    grant_id: str = answer.json()["id"]
    return grant_id


def listed(client: httpx.Client, path: str) -> set[str]:
    return {one["id"] for one in client.get(f"/api/v1{path}", params={"limit": 200}).json()["items"]}


def test_a_technician_of_one_site_sees_that_site(database: Database, people: People, admin: httpx.Client) -> None:
    place, elsewhere = new_place(database, people), people.agency()
    person = people.person(Role.VIEWER, elsewhere.id)
    ours, others = (str(panel.id) for panel in place.panels)
    assert person.client.get(f"/api/v1/panels/{ours}").status_code == 404

    grant_id = give(admin, person.user.id, Role.TECHNICIAN, place.agency.id, place.here.id)

    assert person.client.get(f"/api/v1/panels/{ours}").status_code == 200
    assert person.client.get(f"/api/v1/panels/{others}").status_code == 404
    assert listed(person.client, "/panels") == {ours}
    assert listed(person.client, "/sites") == {str(place.here.id)}
    assert listed(person.client, "/kiosks") == {str(place.kiosks[0].id)}
    assert {one["panel_id"] for one in person.client.get("/api/v1/wall").json()} == {ours}
    assert person.client.get("/api/v1/me").json()["grants"] == [
        {"role": "technician", "agency_id": str(place.agency.id), "site_id": str(place.here.id)}
    ]
    for kiosk, status in zip(place.kiosks, (201, 404), strict=True):
        assert person.client.post(f"/api/v1/kiosks/{kiosk.id}/enrolment-code").status_code == status

    assert admin.post(f"/api/v1/grants/{grant_id}/end").status_code == 200
    assert person.client.get(f"/api/v1/panels/{ours}").status_code == 404
    assert listed(person.client, "/panels") == set()
    kept = admin.get(f"/api/v1/users/{person.user.id}/grants", params={"ended": True}).json()
    assert [(one["id"], one["ended_by_name"]) for one in kept] == [(grant_id, "Người administrator")]


def test_a_translator_of_another_agency_translates_and_nothing_else(
    database: Database, people: People, admin: httpx.Client
) -> None:
    place, person = new_place(database, people), people.person(Role.EDITOR, people.agency().id)
    give(admin, person.user.id, Role.TRANSLATOR, place.agency.id)

    said = person.client.post(f"/api/v1/notices/{place.notice.id}/comments", json={"text": "Câu này nghĩa là gì?"})
    archived = person.client.post(f"/api/v1/notices/{place.notice.id}/archive")

    assert (said.status_code, archived.status_code) == (201, 403)
    assert str(place.notice.id) in {one["id"] for one in person.client.get("/api/v1/notices").json()["items"]}


def test_an_administrator_of_an_agency_gives_roles_there_only(people: People, admin: httpx.Client) -> None:
    own, other = people.agency(), people.agency()
    boss, person = people.person(Role.ADMINISTRATOR, own.id).client, people.person(Role.VIEWER, own.id).user
    path = f"/api/v1/users/{person.id}/grants"

    assert boss.post(path, json={"role": "approver", "agency_id": str(own.id)}).status_code == 201
    assert boss.post(path, json={"role": "approver", "agency_id": str(other.id)}).status_code == 404
    assert boss.post(path, json={"role": "auditor"}).status_code == 403
    stranger = people.person(Role.VIEWER, other.id).user
    foreign = f"/api/v1/users/{stranger.id}/grants"
    assert boss.post(foreign, json={"role": "approver", "agency_id": str(own.id)}).status_code == 404

    elsewhere = give(admin, person.id, Role.APPROVER, other.id)
    assert boss.post(f"/api/v1/grants/{elsewhere}/end").status_code == 404
    assert boss.post(f"/api/v1/users/{person.id}/resets", json={"reason": "lost"}).status_code == 403
    assert boss.patch(f"/api/v1/users/{person.id}", json={"disabled": True}).status_code == 403
    there = admin.get(f"/api/v1/agencies/{other.id}/grants").json()
    assert [(one["user_id"], one["role"]) for one in there] == [(str(person.id), "approver")]


def test_a_site_needs_its_own_agency(database: Database, people: People, admin: httpx.Client) -> None:
    place, other, person = new_place(database, people), people.agency(), people.person(Role.VIEWER, people.agency().id)
    path = f"/api/v1/users/{person.user.id}/grants"

    for agency_id in (str(other.id), None):
        said = {"role": "technician", "agency_id": agency_id, "site_id": str(place.here.id)}
        answer = admin.post(path, json=said)
        assert (answer.status_code, answer.json()["code"]) == (422, "site-of-another-agency")


def test_the_same_role_is_held_once(people: People, admin: httpx.Client) -> None:
    agency, person = people.agency(), people.person(Role.VIEWER, people.agency().id).user

    assert give(admin, person.id, Role.EDITOR, agency.id) == give(admin, person.id, Role.EDITOR, agency.id)


def test_a_closed_agencys_roles_count_no_more(people: People, admin: httpx.Client) -> None:
    agency, person = people.agency(), people.person(Role.VIEWER, people.agency().id)
    give(admin, person.user.id, Role.EDITOR, agency.id)
    assert person.client.get(f"/api/v1/agencies/{agency.id}").status_code == 200

    assert admin.post(f"/api/v1/agencies/{agency.id}/close").status_code == 200

    assert person.client.get(f"/api/v1/agencies/{agency.id}").status_code == 404
