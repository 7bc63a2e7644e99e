"""The server draws a board as the kiosk composes it: what is expected on the panel, and the picture in lists."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from bench.board import colour_of
from tests.server.boards.conftest import Gate, Panel


def colour(content: bytes) -> str | None:
    with Image.open(BytesIO(content)) as opened:
        return colour_of(opened.convert("RGB"))


def test_the_expected_picture_has_the_tiles_of_the_values(gate: Gate, panel: Panel) -> None:
    path = f"/api/v1/panels/{panel.panel_id}/expected.jpg"
    gate.state({"gate": "open", "wait": 5})
    first = gate.writer.get(path)
    assert first.status_code == 200
    assert colour(first.content) == "green"
    gate.state({"gate": "closed"})
    assert colour(gate.writer.get(path).content) == "red"
    gate.state({"gate": None})
    assert colour(gate.writer.get(path).content) == "green"


def test_the_picture_in_lists_is_the_board_as_it_is_now(gate: Gate) -> None:
    path = f"/api/v1/notices/{gate.shown()['notice_id']}/picture"
    gate.state({"gate": "closed", "wait": 5})
    shown = gate.writer.get(path)
    assert shown.headers["content-type"] == "image/png"
    assert colour(shown.content) == "red"
    gate.state({"gate": "open"})
    chinese = gate.writer.get(path, params={"language": "zh"}).content
    assert colour(chinese) == "green"
    assert chinese != gate.writer.get(path, params={"language": "vi"}).content
    gate.state({"gate": None, "wait": None})
