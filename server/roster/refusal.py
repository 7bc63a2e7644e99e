"""Why somebody is not put on the roster, in the three languages."""

from __future__ import annotations

from http import HTTPStatus

from playlists.language import Language
from server.errors import Problem


def lacks_role(name: str, site: str) -> Problem:
    """Say that a person would be asked for what they may not do."""
    english = f"{name} does not have this role at {site}. Give them the role first, or choose somebody else."
    return Problem(
        HTTPStatus.CONFLICT,
        "lacks-role",
        english,
        sentences={
            Language.VI: f"{name} không có vai trò này tại {site}. Hãy cấp vai trò trước, hoặc chọn người khác.",
            Language.EN: english,
            Language.ZH: f"{name}在{site}没有此角色。请先授予角色，或选择其他人。",
        },
    )
