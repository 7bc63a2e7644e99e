"""Faults of the way between kiosk and server, and of telling people."""

from __future__ import annotations

from playlists.fault.code import FaultCode, Severity
from playlists.fault.explained import EventType, Explained, Said, SignError

FAULTS: dict[FaultCode, Explained] = {
    FaultCode.SITE_OFFLINE: Explained(
        Severity.CRITICAL,
        name=Said("Cả điểm đặt mất liên lạc", "Whole site offline", "整个站点离线"),
        meaning=Said(
            "Không máy phát nào tại điểm đặt này còn liên lạc: có thể mất điện hoặc đứt đường truyền của cả điểm.",
            "No kiosk of this site is reached: the site has probably lost its power or its link.",
            "该站点的所有终端都联系不上，可能是站点停电或线路中断。",
        ),
        first_step=Said(
            "Gọi người tại điểm đặt hỏi còn điện không, rồi gọi nhà mạng.",
            "Call somebody at the site and ask for power, then call the network operator.",
            "先致电现场确认是否有电，再联系网络运营商。",
        ),
        event=EventType.COMMUNICATIONS,
        sign=SignError.COMMUNICATIONS,
    ),
    FaultCode.KIOSK_OFFLINE: Explained(
        Severity.MAJOR,
        name=Said("Mất liên lạc với máy phát", "Kiosk offline", "终端离线"),
        meaning=Said(
            "Máy chủ không còn nghe máy phát này. Bảng vẫn phát nội dung đã tải nếu còn điện.",
            "The server no longer hears this kiosk. The panel goes on playing what it holds while it has power.",
            "服务器收不到该终端的消息。只要有电，屏幕会继续播放已下载的内容。",
        ),
        first_step=Said(
            "Kiểm tra nguồn điện và mạng tại điểm đặt trước khi đi.",
            "Check power and network at the site before driving there.",
            "出发前先核实现场供电和网络。",
        ),
        event=EventType.COMMUNICATIONS,
        sign=SignError.COMMUNICATIONS,
    ),
    FaultCode.ENROLMENT_CONFLICT: Explained(
        Severity.MAJOR,
        name=Said("Mã đăng ký bị dùng hai lần", "Enrolment code used twice", "注册码被使用两次"),
        meaning=Said(
            "Hai máy khác nhau đã dùng mã của máy phát này; không máy nào được cấp chứng thư mới.",
            "Two different computers used the code of this kiosk; neither gets a certificate.",
            "有两台不同的设备使用了此终端的注册码，均不会获得新证书。",
        ),
        first_step=Said(
            "Hỏi xem ai đã nhập mã lần thứ hai; nếu không rõ, coi như có người tìm cách giả máy phát.",
            "Ask who typed the code a second time; if nobody did, take it for an attempt to pass for the kiosk.",
            "询问是谁第二次输入了注册码；若无人承认，应视为有人企图冒充终端。",
        ),
        event=EventType.COMMUNICATIONS,
        sign=SignError.OTHER,
    ),
    FaultCode.CERTIFICATE_ENDING: Explained(
        Severity.MINOR,
        name=Said("Chứng thư sắp hết hạn", "Certificate not renewed", "证书未续期"),
        meaning=Said(
            "Chứng thư của máy phát còn dưới 30 ngày mà chưa gia hạn; hết hạn thì máy chủ tin nhắn từ chối máy phát.",
            "The kiosk's certificate ends within 30 days and was not renewed; after that the broker refuses the kiosk.",
            "终端证书将在 30 天内到期且尚未续期；到期后消息服务器会拒绝该终端。",
        ),
        first_step=Said(
            "Xem máy phát có nối được HTTPS với máy chủ không; nếu được, khởi động lại dịch vụ phát.",
            "See whether the kiosk reaches the server over HTTPS; if it does, restart the agent.",
            "检查终端能否通过 HTTPS 连接服务器；若能，请重启播放服务。",
        ),
        event=EventType.COMMUNICATIONS,
        sign=SignError.COMMUNICATIONS,
    ),
    FaultCode.ETHERNET_DOWN: Explained(
        Severity.MAJOR,
        name=Said("Dây mạng bị ngắt", "Network cable without link", "网线未连通"),
        meaning=Said(
            "Cổng mạng được cấu hình không có tín hiệu; máy phát đang dùng đường khác hoặc không có mạng.",
            "The configured Ethernet port has no link; the kiosk uses another way or none.",
            "配置的以太网口没有信号，终端改用其他线路或无网络。",
        ),
        first_step=Said(
            "Cắm lại dây mạng ở hai đầu; thử cổng khác của thiết bị mạng.",
            "Reseat the cable at both ends; try another port of the switch.",
            "重新插好网线两端，换交换机其他端口再试。",
        ),
        event=EventType.COMMUNICATIONS,
        sign=SignError.COMMUNICATIONS,
    ),
    FaultCode.ETHERNET_WEAK: Explained(
        Severity.WARNING,
        name=Said("Dây mạng chập chờn", "Network cable unreliable", "网线不稳定"),
        meaning=Said(
            "Đường dây rớt xuống tốc độ thấp, hay bị ngắt hoặc nhận lỗi: đầu nối hoặc dây sắp hỏng.",
            "The link fell to a low speed, breaks often or counts errors: a plug or cable is failing.",
            "链路降速、频繁中断或出现误码，接头或网线即将损坏。",
        ),
        first_step=Said(
            "Thay đầu nối hoặc dây mạng; kiểm tra nước vào ống luồn.",
            "Replace plug or cable; look for water in the conduit.",
            "更换接头或网线，检查穿线管是否进水。",
        ),
        event=EventType.COMMUNICATIONS,
        sign=SignError.COMMUNICATIONS,
    ),
    FaultCode.WIFI_WEAK: Explained(
        Severity.WARNING,
        name=Said("Sóng Wi-Fi yếu", "Wi-Fi signal weak", "Wi-Fi 信号弱"),
        meaning=Said(
            "Sóng yếu đến mức việc tải nội dung có thể bị gián đoạn.",
            "The signal is so weak that downloads may break off.",
            "信号过弱，下载内容可能中断。",
        ),
        first_step=Said(
            "Chỉnh hướng hoặc dời ăng-ten; xem có vật gì mới che chắn.",
            "Turn or move the antenna; see what stands in the way now.",
            "调整或移动天线，查看是否有新的遮挡物。",
        ),
        event=EventType.COMMUNICATIONS,
        sign=SignError.COMMUNICATIONS,
    ),
    FaultCode.MOBILE_DOWN: Explained(
        Severity.MAJOR,
        name=Said("Mạng di động mất kết nối", "Mobile data not connected", "移动网络未连接"),
        meaning=Said(
            "Modem 4G không đăng ký được mạng hoặc không có kết nối dữ liệu.",
            "The 4G modem is not registered or has no data connection.",
            "4G 调制解调器未注册网络或没有数据连接。",
        ),
        first_step=Said(
            "Kiểm tra SIM, cước trả trước và đèn của modem.",
            "Check the SIM card, its credit and the lights of the modem.",
            "检查 SIM 卡、话费和调制解调器指示灯。",
        ),
        event=EventType.COMMUNICATIONS,
        sign=SignError.COMMUNICATIONS,
    ),
    FaultCode.MOBILE_WEAK: Explained(
        Severity.WARNING,
        name=Said("Sóng di động yếu", "Mobile signal weak", "移动信号弱"),
        meaning=Said(
            "Sóng 4G yếu: nội dung mới đến chậm.",
            "The 4G signal is weak: new content arrives late.",
            "4G 信号弱，新内容到达会变慢。",
        ),
        first_step=Said(
            "Chỉnh hướng ăng-ten ngoài trời; kiểm tra đầu nối ăng-ten.",
            "Turn the outdoor antenna; check its plug.",
            "调整室外天线方向，检查天线接头。",
        ),
        event=EventType.COMMUNICATIONS,
        sign=SignError.COMMUNICATIONS,
    ),
    FaultCode.NOTIFICATION_FAILED: Explained(
        Severity.MAJOR,
        name=Said("Không gửi được thông báo", "Notification could not be delivered", "通知发送失败"),
        meaning=Said(
            "Thông báo cho người trực không tới nơi: có thể không ai biết sự cố khác.",
            "A message to whoever is on duty did not arrive: perhaps nobody knows of other faults.",
            "发给值班人员的通知未送达，其他故障可能无人知晓。",
        ),
        first_step=Said(
            "Gọi điện cho người trực; kiểm tra cấu hình kênh gửi.",
            "Call whoever is on duty; check the settings of the channel.",
            "电话通知值班人员，并检查发送渠道的设置。",
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.OTHER,
    ),
}
