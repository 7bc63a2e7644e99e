"""Why an upload is refused, and what is remarked on one that is taken, in the three required languages."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from playlists.language import Language


class Refusal(StrEnum):
    """The reason for which an upload is not taken."""

    EMPTY = "empty"
    TRUNCATED = "truncated"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PIXELS = "too_many_pixels"
    WRONG_TYPE = "wrong_type"
    ANIMATED = "animated"
    TOO_LONG = "too_long"
    TOO_MANY_FRAMES = "too_many_frames"
    DAMAGED = "damaged"
    SEVERAL_VIDEO_STREAMS = "several_video_streams"
    NO_VIDEO_STREAM = "no_video_stream"
    CHECK_STOPPED = "check_stopped"
    EXPIRED = "expired"
    LOST = "lost"


class Remark(StrEnum):
    """What the uploader should know about a file that was taken."""

    HAS_SOUND = "has_sound"
    HAD_TRANSPARENCY = "had_transparency"


_VI, _EN, _ZH = Language.VI, Language.EN, Language.ZH

_REFUSALS = MappingProxyType(
    {
        Refusal.EMPTY: {
            _VI: "Tệp trống (0 byte). Hãy chọn lại tệp và tải lên lần nữa.",
            _EN: "The file is empty (0 bytes). Choose the file again and upload it once more.",
            _ZH: "文件为空（0字节）。请重新选择文件并再次上传。",
        },
        Refusal.TRUNCATED: {
            _VI: "Tệp bị thiếu phần cuối. Hãy chép lại từ bản gốc và tải lên lần nữa.",
            _EN: "The end of the file is missing. Copy it again from the original and upload it once more.",
            _ZH: "文件不完整，缺少结尾部分。请从原件重新复制后再次上传。",
        },
        Refusal.TOO_MANY_BYTES: {
            _VI: "Tệp có {size} byte; tối đa cho loại tệp này là {limit} byte. Hãy xuất tệp nhỏ hơn.",
            _EN: "The file has {size} bytes; at most {limit} are taken for this type. Export a smaller file.",
            _ZH: "文件为{size}字节，此类文件最多{limit}字节。请导出较小的文件。",
        },
        Refusal.TOO_MANY_PIXELS: {
            _VI: "Hình có kích thước {width}x{height} điểm ảnh; tối đa mỗi cạnh {side} và tổng cộng {limit} điểm ảnh. "
            "Hãy thu nhỏ hình.",
            _EN: "The picture has {width}x{height} pixels; at most {side} a side and {limit} in all are taken. "
            "Make it smaller.",
            _ZH: "画面为{width}x{height}像素，每边最多{side}像素，总计最多{limit}像素。请缩小画面。",
        },
        Refusal.WRONG_TYPE: {
            _VI: "Nội dung tệp không phải JPEG, PNG, WebP hay MP4 (nhận ra: {found}). "
            "Hãy xuất sang một trong bốn loại này; đổi đuôi tệp là không đủ.",
            _EN: "The content is not JPEG, PNG, WebP or MP4 (it looks like: {found}). Export it as one of these four; "
            "renaming the file is not enough.",
            _ZH: "文件内容不是JPEG、PNG、WebP或MP4（识别为：{found}）。请导出为这四种格式之一，仅修改扩展名无效。",
        },
        Refusal.ANIMATED: {
            _VI: "Hình này là hình động. Hãy tải lên một hình tĩnh, hoặc xuất thành video MP4.",
            _EN: "This picture is animated. Upload a still picture, or export the animation as an MP4 clip.",
            _ZH: "此图片为动画。请上传静态图片，或将动画导出为MP4视频。",
        },
        Refusal.TOO_LONG: {
            _VI: "Video dài hơn {limit} giây. Hãy cắt ngắn video.",
            _EN: "The clip is longer than {limit} seconds. Cut it shorter.",
            _ZH: "视频超过{limit}秒。请剪短视频。",
        },
        Refusal.TOO_MANY_FRAMES: {
            _VI: "Video có hơn {limit} khung hình mỗi giây. Hãy xuất video ở 25 hoặc 30 khung hình mỗi giây.",
            _EN: "The clip has more than {limit} frames per second. Export it with 25 or 30 frames per second.",
            _ZH: "视频每秒超过{limit}帧。请以每秒25帧或30帧导出。",
        },
        Refusal.DAMAGED: {
            _VI: "Tệp bị hỏng nên không đọc được. Hãy mở tệp gốc, xuất lại và tải lên lần nữa.",
            _EN: "The file is damaged and cannot be read. Open the original, export it again and upload it once more.",
            _ZH: "文件已损坏，无法读取。请打开原件重新导出后再次上传。",
        },
        Refusal.SEVERAL_VIDEO_STREAMS: {
            _VI: "Tệp chứa nhiều hơn một luồng hình. Hãy xuất video chỉ với một luồng hình.",
            _EN: "The file holds more than one video stream. Export the clip with a single one.",
            _ZH: "文件包含多个视频流。请导出只含一个视频流的文件。",
        },
        Refusal.NO_VIDEO_STREAM: {
            _VI: "Tệp MP4 này không có hình ảnh nào phát được. Hãy xuất lại video với bộ mã H.264.",
            _EN: "This MP4 file holds no picture that can be played. Export the clip again with the H.264 codec.",
            _ZH: "此MP4文件中没有可播放的画面。请使用H.264编码重新导出视频。",
        },
        Refusal.CHECK_STOPPED: {
            _VI: "Việc kiểm tra tệp đã dừng giữa chừng vì tệp gây lỗi hoặc cần quá nhiều thời gian hay bộ nhớ. "
            "Hãy xuất lại tệp và tải lên lần nữa.",
            _EN: "The check of this file stopped half-way, because the file made it fail or needed too much time or "
            "memory. Export the file again and upload it once more.",
            _ZH: "文件检查中途停止，原因是该文件引发错误或占用过多时间或内存。请重新导出文件后再次上传。",
        },
        Refusal.EXPIRED: {
            _VI: "Việc tải lên đã dừng quá {days} ngày nên phần đã gửi bị xóa. Hãy chọn lại tệp và tải lên từ đầu.",
            _EN: "Nothing more came for {days} days, so what was sent was deleted. Choose the file again and upload it "
            "from the beginning.",
            _ZH: "上传已中断{days}天，已上传的部分已被删除。请重新选择文件并从头上传。",
        },
        Refusal.LOST: {
            _VI: "Máy chủ không còn giữ các byte của tệp này. Hãy chọn lại tệp và tải lên lần nữa.",
            _EN: "The server no longer has the bytes of this file. Choose the file again and upload it once more.",
            _ZH: "服务器上已没有此文件的数据。请重新选择文件并再次上传。",
        },
    }
)

_UNSET: dict[str, str | int] = dict.fromkeys(("found", "size", "limit", "width", "height", "side", "days"), "?")
_REMARKS = MappingProxyType(
    {
        Remark.HAS_SOUND: {
            _VI: "Video có âm thanh; phiên bản này phát không có tiếng, nên hãy thêm phụ đề nếu lời nói là quan trọng.",
            _EN: "The clip has sound; this version plays silently, so add subtitles if what is said matters.",
            _ZH: "视频带有声音；当前版本静音播放，如语音内容重要，请添加字幕。",
        },
        Remark.HAD_TRANSPARENCY: {
            _VI: "Phần trong suốt của hình được hiển thị màu đen.",
            _EN: "The transparent parts of the picture are shown black.",
            _ZH: "图片的透明部分显示为黑色。",
        },
    }
)


def remark_sentence(remark: Remark, language: Language) -> str:
    """Return the remark as a sentence for the uploader."""
    return _REMARKS[remark][language]


class Refused(Exception):
    """An upload is not taken: the reason, the facts of this file, and a sentence in each language."""

    def __init__(self, reason: Refusal, **facts: str | int) -> None:
        self.reason = reason
        self.facts = facts
        words = _UNSET | facts
        self.sentences = {language: text.format(**words) for language, text in _REFUSALS[reason].items()}
        super().__init__(self.sentences[Language.EN])

    def sentence(self, language: Language) -> str:
        """Return the refusal as a sentence for the uploader."""
        return self.sentences[language]
