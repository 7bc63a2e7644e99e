"""Why something of sites, panels and kiosks cannot be done; what operators meet, in three languages."""

from __future__ import annotations

from http import HTTPStatus

from server.errors import Problem, conflict


def has_panels(name: str) -> Problem:
    """Say that a site stays what it is, because panels stand there."""
    sentences = {
        "vi": f"{name} đã có bảng nên không thể đổi giữa điểm thật và điểm tập huấn. Hãy tạo một điểm mới.",
        "en": f"{name} has panels, so it stays a real or a training site. Make a new site.",
        "zh": f"{name} 已有显示屏，不能在真实地点与培训地点之间切换。请新建地点。",
    }
    return conflict("site-has-panels", sentences["en"], sentences=sentences)


def not_apart() -> Problem:
    """Say that a training site needs an agency of its own."""
    sentences = {
        "vi": "Điểm tập huấn phải thuộc một cơ quan riêng chỉ dùng để tập huấn. Hãy tạo cơ quan tập huấn trước.",
        "en": "A training site belongs to an agency of its own that has nothing else. Make a training agency first.",
        "zh": "培训地点必须属于专用于培训的独立机构。请先创建培训机构。",
    }
    return conflict("training-apart", sentences["en"], sentences=sentences)


def code_refused() -> Problem:
    """Say that a code lets nobody in; why stays with the server, because whoever guesses codes reads this."""
    detail = "This code is wrong, used or too old. Ask for a new one in the console; it is valid for 60 minutes."
    return Problem(HTTPStatus.FORBIDDEN, "code-refused", detail)


def simulated_only() -> Problem:
    """Say that a real kiosk has no place at a training site."""
    sentences = {
        "vi": "Đây là điểm tập huấn: chỉ nhận bảng mô phỏng. Hãy gắn máy thật này vào một bảng thật, "
        "hoặc đặt BANGTIN_KIOSK_DEMO_ROOT=true nếu đây là máy mô phỏng.",
        "en": "This is a training site, which takes simulated panels only. Enrol this real kiosk for a real panel, "
        "or set BANGTIN_KIOSK_DEMO_ROOT=true if it only plays one.",
        "zh": "这是培训地点，只接受模拟显示屏。请把这台真实主机注册到真实显示屏；"
        "如果它只是模拟设备，请设置 BANGTIN_KIOSK_DEMO_ROOT=true。",
    }
    return conflict("simulated-only", sentences["en"], sentences=sentences)


def code_used_twice() -> Problem:
    """Say that two computers came with one code."""
    detail = (
        "Two computers used this code, so nobody gets in with it. Find out who the other was, then make a new code."
    )
    return conflict("code-used-twice", detail)
