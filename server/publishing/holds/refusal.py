"""Why something is not taken off the air, in the three languages."""

from __future__ import annotations

from http import HTTPStatus

from playlists.language import Language
from server.errors import Problem


def not_on_air(title: str) -> Problem:
    """Say that a notice is released nowhere, so that there is nothing to take off."""
    return _refusal(
        "not-on-air",
        f"“{title}” chưa được duyệt phát ở đâu nên không có gì để gỡ. Nếu đang chờ duyệt, hãy hủy yêu cầu duyệt.",
        f"“{title}” is released nowhere, so there is nothing to take off. If it waits for approval, cancel that.",
        f"“{title}”未在任何地点获准播放，无可撤下。如正在等待审批，请取消审批请求。",
    )


def held_already(title: str) -> Problem:
    """Say that a notice rests at all these sites."""
    return _refusal(
        "held-already",
        f"“{title}” đã được tạm gỡ ở các địa điểm này.",
        f"“{title}” rests at these sites already.",
        f"“{title}”在这些站点已暂停播放。",
    )


def not_held(title: str) -> Problem:
    """Say that there is no hold to lift."""
    return _refusal(
        "not-held",
        f"“{title}” hiện không bị tạm gỡ. Hãy tải lại trang.",
        f"“{title}” is not held now. Load the page again.",
        f"“{title}”当前未暂停。请刷新页面。",
    )


def list_full(site: str, most: int) -> Problem:
    """Say that a site's hold list can take no more."""
    return _refusal(
        "hold-list-full",
        f"Danh sách tạm gỡ của {site} đã đủ {most} tệp. Hãy bỏ tạm gỡ tin khác, hoặc thu hồi hẳn tin này.",
        f"The hold list of {site} has {most} files, which is all it takes. Lift another hold, or withdraw this notice.",
        f"{site}的暂停清单已满{most}个文件。请先恢复其他内容，或永久撤回此内容。",
    )


def _refusal(code: str, vi: str, en: str, zh: str) -> Problem:
    return Problem(HTTPStatus.CONFLICT, code, en, sentences={Language.VI: vi, Language.EN: en, Language.ZH: zh})
