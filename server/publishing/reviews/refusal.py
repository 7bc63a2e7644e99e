"""Why a correction is not sent, in the three languages."""

from __future__ import annotations

from http import HTTPStatus

from playlists.language import Language
from server.errors import Problem


def nothing_changed(title: str) -> Problem:
    """Say that a notice's newest revision is on air already."""
    en = f"“{title}” is on air as it was written last. Change the words first, then send the correction."
    return Problem(
        HTTPStatus.CONFLICT,
        "nothing-changed",
        en,
        sentences={
            Language.VI: f"“{title}” đang phát đúng bản mới nhất. Hãy sửa chữ trước, rồi gửi bản sửa.",
            Language.EN: en,
            Language.ZH: f"“{title}”播放的已是最新版本。请先修改文字，再提交更正。",
        },
    )
