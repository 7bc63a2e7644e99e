"""Contact sheets through the API."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.server.content.conftest import Document, Room
from tests.server.media.made import write_film


@pytest.fixture(scope="module")
def clip(room: Room, tmp_path_factory: pytest.TempPathFactory) -> Document:
    film = write_film(tmp_path_factory.mktemp("film") / "film.mp4", frames=75, fps=25)
    headers = {"Content-Type": "video/mp4"}
    answer = room.author.client.post(
        "/api/v1/media", params={"name": "thác.mp4"}, content=film.read_bytes(), headers=headers
    )
    assert answer.status_code == 201, answer.text
    made: Document = answer.json()
    return made


def test_a_clip_has_a_contact_sheet(room: Room, clip: Document) -> None:
    sheet = room.author.ok("GET", f"/media/{clip['id']}/contact-sheet")
    assert (sheet["page"], sheet["pages"]) == (0, 1)
    regular = [cell["at_ms"] for cell in sheet["cells"] if cell["why"] == "second"]
    assert regular == [0, 1000, 2000]
    picture = room.author.client.get(sheet["picture"])
    assert picture.headers["content-type"] == "image/jpeg"
    with Image.open(BytesIO(picture.content)) as image:
        rows = -(-len(sheet["cells"]) // sheet["columns"])
        gap = sheet["gap"]
        assert image.width == sheet["columns"] * (sheet["cell_width"] + gap) + gap
        assert image.height == rows * (sheet["cell_height"] + gap) + gap
    again = room.author.client.get(sheet["picture"])
    assert again.content == picture.content
    assert again.headers["etag"] == picture.headers["etag"]


def test_what_has_no_sheet_is_said(room: Room, clip: Document, tmp_path: Path) -> None:
    room.author.refused(404, "GET", f"/media/{clip['id']}/contact-sheet?page=1")
    problem = room.author.refused(422, "GET", f"/media/{room.author.upload()}/contact-sheet")
    assert problem["code"] == "no-clip"
    room.stranger.refused(404, "GET", f"/media/{clip['id']}/contact-sheet.jpg")
