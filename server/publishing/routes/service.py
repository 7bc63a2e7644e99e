"""Decides which route a submission goes by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from playlists.trust.root import Root, Route
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.db import Session
from server.errors import invalid, not_found
from server.publishing.routes import repository
from server.publishing.routes.refusal import different_routes, no_route, unknown_route
from server.publishing.routes.schemas import RuleNew
from server.tables import RouteRule, Site
from server.trust.service import required_root


class Chosen(NamedTuple):
    """A route, and the rule that chose it; None where the root has only one that leads there."""

    route: Route
    rule: RouteRule | None


def choose(
    rules: Sequence[RouteRule], root: Root, sites: Collection[Site], agency_id: UUID, classes: Collection[str]
) -> Chosen:
    """Return the one route that everything in a submission goes by.

    Raises:
        Problem: 422 no rule and not exactly one route lead there, or the parts go by different routes.
    """
    found = [_of(rules, root, site, agency_id, content_class) for site in sites for content_class in classes]
    first = found[0]
    if any(one.route.id != first.route.id for one in found):
        raise different_routes(sorted({one.route.id for one in found}))
    return first


def create(session: Session, caller: Caller, new: RuleNew, at: datetime) -> RouteRule:
    """Make a rule; the one that held for the same site, agency and class ends.

    Raises:
        Problem: 403; 404; 409 no root; 422 the root knows no such route.
    """
    _require(caller, new.agency_id)
    site = repository.site(session, new.site_id) if new.site_id is not None else None
    if new.site_id is not None and (site is None or not (new.agency_id is not None or caller.sees(site.agency_id))):
        raise not_found("site")
    if new.agency_id is not None and not repository.is_agency(session, new.agency_id):
        raise not_found("agency")
    root = required_root(session, training=site is not None and site.training)
    if root.route(new.route) is None:
        raise unknown_route(new.route, [one.id for one in root.routes])
    same = (new.site_id, new.agency_id, new.content_class)
    for row in repository.rules(session):
        if (row.site_id, row.agency_id, row.content_class) == same:
            row.ended_at = at
            session.add(row)
    made = RouteRule(
        number=repository.last_number(session) + 1,
        site_id=new.site_id,
        agency_id=new.agency_id,
        content_class=new.content_class,
        route=new.route,
        basis=new.basis,
        created_by=caller.user_id,
        created_at=at,
    )
    return _kept(session, caller, made)


def end(session: Session, caller: Caller, rule_id: UUID, at: datetime) -> RouteRule:
    """End a rule; a less specific one holds from now on.

    Raises:
        Problem: 403, 404.
    """
    caller.require(Permission.EDIT_ROUTES)
    row = repository.rule(session, rule_id)
    if row is None:
        raise not_found("rule")
    _require(caller, row.agency_id)
    row.ended_at = row.ended_at or at
    return _kept(session, caller, row)


def seen(caller: Caller, rows: Iterable[RouteRule]) -> list[RouteRule]:
    """Return the rules that concern a caller: those for all, and those of agencies that they see."""
    return [row for row in rows if row.agency_id is None or caller.sees(row.agency_id)]


def _require(caller: Caller, agency_id: UUID | None) -> None:
    caller.require(Permission.EDIT_ROUTES, agency_id=agency_id, what="agency")
    if agency_id is None and caller.agencies(Permission.EDIT_ROUTES) is not None:
        raise invalid("agency-missing", "Rules for all agencies are made for the whole installation; name your agency.")


def _of(rules: Sequence[RouteRule], root: Root, site: Site, agency_id: UUID, content_class: str) -> Chosen:
    wanted = (site.id, agency_id, content_class)
    fitting = [one for one in rules if _fits(one, wanted)]
    if fitting:
        best = max(fitting, key=lambda one: (one.site_id is not None, one.agency_id is not None, one.number))
        route = root.route(best.route)
        if route is None or (route.sites and site.slug not in route.sites):
            raise no_route(site.name)
        return Chosen(route, best)
    leading = [route for route in root.routes if not route.sites or site.slug in route.sites]
    if len(leading) != 1:
        raise no_route(site.name)
    return Chosen(leading[0], None)


def _fits(rule: RouteRule, wanted: tuple[UUID, UUID, str]) -> bool:
    said = (rule.site_id, rule.agency_id, rule.content_class)
    return all(one is None or one == other for one, other in zip(said, wanted, strict=True))


def _kept(session: Session, caller: Caller, row: RouteRule) -> RouteRule:
    session.add(row)
    session.flush()
    note_change(session, "route", row.id)
    audit(
        session,
        caller,
        Action.ROUTE_CHANGED,
        "route",
        row.id,
        name=row.route,
        agency_id=row.agency_id,
        after={"site_id": row.site_id, "class": row.content_class, "basis": row.basis, "ended_at": row.ended_at},
    )
    return row
