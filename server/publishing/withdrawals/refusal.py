"""Why a notice is not withdrawn, in the three languages."""

from __future__ import annotations

from http import HTTPStatus

from playlists.language import Language
from server.errors import Problem


def withdrawn_already(title: str) -> Problem:
    """Say that a notice is withdrawn, or waits for the approver's signature."""
    return _refusal(
        "withdrawn-already",
        f"“{title}” đã được thu hồi, hoặc đang chờ người duyệt ký thu hồi.",
        f"“{title}” is withdrawn already, or waits for an approver to sign that.",
        f"“{title}”已撤回，或正在等待审批人签署撤回。",
    )


def too_much(title: str, most: int) -> Problem:
    """Say that a notice was released in too many pieces for one withdrawal."""
    return _refusal(
        "too-many-pieces",
        f"“{title}” có hơn {most} tệp đã duyệt. Hãy tạm gỡ trước, rồi nhờ quản trị viên thu hồi từng bản phát hành.",
        f"“{title}” was released in more than {most} files. Hold it, and have its releases withdrawn one by one.",
        f"“{title}”已批准的文件超过{most}个。请先暂停，再逐个撤回其发布。",
    )


def _refusal(code: str, vi: str, en: str, zh: str) -> Problem:
    return Problem(HTTPStatus.CONFLICT, code, en, sentences={Language.VI: vi, Language.EN: en, Language.ZH: zh})
