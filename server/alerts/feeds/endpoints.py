"""Feeds of alerts, allowed hosts and sites' codes over HTTP."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from server.accounts.endpoints import CallerDep
from server.accounts.permissions import Permission
from server.alerts.feeds import repository, service
from server.alerts.feeds.schemas import (
    CodesAsked,
    CodeShown,
    FeedChange,
    FeedMade,
    FeedNew,
    FeedShown,
    HostsAsked,
    HostsShown,
)
from server.edge import IfMatch, ReadSession, WriteSession, tag
from server.keys import load_cap_key
from server.parts import PartsDep
from server.routes import Router

router = Router(prefix="/api/v1", tags=["alerts"])


@router.get("/alert-hosts")
def hosts(caller: CallerDep, session: ReadSession) -> HostsShown:
    """List the hosts that polled feeds may lie on."""
    caller.require(Permission.EDIT_TRUST)
    return HostsShown(hosts=sorted(repository.hosts(session)))


@router.put("/alert-hosts")
def set_hosts(asked: HostsAsked, caller: CallerDep, session: WriteSession, parts: PartsDep) -> HostsShown:
    """Set the hosts that polled feeds may lie on; nothing is fetched from any other."""
    service.set_hosts(session, caller, asked.hosts, parts.clock())
    return HostsShown(hosts=sorted(repository.hosts(session)))


@router.get("/alert-feeds")
def feeds(caller: CallerDep, session: ReadSession) -> list[FeedShown]:
    """List every feed and how it does; those that were stopped come last."""
    caller.require(Permission.EDIT_TRUST)
    return [FeedShown.model_validate(row) for row in repository.feeds(session)]


@router.post("/alert-feeds", status_code=201)
def create_feed(
    new: FeedNew, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> FeedMade:
    """Let alerts come in by another way; the token of a feed that they are sent to is shown this once."""
    row, token = service.create(session, caller, new, parts.clock())
    tag(response, row.rev)
    return FeedMade(**FeedShown.model_validate(row).model_dump(), token=token)


@router.patch("/alert-feeds/{alert_feed_id}")
def change_feed(
    alert_feed_id: UUID,
    asked: FeedChange,
    caller: CallerDep,
    expected: IfMatch,
    session: WriteSession,
    response: Response,
    parts: PartsDep,
) -> FeedShown:
    """Change a feed; what is left out stays."""
    row = service.change(
        session,
        caller,
        alert_feed_id,
        asked,
        expected,
        parts.clock(),
        load_cap_key(parts.settings.keys_dir),
    )
    tag(response, row.rev)
    return FeedShown.model_validate(row)


@router.post("/alert-feeds/{alert_feed_id}/token")
def renew_token(alert_feed_id: UUID, caller: CallerDep, session: WriteSession, response: Response) -> FeedMade:
    """Give a feed another token, shown this once; the old one is worth nothing from now on."""
    row, token = service.renew(session, caller, alert_feed_id)
    tag(response, row.rev)
    return FeedMade(**FeedShown.model_validate(row).model_dump(), token=token)


@router.post("/alert-feeds/{alert_feed_id}/stop")
def stop_feed(
    alert_feed_id: UUID, caller: CallerDep, session: WriteSession, response: Response, parts: PartsDep
) -> FeedShown:
    """Take nothing from a feed any more."""
    row = service.stop(session, caller, alert_feed_id, parts.clock())
    tag(response, row.rev)
    return FeedShown.model_validate(row)


@router.get("/sites/{site_id}/alert-codes")
def codes(site_id: UUID, caller: CallerDep, session: ReadSession) -> list[CodeShown]:
    """List the codes by which alerts' areas mean a site, besides its own name (`bangtin:site`)."""
    return [CodeShown.model_validate(row) for row in service.codes_of(session, caller, site_id)]


@router.put("/sites/{site_id}/alert-codes")
def set_codes(site_id: UUID, asked: CodesAsked, caller: CallerDep, session: WriteSession) -> list[CodeShown]:
    """Set the codes by which alerts' areas mean a site."""
    return [CodeShown.model_validate(row) for row in service.set_codes(session, caller, site_id, asked)]
