"""Why a submission cannot be made or go on, in the three languages: what is wrong and what to do."""

from __future__ import annotations

from http import HTTPStatus

from playlists.language import Language
from server.errors import Problem


def no_panels() -> Problem:
    """Say that a submission is for nobody."""
    return _refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "no-audience",
        "Chưa có bảng nào ở nơi đã chọn. Hãy chọn điểm hoặc bảng khác, hoặc thêm bảng trước.",
        "There is no panel where this is meant for. Choose another site or panel, or add the panel first.",
        "所选地点没有显示屏。请选择其他地点或显示屏，或先添加显示屏。",
    )


def nothing_to_show(title: str) -> Problem:
    """Say that no language of a notice can go out."""
    return _refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "nothing-to-show",
        f"Tin “{title}” chưa có ngôn ngữ nào hoàn tất để gửi duyệt. Hãy hoàn tất ít nhất một ngôn ngữ.",
        f"The notice {title} is not finished in any language, so there is nothing to approve. Finish one first.",
        f"通知“{title}”没有任何已完成的语言版本，无法提交审批。请至少完成一种语言。",
    )


def nothing_on_air() -> Problem:
    """Say that there is nothing to renew or to approve for a new size."""
    return _refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "nothing-on-air",
        "Không có nội dung nào đang phát cần gửi lại ở nơi đã chọn.",
        "Nothing that is released there needs to be submitted again.",
        "所选范围内没有需要重新提交的已发布内容。",
    )


def wrong_window() -> Problem:
    """Say that a release ends before it begins, or lasts too long."""
    return _refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "wrong-window",
        "Thời hạn phát phải kết thúc sau khi bắt đầu, trong tương lai và không quá 400 ngày.",
        "The time on air has to end after it begins, in the future, and within 400 days.",
        "发布期限的结束时间须晚于开始时间和当前时间，且不超过 400 天。",
    )


def nobody_else(route: str) -> Problem:
    """Say that a route cannot be gone without the author."""
    return _refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "nobody-else",
        f"Đường duyệt {route} không đủ người nếu không tính bạn, mà người gửi không được tự duyệt. "
        "Hãy nhờ người khác gửi duyệt.",
        f"The route {route} has too few people without you, and nobody approves their own work. "
        "Let somebody else submit it.",
        f"除您之外，审批路线 {route} 的人员不足，而提交人不能审批自己的内容。请由他人提交。",
    )


def wrong_state(state: str) -> Problem:
    """Say that a submission is not in a state for what was asked."""
    vi, en, zh = STATE_WORDS[state]
    return _refusal(
        HTTPStatus.CONFLICT,
        "wrong-state",
        f"Đợt duyệt này {vi}. Hãy tải lại trang.",
        f"This submission is {en}. Load the page again.",
        f"该提交{zh}。请刷新页面。",
    )


STATE_WORDS: dict[str, tuple[str, str, str]] = {
    "preparing": ("đang được dựng hình", "still being rendered", "正在生成画面"),
    "asking": ("đang chờ ký", "waiting for signatures", "正在等待签署"),
    "returned": ("đã bị trả lại", "returned", "已被退回"),
    "released": ("đã được duyệt", "released", "已发布"),
    "cancelled": ("đã bị hủy", "cancelled", "已取消"),
    "superseded": ("đã được thay bằng đợt khác", "superseded by a later one", "已被后续提交取代"),
    "failed": ("không dựng được hình", "failed in rendering", "生成画面失败"),
}


def too_large() -> Problem:
    """Say that a submission is larger than kiosks read."""
    return _refusal(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "too-large",
        "Đợt duyệt quá lớn đối với máy phát. Hãy chia thành nhiều đợt nhỏ hơn.",
        "This submission is larger than kiosks read. Divide it into smaller ones.",
        "提交内容过大，终端无法读取。请分成较小的几次提交。",
    )


def _refusal(status: HTTPStatus, code: str, vi: str, en: str, zh: str) -> Problem:
    return Problem(status, code, en, sentences={Language.VI: vi, Language.EN: en, Language.ZH: zh})
