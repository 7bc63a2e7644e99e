"""A simulated panel as a process of its own: what it shows has the frame, and a real kiosk does not become one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from playlists.profile import Profile
from server.media.training import GROUND, INK, empty, inner_box
from tests.server.releases.stage import waited
from tests.server.training.school import School

CLI = [sys.executable, "-m", "kiosk_agent.cli"]
NEAR = 60


def environment(*, simulated: bool) -> dict[str, str]:
    own = {"BANGTIN_KIOSK_DEMO_ROOT": str(simulated).lower(), "BANGTIN_KIOSK_PLAYER": "software", "DISPLAY": ""}
    return os.environ | own


def enrol(school: School, code: str, folder: Path, *, simulated: bool) -> subprocess.CompletedProcess[str]:
    arguments = ["enrol", "--server", school.people.server.url, "--code", code, "--data-dir", str(folder)]
    return subprocess.run(
        [*CLI, *arguments],
        env=environment(simulated=simulated),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the simulated kiosk keeps its files."""
    return tmp_path_factory.mktemp("kiosk")


@pytest.fixture(scope="module")
def playing(school: School, folder: Path) -> Iterator[str]:
    """A panel with a running simulated kiosk; its id. A real kiosk was refused with the same code before."""
    panel, _, code = school.code()
    refused = enrol(school, code, folder / "real", simulated=False)
    assert refused.returncode == 1
    assert "training site" in refused.stderr
    taken = enrol(school, code, folder / "data", simulated=True)
    assert taken.returncode == 0, taken.stderr
    with (folder / "log").open("wb") as log:
        command = [*CLI, "run", "--data-dir", str(folder / "data")]
        process = subprocess.Popen(command, env=environment(simulated=True), stdout=log, stderr=log)
        yield panel
        process.terminate()
        process.wait(30)


def test_what_a_simulated_panel_captures_has_the_frame(school: School, playing: str) -> None:
    assert school.reset().status_code == 200
    school.release(*(one["id"] for one in school.notices()))

    def look() -> Image.Image | None:
        school.admin.post(f"/api/v1/panels/{playing}/watch", json={})
        answer = school.admin.get(f"/api/v1/panels/{playing}/capture.jpg")
        if answer.status_code != 200:
            return None
        with Image.open(io.BytesIO(answer.content)) as opened:
            return opened.convert("RGB").resize((256, 128))

    picture = waited(look, lambda one: one is not None and _is_framed(one), limit_s=200)
    assert picture is not None
    kept = os.environ.get("BANGTIN_TEST_PICTURES")
    if kept:
        picture.save(Path(kept) / "training-panel.png")
    assert len(picture.crop((4, 4, 250, 100)).getcolors(1 << 16) or []) > 20


def _is_framed(picture: Image.Image) -> bool:
    """Tell whether the server's frame stands around a picture: its border, and the words at its foot."""
    box, frame = inner_box(Profile.of(256, 128)), empty(Profile.of(256, 128))
    foot = picture.crop((0, box.y + box.height + 2, 256, 128))
    words = frame.crop((0, box.y + box.height + 2, 256, 128))
    inked = [(x, y) for x in range(256) for y in range(words.height) if words.getpixel((x, y)) == INK]
    bright = [sum(foot.getpixel(place)) / 3 for place in inked]  # type: ignore[arg-type]  # RGB: three numbers
    return _is_near(picture.getpixel((0, 60)), GROUND) and sum(bright) / len(bright) > 150


def test_what_it_draws_itself_has_the_frame_too(playing: str, folder: Path) -> None:
    assert playing
    safe = list((folder / "data").rglob("safe-*.mp4"))
    assert any(one.stem.endswith("-training") for one in safe), safe


def _is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) < NEAR for one, other in zip(pixel, colour, strict=True))
