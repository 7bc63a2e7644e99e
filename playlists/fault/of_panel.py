"""Faults of the LED panel: controller, cards, cabinets."""

from __future__ import annotations

from playlists.fault.code import FaultCode, Severity
from playlists.fault.explained import EventType, Explained, Said, SignError

FAULTS: dict[FaultCode, Explained] = {
    FaultCode.CONTROLLER_OFFLINE: Explained(
        Severity.CRITICAL,
        name=Said("Bộ điều khiển LED không trả lời", "LED controller does not answer", "LED 控制器无应答"),
        meaning=Said(
            "Bộ điều khiển LED không trả lời máy phát: không biết bảng còn sáng hay không.",
            "The controller does not answer: nobody knows whether the panel is lit.",
            "控制器无应答，无法得知屏幕是否点亮。",
        ),
        first_step=Said(
            "Kiểm tra nguồn của bộ điều khiển và dây mạng hoặc dây USB tới máy phát.",
            "Check the controller's power and its network or USB cable to the kiosk.",
            "检查控制器电源以及到终端的网线或 USB 线。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.CONTROLLER_CONTENDED: Explained(
        Severity.WARNING,
        name=Said(
            "Bộ điều khiển LED đang bị chương trình khác chiếm",
            "LED controller in use by another program",
            "LED 控制器被其他程序占用",
        ),
        meaning=Said(
            "Chương trình khác liên tục chiếm kết nối với bộ điều khiển.",
            "Another program keeps taking the connection to the controller.",
            "其他程序不断占用与控制器的连接。",
        ),
        first_step=Said(
            "Đóng phần mềm cấu hình trên máy tính tại chỗ, kể cả chương trình chạy nền.",
            "Close the configuration software on the computer at the site, and its background program.",
            "关闭现场电脑上的配置软件及其后台程序。",
        ),
        event=EventType.COMMUNICATIONS,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.PANEL_SIGNAL_MISSING: Explained(
        Severity.CRITICAL,
        name=Said(
            "Bộ điều khiển LED không có tín hiệu hình", "LED controller has no picture signal", "LED 控制器无视频信号"
        ),
        meaning=Said(
            "Bộ điều khiển báo không có tín hiệu ở ngõ vào đang chọn.",
            "The controller says that its chosen input has no signal.",
            "控制器显示所选输入没有信号。",
        ),
        first_step=Said(
            "Kiểm tra dây HDMI ở cả hai đầu và ngõ vào đang chọn.",
            "Check the HDMI cable at both ends and the chosen input.",
            "检查 HDMI 线两端及所选输入。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.ATTACHED_DEVICE,
    ),
    FaultCode.PANEL_PORT_DOWN: Explained(
        Severity.CRITICAL,
        name=Said(
            "Cả một cổng ra của bảng LED mất liên lạc",
            "A whole output port of the panel is down",
            "LED 屏整个输出口中断",
        ),
        meaning=Said(
            "Mọi card nhận trên một cổng ra đều không trả lời: một phần bảng tối.",
            "All receiving cards of one output port are silent: a part of the panel is dark.",
            "某输出口的所有接收卡均无应答：部分屏幕不亮。",
        ),
        first_step=Said(
            "Kiểm tra dây mạng từ cổng này tới tủ đầu tiên và nguồn của tủ đó.",
            "Check the cable from this port to its first cabinet, and that cabinet's power.",
            "检查该输出口到第一个箱体的网线和箱体电源。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.ATTACHED_DEVICE,
    ),
    FaultCode.PANEL_CARD_OFFLINE: Explained(
        Severity.MAJOR,
        name=Said("Card nhận không trả lời", "Receiving card does not answer", "接收卡无应答"),
        meaning=Said(
            "Một card nhận không trả lời: tủ của nó tối hoặc đứng hình.",
            "One receiving card is silent: its cabinet is dark or frozen.",
            "某张接收卡无应答：对应箱体不亮或定格。",
        ),
        first_step=Said(
            "Tìm tủ theo hàng và cột; kiểm tra nguồn 5 V, dây mạng vào và ra của card.",
            "Find the cabinet by row and column; check the card's 5 V and its cables in and out.",
            "按行列找到箱体，检查接收卡 5 V 供电和进出网线。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.ATTACHED_DEVICE,
    ),
    FaultCode.PANEL_REDUNDANCY_ACTIVE: Explained(
        Severity.MINOR,
        name=Said(
            "Bảng LED đang chạy bằng đường dự phòng", "Panel runs on its backup line", "LED 屏正由备份线路供信号"
        ),
        meaning=Said(
            "Đường tín hiệu chính đã hỏng, đường dự phòng đang thay.",
            "The main signal line has failed and the backup has taken over.",
            "主信号线路已失效，由备份线路接替。",
        ),
        first_step=Said(
            "Hình vẫn hiện; sửa đường chính trước khi đường dự phòng hỏng.",
            "The picture is still there; repair the main line before the backup fails too.",
            "画面仍正常；请在备份失效前修复主线路。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.ATTACHED_DEVICE,
    ),
    FaultCode.PANEL_RIBBON: Explained(
        Severity.MAJOR,
        name=Said("Cáp dẹt trong tủ bị hở", "Ribbon cable open in a cabinet", "箱体内排线断开"),
        meaning=Said(
            "Card nhận đo thấy cáp dẹt tới mô-đun bị hở: có sọc hoặc ô sai màu.",
            "The receiving card measures an open ribbon cable: stripes or blocks of wrong colour.",
            "接收卡检测到排线开路：出现条纹或色块。",
        ),
        first_step=Said(
            "Cắm lại cáp dẹt giữa card nhận và các mô-đun.",
            "Reseat the ribbon cables between the receiving card and its modules.",
            "重新插好接收卡与模组之间的排线。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.PIXEL,
    ),
    FaultCode.PANEL_TEMPERATURE: Explained(
        Severity.MAJOR,
        name=Said("Tủ LED quá nóng", "Cabinet too hot", "箱体过热"),
        meaning=Said(
            "Nhiệt độ trong tủ cao hơn ngưỡng: card và mô-đun chóng hỏng.",
            "It is hotter in the cabinet than it should be: cards and modules age fast.",
            "箱内温度超过阈值，板卡和模组会加速老化。",
        ),
        first_step=Said(
            "Kiểm tra quạt, lưới lọc và khe thông gió của tủ; giảm độ sáng nếu cần.",
            "Check the cabinet's fans, filters and vents; lower the brightness if needed.",
            "检查箱体风扇、滤网和通风口，必要时降低亮度。",
        ),
        event=EventType.ENVIRONMENTAL,
        sign=SignError.CRITICAL_TEMPERATURE,
    ),
    FaultCode.PANEL_VOLTAGE_LOW: Explained(
        Severity.MAJOR,
        name=Said("Điện áp trong tủ LED thấp", "Cabinet voltage low", "箱体电压过低"),
        meaning=Said(
            "Điện áp tại card thấp hơn lúc nghiệm thu: bộ nguồn yếu hoặc đầu nối lỏng.",
            "The voltage at the card is lower than at commissioning: a weak supply or a loose terminal.",
            "接收卡电压低于验收时：电源老化或端子松动。",
        ),
        first_step=Said(
            "Đo điện áp 5 V tại card khi có tải; kiểm tra bộ nguồn và đầu nối.",
            "Measure the 5 V at the card under load; check power supply and terminals.",
            "带载测量接收卡处 5 V 电压，检查电源和接线端子。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.POWER,
    ),
    FaultCode.PANEL_VOLTAGE_HIGH: Explained(
        Severity.MAJOR,
        name=Said("Điện áp trong tủ LED cao", "Cabinet voltage high", "箱体电压过高"),
        meaning=Said(
            "Điện áp tại card cao hơn mức an toàn.",
            "The voltage at the card is higher than is safe.",
            "接收卡电压高于安全值。",
        ),
        first_step=Said(
            "Đo và chỉnh bộ nguồn trước khi card và mô-đun bị hỏng.",
            "Measure and adjust the power supply before it damages card and modules.",
            "测量并调整电源，以免损坏接收卡和模组。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.POWER,
    ),
    FaultCode.PANEL_BRIGHTNESS_MISMATCH: Explained(
        Severity.MINOR,
        name=Said("Độ sáng không đúng như đã đặt", "Brightness is not what was set", "亮度与设定值不符"),
        meaning=Said(
            "Độ sáng đọc lại từ card khác với độ sáng đã đặt.",
            "The brightness read back from a card is not what was set.",
            "从接收卡读回的亮度与设定值不同。",
        ),
        first_step=Said(
            "Xem bộ điều khiển có đang tự chỉnh độ sáng hoặc có ai chỉnh tại chỗ không.",
            "See whether the controller dims by itself or somebody adjusts it at the site.",
            "检查控制器是否自动调光，或现场有人调整。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.PHOTOCELL,
    ),
    FaultCode.PIXEL_DEFECT: Explained(
        Severity.MINOR,
        name=Said("Điểm ảnh hoặc mô-đun LED hỏng", "Dead pixels or module", "像素或模组损坏"),
        meaning=Said(
            "Có người nhìn thấy chỗ hỏng trên mặt bảng; không phép đo nào phát hiện được.",
            "Somebody saw a defect on the panel's face; no check can measure it.",
            "有人看到屏面损坏，任何检测都无法测出。",
        ),
        first_step=Said(
            "Chiếu hình thử đỏ, lục, lam, trắng; thay mô-đun bằng mô-đun cùng lô, rồi bấm “Đã sửa xong”.",
            "Show the red, green, blue and white test pictures; replace the module by one of its batch, then say so.",
            "依次显示红、绿、蓝、白测试画面；用同一批次的模组更换，然后点击“已修好”。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.PIXEL,
    ),
    FaultCode.CABINET_SMOKE: Explained(
        Severity.CRITICAL,
        name=Said("Có khói trong tủ LED", "Smoke in a cabinet", "箱体内有烟雾"),
        meaning=Said(
            "Cảm biến trong tủ báo có khói.", "The sensor in the cabinet reports smoke.", "箱内传感器报告有烟雾。"
        ),
        first_step=Said(
            "Cử người tới ngay; người có trách nhiệm quyết định ngắt điện.",
            "Send somebody at once; whoever is responsible decides to cut the power.",
            "立即派人到场，由负责人决定是否断电。",
        ),
        event=EventType.ENVIRONMENTAL,
        sign=SignError.CRITICAL_TEMPERATURE,
    ),
    FaultCode.CABINET_DOOR: Explained(
        Severity.WARNING,
        name=Said("Cửa tủ LED đang mở", "Cabinet door open", "箱体门已打开"),
        meaning=Said(
            "Công tắc báo cửa tủ mở.", "The switch says that the door of a cabinet is open.", "开关显示箱体门已打开。"
        ),
        first_step=Said(
            "Hỏi xem có ai đang bảo trì không; nếu không, tới kiểm tra.",
            "Ask whether somebody works there; if nobody does, go and look.",
            "确认是否有人在维护；如没有，请到场查看。",
        ),
        event=EventType.ENVIRONMENTAL,
        sign=SignError.DOOR_OPEN,
    ),
    FaultCode.CABINET_FAN: Explained(
        Severity.MAJOR,
        name=Said("Quạt tủ LED chậm hoặc dừng", "Cabinet fan slow or stopped", "箱体风扇过慢或停转"),
        meaning=Said(
            "Quạt quay dưới một nửa tốc độ bình thường hoặc đã dừng.",
            "The fan turns at less than half its normal speed, or has stopped.",
            "风扇转速低于正常值的一半或已停转。",
        ),
        first_step=Said(
            "Làm sạch hoặc thay quạt; theo dõi nhiệt độ của tủ.",
            "Clean or replace the fan; watch the cabinet's temperature.",
            "清洁或更换风扇，并关注箱体温度。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.CLIMATE_CONTROL,
    ),
    FaultCode.CABINET_HUMIDITY: Explained(
        Severity.WARNING,
        name=Said("Tủ LED quá ẩm", "Cabinet too humid", "箱体湿度过高"),
        meaning=Said(
            "Độ ẩm trong tủ cao: có nguy cơ đọng nước và chập điện.",
            "The air in the cabinet is damp: water may condense and cause a short circuit.",
            "箱内湿度高，可能结露并造成短路。",
        ),
        first_step=Said(
            "Kiểm tra gioăng cửa và lỗ thoát nước của tủ.",
            "Check the cabinet's door seal and drain holes.",
            "检查箱门密封和排水孔。",
        ),
        event=EventType.ENVIRONMENTAL,
        sign=SignError.HUMIDITY,
    ),
}
