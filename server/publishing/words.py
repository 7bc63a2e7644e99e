"""What a panel's state is in words, in the three languages."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from playlists.language import Language
from server.publishing.schemas import Receipt, Sentences

_RECEIPTS: dict[Receipt, tuple[str, str, str]] = {
    Receipt.NONE: ("chưa có nội dung nào được xuất bản", "nothing has been published yet", "尚未发布任何内容"),
    Receipt.ASSIGNED: (
        "nội dung mới đang được gửi tới máy phát",
        "the newest content is on its way to the kiosk",
        "最新内容正在发送到终端",
    ),
    Receipt.STORED: (
        "nội dung mới đã được lưu trên máy phát",
        "the newest content is stored on the kiosk",
        "最新内容已存入终端",
    ),
    Receipt.PLAYING: ("nội dung mới đang phát", "the newest content is playing", "最新内容正在播放"),
    Receipt.SEEN: (
        "nội dung mới đang phát và ảnh chụp khớp",
        "the newest content is playing, and the capture matches",
        "最新内容正在播放，截图一致",
    ),
    Receipt.REJECTED: (
        "máy phát từ chối nội dung mới",
        "the kiosk refused the newest content",
        "终端拒绝了最新内容",
    ),
}


def in_words(
    receipt: Receipt, *, enrolled: bool, online: bool, since_at: datetime | None, at: datetime, zone: ZoneInfo
) -> Sentences:
    """Return one sentence for each language: whether the kiosk is there, since when, and how far its content is."""
    content = _RECEIPTS[receipt]
    link = _link(enrolled, online, since_at, at, zone)
    return {
        Language.VI: f"{link[0]}; {content[0]}.",
        Language.EN: f"{link[1]}; {content[1]}.",
        Language.ZH: f"{link[2]}；{content[2]}。",
    }


def _link(
    enrolled: bool, online: bool, since_at: datetime | None, at: datetime, zone: ZoneInfo
) -> tuple[str, str, str]:
    if not enrolled:
        return "Chưa có máy phát", "No kiosk is enrolled", "尚无终端"
    if since_at is None:
        return "Máy phát chưa từng kết nối", "The kiosk has never connected", "终端从未连接"
    local, today = since_at.astimezone(zone), at.astimezone(zone).date()
    same_day = local.date() == today
    vi = local.strftime("%H:%M" if same_day else "%H:%M %d/%m/%Y")
    en = local.strftime("%H:%M" if same_day else "%d %b %Y %H:%M")
    zh = local.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M")
    if online:
        return f"Trực tuyến từ {vi}", f"Online since {en}", f"自 {zh} 起在线"
    return f"Mất liên lạc từ {vi}", f"Offline since {en}", f"自 {zh} 起离线"
