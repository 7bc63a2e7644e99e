"""Rules that choose routes: the most specific one, versions with their basis, and who may make them."""

from __future__ import annotations

from typing import Any

import pytest

from playlists import trust
from playlists.trust.envelope import parse_envelope
from playlists.trust.root import Root
from server.db import new_id
from server.errors import Problem
from server.publishing.questions.answers import NOTHING_SPECIAL
from server.publishing.routes.service import choose
from server.tables import RouteRule, Site
from server.tables.accounts import Role
from tests.server.releases.stage import Stage
from tests.server.trust import network

SERVER = trust.public_key(network.secret("server"))
ROUTES = [
    {"id": "quick", "roles": ["leader", "department"], "basis": "1/QĐ"},
    {"id": "full", "roles": ["leader", "department", "approver"], "basis": "2/QĐ"},
    {"id": "gate", "roles": ["leader", "department"], "sites": ["tra-linh"], "basis": "3/QĐ"},
]
ROLES = {"approver": ["an", "binh", "chi"], "leader": ["an"], "department": ["binh"]}
ROOT = Root.read(parse_envelope(network.root(SERVER, ROLES, routes=ROUTES), Root.payload_type).payload)
AGENCY, OTHER = new_id(), new_id()
GATE = Site(slug="tra-linh", agency_id=AGENCY, name="Trà Lĩnh", time_zone="Asia/Ho_Chi_Minh")
FALLS = Site(slug="ban-gioc", agency_id=AGENCY, name="Bản Giốc", time_zone="Asia/Ho_Chi_Minh")


def rule(number: int, route: str, **fields: Any) -> RouteRule:
    return RouteRule(number=number, route=route, basis=f"{number}/QĐ", created_by=new_id(), **fields)


RULES = [
    rule(1, "quick"),
    rule(2, "full", content_class="essential"),
    rule(3, "gate", site_id=GATE.id),
    rule(4, "full", site_id=GATE.id, agency_id=OTHER),
]


@pytest.mark.parametrize(
    ("site", "agency", "content_class", "route"),
    [
        (FALLS, AGENCY, "service", "quick"),
        (FALLS, AGENCY, "essential", "full"),
        (GATE, AGENCY, "service", "gate"),
        (GATE, AGENCY, "essential", "gate"),
        (GATE, OTHER, "promotion", "full"),
    ],
)
def test_the_most_specific_rule_counts(site: Site, agency: Any, content_class: str, route: str) -> None:
    chosen = choose(RULES, ROOT, [site], agency, {content_class})

    assert chosen.route.id == route
    assert chosen.rule is not None


def test_parts_with_different_routes_are_sent_apart() -> None:
    with pytest.raises(Problem, match="different routes"):
        choose(RULES, ROOT, [GATE, FALLS], AGENCY, {"service"})
    with pytest.raises(Problem, match="different routes"):
        choose(RULES, ROOT, [FALLS], AGENCY, {"service", "essential"})


def test_without_a_rule_the_only_route_counts_and_never_a_guess() -> None:
    only = ROOT.model_copy(update={"routes": ROOT.routes[:1]})
    assert choose([], only, [FALLS], AGENCY, {"service"}).rule is None
    with pytest.raises(Problem, match="No rule"):
        choose([], ROOT, [FALLS], AGENCY, {"service"})


def test_a_rule_whose_route_does_not_lead_there_is_refused() -> None:
    with pytest.raises(Problem, match="No rule"):
        choose([rule(1, "gate")], ROOT, [FALLS], AGENCY, {"service"})
    with pytest.raises(Problem, match="No rule"):
        choose([rule(1, "gone")], ROOT, [FALLS], AGENCY, {"service"})


def test_a_change_is_a_new_version(stage: Stage) -> None:
    client = stage.admin
    said = {"route": "notice", "basis": "12/QĐ", "content_class": "promotion"}
    first = client.post("/api/v1/routes", json=said)
    assert first.status_code == 201, first.text
    second = client.post("/api/v1/routes", json=said | {"basis": "13/QĐ"})

    assert second.json()["number"] > first.json()["number"]
    bases = [one["basis"] for one in client.get("/api/v1/routes").json()]
    assert "13/QĐ" in bases
    assert "12/QĐ" not in bases
    assert "12/QĐ" in [one["basis"] for one in client.get("/api/v1/routes?ended=true").json()]
    ended = client.post(f"/api/v1/routes/{second.json()['id']}/end")
    assert ended.json()["ended_at"] is not None


def test_a_submission_remembers_by_which_basis(stage: Stage) -> None:
    site = stage.site["id"]
    made = stage.admin.post("/api/v1/routes", json={"route": "notice", "basis": "45/QĐ-UBND", "site_id": site})
    assert made.status_code == 201, made.text

    shown = stage.client.post(
        "/api/v1/releases", json={"notice_ids": [stage.notice()], "site_ids": [site], "details": NOTHING_SPECIAL}
    ).json()

    assert shown["basis"] == "45/QĐ-UBND"


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"route": "gone"}, 422), ({"basis": ""}, 422), ({"agency_id": str(OTHER)}, 404), ({"site_id": str(OTHER)}, 404)],
)
def test_a_rule_that_cannot_be(stage: Stage, fields: dict[str, str], status: int) -> None:
    assert stage.admin.post("/api/v1/routes", json={"route": "notice", "basis": "x"} | fields).status_code == status


def test_an_agencys_administrator_makes_rules_for_that_agency(stage: Stage) -> None:
    client = stage.people.person(Role.ADMINISTRATOR, stage.agency.id).client
    said = {"route": "notice", "basis": "x"}

    assert client.post("/api/v1/routes", json=said).status_code == 422
    assert client.post("/api/v1/routes", json=said | {"agency_id": str(stage.agency.id)}).status_code == 201
    assert stage.client.post("/api/v1/routes", json=said).status_code == 403
