"""The LED view alone in a page: sizes, distances and dots, by mouse, keys and on a phone, without a server."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from playlists.profile import Profile
from server.console.script_texts import SENTENCES
from server.media.segments import write_still
from tests.browser.conftest import DESK, PHONE, ROOT

WIDTH, HEIGHT, PITCH_UM = 192, 96, 10_000
HOST = "http://led.test"
PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/led_view.css">
<style>body {{ margin: 8px }} :root {{ --night: #000; --accent: #06c }}</style>
<script type="application/json" id="texts">{texts}</script>
<div id="view" class="led" data-led data-src="/one.mp4" data-width="192" data-height="96" data-pitch-um="{pitch}"
 data-distance-m="20"></div>
<script type="module">import {{ install }} from "/led_view.js"; install();</script></html>"""


def segment(path: Path, colour: tuple[int, int, int]) -> Path:
    profile = Profile.of(WIDTH, HEIGHT)
    write_still(Image.new("RGB", (WIDTH, HEIGHT), colour), profile, path)
    return path


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("films")
    return {
        "one.mp4": segment(folder / "one.mp4", (200, 30, 30)),
        "two.mp4": segment(folder / "two.mp4", (30, 30, 200)),
    }


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, films: dict[str, Path]) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.route(f"{HOST}/**", lambda route: answer(route, films))
    opened.goto(f"{HOST}/?pitch={PITCH_UM}")
    yield opened
    context.close()
    assert errors == []


def answer(route: Route, films: dict[str, Path]) -> None:
    path = route.request.url.removeprefix(f"{HOST}/")
    name, _, query = path.partition("?")
    if name in films:
        route.fulfill(body=films[name].read_bytes(), content_type="video/mp4")
    elif name.endswith((".js", ".css")):
        kind = "text/javascript" if name.endswith(".js") else "text/css"
        route.fulfill(body=(ROOT / "server/console/assets" / name).read_bytes(), content_type=kind)
    elif not name:
        sentences = {key: str(text) for key, text in SENTENCES.items() if key.startswith("led_")}
        texts = json.dumps({"language": "en", "sentences": sentences, "problems": {}})
        route.fulfill(body=PAGE.format(texts=texts, pitch=query.removeprefix("pitch=")), content_type="text/html")
    else:
        route.fulfill(status=404)


def face_width(page: Page) -> float:
    box = page.locator(".led-face").bounding_box()
    assert box is not None
    return float(box["width"])


def test_sizes_distances_and_dots(page: Page) -> None:
    video = page.locator("video")
    page.wait_for_function("document.querySelector('video').videoWidth === 192")
    stage = page.locator(".led-stage").bounding_box()
    assert stage is not None
    assert math.isclose(face_width(page), stage["width"], abs_tol=1)
    page.get_by_role("button", name="Panel pixels").click()
    assert face_width(page) == WIDTH
    assert page.locator(".led-dots").is_hidden(), "a lamp of one pixel has no shape"
    page.get_by_role("button", name="From a distance").click()
    slider = page.get_by_role("slider", name="Distance")
    expect(page.locator("output")).to_have_text(re.compile("^(19|20|21) m$"))
    far = face_width(page)
    assert math.isclose(far, WIDTH * 10 * 0.6 / 20 * 96 / 25.4, rel_tol=0.05), "as large as it looks from there"
    expect(page.get_by_text("the dots melt together")).to_be_visible()
    slider.focus()
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    assert face_width(page) > 4 * far, "nearer is larger"
    expect(page.locator(".led-dots")).to_be_visible()
    expect(page.get_by_text("the dots melt together")).to_be_hidden()
    page.get_by_label("LED dots").uncheck()
    expect(page.locator(".led-dots")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "only the stage scrolls"
    expect(video).to_have_js_property("muted", True)


def test_it_plays_the_segment_holds_its_last_second_and_changes_to_another(page: Page) -> None:
    held = "document.querySelector('video').currentTime > 0 && !document.querySelector('video').ended"
    page.wait_for_function("document.querySelector('video').duration === 1")
    page.evaluate(
        "window.rounds = 0; document.querySelector('video').addEventListener('ended', () => { window.rounds += 1; })"
    )
    page.wait_for_function("window.rounds >= 2", timeout=60_000)
    page.wait_for_function(held)
    page.evaluate("document.getElementById('view').dataset.src = '/two.mp4'")
    page.wait_for_function("document.querySelector('video').currentSrc.endsWith('/two.mp4')")
    page.get_by_role("button", name="From the start").click()
    page.wait_for_function(held)


def test_a_pitch_that_is_not_known_is_said(page: Page) -> None:
    page.goto(f"{HOST}/?pitch=")
    page.get_by_role("button", name="From a distance").click()
    expect(page.get_by_text("pitch is not known; 10 mm is taken")).to_be_visible()
