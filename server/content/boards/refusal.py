"""Why values are not taken, in the three languages."""

from __future__ import annotations

from playlists.language import Language
from server.errors import Problem, conflict


def needs_signature() -> Problem:
    """Say that values are signed by a status officer here."""
    return _conflict(
        "values-need-signature",
        "Số liệu trên bảng cần chữ ký của cán bộ số liệu. Hãy để cán bộ số liệu của điểm này đăng nhập, nhập và ký.",
        "Values need a status officer's signature here. Let the site's status officer log in, state and sign them.",
        "此处的数据须由数据员签名。请由该地点的数据员登录、填写并签名。",
    )


def overtaken() -> Problem:
    """Say that other values were stated since these were prepared."""
    return _conflict(
        "values-overtaken",
        "Trong lúc chờ ký đã có số liệu khác được công bố. Hãy xem lại rồi nhập và ký lần nữa.",
        "Other values were stated while these waited for a signature. Look at them, then state and sign yours again.",
        "等待签名期间已有其他数据发布。请查看后重新填写并签名。",
    )


def _conflict(code: str, vi: str, en: str, zh: str) -> Problem:
    return conflict(code, en, sentences={Language.VI: vi, Language.EN: en, Language.ZH: zh})
