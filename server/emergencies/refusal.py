"""Why an emergency cannot be raised, in three languages: these are read at night."""

from __future__ import annotations

from server.errors import Problem, conflict, invalid


def no_panels() -> Problem:
    """Nothing would show it."""
    sentences = {
        "vi": "Không có màn hình nào ở đó. Hãy chọn nơi khác.",
        "en": "There is no panel there. Choose another place.",
        "zh": "该处没有显示屏。请选择其他地点。",
    }
    return invalid("no-panels", sentences["en"], sentences=sentences)


def not_released(word: str) -> Problem:
    """No panel of the audience has the template's pictures."""
    sentences = {
        "vi": f"Mẫu {word} chưa được phê duyệt cho các màn hình này. Hãy chọn mẫu khác, hoặc viết lời (hai người ký).",
        "en": f"The template {word} is not released for these panels. Take another, or free words (two people sign).",
        "zh": f"模板 {word} 尚未为这些显示屏发布。请选择其他模板，或使用自由文字（须两人签名）。",
    }
    return invalid("template-not-released", sentences["en"], sentences=sentences)


def no_training_for_alerts() -> Problem:
    """An alert that came in is real, or its sender's own exercise: training never answers it."""
    sentences = {
        "vi": "Cảnh báo nhận được không dùng cho tập huấn. Hãy tự soạn tình huống tại điểm tập huấn.",
        "en": "An alert that came in is never answered in training. Raise a case of your own at the training site.",
        "zh": "收到的预警不能用于培训。请在培训地点自行设定情景。",
    }
    return invalid("alert-in-training", sentences["en"], sentences=sentences)


def too_many(most: int) -> Problem:
    """The signed document would be too long."""
    sentences = {
        "vi": f"Quá nhiều màn hình riêng lẻ (tối đa {most}). Hãy chọn cả địa điểm.",
        "en": f"Too many single panels (at most {most}). Choose whole sites.",
        "zh": f"单独选择的显示屏过多（最多 {most} 块）。请选择整个地点。",
    }
    return invalid("too-many-panels", sentences["en"], sentences=sentences)


def too_many_at_once(panel: str, most: int) -> Problem:
    """A kiosk holds only so many."""
    sentences = {
        "vi": f"{panel} đã có {most} cảnh báo. Hãy kết thúc một cảnh báo trước.",
        "en": f"{panel} has {most} emergencies already. End one of them first.",
        "zh": f"{panel} 已有 {most} 条警报。请先结束其中一条。",
    }
    return conflict("too-many-emergencies", sentences["en"], sentences=sentences)


def drill_is_drill() -> Problem:
    """A drill would become real, or the other way round."""
    sentences = {
        "vi": "Diễn tập không thể thay thế cảnh báo thật, và cảnh báo thật không nối tiếp diễn tập.",
        "en": "A drill cannot take the place of a real warning, and a real one does not go on from a drill.",
        "zh": "演习不能取代真实警报，真实警报也不能由演习延续。",
    }
    return conflict("drill-and-real", sentences["en"], sentences=sentences)


def not_running() -> Problem:
    """It is over, or waits for signatures."""
    sentences = {
        "vi": "Cảnh báo này không còn hiệu lực. Hãy tải lại trang.",
        "en": "This emergency does not run (any more). Load the page anew.",
        "zh": "该警报已不在进行中。请重新加载页面。",
    }
    return conflict("not-running", sentences["en"], sentences=sentences)


def nothing_asked() -> Problem:
    """No document waits for signatures."""
    sentences = {
        "vi": "Không có văn bản nào chờ chữ ký. Hãy tải lại trang.",
        "en": "No document of this emergency waits for signatures. Load the page anew.",
        "zh": "该警报没有等待签名的文件。请重新加载页面。",
    }
    return conflict("nothing-to-sign", sentences["en"], sentences=sentences)


def alert_decided() -> Problem:
    """Somebody was quicker."""
    sentences = {
        "vi": "Cảnh báo gửi đến này đã được xử lý hoặc đã hết hạn.",
        "en": "This incoming alert was decided already, or is over.",
        "zh": "该来电预警已被处理或已结束。",
    }
    return conflict("alert-decided", sentences["en"], sentences=sentences)


def used_key() -> Problem:
    """An Idempotency-Key means something else."""
    detail = "This Idempotency-Key was used for another emergency. Take a new one."
    return conflict("idempotency-key-used", detail)
