"""A small example of each template, so that people choose by looking."""

from __future__ import annotations

from datetime import UTC, datetime

from playlists.card import Card, Level, Look, Row, Template, Words
from playlists.ids import sha256_hex
from playlists.language import Language

SCENE = sha256_hex(b"the scene of the examples")
"""Under this digest the example's picture is handed to the drawing."""

_Three = tuple[str, str, str]


def _rows(*rows: tuple[_Three, str | _Three]) -> tuple[tuple[_Three, _Three], ...]:
    return tuple((label, value if isinstance(value, tuple) else (value, value, value)) for label, value in rows)


_TITLES: dict[Template, _Three] = {
    Template.HEADLINE: ("Xin xếp hàng một lượt", "Please form one line", "请排成一队"),
    Template.HEADLINE_BODY: ("Chuẩn bị giấy tờ", "Have your papers ready", "请备好证件"),
    Template.PICTURE_CAPTION: ("Thác mùa nước trong", "The falls in clear water", "水清时节的瀑布"),
    Template.HOURS_TABLE: ("Giờ làm việc", "Opening hours", "开放时间"),
    Template.QUEUE_STATUS: ("Các làn hôm nay", "Lanes today", "今日通道"),
    Template.WEATHER_WARNING: ("Mưa lớn, nước dâng cao", "Heavy rain, high water", "暴雨，水位上涨"),
    Template.WELCOME: ("Chào mừng quý khách", "Welcome", "欢迎光临"),
    Template.COUNTDOWN: ("Mở cửa trở lại sau", "Opens again in", "距重新开放还有"),
    Template.QR_TEXT: ("Hướng dẫn thủ tục", "How to cross", "通关指南"),
    Template.SPLIT: ("Không bơi gần thác", "No swimming near the falls", "瀑布附近禁止游泳"),
}
_BODIES: dict[Template, _Three] = {
    Template.HEADLINE_BODY: (
        "Hộ chiếu hoặc giấy thông hành còn hạn.",
        "A valid passport or border pass.",
        "有效护照或出入境通行证。",
    ),
    Template.PICTURE_CAPTION: ("Ảnh chụp buổi sáng.", "Taken in the morning.", "摄于清晨。"),
    Template.WEATHER_WARNING: ("Xin rời xa mép nước.", "Keep away from the water.", "请远离水边。"),
    Template.WELCOME: ("Mở cửa từ 07:30 đến 17:30.", "Open 07:30 to 17:30.", "开放时间07:30–17:30。"),
    Template.QR_TEXT: ("Quét mã để đọc.", "Scan to read.", "扫码阅读。"),
}
_ROWS = {
    Template.HOURS_TABLE: _rows(
        (("Thứ Hai–Thứ Sáu", "Mon–Fri", "周一至周五"), "07:00–17:00"),
        (("Thứ Bảy", "Saturday", "周六"), "07:30–16:00"),
        (("Chủ Nhật", "Sunday", "周日"), ("Nghỉ", "Closed", "休息")),
    ),
    Template.QUEUE_STATUS: _rows(
        (("Làn 1, khách bộ hành", "Lane 1, on foot", "1号，步行"), ("10 phút", "10 min", "10分钟")),
        (("Làn 2, xe tải", "Lane 2, lorries", "2号，货车"), ("45 phút", "45 min", "45分钟")),
    ),
}
_LOOKS: dict[Template, dict[str, object]] = {
    Template.PICTURE_CAPTION: {"picture": SCENE},
    Template.WEATHER_WARNING: {"level": Level.WARNING},
    Template.COUNTDOWN: {"deadline": datetime(2027, 1, 1, tzinfo=UTC)},
    Template.QR_TEXT: {"url": "https://example.org/"},
}


def example(template: Template, language: Language) -> Card:
    """Return a card of a template; the one that shows all languages has all of them."""
    languages = list(Language) if template is Template.SPLIT else [language]
    look = Look.model_validate({"template": template, **_LOOKS.get(template, {})})
    return Card(look=look, words={code: _words(template, list(Language).index(code)) for code in languages})


def _words(template: Template, index: int) -> Words:
    rows = tuple(Row(label=label[index], value=value[index]) for label, value in _ROWS.get(template, ()))
    return Words(title=_TITLES[template][index], body=_BODIES.get(template, ("", "", ""))[index], rows=rows)
