"""Why a key is not taken into the registry, in the three languages."""

from __future__ import annotations

from http import HTTPStatus

from playlists.language import Language
from server.errors import Problem


def no_key_line() -> Problem:
    """Say that a text is no key."""
    return _refusal(
        "no-key-line",
        "Đây không phải dòng khóa. Hãy dán nguyên dòng mà lệnh `bangtin root key` in ra, từ { đến }.",
        "This is no key. Paste the whole line that `bangtin root key` printed, from { to }.",
        "这不是密钥行。请粘贴 `bangtin root key` 输出的整行，从 { 到 }。",
    )


def other_holder(holder: str, username: str) -> Problem:
    """Say that a key names another person."""
    return _refusal(
        "other-holder",
        f"Khóa này ghi tên {holder}, còn bạn là {username}. Hãy tạo khóa với `--holder {username}`.",
        f"This key names {holder}, and you are {username}. Make one with `--holder {username}`.",
        f"此密钥的持有人为 {holder}，而您是 {username}。请使用 `--holder {username}` 重新创建。",
    )


def wrong_kind() -> Problem:
    """Say that a passkey is not pasted."""
    return _refusal(
        "no-file-key",
        "Ở đây chỉ nhận khóa trong tệp. Khóa truy cập (passkey) được đăng ký trong trang bảo mật của bạn.",
        "Only keys in files are taken here. Passkeys are registered on your security page.",
        "此处只接受文件密钥。通行密钥请在您的安全页面登记。",
    )


def taken(words: str) -> Problem:
    """Say that a key is in the registry already."""
    return _refusal(
        "key-known",
        f"Khóa này ({words}) đã có trong sổ đăng ký.",
        f"This key ({words}) is in the registry already.",
        f"此密钥（{words}）已登记。",
        HTTPStatus.CONFLICT,
    )


def _refusal(code: str, vi: str, en: str, zh: str, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY) -> Problem:
    return Problem(status, code, en, sentences={Language.VI: vi, Language.EN: en, Language.ZH: zh})
