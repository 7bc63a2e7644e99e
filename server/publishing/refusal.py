"""Why a publication cannot go on, in the three languages: what is wrong, where, and what to do."""

from __future__ import annotations

from playlists.language import Language
from playlists.legibility import FindingCode
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


def stays_earlier(title: str, revision: int, blocked: CannotPublish) -> CannotPublish:
    """Say that a notice goes out as an earlier revision, and why the newest one does not."""
    why = blocked.sentences
    return CannotPublish(
        f"Tin “{title}” được phát theo bản {revision}, bản hoàn chỉnh gần nhất. {why[Language.VI]}",
        f"The notice {title} goes out as revision {revision}, the last finished one. {why[Language.EN]}",
        f"通知“{title}”按第 {revision} 版（最近的完整版本）播放。{why[Language.ZH]}",
    )


def over(title: str) -> CannotPublish:
    """Say that a notice is left out because its validity is over."""
    return CannotPublish(
        f"Tin “{title}” đã hết hạn hiệu lực nên không được phát. Hãy sửa thời hạn nếu cần.",
        f"The notice {title} is left out: its validity is over. Change it if need be.",
        f"通知“{title}”已过有效期，不予播放。如需播放，请修改有效期。",
    )


_FINDINGS: dict[FindingCode, tuple[str, str, str]] = {
    FindingCode.MISSING_GLYPH: ("có ký tự không vẽ được", "has a character that cannot be drawn", "含有无法显示的字符"),
    FindingCode.CLIPPED: ("có chữ bị cắt", "has words that are cut off", "有文字被截断"),
    FindingCode.TOO_SMALL: ("có chữ quá nhỏ để đọc", "has words too small to be read", "有文字过小，无法看清"),
    FindingCode.CONTRAST: ("có chữ quá mờ trên nền", "has words too faint on their ground", "有文字与背景对比不足"),
    FindingCode.FLASHING: ("nhấp nháy quá nhanh", "flashes too fast", "闪烁过快"),
}


def unreadable(title: str, language: str, panel_name: str, code: FindingCode, *, plated: bool = False) -> CannotPublish:
    """Say that people could not read a notice on a panel, or that it would flash; `plated`: once it has grown old."""
    vi, en, zh = _LANGUAGE_NAMES[language]
    vi_said, en_said, zh_said = _FINDINGS[code]
    if plated:
        return CannotPublish(
            f"Tin “{title}” ({vi}) khi mang dải “có thể đã cũ” trên bảng “{panel_name}” {vi_said}. "
            "Hãy rút ngắn tin, hoặc chọn gỡ khỏi bảng khi tin cũ, rồi xuất bản lại.",
            f"The notice {title} in {en} {en_said} on the panel {panel_name} once it has the strip "
            "that it may be out of date. Shorten it, or let it leave the panels when it is old; then publish again.",
            f"通知“{title}”（{zh}）加上“可能已过时”提示条后在显示屏“{panel_name}”上{zh_said}。"
            "请缩短内容，或设为过期后撤下，然后重新发布。",
        )
    return CannotPublish(
        f"Tin “{title}” ({vi}) trên bảng “{panel_name}” {vi_said}. Mở tin để xem cách sửa, rồi xuất bản lại.",
        f"The notice {title} in {en} {en_said} on the panel {panel_name}. Open it to see how to mend it.",
        f"通知“{title}”（{zh}）在显示屏“{panel_name}”上{zh_said}。请打开该通知查看修改办法，然后重新发布。",
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


def unreleased(title: str, panel_name: str) -> CannotPublish:
    """Say that a notice is left out because nobody approved it yet."""
    return CannotPublish(
        f"Tin “{title}” chưa được duyệt cho bảng “{panel_name}” nên chưa phát. Hãy gửi duyệt.",
        f"The notice {title} is left out on the panel {panel_name}: it is not released there. Submit it for approval.",
        f"通知“{title}”尚未获准在显示屏“{panel_name}”上播放，暂不播放。请提交审批。",
    )


def not_in_language(title: str, language: str, panel_name: str) -> CannotPublish:
    """Say that a language of a notice is left out because its release does not have it."""
    vi, en, zh = _LANGUAGE_NAMES[language]
    return CannotPublish(
        f"Tin “{title}” {vi} chưa được duyệt cho bảng “{panel_name}” nên chưa phát. Hãy gửi duyệt.",
        f"The notice {title} in {en} is left out on the panel {panel_name}: not released. Submit it for approval.",
        f"通知“{title}”的{zh}版尚未获准在显示屏“{panel_name}”上播放，暂不播放。请提交审批。",
    )


def older_stays(title: str, revision: int, newest: int) -> CannotPublish:
    """Say that an older revision of a notice stays on air."""
    return CannotPublish(
        f"Tin “{title}”: bản {newest} chưa được duyệt, bản {revision} vẫn phát cho đến khi duyệt xong.",
        f"The notice {title}: revision {newest} is not released; revision {revision} stays on air until it is.",
        f"通知“{title}”：第 {newest} 版尚未发布，在其获准之前继续播放第 {revision} 版。",
    )


def withdrawn_notice(title: str, panel_name: str) -> CannotPublish:
    """Say that a notice is left out because it was withdrawn."""
    return CannotPublish(
        f"Tin “{title}” đã bị rút khỏi bảng “{panel_name}”. Hãy sửa tin và gửi duyệt lại nếu cần.",
        f"The notice {title} was withdrawn from the panel {panel_name}. Change it and submit it again if need be.",
        f"通知“{title}”已从显示屏“{panel_name}”撤下。如需播放，请修改后重新提交审批。",
    )
