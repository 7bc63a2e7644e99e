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
    SEGMENT_QUARANTINED = "segment_quarantined"
    CONTENT_MISSING = "content_missing"
    MANIFEST_REJECTED = "manifest_rejected"


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
}
