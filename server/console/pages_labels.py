"""Labels with QR codes: one on each panel's kiosk box opens the panel's service view on a phone, after login."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import HTMLResponse

from server.accounts.factors.pictures import qr_picture
from server.accounts.permissions import Permission
from server.console import repository
from server.console.page import PageDep, PageRoute
from server.edge import ReadSession
from server.errors import not_found
from server.routes import Router

router = Router(route_class=PageRoute, include_in_schema=False)
MOST = 500


@router.get("/labels")
def print_labels(
    page: PageDep,
    session: ReadSession,
    panel: Annotated[list[UUID] | None, Query(max_length=MOST)] = None,
    site: UUID | None = None,
    single: bool = False,
) -> HTMLResponse:
    """Show labels to print: of some panels, of a site's, or of all; ten on an A4 page, or one on each label."""
    page.caller.require(Permission.SEE)
    rows = repository.panels(session, page.caller.seen)
    if site is not None:
        rows = [row for row in rows if row.site_id == site]
    if panel is not None:
        rows = [row for row in rows if row.id in panel]
        if {row.id for row in rows} != set(panel):
            raise not_found("panel")
    sites = repository.sites_by_id(session, {row.site_id for row in rows})
    public = page.parts.settings.base_url
    address = (public or str(page.request.base_url)).rstrip("/")
    labels = [
        {
            "panel": row,
            "site": sites[row.site_id],
            "address": f"{address}/panels/{row.id}/service",
            "picture": qr_picture(f"{address}/panels/{row.id}/service"),
        }
        for row in rows[:MOST]
    ]
    chosen = page.request.url.include_query_params(single="false" if single else "true")
    return page.render(
        "labels.html", "faults", labels=labels, single=single, public=public, address=address,
        other=f"{chosen.path}?{chosen.query}",
    )  # fmt: skip
