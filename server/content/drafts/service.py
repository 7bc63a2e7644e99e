"""Decides what is drawn of a card that is still being written: what is missing in it are dots."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from pydantic import ValidationError

from playlists.artwork import CardArtwork
from playlists.card import NEEDS, Card, Part, Row, Template
from playlists.language import Language, SegmentLanguage
from playlists.variant import Spoken
from server.accounts.permissions import Caller, Permission
from server.content.drafts.schemas import DraftAsked
from server.content.notices import repository
from server.content.notices.artworks import drawn
from server.content.notices.content import CardContent
from server.content.notices.whole import Whole
from server.db import Session
from server.errors import Problem, invalid, not_found
from server.media.blobs import BlobStore
from server.tables import Agency, Media

DOTS = "…"


class Drawable(NamedTuple):
    """A card, and the files of its pictures by digest."""

    card: Card
    pictures: dict[str, Path]


def drawable(session: Session, caller: Caller, asked: DraftAsked, blobs: BlobStore) -> Drawable:
    """Return the card that somebody writes, whole enough to be drawn.

    Raises:
        Problem: 404 for another agency's files; 422 when a picture, an address or the like is still missing, or words
            name a value that is not there.
    """
    agency = _agency(session, caller, asked.agency_id)
    content = asked.content
    _refuse_lacking(content)
    media = repository.media(session, (media_id for media_id, _ in content.media()))
    if any(not caller.sees(row.agency_id) for row in media.values()):
        raise not_found("media")
    card = _card(content, asked, media, agency)
    files = {row.sha256: blobs.path(row.sha256) for row in media.values()}
    if card.look.logo is not None:
        files.setdefault(card.look.logo, blobs.path(card.look.logo))
    return Drawable(card, files)


def _agency(session: Session, caller: Caller, agency_id: UUID | None) -> Agency:
    caller.require(Permission.TRANSLATE, agency_id=agency_id, what="agency")
    chosen = agency_id or caller.home(Permission.TRANSLATE)
    found = repository.agencies(session, [chosen]) if chosen is not None else {}
    return found[chosen] if chosen in found else Agency(slug="", name="")


def _refuse_lacking(content: CardContent) -> None:
    lacks = content.lacks()
    if lacks:
        sentences = {str(language): _LACKS[lacks[0]][language] for language in Language}
        raise invalid("incomplete-card", sentences["en"], sentences=sentences)


_LACKS: Mapping[Part, Mapping[Language, str]] = {
    Part.PICTURE: {
        Language.VI: "Hãy chọn ảnh cho mẫu này, rồi bản xem trước sẽ hiện ra.",
        Language.EN: "Choose the picture that this template needs; then it is drawn.",
        Language.ZH: "请先为此模板选择图片，然后显示预览。",
    },
    Part.URL: {
        Language.VI: "Hãy nhập địa chỉ cho mã QR, rồi bản xem trước sẽ hiện ra.",
        Language.EN: "Write the address behind the QR code; then it is drawn.",
        Language.ZH: "请先填写二维码指向的网址，然后显示预览。",
    },
    Part.LEVEL: {
        Language.VI: "Hãy chọn mức cảnh báo, rồi bản xem trước sẽ hiện ra.",
        Language.EN: "Choose how serious it is; then it is drawn.",
        Language.ZH: "请先选择预警级别，然后显示预览。",
    },
    Part.DEADLINE: {
        Language.VI: "Hãy chọn thời điểm đếm ngược tới, rồi bản xem trước sẽ hiện ra.",
        Language.EN: "Choose the time that it counts down to; then it is drawn.",
        Language.ZH: "请先选择倒计时的目标时间，然后显示预览。",
    },
}


def _card(content: CardContent, asked: DraftAsked, media: Mapping[UUID, Media], agency: Agency) -> Card:
    is_split = content.look.template is Template.SPLIT
    needed = NEEDS[content.look.template].needed
    try:
        spoken = asked.spoken()
        shown = {code: _dotted(one, needed) for code, one in spoken.items() if is_split or code is asked.language}
        whole = Whole(title="", content=content, values=asked.values, variants=shown)
        artwork = drawn(whole, media, agency).get(SegmentLanguage.MUL if is_split else SegmentLanguage(asked.language))
    except ValidationError as error:
        raise invalid("unsound-notice", f"This does not fit together: {error.errors()[0]['msg']}.") from error
    if not isinstance(artwork, CardArtwork):
        raise _unfilled()
    return artwork.card


def _unfilled() -> Problem:
    sentences = {
        "vi": "Trong lời có dấu ngoặc nhọn { } không ứng với giá trị nào. Hãy xóa hoặc chèn lại giá trị.",
        "en": "The words have a brace { } that is no value. Take it out, or insert the value anew.",
        "zh": "文字中有未对应任何数值的花括号 { }。请删除，或重新插入数值。",
    }
    return invalid("unknown-value", sentences["en"], sentences=sentences)


def _dotted(spoken: Spoken, needed: frozenset[Part]) -> Spoken:
    words = spoken.words
    changes: dict[str, object] = {}
    if not words.title.strip():
        changes["title"] = DOTS
    if Part.BODY in needed and not words.body.strip():
        changes["body"] = DOTS
    if Part.ROWS in needed and not any(row.label or row.value for row in words.rows):
        changes["rows"] = (Row(label=DOTS, value=DOTS),)
    return spoken.model_copy(update={"words": words.model_copy(update=changes)}) if changes else spoken
