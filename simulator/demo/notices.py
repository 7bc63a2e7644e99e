"""Eight sample notices for two invented-but-plausible boards, in Vietnamese, English and Chinese.

Names, hours, places and telephone numbers are neutral inventions; every card made from them says that it is sample
data. Times are Vietnam time; the Chinese texts add Beijing time. English keeps Vietnamese marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from playlists.card import Template
from playlists.language import Language
from playlists.notice import ContentClass

SAMPLE_MARK = "Dữ liệu mẫu / Sample data / 示例数据"
"""Stands in a corner of every card, in all three languages."""


class Site(StrEnum):
    """Where a notice is shown, by slug."""

    GATE = "tra-linh-gate"
    FALLS = "ban-gioc-falls"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value that is read from afar, and what it means."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A notice in one language: title without full stop, one instruction a sentence, figures if it has a table."""

    title: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...] = ()

    def words(self) -> dict[str, Any]:
        """Return the wording as the words of a card."""
        rows = [{"label": figure.label, "value": figure.value} for figure in self.figures]
        return {"title": self.title, "body": "\n".join(self.sentences), "rows": rows}


@dataclass(frozen=True, slots=True)
class SampleNotice:
    """One notice in all three languages."""

    slug: str
    sites: tuple[Site, ...]
    content_class: ContentClass
    template: Template
    wordings: Mapping[Language, Wording]


_BOTH = (Site.GATE, Site.FALLS)

NOTICES = (
    SampleNotice(
        slug="gate-hours",
        sites=(Site.GATE,),
        content_class=ContentClass.SERVICE,
        template=Template.HOURS_TABLE,
        wordings={
            Language.VI: Wording(
                "Giờ làm việc cửa\u00a0khẩu Trà\u00a0Lĩnh",
                ("Ngày lễ, Tết có thông báo riêng.",),
                (Figure("Hằng ngày (giờ Việt Nam)", "07:00–17:00"),),
            ),
            Language.EN: Wording(
                "Trà\u00a0Lĩnh Border\u00a0Gate: opening hours",
                ("Public holidays are announced separately.",),
                (Figure("Daily, Vietnam time (UTC+7)", "07:00–17:00"),),
            ),
            Language.ZH: Wording(
                "茶岭口岸开放时间",
                ("节假日安排另行通知。",),
                (Figure("每日（越南时间）", "07:00–17:00"), Figure("即北京时间", "08:00–18:00")),
            ),
        },
    ),
    SampleNotice(
        slug="documents-ready",
        sites=(Site.GATE,),
        content_class=ContentClass.SERVICE,
        template=Template.HEADLINE_BODY,
        wordings={
            Language.VI: Wording(
                "Chuẩn bị giấy tờ trước khi làm thủ tục",
                (
                    "Hộ chiếu hoặc giấy thông hành còn\u00a0hạn; thị\u00a0thực nếu thuộc diện phải có.",
                    "Vui lòng xếp hàng theo hướng dẫn.",
                ),
            ),
            Language.EN: Wording(
                "Please have your documents ready",
                ("Valid passport or border pass; visa if required.", "Please queue as directed by staff."),
            ),
            Language.ZH: Wording(
                "办理手续前请备好证件",
                ("有效护照或出入境通行证；如需签证，请备好签证。", "请按工作人员指引排队。"),
            ),
        },
    ),
    SampleNotice(
        slug="lost-and-found",
        sites=_BOTH,
        content_class=ContentClass.SERVICE,
        template=Template.HEADLINE_BODY,
        wordings={
            Language.VI: Wording(
                "Mất đồ hoặc nhặt được đồ?",
                (
                    (
                        "Xin đến quầy thông tin tại tầng\u00a01, nhà kiểm soát liên\u00a0hợp "
                        "hoặc gọi 0206\u00a0000\u00a00000."
                    ),
                ),
            ),
            Language.EN: Wording(
                "Lost or found something?",
                (
                    (
                        "Please go to the information desk (ground floor, joint inspection building) "
                        "or call +84\u00a0206\u00a0000\u00a00000."
                    ),
                ),
            ),
            Language.ZH: Wording(
                "失物招领",
                ("如遗失或拾到物品，请到服务台（联检大楼一层）或致电+84\u00a0206\u00a0000\u00a00000。",),
            ),
        },
    ),
    SampleNotice(
        slug="welcome-ban-gioc",
        sites=(Site.FALLS,),
        content_class=ContentClass.PROMOTION,
        template=Template.WELCOME,
        wordings={
            Language.VI: Wording(
                "Chào mừng quý khách đến thác Bản\u00a0Giốc",
                ("Mở cửa 07:30–17:30.", "Vé bán tại cổng chính.", "Xin bỏ rác đúng nơi quy\u00a0định."),
            ),
            Language.EN: Wording(
                "Welcome to Bản\u00a0Giốc Waterfall",
                ("Open 07:30–17:30.", "Tickets at the main gate.", "Please put litter in the bins."),
            ),
            Language.ZH: Wording(
                "欢迎来到板约瀑布",
                (
                    "开放时间07:30–17:30（越南时间），即北京时间08:30–18:30。",
                    "请在正门购票。",
                    "请将垃圾投入垃圾箱。",
                ),
            ),
        },
    ),
    SampleNotice(
        slug="water-safety",
        sites=(Site.FALLS,),
        content_class=ContentClass.ESSENTIAL,
        template=Template.HEADLINE_BODY,
        wordings={
            Language.VI: Wording(
                "An toàn khi tham quan thác",
                (
                    "Không vượt rào chắn.",
                    "Không bơi gần thác.",
                    "Mặc áo phao khi đi bè.",
                    "Luôn để mắt đến trẻ em.",
                ),
            ),
            Language.EN: Wording(
                "Stay safe near the water",
                (
                    "Stay behind the barriers.",
                    "No swimming near the falls.",
                    "Wear a life jacket on the raft.",
                    "Watch your children at all times.",
                ),
            ),
            Language.ZH: Wording(
                "近水安全提示",
                ("请勿翻越护栏。", "瀑布附近禁止游泳。", "乘竹筏须穿救生衣。", "请时刻看护好儿童。"),
            ),
        },
    ),
    SampleNotice(
        slug="high-water",
        sites=(Site.FALLS,),
        content_class=ContentClass.ESSENTIAL,
        template=Template.WEATHER_WARNING,
        wordings={
            Language.VI: Wording(
                "Nước dâng cao\u00a0– tạm dừng đi bè",
                (
                    "Mưa lớn, nước chảy xiết.",
                    "Xin rời xa mép nước và làm theo hướng dẫn của nhân viên.",
                    "Cần giúp đỡ: 0206\u00a0000\u00a00000.",
                ),
            ),
            Language.EN: Wording(
                "High water: rafting suspended",
                (
                    "Heavy rain and strong current.",
                    "Please move away from the water’s edge and follow staff instructions.",
                    "For help: +84\u00a0206\u00a0000\u00a00000.",
                ),
            ),
            Language.ZH: Wording(
                "水位上涨，竹筏停运",
                (
                    "雨势大，水流急。",
                    "请远离水边，听从工作人员指引。",
                    "求助电话：+84\u00a0206\u00a0000\u00a00000。",
                ),
            ),
        },
    ),
    SampleNotice(
        slug="weather-today",
        sites=_BOTH,
        content_class=ContentClass.SERVICE,
        template=Template.HOURS_TABLE,
        wordings={
            Language.VI: Wording(
                "Thời tiết hôm\u00a0nay tại Bản\u00a0Giốc",
                ("Nên mang áo mưa và đi giày chống trơn.", "Cập nhật 06:00."),
                (Figure("Chiều có mưa rào", "22–29\u00a0°C"),),
            ),
            Language.EN: Wording(
                "Today’s weather at Bản\u00a0Giốc",
                ("Bring a raincoat and non-slip shoes.", "Updated 06:00."),
                (Figure("Afternoon showers", "22–29\u00a0°C"),),
            ),
            Language.ZH: Wording(
                "板约瀑布今日天气",
                ("建议携带雨衣，穿防滑鞋。", "更新时间：06:00（越南时间）。"),
                (Figure("午后有阵雨", "22–29°C"),),
            ),
        },
    ),
    SampleNotice(
        slug="no-drones",
        sites=_BOTH,
        content_class=ContentClass.ESSENTIAL,
        template=Template.HEADLINE_BODY,
        wordings={
            Language.VI: Wording(
                "Không tự ý bay flycam",
                (
                    "Đây là khu vực biên giới.",
                    "Chỉ được bay khi có giấy phép của cơ\u00a0quan có thẩm\u00a0quyền.",
                ),
            ),
            Language.EN: Wording(
                "No drones without a permit",
                (
                    "This is a border area.",
                    "Drones may be flown only with a permit from the competent authority.",
                ),
            ),
            Language.ZH: Wording(
                "未经许可，禁止放飞无人机",
                ("此处为边境地区，放飞无人机须持有主管部门颁发的许可证。",),
            ),
        },
    ),
)
"""The eight notices, in the order in which a demo board shows them."""

WELCOME: Mapping[Language, str] = {
    Language.VI: "Xin chào quý khách",
    Language.EN: "Welcome",
    Language.ZH: "欢迎光临",
}
QUEUE: Mapping[Language, str] = {
    Language.VI: "Vui lòng xếp hàng",
    Language.EN: "Please queue",
    Language.ZH: "请排队",
}
"""What is written under the two clips."""
