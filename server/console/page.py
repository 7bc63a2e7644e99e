"""What every page shares: who looks, in which language, how a template becomes an answer, and what a failure shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from playlists.daypart import zone
from playlists.language import Language
from server.accounts.calling import find_caller, unauthenticated
from server.accounts.permissions import Caller
from server.changes import newest_change
from server.console import script_texts
from server.console.texts import OWN_NAMES, Texts, choose, mark, texts_of
from server.console.training.scope import ids_in, scope, sentence
from server.console.words import role_name
from server.errors import Problem
from server.parts import Parts, PartsDep, parts_of
from server.settings import SecondFactor
from server.trust.repository import newest_root

HERE = Path(__file__).parent
DIST = HERE / "static" / "dist"
COOKIE = "bangtin_language"
PAGE_FOR_TEMPORARY = "/password"
PAGE_FOR_ENROLLING = "/account"
HOME_ZONE = zone("Asia/Ho_Chi_Minh")
"""Times that belong to no site are shown in this zone."""
TABS = (
    ("/", "wall", mark("Wall")),
    ("/schedule", "schedule", mark("Schedule")),
    ("/notices", "notices", mark("Notices")),
    ("/playlists", "playlists", mark("Playlists")),
    ("/boards", "boards", mark("Boards")),
    ("/faults", "faults", mark("Faults")),
)
SCHEDULE_PAGES = (
    ("/schedule", "calendar", mark("Calendar")),
    ("/schedule/day", "day", mark("Day preview")),
    ("/schedule/urgent", "urgent", mark("Urgent")),
    ("/schedule/dayparts", "dayparts", mark("Dayparts")),
    ("/schedule/hours", "hours", mark("Operating hours")),
    ("/schedule/special-days", "special", mark("Special days")),
    ("/schedule/exchange", "exchange", mark("Copy and exchange")),
)

NOTICE_PAGES = (
    ("/notices", "all", mark("Notices")),
    ("/notices/to-translate", "to-translate", mark("To translate")),
    ("/notices/to-review", "to-review", mark("To review")),
    ("/translations", "translations", mark("Files for translators")),
    ("/glossary", "glossary", mark("Glossary")),
    ("/notices/subjects", "subjects", mark("Subjects of the year")),
    ("/notices/archive", "archive", mark("Archive")),
)


@dataclass(frozen=True)
class Page:
    """A page that a logged-in person asked for."""

    request: Request
    parts: Parts
    caller: Caller
    texts: Texts
    now: datetime
    seen: int
    """The newest change when the page was begun: its event stream goes on from there, so that none is missed."""
    has_demo_root: bool = False
    """Whether signatures here count under a demo root only, which every page then says."""
    training: str = ""
    """What the page says of training, where it shows a training site."""
    is_training: bool = False
    """Whether it is about training alone: then a frame stands around it."""

    @property
    def is_unguarded(self) -> bool:
        """Whether nobody is asked for a second factor, which every page then says."""
        return is_unguarded(self.parts)

    def may(self, permission: str) -> bool:
        """Tell whether the person's role allows something: what is offered; what is done, the API decides."""
        return permission in self.caller.permissions

    def render(self, template: str, section: str, /, **context: object) -> HTMLResponse:
        """Return a template as an answer."""
        return render(
            self.texts,
            template,
            {
                "caller": self.caller,
                "may": self.may,
                "seen": self.seen,
                "section": section,
                "is_unguarded": self.is_unguarded,
                "has_demo_root": self.has_demo_root,
                "demo_page": self.parts.settings.demo_page,
                "training": self.training,
                "is_training": self.is_training,
            }
            | context,
        )


def is_unguarded(parts: Parts) -> bool:
    """Tell whether the settings ask nobody for a second factor."""
    return parts.settings.second_factor is SecondFactor.OFF


def language_of(request: Request, saved: str | None = None) -> Texts:
    """Return the words for a request: the person's language, the cookie's, or the browser's."""
    return texts_of(choose(saved, request.cookies.get(COOKIE), request.headers.get("accept-language")))


def render(
    texts: Texts, template: str, context: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK
) -> HTMLResponse:
    """Return a template in one language as an answer."""
    shared: dict[str, object] = {
        "texts": texts,
        "tabs": [(path, symbol, texts.say(name)) for path, symbol, name in TABS],
        "schedule_pages": [(path, key, texts.say(name)) for path, key, name in SCHEDULE_PAGES],
        "notice_pages": [(path, key, texts.say(name)) for path, key, name in NOTICE_PAGES],
        "languages": [(language.value, OWN_NAMES[language]) for language in Language],
        "role_name": partial(role_name, texts),
        "script_texts": partial(script_texts.collect, texts),
        "caller": None,
        "seen": None,
        "is_unguarded": False,
        "has_demo_root": False,
        "demo_page": None,
        "training": "",
        "is_training": False,
    }
    text = _environment(texts.language).get_template(template).render(shared | dict(context))
    return HTMLResponse(text, status, {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"})


def _page(request: Request, parts: PartsDep) -> Page:
    caller = find_caller(request, parts)
    if caller.scopes is not None:
        raise unauthenticated()
    if caller.password_is_temporary and request.url.path != PAGE_FOR_TEMPORARY:
        raise HTTPException(HTTPStatus.SEE_OTHER, headers={"Location": PAGE_FOR_TEMPORARY})
    if caller.is_enrolling and request.url.path not in (PAGE_FOR_TEMPORARY, PAGE_FOR_ENROLLING):
        raise HTTPException(HTTPStatus.SEE_OTHER, headers={"Location": PAGE_FOR_ENROLLING})
    ids = ids_in((*request.path_params.values(), *request.query_params.values()))
    with parts.db.read() as session:
        seen, root = newest_change(session), newest_root(session)
        whole, names = scope(session, caller, ids)
    texts = language_of(request, caller.language)
    has_demo_root = root is not None and root.demo
    return Page(request, parts, caller, texts, parts.clock(), seen, has_demo_root, sentence(texts, whole, names), whole)


PageDep = Annotated[Page, Depends(_page)]


class PageRoute(APIRoute):
    """A route whose failures are pages, and whose strangers are led to the login."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler, with failures turned into pages."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except HTTPException as elsewhere:
                if elsewhere.status_code != HTTPStatus.SEE_OTHER:
                    raise
                if request.headers.get("hx-request"):
                    return Response(status_code=HTTPStatus.NO_CONTENT)  # a whole page would land inside the part
                return RedirectResponse((elsewhere.headers or {})["Location"], HTTPStatus.SEE_OTHER)
            except RequestValidationError:
                return problem_page(request, HTTPStatus.NOT_FOUND, None)
            except Problem as problem:
                if problem.status is HTTPStatus.UNAUTHORIZED:
                    return _to_login(request)
                return problem_page(request, problem.status, problem)

        return handler


def problem_page(request: Request, status: HTTPStatus, problem: Problem | None) -> HTMLResponse:
    """Return a failure as a page: what it is, and the way back."""
    caller = _caller_or_none(request)
    texts = language_of(request, caller.language if caller is not None else None)
    title = texts.say("Not found") if status is HTTPStatus.NOT_FOUND else texts.say("This did not work")
    context: dict[str, object] = {"title": title, "sentence": script_texts.sentence_of(texts, problem)}
    if caller is not None:
        permissions = caller.permissions
        context |= {"caller": caller, "section": "", "may": lambda permission: permission in permissions}
        context["is_unguarded"] = is_unguarded(parts_of(request))
    return render(texts, "problem.html", context, status)


def _caller_or_none(request: Request) -> Caller | None:
    try:
        return find_caller(request, parts_of(request))
    except Problem:
        return None


def _to_login(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("hx-request"):
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": "/login"})
    return RedirectResponse("/login" if here == "/" else f"/login?next={quote(here, safe='/')}", HTTPStatus.SEE_OTHER)


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translations = texts_of(language).translations
    # jinja2 adds these members at run time, out of its stubs' sight
    environment.install_gettext_callables(translations.ugettext, translations.ungettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["asset"] = _asset
    environment.globals["icon"] = environment.get_template("icons.html").module.icon  # type: ignore[attr-defined]
    return environment


def _asset(name: str) -> str:
    return f"/static/{name}?v={_build()}"


@cache
def _build() -> str:
    try:
        return str(json.loads((DIST / "build.json").read_text("utf-8"))["inputs"])[:12]
    except (OSError, ValueError, KeyError):
        return "none"
