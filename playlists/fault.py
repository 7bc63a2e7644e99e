"""Faults: the codes that checks raise and clear, with severity and words for people.

Severity maps to X.733 (critical, major, minor, warning). Texts are Vietnamese, English, Chinese.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How much a fault matters, most first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    WARNING = "warning"


class CheckResult(StrEnum):
    """What a health check found; an unreadable source is unknown, never ok."""

    OK = "ok"
    FAULT = "fault"
    UNKNOWN = "unknown"


class FaultCode(StrEnum):
    """Every fault this system can raise."""

    KIOSK_OFFLINE = "kiosk_offline"
    POWER_UNDER_VOLTAGE = "power_under_voltage"
    CPU_TEMPERATURE = "cpu_temperature"
    MEMORY_LOW = "memory_low"
    STORAGE_LOW = "storage_low"
    STORAGE_READ_ONLY = "storage_read_only"
    CLOCK_UNTRUSTED = "clock_untrusted"
    PLAYER_STALLED = "player_stalled"
    PICTURE_FROZEN = "picture_frozen"
    PICTURE_BLACK = "picture_black"
    PICTURE_WRONG = "picture_wrong"
    PICTURE_WRONG_SIZE = "picture_wrong_size"
    VIDEO_OUTPUT_MISSING = "video_output_missing"
    VIDEO_OUTPUT_UNFIT = "video_output_unfit"
    SEGMENT_QUARANTINED = "segment_quarantined"
    CONTENT_MISSING = "content_missing"
    MANIFEST_REJECTED = "manifest_rejected"
    DOCUMENT_REJECTED = "document_rejected"
    CONTROLLER_OFFLINE = "controller_offline"
    CONTROLLER_CONTENDED = "controller_contended"
    PANEL_SIGNAL_MISSING = "panel_signal_missing"
    PANEL_PORT_DOWN = "panel_port_down"
    PANEL_CARD_OFFLINE = "panel_card_offline"
    PANEL_REDUNDANCY_ACTIVE = "panel_redundancy_active"
    PANEL_RIBBON = "panel_ribbon"
    PANEL_TEMPERATURE = "panel_temperature"
    PANEL_VOLTAGE_LOW = "panel_voltage_low"
    PANEL_VOLTAGE_HIGH = "panel_voltage_high"
    PANEL_BRIGHTNESS_MISMATCH = "panel_brightness_mismatch"
    CABINET_SMOKE = "cabinet_smoke"
    CABINET_DOOR = "cabinet_door"
    CABINET_FAN = "cabinet_fan"
    CABINET_HUMIDITY = "cabinet_humidity"


class Explained(NamedTuple):
    """A code's severity, its name and the first step, each as (vi, en, zh)."""

    severity: Severity
    name: tuple[str, str, str]
    first_step: tuple[str, str, str]


CATALOGUE: dict[FaultCode, Explained] = {
    FaultCode.KIOSK_OFFLINE: Explained(
        Severity.MAJOR,
        ("Mất liên lạc với máy phát", "Kiosk offline", "播放终端离线"),
        (
            "Kiểm tra nguồn điện và mạng tại điểm đặt trước khi đi.",
            "Check power and network at the site before driving there.",
            "出发前先核实现场供电和网络。",
        ),
    ),
    FaultCode.POWER_UNDER_VOLTAGE: Explained(
        Severity.MAJOR,
        ("Điện áp thấp", "Under-voltage", "电压不足"),
        (
            "Kiểm tra bộ nguồn và dây cấp nguồn.",
            "Check the power supply and its cable.",
            "检查电源适配器和供电线。",
        ),
    ),
    FaultCode.CPU_TEMPERATURE: Explained(
        Severity.MAJOR,
        ("Máy phát quá nóng", "Processor too hot", "处理器过热"),
        (
            "Kiểm tra quạt và khe thông gió của tủ.",
            "Check the fan and the cabinet's vents.",
            "检查风扇和机柜通风口。",
        ),
    ),
    FaultCode.MEMORY_LOW: Explained(
        Severity.MINOR,
        ("Sắp hết bộ nhớ", "Memory low", "内存不足"),
        (
            "Khởi động lại dịch vụ phát nếu kéo dài.",
            "Restart the agent if it lasts.",
            "如持续出现，请重启播放服务。",
        ),
    ),
    FaultCode.STORAGE_LOW: Explained(
        Severity.MINOR,
        ("Sắp đầy ổ lưu trữ", "Storage low", "存储空间不足"),
        (
            "Kiểm tra dung lượng thẻ nhớ hoặc ổ đĩa.",
            "Check the space on the card or disk.",
            "检查存储卡或磁盘空间。",
        ),
    ),
    FaultCode.STORAGE_READ_ONLY: Explained(
        Severity.CRITICAL,
        ("Không ghi được vào ổ lưu trữ", "Storage cannot be written", "存储无法写入"),
        (
            "Chuẩn bị thẻ nhớ hoặc ổ đĩa thay thế.",
            "Bring a replacement card or disk.",
            "请携带备用存储卡或磁盘。",
        ),
    ),
    FaultCode.CLOCK_UNTRUSTED: Explained(
        Severity.WARNING,
        ("Đồng hồ không đáng tin", "Clock not trusted", "时钟不可信"),
        (
            "Kiểm tra đồng bộ giờ và pin đồng hồ.",
            "Check time synchronisation and the clock's battery.",
            "检查时间同步和时钟电池。",
        ),
    ),
    FaultCode.PLAYER_STALLED: Explained(
        Severity.CRITICAL,
        ("Trình phát bị treo", "Player stalled", "播放器停滞"),
        (
            "Chờ một phút: máy tự khởi động lại trình phát.",
            "Wait a minute: the kiosk restarts its player by itself.",
            "请等待一分钟，终端会自动重启播放器。",
        ),
    ),
    FaultCode.PICTURE_FROZEN: Explained(
        Severity.CRITICAL,
        ("Hình bị đứng", "Picture frozen", "画面定格"),
        (
            "Chờ một phút: máy tự khởi động lại trình phát.",
            "Wait a minute: the kiosk restarts its player by itself.",
            "请等待一分钟，终端会自动重启播放器。",
        ),
    ),
    FaultCode.PICTURE_BLACK: Explained(
        Severity.CRITICAL,
        ("Màn hình bị đen", "Picture black", "画面黑屏"),
        (
            "Xem ảnh chụp màn hình; nếu vẫn đen, khởi động lại dịch vụ phát.",
            "Look at the panel's capture; if it stays black, restart the agent.",
            "查看屏幕截图；如仍黑屏，请重启播放服务。",
        ),
    ),
    FaultCode.PICTURE_WRONG: Explained(
        Severity.CRITICAL,
        ("Hiển thị sai nội dung", "Wrong picture shown", "显示内容错误"),
        (
            "Xem ảnh chụp màn hình: có chương trình khác che lên hình không?",
            "Look at the panel's capture: does another program cover the picture?",
            "查看屏幕截图：是否有其他程序遮挡画面？",
        ),
    ),
    FaultCode.PICTURE_WRONG_SIZE: Explained(
        Severity.MAJOR,
        ("Hình sai kích thước", "Picture of the wrong size", "画面尺寸错误"),
        (
            "So kích thước và vị trí cửa sổ của bảng với cấu hình.",
            "Compare the panel's size and window with its settings.",
            "核对屏幕的尺寸和窗口设置。",
        ),
    ),
    FaultCode.VIDEO_OUTPUT_MISSING: Explained(
        Severity.CRITICAL,
        ("Không có đầu ra hình", "No video output", "没有视频输出"),
        (
            "Kiểm tra màn hình X và trình điều khiển đồ họa của máy phát.",
            "Check the kiosk's X display and graphics driver.",
            "检查终端的 X 显示和显卡驱动。",
        ),
    ),
    FaultCode.VIDEO_OUTPUT_UNFIT: Explained(
        Severity.MAJOR,
        ("Đầu ra hình không hợp với bảng", "Video output does not suit the panel", "视频输出与屏幕不符"),
        (
            "Đặt chế độ HDMI của máy phát theo cấu hình của bảng.",
            "Set the kiosk's HDMI mode to that of the panel's settings.",
            "将终端的 HDMI 模式设为屏幕设置中的模式。",
        ),
    ),
    FaultCode.SEGMENT_QUARANTINED: Explained(
        Severity.MAJOR,
        ("Nội dung bị cách ly", "Content set aside", "内容已隔离"),
        (
            "Nội dung này làm hỏng trình phát: sửa hoặc thay rồi phát hành lại.",
            "This content crashes the player: change or replace it, then publish again.",
            "该内容导致播放器崩溃：请修改或更换后重新发布。",
        ),
    ),
    FaultCode.CONTENT_MISSING: Explained(
        Severity.MINOR,
        ("Thiếu nội dung trên máy phát", "Content missing on the kiosk", "终端缺少内容"),
        (
            "Kiểm tra mạng; máy sẽ tự tải lại.",
            "Check the network; the kiosk downloads again by itself.",
            "检查网络，终端会自动重新下载。",
        ),
    ),
    FaultCode.MANIFEST_REJECTED: Explained(
        Severity.CRITICAL,
        ("Máy phát từ chối danh mục phát", "Kiosk refused the manifest", "终端拒绝播放清单"),
        (
            "Báo quản trị viên: chữ ký hoặc nội dung không hợp lệ.",
            "Tell the administrator: its signature or content is not sound.",
            "请通知管理员：签名或内容无效。",
        ),
    ),
    FaultCode.DOCUMENT_REJECTED: Explained(
        Severity.MAJOR,
        ("Máy phát từ chối văn bản đã ký", "Kiosk refused a signed document", "终端拒绝已签名文件"),
        (
            "Báo quản trị viên: mã quy tắc cho biết lý do; màn hình vẫn phát nội dung đã duyệt.",
            "Tell the administrator: the rule's code says why; the panel goes on showing what was approved.",
            "请通知管理员：规则代码说明原因，屏幕继续播放已批准的内容。",
        ),
    ),
    FaultCode.CONTROLLER_OFFLINE: Explained(
        Severity.CRITICAL,
        ("Bộ điều khiển LED không trả lời", "LED controller does not answer", "LED 控制器无应答"),
        (
            "Kiểm tra nguồn của bộ điều khiển và dây mạng hoặc dây USB tới máy phát.",
            "Check the controller's power and its network or USB cable to the kiosk.",
            "检查控制器电源以及到终端的网线或 USB 线。",
        ),
    ),
    FaultCode.CONTROLLER_CONTENDED: Explained(
        Severity.WARNING,
        (
            "Bộ điều khiển LED đang bị chương trình khác chiếm",
            "LED controller in use by another program",
            "LED 控制器被其他程序占用",
        ),
        (
            "Đóng phần mềm cấu hình trên máy tính tại chỗ, kể cả chương trình chạy nền.",
            "Close the configuration software on the computer at the site, and its background program.",
            "关闭现场电脑上的配置软件及其后台程序。",
        ),
    ),
    FaultCode.PANEL_SIGNAL_MISSING: Explained(
        Severity.CRITICAL,
        ("Bộ điều khiển LED không có tín hiệu hình", "LED controller has no picture signal", "LED 控制器无视频信号"),
        (
            "Kiểm tra dây HDMI ở cả hai đầu và ngõ vào đang chọn.",
            "Check the HDMI cable at both ends and the chosen input.",
            "检查 HDMI 线两端及所选输入。",
        ),
    ),
    FaultCode.PANEL_PORT_DOWN: Explained(
        Severity.CRITICAL,
        (
            "Cả một cổng ra của bảng LED mất liên lạc",
            "A whole output port of the panel is down",
            "LED 屏整个输出口中断",
        ),
        (
            "Kiểm tra dây mạng từ cổng này tới tủ đầu tiên và nguồn của tủ đó.",
            "Check the cable from this port to its first cabinet, and that cabinet's power.",
            "检查该输出口到第一个箱体的网线和箱体电源。",
        ),
    ),
    FaultCode.PANEL_CARD_OFFLINE: Explained(
        Severity.MAJOR,
        ("Card nhận không trả lời", "Receiving card does not answer", "接收卡无应答"),
        (
            "Tìm tủ theo hàng và cột; kiểm tra nguồn 5 V, dây mạng vào và ra của card.",
            "Find the cabinet by row and column; check the card's 5 V and its cables in and out.",
            "按行列找到箱体，检查接收卡 5 V 供电和进出网线。",
        ),
    ),
    FaultCode.PANEL_REDUNDANCY_ACTIVE: Explained(
        Severity.MINOR,
        ("Bảng LED đang chạy bằng đường dự phòng", "Panel runs on its backup line", "LED 屏正由备份线路供信号"),
        (
            "Hình vẫn hiện; sửa đường chính trước khi đường dự phòng hỏng.",
            "The picture is still there; repair the main line before the backup fails too.",
            "画面仍正常；请在备份失效前修复主线路。",
        ),
    ),
    FaultCode.PANEL_RIBBON: Explained(
        Severity.MAJOR,
        ("Cáp dẹt trong tủ bị hở", "Ribbon cable open in a cabinet", "箱体内排线断开"),
        (
            "Cắm lại cáp dẹt giữa card nhận và các mô-đun.",
            "Reseat the ribbon cables between the receiving card and its modules.",
            "重新插好接收卡与模组之间的排线。",
        ),
    ),
    FaultCode.PANEL_TEMPERATURE: Explained(
        Severity.MAJOR,
        ("Tủ LED quá nóng", "Cabinet too hot", "箱体过热"),
        (
            "Kiểm tra quạt, lưới lọc và khe thông gió của tủ; giảm độ sáng nếu cần.",
            "Check the cabinet's fans, filters and vents; lower the brightness if needed.",
            "检查箱体风扇、滤网和通风口，必要时降低亮度。",
        ),
    ),
    FaultCode.PANEL_VOLTAGE_LOW: Explained(
        Severity.MAJOR,
        ("Điện áp trong tủ LED thấp", "Cabinet voltage low", "箱体电压过低"),
        (
            "Đo điện áp 5 V tại card khi có tải; kiểm tra bộ nguồn và đầu nối.",
            "Measure the 5 V at the card under load; check power supply and terminals.",
            "带载测量接收卡处 5 V 电压，检查电源和接线端子。",
        ),
    ),
    FaultCode.PANEL_VOLTAGE_HIGH: Explained(
        Severity.MAJOR,
        ("Điện áp trong tủ LED cao", "Cabinet voltage high", "箱体电压过高"),
        (
            "Đo và chỉnh bộ nguồn trước khi card và mô-đun bị hỏng.",
            "Measure and adjust the power supply before it damages card and modules.",
            "测量并调整电源，以免损坏接收卡和模组。",
        ),
    ),
    FaultCode.PANEL_BRIGHTNESS_MISMATCH: Explained(
        Severity.MINOR,
        ("Độ sáng không đúng như đã đặt", "Brightness is not what was set", "亮度与设定值不符"),
        (
            "Xem bộ điều khiển có đang tự chỉnh độ sáng hoặc có ai chỉnh tại chỗ không.",
            "See whether the controller dims by itself or somebody adjusts it at the site.",
            "检查控制器是否自动调光，或现场有人调整。",
        ),
    ),
    FaultCode.CABINET_SMOKE: Explained(
        Severity.CRITICAL,
        ("Có khói trong tủ LED", "Smoke in a cabinet", "箱体内有烟雾"),
        (
            "Cử người tới ngay; người có trách nhiệm quyết định ngắt điện.",
            "Send somebody at once; whoever is responsible decides to cut the power.",
            "立即派人到场，由负责人决定是否断电。",
        ),
    ),
    FaultCode.CABINET_DOOR: Explained(
        Severity.WARNING,
        ("Cửa tủ LED đang mở", "Cabinet door open", "箱体门已打开"),
        (
            "Hỏi xem có ai đang bảo trì không; nếu không, tới kiểm tra.",
            "Ask whether somebody works there; if nobody does, go and look.",
            "确认是否有人在维护；如没有，请到场查看。",
        ),
    ),
    FaultCode.CABINET_FAN: Explained(
        Severity.MAJOR,
        ("Quạt tủ LED chậm hoặc dừng", "Cabinet fan slow or stopped", "箱体风扇过慢或停转"),
        (
            "Làm sạch hoặc thay quạt; theo dõi nhiệt độ của tủ.",
            "Clean or replace the fan; watch the cabinet's temperature.",
            "清洁或更换风扇，并关注箱体温度。",
        ),
    ),
    FaultCode.CABINET_HUMIDITY: Explained(
        Severity.WARNING,
        ("Tủ LED quá ẩm", "Cabinet too humid", "箱体湿度过高"),
        (
            "Kiểm tra gioăng cửa và lỗ thoát nước của tủ.",
            "Check the cabinet's door seal and drain holes.",
            "检查箱门密封和排水孔。",
        ),
    ),
}
