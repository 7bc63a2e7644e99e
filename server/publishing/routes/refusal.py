"""Why a submission has no route, in the three languages."""

from __future__ import annotations

from collections.abc import Sequence

from playlists.language import Language
from server.errors import Problem, invalid


def no_route(site: str) -> Problem:
    """Say that nothing chooses a route for a site."""
    return _refusal(
        "no-route",
        f"Chưa có quy định đường duyệt cho điểm “{site}”. Hãy nhờ quản trị viên thêm quy định ở mục Đường duyệt.",
        f"No rule chooses a route of approval for the site {site}. Ask an administrator to add one under Routes.",
        f"地点“{site}”尚未规定审批路线。请管理员在“审批路线”中添加规则。",
    )


def different_routes(routes: Sequence[str]) -> Problem:
    """Say that the parts of a submission go by different routes."""
    named = ", ".join(routes)
    return _refusal(
        "different-routes",
        f"Các tin và điểm đã chọn đi theo những đường duyệt khác nhau ({named}). Hãy gửi thành nhiều lần.",
        f"These notices and sites go by different routes ({named}). Send them in as many submissions.",
        f"所选通知和地点的审批路线不同（{named}）。请分开提交。",
    )


def unknown_route(route: str, known: Sequence[str]) -> Problem:
    """Say that the root has no such route."""
    named = ", ".join(known)
    return _refusal(
        "unknown-route",
        f"Tài liệu gốc không có đường duyệt {route}. Các đường đang có: {named}.",
        f"The root has no route {route}. It has: {named}.",
        f"根文件中没有审批路线 {route}。现有路线：{named}。",
    )


def _refusal(code: str, vi: str, en: str, zh: str) -> Problem:
    return invalid(code, en, sentences={Language.VI: vi, Language.EN: en, Language.ZH: zh})
