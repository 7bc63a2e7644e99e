"""Why a publication cannot go on, in the three languages: what is wrong, where, and what to do."""

from __future__ import annotations

from playlists.language import Language
from playlists.variant import VariantState

_LANGUAGE_NAMES: dict[str, tuple[str, str, str]] = {
    "vi": ("tiếng Việt", "Vietnamese", "越南语"),
    "en": ("tiếng Anh", "English", "英语"),
    "zh": ("tiếng Trung", "Chinese", "中文"),
    "mul": ("cả ba ngôn ngữ", "all three languages on one picture", "三种语言合一"),
}


class CannotPublish(Exception):
    """A publication that no waiting would mend. The exception's own text is the English sentence."""

    def __init__(self, vi: str, en: str, zh: str) -> None:
        super().__init__(en)
        self.sentences: dict[str, str] = {Language.VI: vi, Language.EN: en, Language.ZH: zh}


def incomplete(title: str, language: str) -> CannotPublish:
    """Say that a notice has nothing to show in a language that a playlist asks for."""
    vi, en, zh = _LANGUAGE_NAMES[language]
    return CannotPublish(
        f"Tin “{title}” chưa đủ nội dung {vi}. Hãy bổ sung, hoặc bỏ ngôn ngữ đó khỏi danh sách phát.",
        f"The notice {title} has nothing whole to show in {en}. Complete it, or take that language off the playlist.",
        f"通知“{title}”没有{zh}内容，或内容不完整。请补充，或从播放列表中去掉该语言。",
    )


_STATES: dict[VariantState, tuple[str, str, str]] = {
    VariantState.DRAFT: ("còn là bản nháp", "is still a draft", "仍是草稿"),
    VariantState.STALE: (
        "chưa theo kịp bản gốc đã sửa",
        "was translated from an older source",
        "尚未跟上修改后的原文",
    ),
    VariantState.TRANSLATED: ("chưa được duyệt", "is not reviewed", "尚未审校"),
}


def unfinished(title: str, language: str, state: VariantState) -> CannotPublish:
    """Say that a notice is not as far in a language as a site asks for."""
    vi, en, zh = _LANGUAGE_NAMES[language]
    vi_state, en_state, zh_state = _STATES[state]
    return CannotPublish(
        f"Tin “{title}” {vi} {vi_state}. Hãy hoàn tất bản đó, hoặc bỏ ngôn ngữ đó khỏi danh sách phát.",
        f"The notice {title} in {en} {en_state}. Finish it, or take that language off the playlist.",
        f"通知“{title}”的{zh}版{zh_state}。请完成该版本，或从播放列表中去掉该语言。",
    )


def not_valid(title: str, *, begun: bool) -> CannotPublish:
    """Say that a notice is left out because its validity is over, or has not begun."""
    vi, en, zh = ("đã hết", "is over", "已过") if begun else ("chưa đến", "has not begun", "未到")
    return CannotPublish(
        f"Tin “{title}” {vi} hạn hiệu lực nên không được phát. Hãy sửa thời hạn nếu cần.",
        f"The notice {title} is left out: its validity {en}. Change it if need be.",
        f"通知“{title}”{zh}有效期，不予播放。如需播放，请修改有效期。",
    )


def not_rendered(title: str, language: str, why: str) -> CannotPublish:
    """Say that a notice could not be rendered; `why` is the renderer's reason, in English."""
    vi, en, zh = _LANGUAGE_NAMES[language]
    return CannotPublish(
        f"Không dựng được tin “{title}” ({vi}). Hãy tải tệp lên lại rồi xuất bản lại. Chi tiết: {why}",
        f"The notice {title} in {en} could not be rendered. Upload its file again, then publish again. {why}",
        f"通知“{title}”（{zh}）无法生成画面。请重新上传文件后再发布。详情：{why}",
    )


def unsound(panel_name: str, why: str) -> CannotPublish:
    """Say that a panel's manifest does not fit together; `why` is the reason, in English."""
    return CannotPublish(
        f"Không xuất bản được bảng “{panel_name}”. Hãy kiểm tra cấu hình và lịch của bảng. Chi tiết: {why}",
        f"The panel {panel_name} cannot be published. Look at its settings and schedule. {why}",
        f"显示屏“{panel_name}”无法发布。请检查其设置和排期。详情：{why}",
    )
