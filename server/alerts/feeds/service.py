"""Decisions about feeds: only administrators of the whole installation say who may send alerts in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from server.accounts.passwords import new_token, token_sha256
from server.accounts.permissions import Caller, Permission
from server.alerts.feeds import repository
from server.alerts.feeds.schemas import CodesAsked, FeedChange, FeedNew
from server.alerts.fetching import NotFetched, parted
from server.changes import note_change
from server.db import Session
from server.edge import Expected
from server.emergencies.automatic import may_act
from server.errors import conflict, invalid, not_found
from server.tables.alerts import AlertFeed, FeedKind, SiteAlertCode
from server.trust.service import current_root

MOST_FEEDS = 50


def set_hosts(session: Session, caller: Caller, hosts: Sequence[str], at: datetime) -> None:
    """Say which hosts feeds may lie on.

    Raises:
        Problem: 403; 409 when a feed that is not stopped lies on a host that would go.
    """
    caller.require(Permission.EDIT_TRUST)
    for row in repository.feeds(session):
        if row.url is not None and row.stopped_at is None and not _lies_on(row.url, frozenset(hosts)):
            detail = f"The feed {row.name} lies on a host that is not in the list. Stop the feed first."
            raise conflict("host-in-use", detail)
    repository.set_hosts(session, hosts, caller.user_id, at)


def create(session: Session, caller: Caller, new: FeedNew, at: datetime) -> tuple[AlertFeed, str | None]:
    """Make a feed; the second value is its token when alerts are sent to us.

    Raises:
        Problem: 403; 409 too many; 422 a host that is not allowed.
    """
    caller.require(Permission.EDIT_TRUST)
    if len([row for row in repository.feeds(session) if row.stopped_at is None]) >= MOST_FEEDS:
        raise conflict("too-many-feeds", f"There are {MOST_FEEDS} feeds already. Stop one that is not needed.")
    token = new_token() if new.kind is FeedKind.PUSHED else None
    row = AlertFeed(
        **new.model_dump(exclude={"kind"}),
        kind=new.kind,
        token_sha256=token_sha256(token) if token is not None else None,
        next_at=at if new.url is not None else None,
        added_by=caller.user_id,
        added_at=at,
    )
    _check_address(session, row.url)
    session.add(row)
    session.flush()
    note_change(session, "alert-feed", row.id)
    return row, token


def change(
    session: Session,
    caller: Caller,
    feed_id: UUID,
    asked: FeedChange,
    expected: Expected,
    at: datetime,
    cap_key: bytes | None = None,
) -> AlertFeed:
    """Change a feed.

    Raises:
        Problem: 403, 404, 409, 412, 422.
    """
    row = _running(session, caller, feed_id)
    expected.check(row.rev)
    if asked.automatic and not may_act(current_root(session), cap_key):
        detail = "The root has no role cap with this server's key (bangtin root cap-key), so nothing can be automatic."
        raise conflict("no-cap-role", detail)
    for name, value in asked.model_dump(exclude_none=True).items():
        setattr(row, name, value)
    if (row.kind == FeedKind.POLLED) != (row.url is not None):
        raise invalid("no-address", "Alerts are sent to this feed; it has no address that could be asked.")
    if asked.url is not None:
        _check_address(session, row.url)
        row.next_at, row.etag, row.last_modified, row.failures = at, "", "", 0
    return _touched(session, row)


def renew(session: Session, caller: Caller, feed_id: UUID) -> tuple[AlertFeed, str]:
    """Give a feed another token; the old one is worth nothing from now on.

    Raises:
        Problem: 403, 404, 409.
    """
    row = _running(session, caller, feed_id)
    if row.kind != FeedKind.PUSHED:
        raise conflict("no-token", "This feed is asked by us and has no token.")
    token = new_token()
    row.token_sha256 = token_sha256(token)
    return _touched(session, row), token


def stop(session: Session, caller: Caller, feed_id: UUID, at: datetime) -> AlertFeed:
    """Take nothing from a feed any more; what came stays.

    Raises:
        Problem: 403, 404, 409.
    """
    row = _running(session, caller, feed_id)
    row.stopped_at, row.next_at, row.automatic = at, None, False
    return _touched(session, row)


def set_codes(session: Session, caller: Caller, site_id: UUID, asked: CodesAsked) -> list[SiteAlertCode]:
    """Say by which codes alerts' areas mean a site.

    Raises:
        Problem: 403, 404.
    """
    site = repository.site(session, site_id)
    if site is None:
        raise not_found("site")
    caller.require(Permission.EDIT_FLEET, agency_id=site.agency_id, site_id=site.id, what="site")
    repository.set_codes(session, site_id, ((one.name.strip(), one.code.strip()) for one in asked.codes))
    return repository.codes_of(session, site_id)


def codes_of(session: Session, caller: Caller, site_id: UUID) -> list[SiteAlertCode]:
    """Return the codes of a site.

    Raises:
        Problem: 403, 404.
    """
    site = repository.site(session, site_id)
    if site is None:
        raise not_found("site")
    caller.require(Permission.SEE, agency_id=site.agency_id, site_id=site.id, what="site")
    return repository.codes_of(session, site_id)


def _running(session: Session, caller: Caller, feed_id: UUID) -> AlertFeed:
    caller.require(Permission.EDIT_TRUST)
    row = repository.feed(session, feed_id)
    if row is None:
        raise not_found("feed")
    if row.stopped_at is not None:
        raise conflict("feed-stopped", "This feed was stopped. Make a new one.")
    return row


def _check_address(session: Session, url: str | None) -> None:
    if url is not None and not _lies_on(url, repository.hosts(session)):
        detail = "Its host is not among those that feeds may lie on. Add the host first, then the feed."
        raise invalid("host-not-allowed", detail)


def _lies_on(url: str, hosts: frozenset[str]) -> bool:
    try:
        parted(url, hosts)
    except NotFetched:
        return False
    return True


def _touched(session: Session, row: AlertFeed) -> AlertFeed:
    row.rev += 1
    session.add(row)
    session.flush()
    note_change(session, "alert-feed", row.id)
    return row
