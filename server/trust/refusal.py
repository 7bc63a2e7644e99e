"""Why a root or a signature is not taken, in the three languages: what is wrong and what to do."""

from __future__ import annotations

from http import HTTPStatus

from playlists.language import Language
from playlists.trust.rules import Untrusted
from server.errors import Problem


def no_root() -> Problem:
    """Say that nothing can be signed before a root is installed."""
    return _refusal(
        HTTPStatus.CONFLICT,
        "no-root",
        "Chưa cài tài liệu gốc nên chưa ký được. Hãy chạy `bangtin trust install ROOT.json` trên máy chủ.",
        "No root is installed, so nothing can be signed yet. Run `bangtin trust install ROOT.json` on the server.",
        "尚未安装根文件，无法签署。请在服务器上运行 `bangtin trust install ROOT.json`。",
    )


def unsound_root(why: Untrusted) -> Problem:
    """Say that bytes are no root that can be installed here; `why` names the rule."""
    return _refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "unsound-root",
        f"Không cài được tài liệu gốc này. Hãy xem lại bằng `bangtin root show`. Chi tiết: {why}",
        f"This root cannot be installed. Look at it with `bangtin root show`. {why}",
        f"无法安装此根文件。请用 `bangtin root show` 检查。详情：{why}",
    )


def other_server(words: str) -> Problem:
    """Say that a root does not know this server's key; `words` is the fingerprint of that key."""
    return _refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "other-server",
        f"Tài liệu gốc này không có khóa của máy chủ này ({words}) trong vai trò `server`. "
        "Hãy đưa dòng của `bangtin root server-key` vào kế hoạch rồi ký lại.",
        f"This root does not have this server's key ({words}) in the role `server`, so kiosks would refuse its "
        "manifests. Put the line of `bangtin root server-key` into the plan and have it signed again.",
        f"此根文件的 `server` 角色中没有本服务器的密钥（{words}）。"
        "请把 `bangtin root server-key` 的输出写入计划并重签。",
    )


def older_root(version: int, newest: int) -> Problem:
    """Say that a root is not the next one."""
    return _refusal(
        HTTPStatus.CONFLICT,
        "not-next-root",
        f"Đang dùng tài liệu gốc số {newest}; bản tiếp theo phải là số {newest + 1}, không phải {version}. "
        "Hãy cài các bản còn thiếu theo thứ tự.",
        f"Root {newest} is installed; the next one is {newest + 1}, not {version}. Install those between in order.",
        f"当前根文件为第 {newest} 版，下一版应为第 {newest + 1} 版，而不是第 {version} 版。请按顺序安装中间的版本。",
    )


def not_open(state: str) -> Problem:
    """Say that a document collects no signatures."""
    vi, en, zh = _STATES.get(state, ("không còn mở", "no longer open", "已关闭"))
    return _refusal(
        HTTPStatus.CONFLICT,
        "not-open",
        f"Tài liệu này {vi}, không nhận thêm chữ ký. Hãy tải lại trang.",
        f"This document is {en} and takes no more signatures. Load the page again.",
        f"该文件{zh}，不再接受签名。请刷新页面。",
    )


_STATES = {
    "sealed": ("đã đủ chữ ký", "signed by enough people already", "已有足够签名"),
    "cancelled": ("đã bị hủy", "cancelled", "已取消"),
}


def elsewhere(path: str) -> Problem:
    """Say that a document is signed at a place of its own."""
    return _refusal(
        HTTPStatus.CONFLICT,
        "sign-elsewhere",
        f"Chữ ký cho tài liệu này được gửi tới {path}.",
        f"Signatures of this document are sent to {path}.",
        f"该文件的签名请发送至 {path}。",
    )


def own_work() -> Problem:
    """Say that an author approves nothing of their own."""
    return _refusal(
        HTTPStatus.FORBIDDEN,
        "own-work",
        "Bạn là người soạn nên không được tự duyệt. Hãy nhờ người duyệt khác.",
        "You submitted this yourself, and nobody approves their own work. Ask another approver.",
        "您是提交人，不能审批自己的内容。请由其他审批人签署。",
    )


def not_asked(holder: str) -> Problem:
    """Say that a person has no key that counts for a document."""
    return _refusal(
        HTTPStatus.FORBIDDEN,
        "not-asked",
        f"Tài liệu gốc không có khóa nào của {holder} cho bước duyệt này tại các điểm đó. "
        "Hãy nhờ người có vai trò được hỏi.",
        f"The root has no key of {holder} for a step that this document needs, at its sites. "
        "Ask somebody in a role that is named.",
        f"根文件中没有 {holder} 可用于此审批步骤和地点的密钥。请由所需角色的人员签署。",
    )


def not_yours(holder: str) -> Problem:
    """Say that a signature is another person's."""
    return _refusal(
        HTTPStatus.FORBIDDEN,
        "not-your-key",
        f"Chữ ký này dùng khóa không phải của {holder}. Hãy ký bằng khóa của chính bạn.",
        f"This signature is made with a key that is not one of {holder}. Sign with a key of your own.",
        f"此签名所用密钥不属于 {holder}。请使用您自己的密钥签署。",
    )


def wrong_signature(why: str) -> Problem:
    """Say that a signature does not hold; `why` is the reason, in English."""
    return _refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "wrong-signature",
        f"Chữ ký không hợp lệ. Hãy tải lại tài liệu và ký lại. Chi tiết: {why}",
        f"The signature does not hold. Load the document again and sign once more. {why}",
        f"签名无效。请重新下载文件并再次签署。详情：{why}",
    )


def brings_nothing(missing: str) -> Problem:
    """Say that a signature would not bring a document nearer; `missing` names what is needed."""
    return _refusal(
        HTTPStatus.CONFLICT,
        "step-taken",
        f"Bước của bạn đã có người ký. Còn thiếu: {missing}.",
        f"Your step is signed already. Still missing: {missing}.",
        f"您的步骤已有人签署。尚缺：{missing}。",
    )


def mixed_training() -> Problem:
    """Say that something is for training sites and for others at once."""
    return _refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "mixed-training",
        "Điểm tập huấn và điểm thật không bao giờ dùng chung một văn bản. Hãy chọn riêng từng loại.",
        "Training sites and real ones never share a document. Choose either of them.",
        "培训地点与真实地点不能共用一份文件。请分别选择。",
    )


def _refusal(status: HTTPStatus, code: str, vi: str, en: str, zh: str) -> Problem:
    return Problem(status, code, en, sentences={Language.VI: vi, Language.EN: en, Language.ZH: zh})
