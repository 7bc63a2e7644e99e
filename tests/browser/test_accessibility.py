"""The console for everybody: contrast and the other rules of WCAG 2.1 AA on the main pages, and every page on a phone.

The rules are those of axe-core, which runs in the page itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.stage import Stage

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SMALL = (390, 844)
GRID = ("aria-required-children", "aria-required-parent")
"""The roles inside of the calendar's grid are those of its library (EventCalendar)."""
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
NOTICE_PAGES = (
    "/notices",
    "/notices/to-translate",
    "/notices/to-review",
    "/notices/archive",
    "/notices/new",
    "/notices/new/card?template=headline_body",
    "/notices/new/clip",
    "/notices/new/album",
    "/notices/{notice}",
    "/notices/{card}",
    "/notices/{card}/preview",
    "/notices/{card}/revisions",
    "/notices/subjects",
    "/translations",
    "/glossary",
    "/boards",
    "/boards/phrases",
    "/media",
    "/playlists",
    "/playlists/{playlist}",
)
OTHER_PAGES = ("/", "/panels/{panel}", "/schedule", "/schedule/urgent", "/schedule/hours", "/faults", "/admin")


@pytest.fixture(scope="module")
def places(stage: Stage) -> dict[str, str]:
    """What stands for the words in braces: ids, with a card that has something to say about each language."""
    variants = {
        "vi": {
            "words": {"title": "Giờ làm việc cửa khẩu Trà Lĩnh", "body": "Hằng ngày 07:00–17:00!"},
            "finished": True,
        },
        "en": {"words": {"title": "Opening hours", "body": "Daily"}, "finished": True},
        "zh": {"words": {"title": "開放時間", "body": "每日"}},
    }
    body: dict[str, Any] = {"agency_id": stage.agency_id, "title": "Giờ làm việc", "variants": variants}
    body |= {"content": {"kind": "card", "look": {"template": "headline_body"}}}
    body |= {"freshness": {"max_age_s": 3600, "on_stale": "plate"}}
    card = str(stage.post("/api/v1/notices", body)["id"])
    return {
        "card": card,
        "notice": next(iter(stage.notices.values())),
        "playlist": next(iter(stage.playlists.values())),
        "panel": next(iter(stage.panels.values())),
    }


def faults(page: Page) -> list[str]:
    """Return what breaks a rule on a page, one line for each element."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async (rules) => (await axe.run(document, rules)).violations", RULES)
    return [
        f"{rule['id']}: {' '.join(node['target'])} {node['any'][0]['message'] if node['any'] else rule['help']}"
        for rule in found
        for node in rule["nodes"]
        if not (rule["id"] in GRID and ".ec" in node["target"][0])
    ]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_main_pages_keep_the_rules_in_light_and_dark(
    stage: Stage, visit: Open, places: dict[str, str], scheme: str
) -> None:
    page = visit(stage, "/")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    broken = {}
    for path in (*OTHER_PAGES, *NOTICE_PAGES):
        page.goto(path.format(**places))
        if found := faults(page):
            broken[path] = found
    assert broken == {}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["vi", "en", "zh"])
def test_notice_pages_are_as_wide_as_a_phone_in_every_language(
    stage: Stage, visit: Open, places: dict[str, str], language: str
) -> None:
    stage.client.patch("/api/v1/me", json={"language": language})
    try:
        page = visit(stage, "/", size=SMALL)
        wide = {}
        for path in NOTICE_PAGES:
            page.goto(path.format(**places))
            page.wait_for_load_state("networkidle")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > SMALL[0]:
                wide[path] = width
        assert wide == {}
    finally:
        stage.client.patch("/api/v1/me", json={"language": "vi"})
