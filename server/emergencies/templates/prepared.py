"""The warnings that an agency can begin with: short, neutral, and the same in three languages.

They are drafts like every notice: a language reviewer reads them, and two people release them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from playlists.card import Level
from playlists.language import Language
from playlists.trust.emergency import Severity, Urgency
from server.tables.emergencies import Purpose

VI, EN, ZH = Language.VI, Language.EN, Language.ZH


class Prepared(NamedTuple):
    """A warning's title in the office's language, title and text for the panel, and how serious it is."""

    words: Mapping[Language, tuple[str, str]]
    level: Level
    severity: Severity
    urgency: Urgency = Urgency.IMMEDIATE
    minutes: int = 60
    purpose: Purpose = Purpose.WARNING


PREPARED: Mapping[str, Prepared] = {
    "fire": Prepared(
        {
            VI: ("Có khói hoặc cháy", "Bình tĩnh rời khu vực này theo hướng dẫn của nhân viên. Không dùng thang máy."),
            EN: ("Smoke or fire", "Stay calm and leave this area as staff direct you. Do not use lifts."),
            ZH: ("发现烟雾或火情", "请保持冷静，听从工作人员指引离开此区域。请勿使用电梯。"),
        },
        Level.DANGER,
        Severity.EXTREME,
    ),
    "evacuation": Prepared(
        {
            VI: ("Sơ tán", "Rời khu vực này ngay theo lối ra gần nhất. Giúp đỡ trẻ em và người cao tuổi."),
            EN: ("Evacuate", "Leave this area now by the nearest exit. Help children and older people."),
            ZH: ("请立即疏散", "请立即从最近的出口离开此区域，并帮助儿童和老人。"),
        },
        Level.DANGER,
        Severity.EXTREME,
    ),
    "flash-flood": Prepared(
        {
            VI: ("Lũ quét", "Lũ quét có thể đến bất cứ lúc nào. Rời bờ sông, bờ suối ngay."),
            EN: ("Flash flood", "A flash flood may come at any moment. Leave river and stream banks now."),
            ZH: ("山洪", "山洪随时可能到来。请立即离开河岸和溪边。"),
        },
        Level.DANGER,
        Severity.EXTREME,
        minutes=180,
    ),
    "flood": Prepared(
        {
            VI: ("Ngập lụt", "Nước đang dâng. Tránh xa sông, suối và đi đến chỗ cao."),
            EN: ("Flood", "The water is rising. Keep away from rivers and streams and go to higher ground."),
            ZH: ("洪水", "水位正在上涨。请远离河流和溪流，前往高处。"),
        },
        Level.WARNING,
        Severity.SEVERE,
        minutes=180,
    ),
    "storm": Prepared(
        {
            VI: ("Dông, gió mạnh", "Vào nhà kiên cố. Tránh xa cây cao, cột điện và biển quảng cáo lớn."),
            EN: ("Thunderstorm, strong wind", "Go into a solid building. Keep away from tall trees, poles and signs."),
            ZH: ("雷暴大风", "请进入坚固的建筑物，远离大树、电线杆和大型广告牌。"),
        },
        Level.WARNING,
        Severity.SEVERE,
        minutes=120,
    ),
    "landslide": Prepared(
        {
            VI: ("Sạt lở đất", "Không đi vào đoạn đường phía trước. Quay lại và chờ hướng dẫn."),
            EN: ("Landslide", "Do not enter the road ahead. Turn back and wait for directions."),
            ZH: ("山体滑坡", "请勿进入前方路段。请返回并等候指引。"),
        },
        Level.DANGER,
        Severity.SEVERE,
        minutes=180,
    ),
    "gate-closed": Prepared(
        {
            VI: ("Cửa khẩu tạm đóng", "Việc thông quan tạm dừng. Xin giữ trật tự và chờ thông báo tiếp theo."),
            EN: (
                "Border gate closed for now",
                "Clearance is suspended. Please keep order and wait for more news.",
            ),
            ZH: ("口岸临时关闭", "通关暂停。请保持秩序，等候进一步通知。"),
        },
        Level.WATCH,
        Severity.MODERATE,
        minutes=120,
    ),
    "follow-staff": Prepared(
        {
            VI: ("Chú ý an toàn", "Xin làm theo hướng dẫn của nhân viên tại chỗ."),
            EN: ("Safety notice", "Please follow the directions of staff on site."),
            ZH: ("安全提示", "请听从现场工作人员的指引。"),
        },
        Level.WATCH,
        Severity.MODERATE,
        Urgency.EXPECTED,
    ),
    "all-clear": Prepared(
        {
            VI: ("Đã an toàn", "Cảnh báo trước đó đã kết thúc. Xin cảm ơn quý khách."),
            EN: ("All clear", "The earlier warning is over. Thank you for your patience."),
            ZH: ("警报解除", "此前的警报已经解除。感谢您的配合。"),
        },
        Level.NOTE,
        Severity.MINOR,
        Urgency.PAST,
        minutes=15,
        purpose=Purpose.ALL_CLEAR,
    ),
    "correction": Prepared(
        {
            VI: ("Đính chính", "Thông báo trước đó không đúng. Xin bỏ qua và chờ thông tin mới."),
            EN: ("Correction", "The earlier notice was wrong. Please disregard it and wait for new information."),
            ZH: ("更正", "此前的通知有误。请忽略，并等候新的信息。"),
        },
        Level.NOTE,
        Severity.MINOR,
        Urgency.PAST,
        minutes=15,
        purpose=Purpose.CORRECTION,
    ),
}
