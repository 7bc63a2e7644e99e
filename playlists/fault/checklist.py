"""What a technician goes through at the panel: short steps for each code that needs a visit, in three languages.

Which steps an order gets is decided here from its codes; who ticked which and when is left to whoever keeps the order.
A key, once given, is never used for another step: orders of years ago name it.
"""

from __future__ import annotations

from collections.abc import Iterable

from playlists.fault.code import FaultCode
from playlists.fault.explained import Said

C = FaultCode
STEPS: dict[str, Said] = {
    "power_off": Said(
        "Ngắt điện phần cần sửa và treo biển “Đang sửa chữa”.",
        "Switch off the part that is worked on and hang up the sign.",
        "断开待修部分的电源，并挂上“正在维修”标牌。",
    ),
    "mains": Said(
        "Đo điện áp lưới tại tủ điện; xem áp-tô-mát và chống sét.",
        "Measure the mains at the distribution box; look at breakers and surge arrester.",
        "在配电箱测量市电电压，检查断路器和防雷器。",
    ),
    "site_link": Said(
        "Xem đường truyền của điểm đặt: modem, bộ chuyển mạch, nguồn của chúng.",
        "Look at the site's link: modem, switch, and their power.",
        "检查站点线路：调制解调器、交换机及其电源。",
    ),
    "kiosk_lamps": Said(
        "Xem đèn nguồn và đèn mạng của máy phát.",
        "Look at the kiosk's power and network lamps.",
        "查看终端的电源灯和网络灯。",
    ),
    "kiosk_supply": Said(
        "Đo điện áp nguồn máy phát khi đang chạy: ít nhất 4,9 V; thay bộ nguồn hoặc dây nếu thấp hơn.",
        "Measure the kiosk's supply while it runs: at least 4.9 V; else change supply or cable.",
        "在运行时测量终端供电：不低于 4.9 V；否则更换电源或电源线。",
    ),
    "kiosk_cables": Said(
        "Cắm lại và cố định dây nguồn, dây mạng, dây HDMI của máy phát.",
        "Reseat and fasten the kiosk's power, network and HDMI cables.",
        "重新插好并固定终端的电源线、网线和 HDMI 线。",
    ),
    "dust": Said(
        "Làm sạch bụi ở quạt, lưới lọc và khe thông gió.",
        "Clean dust off fans, filters and vents.",
        "清除风扇、滤网和通风口的灰尘。",
    ),
    "fan_turns": Said(
        "Xem quạt quay đều và không kêu; thay quạt hỏng.",
        "See that the fan turns evenly and quietly; replace a bad one.",
        "确认风扇运转平稳无异响，更换损坏的风扇。",
    ),
    "storage": Said(
        "Thay thẻ nhớ hoặc ổ lưu trữ; ghi số sê-ri cũ và mới.",
        "Replace the card or disk; write down old and new serial number.",
        "更换存储卡或磁盘，并记录新旧序列号。",
    ),
    "clock": Said(
        "Thay pin đồng hồ; ngắt điện một phút rồi xem giờ còn đúng.",
        "Replace the clock's battery; cut the power for a minute and see that the time is still right.",
        "更换时钟电池；断电一分钟后确认时间仍然正确。",
    ),
    "light_sensor": Said(
        "Lau mặt cảm biến ánh sáng; che lại và xem số đo thay đổi.",
        "Wipe the light sensor; cover it and see the reading change.",
        "擦拭光线传感器，遮住并查看读数变化。",
    ),
    "network_cable": Said(
        "Thử bằng dây mạng khác; xem đèn ở cả hai đầu.",
        "Try another network cable; look at the lamps at both ends.",
        "换一根网线试验，查看两端指示灯。",
    ),
    "wireless": Said(
        "Xem SIM, cước và ăng-ten; đo sóng trong và ngoài tủ.",
        "Look at SIM, plan and antenna; measure the signal inside and outside the box.",
        "检查 SIM 卡、资费和天线；在箱内外测量信号。",
    ),
    "hdmi": Said(
        "Cắm lại HDMI ở cả hai đầu; thử một dây khác.",
        "Reseat HDMI at both ends; try another cable.",
        "重新插好 HDMI 两端，并换一根线试验。",
    ),
    "controller": Said(
        "Xem nguồn, đèn và ngõ vào đang chọn của bộ điều khiển LED.",
        "Look at the LED controller's power, lamps and chosen input.",
        "查看 LED 控制器的电源、指示灯和所选输入。",
    ),
    "cabinet": Said(
        "Tìm đúng tủ theo hàng và cột trên sơ đồ bảng.",
        "Find the cabinet by row and column on the drawing of the panel.",
        "按屏幕图上的行列找到该箱体。",
    ),
    "card_cables": Said(
        "Cắm lại dây mạng vào và ra của card nhận; xem đèn card nháy.",
        "Reseat the receiving card's cables in and out; see its lamp blink.",
        "重新插好接收卡的进出网线，确认指示灯闪烁。",
    ),
    "card_voltage": Said(
        "Đo 5 V tại card khi hiện hình trắng; ghi số đo vào ghi chú.",
        "Measure the 5 V at the card with a white picture; write it into a note.",
        "显示白色画面时测量接收卡处 5 V 电压，并写入备注。",
    ),
    "ribbons": Said(
        "Cắm lại cáp dẹt; thay cáp gãy hoặc gỉ.",
        "Reseat the ribbon cables; replace broken or rusty ones.",
        "重新插好排线，更换断裂或生锈的排线。",
    ),
    "batch": Said(
        "Thay mô-đun bằng mô-đun cùng lô; ghi lô và số sê-ri.",
        "Replace a module by one of the same batch; write down batch and serial number.",
        "用同一批次的模组更换，并记录批次和序列号。",
    ),
    "seals": Said(
        "Xem gioăng cửa, lỗ thoát nước và túi hút ẩm.",
        "Look at door seal, drain holes and drying agent.",
        "检查箱门密封、排水孔和干燥剂。",
    ),
    "burns": Said(
        "Tìm dấu cháy và mùi khét ở bộ nguồn, đầu nối, dây; chưa rõ thì không đóng điện lại.",
        "Look for burns and smell at supplies, terminals and wires; no power until the cause is clear.",
        "检查电源、端子和导线有无烧痕或焦味；原因不明不得合闸。",
    ),
    "door_switch": Said(
        "Đóng và khóa cửa; thử công tắc cửa.",
        "Close and lock the door; try its switch.",
        "关门上锁，并测试门开关。",
    ),
    "look": Said(
        "Xem toàn bộ bảng, máy phát và dây; ghi những gì thấy vào ghi chú.",
        "Look over panel, kiosk and cables; write what is seen into a note.",
        "检查整块屏幕、终端和线缆，并把所见写入备注。",
    ),
    "test_pictures": Said(
        "Chiếu hình thử đỏ, lục, lam, trắng và nhìn cả bảng.",
        "Show the red, green, blue and white test pictures and look at the whole panel.",
        "依次显示红、绿、蓝、白测试画面并检查整屏。",
    ),
    "brightness": Said(
        "Xem độ sáng đọc lại có đúng như đã đặt không.",
        "See that the brightness read back is the one that was set.",
        "确认读回的亮度与设定值一致。",
    ),
    "plays_right": Said(
        "Xem bảng đang chiếu đúng nội dung theo lịch.",
        "See that the panel shows what is scheduled.",
        "确认屏幕播放的是排定的内容。",
    ),
    "photos": Said(
        "Chụp ảnh trước và sau khi sửa.",
        "Take photos before and after the repair.",
        "拍摄维修前后的照片。",
    ),
    "tidy": Said(
        "Đóng và khóa tủ; dọn dụng cụ và vật thừa.",
        "Close and lock everything; take tools and leftovers away.",
        "关好并锁好箱体，清理工具和废料。",
    ),
}
"""Every step by its key."""

_CARD = ("cabinet", "power_off", "card_cables", "card_voltage", "test_pictures")
_CABINET_AIR = ("cabinet", "dust", "fan_turns")
OF_CODE: dict[FaultCode, tuple[str, ...]] = {
    C.SITE_OFFLINE: ("mains", "site_link"),
    C.KIOSK_OFFLINE: ("kiosk_lamps", "kiosk_supply", "kiosk_cables", "network_cable"),
    C.MAINS_LOST: ("mains",),
    C.POWER_UNDER_VOLTAGE: ("kiosk_supply", "kiosk_cables"),
    C.CPU_TEMPERATURE: ("dust", "fan_turns"),
    C.CPU_FAN: ("dust", "fan_turns"),
    C.STORAGE_READ_ONLY: ("storage",),
    C.STORAGE_ERRORS: ("storage", "kiosk_supply"),
    C.STORAGE_WORN: ("storage",),
    C.CLOCK_BATTERY: ("clock",),
    C.BOOT_LOOP: ("kiosk_supply", "storage"),
    C.KIOSK_DOOR: ("door_switch",),
    C.LIGHT_SENSOR: ("light_sensor",),
    C.ETHERNET_DOWN: ("network_cable", "site_link"),
    C.ETHERNET_WEAK: ("network_cable",),
    C.WIFI_WEAK: ("wireless",),
    C.MOBILE_DOWN: ("wireless",),
    C.MOBILE_WEAK: ("wireless",),
    C.HDMI_DISCONNECTED: ("hdmi", "controller"),
    C.HDMI_EDID_MISSING: ("hdmi",),
    C.HDMI_EDID_CHANGED: ("hdmi", "controller"),
    C.VIDEO_OUTPUT_MISSING: ("hdmi", "controller"),
    C.PICTURE_BLACK: ("hdmi", "controller"),
    C.CONTROLLER_OFFLINE: ("controller", "network_cable"),
    C.PANEL_SIGNAL_MISSING: ("hdmi", "controller"),
    C.PANEL_PORT_DOWN: _CARD,
    C.PANEL_CARD_OFFLINE: _CARD,
    C.PANEL_REDUNDANCY_ACTIVE: ("card_cables", "test_pictures"),
    C.PANEL_RIBBON: ("cabinet", "power_off", "ribbons", "batch", "test_pictures"),
    C.PANEL_TEMPERATURE: _CABINET_AIR,
    C.PANEL_VOLTAGE_LOW: ("cabinet", "card_voltage"),
    C.PANEL_VOLTAGE_HIGH: ("cabinet", "card_voltage"),
    C.PANEL_BRIGHTNESS_MISMATCH: ("controller", "brightness"),
    C.PIXEL_DEFECT: ("cabinet", "test_pictures", "power_off", "batch"),
    C.CABINET_SMOKE: ("power_off", "cabinet", "burns"),
    C.CABINET_DOOR: ("cabinet", "door_switch"),
    C.CABINET_FAN: _CABINET_AIR,
    C.CABINET_HUMIDITY: ("cabinet", "seals"),
}
"""The steps of each code that needs somebody at the panel."""

GENERIC = ("look", "kiosk_cables", "test_pictures")
"""For work without a code, or with codes that are settled from a desk."""
AT_THE_END = ("plays_right", "photos", "tidy")


def checklist_of(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of the steps for work on alarms of these codes, each once, in the order of work."""
    known = [FaultCode(code) for code in codes if code in set(FaultCode)]
    steps = [step for code in known for step in OF_CODE.get(code, ())]
    return tuple(dict.fromkeys([*(steps or GENERIC), *AT_THE_END]))
