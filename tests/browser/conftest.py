"""Fixtures of the browser tests: the built front end, one Chromium, a furnished server a module, a watched page."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from server.accounts.calling import COOKIE
from tests.browser.stage import Stage, empty_stage, furnish

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
DESK = (1280, 800)
PHONE = (360, 740)
Open = Callable[..., Page]
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def front_end() -> None:
    """The scripts and styles, built as they are shipped."""
    subprocess.run([sys.executable, "scripts/build_frontend.py"], cwd=ROOT, check=True, timeout=110)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *sandbox])
        yield running
        running.close()


@pytest.fixture(scope="module")
def bare(front_end: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server with one administrator and nothing else."""
    with empty_stage(tmp_path_factory.mktemp("bare")) as stage:
        yield stage


@pytest.fixture(scope="module")
def stage(front_end: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server with sites, panels, notices and a playlist, already published once."""
    with empty_stage(tmp_path_factory.mktemp("stage")) as made:
        furnish(made)
        published(made)
        made.says("tra-linh-1")
        yield made


def published(stage: Stage) -> str:
    """Publish every panel and wait until it is assigned."""
    publication = str(stage.post("/api/v1/publications", {})["id"])
    for _ in range(500):
        shown = stage.get(f"/api/v1/publications/{publication}")
        if shown["state"] != "rendering":
            assert shown["state"] == "assigned", shown["error"]
            return publication
        time.sleep(0.2)
    raise AssertionError("the publication was never assigned")


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Open a window on a stage, logged in or not; a page that logs an error or breaks its policy fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            complaints.append(message.text)

    def open_page(
        stage: Stage, path: str = "/", *, size: tuple[int, int] = DESK, logged_in: bool = True, locale: str = "vi-VN"
    ) -> Page:
        context = browser.new_context(
            base_url=stage.url, viewport={"width": size[0], "height": size[1]}, locale=locale, accept_downloads=False
        )
        context.set_default_timeout(40_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if logged_in:
            log_in(stage, page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def log_in(stage: Stage, page: Page) -> None:
    """Log a window in, as if its second factor had been given just now; the form has tests of its own."""
    token = stage.open_login()
    page.context.add_cookies(
        [{"name": COOKIE, "value": token, "url": stage.url, "httpOnly": True, "sameSite": "Strict"}]
    )


def enter(stage: Stage, page: Page) -> None:
    """Fill in the login's form, both steps."""
    page.fill("#username", stage.username)
    page.fill("#password", stage.password)
    page.click("[data-first] button[type=submit]")
    page.fill("#code", stage.code())
    page.click("[data-second] button[type=submit]")
