"""Cards of every template in three languages: neutral public information, in full and brief for small panels."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from playlists.card import Card, Level, Look, Motion, Row, Template, Words
from playlists.ids import sha256_hex
from playlists.language import Language

VI, EN, ZH = Language.VI, Language.EN, Language.ZH
SIZES = ((128, 64), (256, 128), (768, 384), (512, 768), (1920, 1080))
BRIEF_BELOW_PX = 96
"""A panel whose shorter side is below this gets the brief words, as a writer would give it."""
CROWDED = {Template.SPLIT, Template.PICTURE_CAPTION, Template.HOURS_TABLE}
CROWDED_BELOW_PX = 160
DEADLINE = datetime(2026, 12, 31, 10, tzinfo=UTC)
SCENE = sha256_hex(b"scene")
LOGO = sha256_hex(b"logo")
URL = "https://example.org/tl"

Trio = Mapping[Language, Words]


def words(vi: Words, en: Words, zh: Words) -> Trio:
    return {VI: vi, EN: en, ZH: zh}


def rows(*pairs: tuple[str, str]) -> tuple[Row, ...]:
    return tuple(Row(label=label, value=value) for label, value in pairs)


FULL: Mapping[Template, Trio] = {
    Template.HEADLINE: words(
        Words(title="Không tự ý bay flycam"),
        Words(title="No drones without a permit"),
        Words(title="未经许可，禁止放飞无人机"),
    ),
    Template.HEADLINE_BODY: words(
        Words(
            title="Chuẩn bị giấy tờ trước khi làm thủ tục",
            body="Hộ chiếu hoặc giấy thông hành còn hạn; thị thực nếu thuộc diện phải có.\n"
            "Vui lòng xếp hàng theo hướng dẫn.",
        ),
        Words(
            title="Please have your documents ready",
            body="Valid passport or border pass; visa if required.\nPlease queue as directed by staff.",
        ),
        Words(
            title="办理手续前请备好证件",
            body="有效护照或出入境通行证；如需签证，请备好签证。\n请按工作人员指引排队。",
        ),
    ),
    Template.PICTURE_CAPTION: words(
        Words(title="Thác Bản Giốc", body="Mở cửa 07:30–17:30. Vé bán tại cổng chính."),
        Words(title="Bản Giốc Waterfall", body="Open 07:30–17:30. Tickets at the main gate."),
        Words(title="板约瀑布", body="开放时间07:30–17:30（越南时间），即北京时间08:30–18:30。请在正门购票。"),
    ),
    Template.HOURS_TABLE: words(
        Words(
            title="Giờ làm việc cửa khẩu Trà Lĩnh",
            rows=rows(("Thứ Hai – Thứ Sáu", "07:00–17:00"), ("Thứ Bảy, Chủ nhật", "07:30–16:30")),
            body="Giờ Việt Nam. Ngày lễ, Tết có thông báo riêng.",
        ),
        Words(
            title="Trà Lĩnh Border Gate: opening hours",
            rows=rows(("Monday to Friday", "07:00–17:00"), ("Saturday, Sunday", "07:30–16:30")),
            body="Vietnam time (UTC+7). Public holidays are announced separately.",
        ),
        Words(
            title="茶岭口岸开放时间",
            rows=rows(
                ("周一至周五", "07:00–17:00（越南时间），即北京时间08:00–18:00"),
                ("周六、周日", "07:30–16:30（越南时间），即北京时间08:30–17:30"),
            ),
            body="节假日安排另行通知。",
        ),
    ),
    Template.QUEUE_STATUS: words(
        Words(
            title="Thời gian chờ dự kiến",
            rows=rows(("Xe tải", "35 phút"), ("Xe khách", "10 phút"), ("Người đi bộ", "5 phút")),
            body="Cập nhật lúc 14:05",
        ),
        Words(
            title="Expected waiting time",
            rows=rows(("Lorries", "35 min"), ("Coaches", "10 min"), ("On foot", "5 min")),
            body="As of 14:05",
        ),
        Words(
            title="预计等候时间",
            rows=rows(("货车", "35分钟"), ("客车", "10分钟"), ("步行", "5分钟")),
            body="14:05更新（越南时间）",
        ),
    ),
    Template.WEATHER_WARNING: words(
        Words(
            title="Nước dâng cao – tạm dừng đi bè",
            body="Mưa lớn, nước chảy xiết. Xin rời xa mép nước và làm theo hướng dẫn của nhân viên.",
        ),
        Words(
            title="High water: rafting suspended",
            body="Heavy rain and strong current. Please move away from the water’s edge and follow staff instructions.",
        ),
        Words(title="水位上涨，竹筏停运", body="雨势大，水流急。请远离水边，听从工作人员指引。"),
    ),
    Template.WELCOME: words(
        Words(title="Chào mừng quý khách đến thác Bản Giốc", body="Xin bỏ rác đúng nơi quy định."),
        Words(title="Welcome to Bản Giốc Waterfall", body="Please put litter in the bins."),
        Words(title="欢迎来到板约瀑布", body="请将垃圾投入垃圾箱。"),
    ),
    Template.COUNTDOWN: words(
        Words(title="Hạn đăng ký làn ưu tiên", body="Nộp hồ sơ tại quầy số 2."),
        Words(title="Priority lane registration closes", body="Hand in your papers at desk 2."),
        Words(title="优先通道登记截止", body="请到2号窗口提交材料。"),
    ),
    Template.QR_TEXT: words(
        Words(title="Mất đồ hoặc nhặt được đồ?", body="Quét mã để báo cho quầy thông tin, hoặc gọi 0206 000 0000."),
        Words(title="Lost or found something?", body="Scan to tell the information desk, or call +84 206 000 0000."),
        Words(title="失物招领", body="请扫码告知服务台，或致电+84 206 000 0000。"),
    ),
    Template.SPLIT: words(
        Words(title="An toàn khi tham quan thác", body="Không vượt rào chắn. Mặc áo phao khi đi bè."),
        Words(title="Stay safe near the water", body="Stay behind the barriers. Wear a life jacket on the raft."),
        Words(title="近水安全提示", body="请勿翻越护栏。乘竹筏须穿救生衣。"),
    ),
}

BRIEF: Mapping[Template, Trio] = {
    **FULL,
    Template.HEADLINE_BODY: words(
        Words(title="Chuẩn bị giấy tờ", body="Hộ chiếu hoặc giấy thông hành"),
        Words(title="Documents ready", body="Passport or border pass, please"),
        Words(title="请备好证件", body="护照或出入境通行证"),
    ),
    Template.PICTURE_CAPTION: words(
        Words(title="Thác Bản Giốc", body="Mở 07:30"),
        Words(title="Bản Giốc Falls", body="From 07:30"),
        Words(title="板约瀑布", body="07:30起"),
    ),
    Template.HOURS_TABLE: words(
        Words(title="Giờ làm việc", rows=rows(("T2–T6", "07:00–17:00"), ("T7, CN", "07:30–16:30"))),
        Words(title="Opening hours", rows=rows(("Mon–Fri", "07:00–17:00"), ("Sat, Sun", "07:30–16:30"))),
        Words(title="开放时间", rows=rows(("工作日", "07:00–17:00"), ("周末", "07:30–16:30"))),
    ),
    Template.QUEUE_STATUS: words(
        Words(title="Thời gian chờ", rows=rows(("Xe tải", "35 phút"), ("Đi bộ", "5 phút"))),
        Words(title="Waiting time", rows=rows(("Lorries", "35 min"), ("On foot", "5 min"))),
        Words(title="等候时间", rows=rows(("货车", "35分钟"), ("步行", "5分钟"))),
    ),
    Template.WEATHER_WARNING: words(
        Words(title="Nước dâng cao", body="Xin rời xa mép nước"),
        Words(title="High water", body="Please keep away from the edge"),
        Words(title="水位上涨", body="请远离水边"),
    ),
    Template.WELCOME: words(
        Words(title="Chào mừng quý khách", body="Thác Bản Giốc"),
        Words(title="Welcome", body="Bản Giốc Waterfall"),
        Words(title="欢迎光临", body="板约瀑布"),
    ),
    Template.COUNTDOWN: words(Words(title="Hạn đăng ký"), Words(title="Register"), Words(title="登记截止")),
    Template.QR_TEXT: words(
        Words(title="Mất đồ?", body="Quét mã"),
        Words(title="Lost it?", body="Scan here"),
        Words(title="失物招领", body="请扫码"),
    ),
    Template.SPLIT: words(Words(title="Vui lòng xếp hàng"), Words(title="Queue here"), Words(title="请排队")),
}


def look(template: Template, motion: Motion = Motion.NONE, *, furnished: bool = True) -> Look:
    """What the sample cards share; with logo and corner remark, the small panels leave them out."""
    return Look(
        template=template,
        motion=motion,
        logo=LOGO if furnished else None,
        picture=SCENE if template is Template.PICTURE_CAPTION else None,
        url=URL if template is Template.QR_TEXT else None,
        level=Level.WARNING if template is Template.WEATHER_WARNING else None,
        deadline=DEADLINE if template is Template.COUNTDOWN else None,
        corner="Dữ liệu mẫu / Sample data / 示例数据" if furnished else "",
    )


def sample(template: Template, language: Language, height: int, motion: Motion = Motion.NONE) -> Card:
    """The sample card of a template in a language for a panel whose shorter side is `height`."""
    is_brief = height < (CROWDED_BELOW_PX if template in CROWDED else BRIEF_BELOW_PX)
    trio = (BRIEF if is_brief else FULL)[template]
    said = dict(trio) if template is Template.SPLIT else {language: trio[language]}
    return Card(look=look(template, motion), words=said)


def pictures(folder: Path) -> dict[str, Path]:
    """Write the scene and the logo of the sample cards."""
    found = {SCENE: folder / "scene.png", LOGO: folder / "logo.png"}
    if not found[SCENE].exists():
        _scene().save(found[SCENE])
        _logo().save(found[LOGO])
    return found


def _scene() -> Image.Image:
    """A river between green hills under a bright sky."""
    image = Image.new("RGB", (960, 640))
    pen = ImageDraw.Draw(image)
    for y in range(640):
        pen.line((0, y, 960, y), fill=(120 + y // 6, 180 + y // 10, 226 - y // 20))
    chance = random.Random(4)
    for base, colour in ((300, (88, 140, 128)), (380, (54, 110, 84)), (470, (32, 84, 58))):
        for _ in range(9):
            x, high, wide = chance.uniform(0, 960), chance.uniform(60, 190), chance.uniform(60, 150)
            pen.ellipse((x - wide, base - high, x + wide, base + high * 2), fill=colour)
        pen.rectangle((0, base + 40, 960, 640), fill=colour)
    pen.polygon((420, 420, 560, 420, 820, 640, 160, 640), fill=(70, 168, 176))
    for y in range(430, 640, 14):
        pen.line((500 - (y - 400), y, 500 + (y - 400), y), fill=(128, 206, 208), width=3)
    return image.filter(ImageFilter.GaussianBlur(1.2))


def _logo() -> Image.Image:
    """A white disc with a green leaf on deep green, as an opaque upload is."""
    image = Image.new("RGB", (240, 160), (10, 70, 50))
    pen = ImageDraw.Draw(image)
    pen.ellipse((60, 20, 180, 140), fill=(255, 255, 255))
    pen.chord((84, 38, 156, 122), 110, 330, fill=(20, 140, 80))
    return image
