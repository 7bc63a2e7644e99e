"""Faults of the computer behind a panel: power, heat, storage, clock, its box."""

from __future__ import annotations

from playlists.fault.code import FaultCode, Severity
from playlists.fault.explained import EventType, Explained, Said, SignError

FAULTS: dict[FaultCode, Explained] = {
    FaultCode.MAINS_LOST: Explained(
        Severity.CRITICAL,
        name=Said("Mất điện lưới", "Mains power lost", "市电中断"),
        meaning=Said(
            "Ngõ vào báo mất điện lưới; máy phát chạy bằng nguồn dự phòng và sẽ tắt khi hết.",
            "The input says that mains is gone; the kiosk runs on its reserve and stops when that is empty.",
            "输入信号显示市电中断，终端正由备用电源供电，耗尽后将关闭。",
        ),
        first_step=Said(
            "Hỏi điện lực và người tại điểm đặt; kiểm tra áp-tô-mát của tủ.",
            "Ask the power company and people at the site; check the breaker of the cabinet.",
            "询问供电部门和现场人员，检查箱内断路器。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.POWER,
    ),
    FaultCode.POWER_UNDER_VOLTAGE: Explained(
        Severity.MAJOR,
        name=Said("Điện áp thấp", "Under-voltage", "电压不足"),
        meaning=Said(
            "Điện áp cấp cho máy phát xuống dưới 4,63 V: máy có thể treo hoặc hỏng thẻ nhớ.",
            "The supply fell below 4.63 V: the kiosk may hang or damage its card.",
            "供电电压低于 4.63 V，终端可能死机或损坏存储卡。",
        ),
        first_step=Said(
            "Kiểm tra bộ nguồn và dây cấp nguồn.", "Check the power supply and its cable.", "检查电源适配器和供电线。"
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.POWER,
    ),
    FaultCode.CPU_TEMPERATURE: Explained(
        Severity.MAJOR,
        name=Said("Máy phát quá nóng", "Processor too hot", "处理器过热"),
        meaning=Said(
            "Bộ xử lý nóng đến mức phải giảm tốc độ hoặc sẽ tắt.",
            "The processor is so hot that it slows down or will stop.",
            "处理器温度过高，将降频或停机。",
        ),
        first_step=Said(
            "Kiểm tra quạt và khe thông gió của tủ.", "Check the fan and the cabinet's vents.", "检查风扇和机柜通风口。"
        ),
        event=EventType.ENVIRONMENTAL,
        sign=SignError.TEMPERATURE_WARNING,
    ),
    FaultCode.CPU_FAN: Explained(
        Severity.MAJOR,
        name=Said("Quạt máy phát không quay", "Kiosk fan does not turn", "终端风扇不转"),
        meaning=Said(
            "Máy đang nóng mà quạt báo không vòng quay nào.",
            "The processor is warm and its fan reports no turns.",
            "处理器已发热，但风扇转速为零。",
        ),
        first_step=Said(
            "Kiểm tra phích cắm và bụi ở quạt; mang quạt thay thế.",
            "Check the plug and the dust of the fan; bring a new one.",
            "检查风扇插头和灰尘，并携带备用风扇。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.CLIMATE_CONTROL,
    ),
    FaultCode.CPU_THROTTLED: Explained(
        Severity.MINOR,
        name=Said("Máy phát phải giảm tốc độ", "Processor slowed down", "处理器降频"),
        meaning=Said(
            "Bộ xử lý tự giảm tốc vì nóng hoặc yếu nguồn; hình có thể giật.",
            "The processor slows itself because of heat or a weak supply; the picture may stutter.",
            "因过热或供电不足，处理器自动降频，画面可能卡顿。",
        ),
        first_step=Said(
            "Xem nhiệt độ và điện áp ở trang này trước; vệ sinh khe thông gió.",
            "Look at temperature and voltage on this page first; clean the vents.",
            "先查看本页的温度和电压，再清洁通风口。",
        ),
        event=EventType.QUALITY_OF_SERVICE,
        sign=SignError.TEMPERATURE_WARNING,
    ),
    FaultCode.MEMORY_LOW: Explained(
        Severity.MINOR,
        name=Said("Sắp hết bộ nhớ", "Memory low", "内存不足"),
        meaning=Said(
            "Bộ nhớ trống xuống dưới mức an toàn; chương trình phát có thể bị dừng.",
            "Free memory is below what is safe; the agent may be stopped.",
            "可用内存低于安全值，播放服务可能被终止。",
        ),
        first_step=Said(
            "Khởi động lại dịch vụ phát nếu kéo dài.", "Restart the agent if it lasts.", "如持续出现，请重启播放服务。"
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.STORAGE_LOW: Explained(
        Severity.MINOR,
        name=Said("Sắp đầy ổ lưu trữ", "Storage low", "存储空间不足"),
        meaning=Said(
            "Ổ lưu trữ gần đầy: nội dung mới không tải được, nội dung cũ vẫn phát.",
            "The disk is nearly full: new content cannot be stored; what is there plays on.",
            "存储将满：无法下载新内容，已有内容继续播放。",
        ),
        first_step=Said(
            "Kiểm tra dung lượng thẻ nhớ hoặc ổ đĩa.", "Check the space on the card or disk.", "检查存储卡或磁盘空间。"
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.STORAGE_READ_ONLY: Explained(
        Severity.CRITICAL,
        name=Said("Không ghi được vào ổ lưu trữ", "Storage cannot be written", "存储无法写入"),
        meaning=Said(
            "Ghi thử vào ổ lưu trữ thất bại: thẻ nhớ hoặc ổ đĩa đang hỏng. Máy vẫn phát nội dung đã có.",
            "A trial write failed: card or disk is failing. The kiosk plays what it holds.",
            "试写失败：存储卡或磁盘正在损坏。终端继续播放已有内容。",
        ),
        first_step=Said(
            "Chuẩn bị thẻ nhớ hoặc ổ đĩa thay thế.", "Bring a replacement card or disk.", "请携带备用存储卡或磁盘。"
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.STORAGE_ERRORS: Explained(
        Severity.MAJOR,
        name=Said("Ổ lưu trữ báo lỗi", "Storage reports errors", "存储出现错误"),
        meaning=Said(
            "Hệ thống tập tin đếm thêm lỗi so với lần trước: ổ lưu trữ bắt đầu hỏng.",
            "The file system counts more errors than before: the storage begins to fail.",
            "文件系统错误计数增加，存储开始损坏。",
        ),
        first_step=Said(
            "Chuẩn bị thẻ nhớ hoặc ổ đĩa thay thế; đừng tắt máy khi chưa cần.",
            "Bring a replacement card or disk; do not switch off without need.",
            "准备备用存储卡或磁盘，非必要勿断电。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.STORAGE_WORN: Explained(
        Severity.MINOR,
        name=Said("Ổ lưu trữ sắp hết tuổi thọ", "Storage nearly worn out", "存储寿命将尽"),
        meaning=Said(
            "Bộ nhớ eMMC đã dùng gần hết số lần ghi cho phép.",
            "The eMMC has used nearly all the writes it is made for.",
            "eMMC 的可写寿命即将耗尽。",
        ),
        first_step=Said(
            "Lên kế hoạch thay bộ nhớ hoặc máy phát trong tháng.",
            "Plan to replace the storage or the kiosk within the month.",
            "计划在一个月内更换存储或终端。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.CLOCK_UNTRUSTED: Explained(
        Severity.WARNING,
        name=Said("Đồng hồ không đáng tin", "Clock not trusted", "时钟不可信"),
        meaning=Said(
            "Máy phát không biết chắc giờ: chỉ phát nội dung không kèm thời hạn.",
            "The kiosk is not sure of the time: only content without dates is shown.",
            "终端无法确认时间：只播放不带期限的内容。",
        ),
        first_step=Said(
            "Kiểm tra đồng bộ giờ và pin đồng hồ.",
            "Check time synchronisation and the clock's battery.",
            "检查时间同步和时钟电池。",
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.CLOCK_BATTERY: Explained(
        Severity.WARNING,
        name=Said("Không có đồng hồ chạy pin", "No battery clock", "没有电池时钟"),
        meaning=Said(
            "Máy phát không có đồng hồ chạy pin hoặc pin đã hết: sau khi mất điện sẽ không biết giờ nếu không có mạng.",
            "No battery clock, or an empty battery: after a power cut without network the time is unknown.",
            "没有电池时钟或电池耗尽：断电且无网络时将不知道时间。",
        ),
        first_step=Said(
            "Gắn mô-đun đồng hồ hoặc thay pin CR2032.",
            "Fit a clock module or replace its CR2032 battery.",
            "安装时钟模块或更换 CR2032 电池。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.BOOT_LOOP: Explained(
        Severity.MAJOR,
        name=Said("Máy phát khởi động lại liên tục", "Kiosk restarts again and again", "终端反复重启"),
        meaning=Said(
            "Máy phát khởi động từ ba lần trở lên trong một giờ mà không tắt đúng cách.",
            "The kiosk started three times or more within an hour without a proper shutdown.",
            "终端一小时内非正常重启三次以上。",
        ),
        first_step=Said(
            "Kiểm tra nguồn điện trước, rồi tới thẻ nhớ.",
            "Check the power supply first, then the card.",
            "先检查供电，再检查存储卡。",
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.AGENT_OUTDATED: Explained(
        Severity.WARNING,
        name=Said("Phần mềm máy phát đã cũ", "Kiosk software outdated", "终端软件过旧"),
        meaning=Said(
            "Phiên bản trên máy phát cũ hơn phiên bản máy chủ mong đợi.",
            "The version on the kiosk is older than what the server expects.",
            "终端软件版本低于服务器要求。",
        ),
        first_step=Said(
            "Cập nhật từ xa theo hướng dẫn vận hành; không cần tới nơi.",
            "Update it from afar as the operations guide says; nobody has to go.",
            "按运维手册远程升级，无需到场。",
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.KIOSK_DOOR: Explained(
        Severity.WARNING,
        name=Said("Hộp máy phát đang mở", "Kiosk box open", "终端箱门打开"),
        meaning=Said(
            "Công tắc báo nắp hộp máy phát mở.",
            "The switch says that the lid of the kiosk box is open.",
            "开关显示终端箱门已打开。",
        ),
        first_step=Said(
            "Hỏi xem có ai đang bảo trì không; nếu không, tới kiểm tra.",
            "Ask whether somebody works there; if nobody does, go and look.",
            "确认是否有人在维护；如没有，请到场查看。",
        ),
        event=EventType.ENVIRONMENTAL,
        sign=SignError.DOOR_OPEN,
    ),
    FaultCode.LIGHT_SENSOR: Explained(
        Severity.MINOR,
        name=Said("Cảm biến ánh sáng hỏng", "Light sensor fails", "光线传感器故障"),
        meaning=Said(
            "Cảm biến không trả lời, đứng yên hoặc báo tối giữa ban ngày; độ sáng theo giờ mặt trời.",
            "The sensor does not answer, stands still or says dark at noon; brightness follows the sun instead.",
            "传感器无应答、读数不变或白天显示为黑暗；亮度改按日照时间。",
        ),
        first_step=Said(
            "Lau mặt cảm biến; kiểm tra dây I2C.",
            "Clean the sensor; check its I2C wires.",
            "清洁传感器表面，检查 I2C 接线。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.PHOTOCELL,
    ),
}
