"""Alerts for tests: made here, issued by no authority."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from playlists.cap.alert import Alert, read_alert

SENT = "2026-08-14T15:05:00+07:00"
NOW = datetime.fromisoformat("2026-08-14T15:06:00+07:00")
AROUND_FALLS = "22.84,106.70 22.87,106.70 22.87,106.74 22.84,106.74 22.84,106.70"
AREA = f"<areaDesc>Bản Giốc</areaDesc><polygon>{AROUND_FALLS}</polygon>"
WORDS: Mapping[str, tuple[str, str]] = {
    "vi-VN": ("CẢNH BÁO LŨ QUÉT", "Rời khu vực bờ sông ngay."),
    "en-US": ("FLASH FLOOD WARNING", "Leave the river bank now."),
    "zh-CN": ("山洪预警", "请立即离开河岸。"),
}
CAP_1_2 = "urn:oasis:names:tc:emergency:cap:1.2"
PARTS = (
    *("language", "category", "event", "responseType", "urgency", "severity", "certainty", "eventCode", "effective"),
    *("expires", "senderName", "headline", "description", "instruction", "parameter", "resource", "area"),
)


def tags(parts: Mapping[str, str | None]) -> str:
    """Elements in the order given; None leaves one out."""
    return "".join(f"<{name}>{text}</{name}>" for name, text in parts.items() if text is not None)


def info(language: str = "vi-VN", **parts: str | None) -> str:
    """One info block; keywords change or leave out elements, and stand where the standard wants them."""
    headline, instruction = WORDS.get(language, ("Warning", "Leave."))
    plain: dict[str, str | None] = {
        "language": language,
        "category": "Met",
        "event": "Flood",
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Likely",
        "expires": "2026-08-14T21:00:00+07:00",
        "headline": headline,
        "instruction": instruction,
        "area": AREA,
    }
    said = plain | parts
    return f"<info>{tags({name: said.get(name) for name in PARTS})}</info>"


def infos(**parts: str | None) -> str:
    """A block in each of the three languages."""
    return "".join(info(language, **parts) for language in WORDS)


def cap(body: str | None = None, *, namespace: str = CAP_1_2, **parts: str | None) -> bytes:
    """A whole alert."""
    plain: dict[str, str | None] = {
        "identifier": "vn.example.1",
        "sender": "duty@example.vn",
        "sent": SENT,
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "note": None,
        "references": None,
    }
    inside = tags(plain | parts) + (infos() if body is None else body)
    return f'<?xml version="1.0" encoding="UTF-8"?><alert xmlns="{namespace}">{inside}</alert>'.encode()


def alert(body: str | None = None, **parts: str | None) -> Alert:
    return read_alert(cap(body, namespace=CAP_1_2, **parts))


def follows(identifier: str, sent: str, *names: tuple[str, str], message: str = "Update", **parts: str | None) -> Alert:
    """An update (or cancellation) of alerts, named by identifier and time."""
    references = " ".join(f"duty@example.vn,{name},{at}" for name, at in names)
    plain = {"identifier": identifier, "sent": sent, "msgType": message, "references": references}
    return alert("" if message == "Cancel" else None, **plain | parts)
