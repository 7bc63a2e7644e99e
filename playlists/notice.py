"""Notices: one object in three languages."""

from __future__ import annotations

from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is made of."""

    CARD = "card"
    IMAGE = "image"
    CLIP = "clip"
    ALBUM = "album"
    BOARD = "board"


class ContentClass(StrEnum):
    """How much the public needs a notice."""

    ESSENTIAL = "essential"
    SERVICE = "service"
    PROMOTION = "promotion"


def stays(content_class: ContentClass, *, festive: bool, animated: bool) -> bool:
    """Tell whether an item is shown while only essential notices are."""
    return content_class is ContentClass.ESSENTIAL and not festive and not animated


class MediaKind(StrEnum):
    """What an uploaded file is; only these four are taken."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    MP4 = "video/mp4"

    @property
    def notice_kind(self) -> NoticeKind:
        """The kind of notice that such a file makes."""
        return NoticeKind.CLIP if self is MediaKind.MP4 else NoticeKind.IMAGE
