"""The page of training sites: what stands there, keys, and the one button that takes it all back."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from playlists.trust.fingerprint import in_words
from server.accounts.permissions import Permission
from server.console.page import Page, PageDep, PageRoute
from server.console.texts import mark
from server.console.training import repository
from server.db import Session
from server.edge import ReadSession
from server.routes import Router
from server.tables import Site
from server.training import service
from server.trust.repository import newest_root

router = Router(route_class=PageRoute, include_in_schema=False)
SORTS = {
    "emergencies": mark("warnings and drills that run or wait"),
    "releases": mark("releases on air"),
    "submissions": mark("submissions that wait"),
    "notices": mark("notices"),
    "playlists": mark("playlists"),
    "entries": mark("entries of the schedule"),
    "boards": mark("status boards"),
    "alarms": mark("alarms"),
    "orders": mark("work orders"),
}


@router.get("/training")
def training(page: PageDep, session: ReadSession) -> HTMLResponse:
    """Show the training sites that the reader sees."""
    page.caller.require(Permission.SEE)
    root = newest_root(session, training=True)
    sites = repository.training_sites(session, page.caller.seen)
    return page.render(
        "training.html",
        "training",
        sites=[_site(page, session, site) for site in sites],
        root={"version": root.version, "words": in_words(root.sha256)} if root is not None else None,
    )


def _site(page: Page, session: Session, site: Site) -> dict[str, object]:
    counted = service.standing_of(session, site, page.now)
    lines = [f"{counted[key]} {page.texts.say(words)}" for key, words in SORTS.items() if counted[key]]
    goes = ", ".join(lines) or page.texts.say("nothing")
    sure = page.texts.say(
        "Take %(name)s back to its beginning? This goes: %(goes)s. What runs on its panels is ended first."
    )
    return {
        "id": site.id,
        "slug": site.slug,
        "name": site.name,
        "lines": lines,
        "sure": sure % {"name": site.name, "goes": goes},
        "may": page.caller.may(Permission.EDIT_FLEET, agency_id=site.agency_id, site_id=site.id),
    }
