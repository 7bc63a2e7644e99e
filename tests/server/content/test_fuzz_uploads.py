"""Damaged files by the way that everybody uploads: each is answered, and the server goes on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.uploading.damaged import KINDS, damaged, originals
from server.media.refusal import Refusal
from tests.server.content.conftest import Room

FILES = 60
TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp", "mp4": "video/mp4"}


@pytest.mark.timeout(300)
def test_damaged_files_are_taken_or_refused_with_a_reason(room: Room, tmp_path: Path) -> None:
    sound = originals(tmp_path)
    codes = {f"media-{reason.value}" for reason in Refusal}
    answers: Counter[str] = Counter()
    for number in range(FILES):
        file = damaged(number, sound)
        about = f"{number} ({file.kind}, {file.how})"
        answer = room.author.client.post(
            "/api/v1/media",
            params={"name": f"hỏng {number}.{file.kind}"},
            content=file.content,
            headers={"Content-Type": TYPES[file.kind]},
        )
        if answer.is_success:
            answers["taken"] += 1
            shown = answer.json()
            assert shown["width"] >= 1, about
            assert room.author.client.get(f"/api/v1/media/{shown['id']}/file").is_success, about
            continue
        answers["refused"] += 1
        problem = answer.json()
        assert answer.status_code == 422, f"{about}: {answer.status_code} {answer.text}"
        assert problem["code"] in codes, f"{about}: {problem}"
        assert set(problem["sentences"]) == {"vi", "en", "zh"}, about
        assert all(problem["sentences"].values()), about
    assert answers.total() == FILES
    assert min(answers["taken"], answers["refused"]) > 0
    assert {damaged(number, sound).kind for number in range(FILES)} == set(KINDS)
    assert room.author.upload()
