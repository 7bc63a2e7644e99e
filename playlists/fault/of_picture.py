"""Faults of the picture: HDMI, player, content."""

from __future__ import annotations

from playlists.fault.code import FaultCode, Severity
from playlists.fault.explained import EventType, Explained, Said, SignError

FAULTS: dict[FaultCode, Explained] = {
    FaultCode.HDMI_DISCONNECTED: Explained(
        Severity.CRITICAL,
        name=Said("Dây HDMI bị ngắt", "HDMI disconnected", "HDMI 断开"),
        meaning=Said(
            "Máy phát không thấy thiết bị nào ở ngõ HDMI.",
            "The kiosk sees nothing at its HDMI output.",
            "终端的 HDMI 输出端未检测到设备。",
        ),
        first_step=Said(
            "Cắm chặt dây HDMI ở hai đầu; bật nguồn bộ điều khiển LED.",
            "Seat the HDMI cable at both ends; switch the LED controller on.",
            "插紧 HDMI 线两端，打开 LED 控制器电源。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.ATTACHED_DEVICE,
    ),
    FaultCode.HDMI_EDID_MISSING: Explained(
        Severity.MAJOR,
        name=Said("Không đọc được thông tin HDMI", "HDMI description unreadable", "无法读取 HDMI 信息"),
        meaning=Said(
            "Có thiết bị ở ngõ HDMI nhưng không đọc được mô tả của nó: dây kém hoặc lỏng.",
            "Something is connected, but its description cannot be read: the cable is bad or loose.",
            "HDMI 已连接但读不到设备信息：线缆质量差或松动。",
        ),
        first_step=Said(
            "Thay dây HDMI ngắn và tốt hơn.", "Use a shorter, better HDMI cable.", "更换更短、质量更好的 HDMI 线。"
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.ATTACHED_DEVICE,
    ),
    FaultCode.HDMI_EDID_CHANGED: Explained(
        Severity.WARNING,
        name=Said("Thiết bị ở ngõ HDMI đã đổi", "Another device on HDMI", "HDMI 设备已更换"),
        meaning=Said(
            "Mô tả đọc được khác với lúc nghiệm thu: có người đổi bộ điều khiển hoặc cắm thiết bị khác.",
            "It is another than at commissioning: somebody changed the controller or plugged in something else.",
            "读取的信息与验收时不同：有人更换了控制器或接入了其他设备。",
        ),
        first_step=Said(
            "Xem sổ trực; nếu không ai thay thiết bị, tới kiểm tra ngay.",
            "Look in the shift book; if nobody changed anything, go and look at once.",
            "查看交接班记录；如无人更换设备，请立即到场检查。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.ATTACHED_DEVICE,
    ),
    FaultCode.VIDEO_OUTPUT_MISSING: Explained(
        Severity.CRITICAL,
        name=Said("Không có đầu ra hình", "No video output", "没有视频输出"),
        meaning=Said(
            "Trình phát chạy nhưng không mở được cửa sổ hình: bảng đen.",
            "The player runs but has no window: the panel is black.",
            "播放器在运行，但没有画面窗口：屏幕为黑。",
        ),
        first_step=Said(
            "Kiểm tra màn hình X và trình điều khiển đồ họa của máy phát.",
            "Check the kiosk's X display and graphics driver.",
            "检查终端的 X 显示和显卡驱动。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.VIDEO_OUTPUT_UNFIT: Explained(
        Severity.MAJOR,
        name=Said("Đầu ra hình không hợp với bảng", "Video output does not suit the panel", "视频输出与屏幕不符"),
        meaning=Said(
            "Chế độ hình của máy phát không đủ chỗ hoặc không đúng với cửa sổ của bảng.",
            "The kiosk's video mode has no room for, or does not match, the panel's window.",
            "终端的显示模式与屏幕窗口不符或空间不足。",
        ),
        first_step=Said(
            "Đặt chế độ HDMI của máy phát theo cấu hình của bảng.",
            "Set the kiosk's HDMI mode to that of the panel's settings.",
            "将终端的 HDMI 模式设为屏幕设置中的模式。",
        ),
        event=EventType.EQUIPMENT,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.PLAYER_STALLED: Explained(
        Severity.CRITICAL,
        name=Said("Trình phát bị treo", "Player stalled", "播放器停滞"),
        meaning=Said(
            "Trình phát không còn đưa hình ra; máy phát tự khởi động lại nó.",
            "The player presents no more frames; the kiosk restarts it by itself.",
            "播放器不再输出画面，终端会自动重启它。",
        ),
        first_step=Said(
            "Chờ một phút: máy tự khởi động lại trình phát.",
            "Wait a minute: the kiosk restarts its player by itself.",
            "请等待一分钟，终端会自动重启播放器。",
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.PLAYER_CRASH_LOOP: Explained(
        Severity.CRITICAL,
        name=Said("Trình phát hỏng liên tiếp", "Player crashes again and again", "播放器反复崩溃"),
        meaning=Said(
            "Trình phát dừng đột ngột nhiều lần trong thời gian ngắn.",
            "The player ended unexpectedly several times within a short time.",
            "播放器短时间内多次异常退出。",
        ),
        first_step=Said(
            "Xem nội dung bị cách ly và nhật ký; khởi động lại máy phát từ xa.",
            "Look at set-aside content and the log; restart the kiosk from afar.",
            "查看被隔离的内容和日志，远程重启终端。",
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.PLAYER_DROPS: Explained(
        Severity.WARNING,
        name=Said("Hình bị giật", "Picture stutters", "画面卡顿"),
        meaning=Said(
            "Trên 5 % số hình bị bỏ trong nửa phút: máy quá tải hoặc quá nóng.",
            "More than 5 % of the frames of half a minute were dropped: the kiosk is overloaded or hot.",
            "半分钟内丢帧超过 5 %：终端过载或过热。",
        ),
        first_step=Said(
            "Xem nhiệt độ và tải của máy; giảm nội dung chuyển động nếu kéo dài.",
            "Look at temperature and load; use less motion if it lasts.",
            "查看温度和负载；如持续，请减少动态内容。",
        ),
        event=EventType.QUALITY_OF_SERVICE,
        sign=SignError.CONTROLLER,
    ),
    FaultCode.PICTURE_FROZEN: Explained(
        Severity.CRITICAL,
        name=Said("Hình bị đứng", "Picture frozen", "画面定格"),
        meaning=Said(
            "Hình trên bảng không đổi dù nội dung đáng lẽ phải đổi.",
            "The picture does not change although it should.",
            "画面本应变化却没有变化。",
        ),
        first_step=Said(
            "Chờ một phút: máy tự khởi động lại trình phát.",
            "Wait a minute: the kiosk restarts its player by itself.",
            "请等待一分钟，终端会自动重启播放器。",
        ),
        event=EventType.QUALITY_OF_SERVICE,
        sign=SignError.MESSAGE,
    ),
    FaultCode.PICTURE_BLACK: Explained(
        Severity.CRITICAL,
        name=Said("Màn hình bị đen", "Picture black", "画面黑屏"),
        meaning=Said(
            "Ảnh chụp từ máy phát bị đen trong khi phải có nội dung.",
            "The kiosk's own capture is black although something should be shown.",
            "终端截图为黑，但此时应有内容。",
        ),
        first_step=Said(
            "Xem ảnh chụp màn hình; nếu vẫn đen, khởi động lại dịch vụ phát.",
            "Look at the panel's capture; if it stays black, restart the agent.",
            "查看屏幕截图；如仍黑屏，请重启播放服务。",
        ),
        event=EventType.QUALITY_OF_SERVICE,
        sign=SignError.MESSAGE,
    ),
    FaultCode.PICTURE_WRONG: Explained(
        Severity.CRITICAL,
        name=Said("Hiển thị sai nội dung", "Wrong picture shown", "显示内容错误"),
        meaning=Said(
            "Hình đang hiện khác với hình đã duyệt cho lúc này.",
            "What is shown differs from what should be shown now.",
            "显示的画面与此时应显示的内容不同。",
        ),
        first_step=Said(
            "Xem ảnh chụp màn hình: có chương trình khác che lên hình không?",
            "Look at the panel's capture: does another program cover the picture?",
            "查看屏幕截图：是否有其他程序遮挡画面？",
        ),
        event=EventType.QUALITY_OF_SERVICE,
        sign=SignError.MESSAGE,
    ),
    FaultCode.PICTURE_WRONG_SIZE: Explained(
        Severity.MAJOR,
        name=Said("Hình sai kích thước", "Picture of the wrong size", "画面尺寸错误"),
        meaning=Said(
            "Cửa sổ hình không đúng kích thước của bảng.",
            "The window is not of the panel's size.",
            "画面窗口与屏幕尺寸不符。",
        ),
        first_step=Said(
            "So kích thước và vị trí cửa sổ của bảng với cấu hình.",
            "Compare the panel's size and window with its settings.",
            "核对屏幕的尺寸和窗口设置。",
        ),
        event=EventType.QUALITY_OF_SERVICE,
        sign=SignError.MESSAGE,
    ),
    FaultCode.SEGMENT_QUARANTINED: Explained(
        Severity.MAJOR,
        name=Said("Nội dung bị cách ly", "Content set aside", "内容已隔离"),
        meaning=Said(
            "Một nội dung làm trình phát dừng nhiều lần nên máy phát bỏ qua nó 24 giờ.",
            "One piece of content stopped the player several times; the kiosk leaves it out for 24 hours.",
            "某个内容多次导致播放器停止，终端将在 24 小时内跳过它。",
        ),
        first_step=Said(
            "Nội dung này làm hỏng trình phát: sửa hoặc thay rồi phát hành lại.",
            "This content crashes the player: change or replace it, then publish again.",
            "该内容导致播放器崩溃：请修改或更换后重新发布。",
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.MESSAGE,
    ),
    FaultCode.CONTENT_MISSING: Explained(
        Severity.MINOR,
        name=Said("Thiếu nội dung trên máy phát", "Content missing on the kiosk", "终端缺少内容"),
        meaning=Said(
            "Nội dung đang cần chưa có trên máy phát; nội dung khác phát thay.",
            "Content that is needed is not on the kiosk yet; other content plays instead.",
            "所需内容尚未下载到终端，暂由其他内容代替。",
        ),
        first_step=Said(
            "Kiểm tra mạng; máy sẽ tự tải lại.",
            "Check the network; the kiosk downloads again by itself.",
            "检查网络，终端会自动重新下载。",
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.MESSAGE,
    ),
    FaultCode.MANIFEST_REJECTED: Explained(
        Severity.CRITICAL,
        name=Said("Máy phát từ chối danh mục phát", "Kiosk refused the manifest", "终端拒绝播放清单"),
        meaning=Said(
            "Danh mục phát không qua được kiểm tra trên máy phát; bảng giữ nội dung cũ.",
            "The manifest did not pass the kiosk's checks; the panel keeps what it had.",
            "播放清单未通过终端校验，屏幕保持原有内容。",
        ),
        first_step=Said(
            "Báo quản trị viên: chữ ký hoặc nội dung không hợp lệ.",
            "Tell the administrator: its signature or content is not sound.",
            "请通知管理员：签名或内容无效。",
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.MESSAGE,
    ),
    FaultCode.DOCUMENT_REJECTED: Explained(
        Severity.MAJOR,
        name=Said("Máy phát từ chối văn bản đã ký", "Kiosk refused a signed document", "终端拒绝已签名文件"),
        meaning=Said(
            "Một văn bản gửi tới máy phát không qua được quy tắc kiểm tra; bảng vẫn phát nội dung đã duyệt.",
            "A document that was sent to the kiosk breaks a rule; the panel goes on showing what was approved.",
            "发送到终端的文件违反校验规则，屏幕继续播放已批准的内容。",
        ),
        first_step=Said(
            "Báo quản trị viên: mã quy tắc cho biết lý do.",
            "Tell the administrator: the rule's code says why.",
            "请通知管理员：规则代码说明原因。",
        ),
        event=EventType.PROCESSING_ERROR,
        sign=SignError.MESSAGE,
    ),
}
