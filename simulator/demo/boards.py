"""The status board of the demo's gate: its phrase book, its plan, and values that change as on a working day."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from typing import Any

from simulator.demo.api import Api, Document

APPROVER = "nguoi-duyet-cum-tu"
PHRASES: dict[str, tuple[str, str, str, str]] = {
    "open": ("Mở cửa", "Open", "开放", "good"),
    "limited": ("Hạn chế", "Limited", "限行", "caution"),
    "closed": ("Đóng cửa", "Closed", "关闭", "bad"),
}
"""Key -> words in Vietnamese, English and Chinese, and how they are meant."""
ALWAYS: Document = {"windows": [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}]}
GATE: Document = {
    "slot": {
        "name": "gate",
        "kind": "phrase",
        "phrases": list(PHRASES),
        "hours": ALWAYS,
        "open_phrase": "open",
        "closed_phrase": "closed",
    },
    "label": {"vi": "Thông quan", "en": "Crossing", "zh": "通关"},
}
LANES: Document = {
    "slot": {"name": "lanes", "kind": "digits", "least": 0, "most": 9},
    "label": {"vi": "Làn đang mở", "en": "Open lanes", "zh": "开放通道"},
}
WAIT: Document = {
    "slot": {"name": "wait", "kind": "digits", "least": 0, "most": 300},
    "label": {"vi": "Thời gian chờ", "en": "Waiting time", "zh": "等候时间"},
    "unit": {"vi": "phút", "en": "min", "zh": "分钟"},
}
AS_OF: Document = {"slot": {"name": "as_of", "kind": "as_of"}}
CLOCK: Document = {"slot": {"name": "now", "kind": "clock"}}
TITLE: Document = {"vi": "Cửa khẩu Trà Lĩnh", "en": "Trà Lĩnh border gate", "zh": "茶岭口岸"}
PLAN: Document = {
    "title": TITLE,
    "slots": [GATE, LANES, WAIT, AS_OF, CLOCK],
    "max_age_s": 3600,
    "on_stale": "plate",
}
DAY: tuple[dict[str, Any], ...] = (
    {"gate": None, "lanes": 2, "wait": 15},
    {"lanes": 3, "wait": 25},
    {"wait": 40},
    {"gate": "limited", "lanes": 1, "wait": 65},
    {"gate": "closed", "lanes": 0, "wait": None},
    {"gate": None, "lanes": 2, "wait": 30},
    {"lanes": 4, "wait": 10},
)
"""What is stated one after another, over and over; None takes a value back."""


def write_phrases(api: Api, agency_id: str) -> None:
    """Write the phrase book of an agency, and approve it as another person."""
    new = {"username": APPROVER, "display_name": "Người duyệt cụm từ", "role": "editor", "agency_id": agency_id}
    link = api.post("/users", new)["invitation"]["link"]
    approver = Api(api.base_url)
    try:
        approver.take_link(link, secrets.token_urlsafe(24))
        for key, (vi, en, zh, tone) in PHRASES.items():
            body = {"agency_id": agency_id, "key": key, "vi": vi, "en": en, "zh": zh, "tone": tone}
            approver.post(f"/phrases/{api.post('/phrases', body)['id']}/approve", {})
    finally:
        approver.close()


def make_board(api: Api, agency_id: str, site_id: str, plan: Document = PLAN) -> Document:
    """Make a status board of a site; the phrases of its plan are in the book."""
    return api.post("/boards", {"agency_id": agency_id, "site_id": site_id, "name": TITLE["vi"], "plan": plan})


def working_day() -> Iterator[Document]:
    """Yield without end what is stated of the gate, one statement after another."""
    return itertools.cycle(DAY)


def state(api: Api, board_id: str, values: Document) -> int:
    """State values of a board and return the number of the statement."""
    said: Document = api.post(f"/boards/{board_id}/values", {"set": values})
    return int(said["seq"])
