"""A notice in one language: what it says, how far it has come, and who may take it further.

The source is Vietnamese. Another language is stale when the source does not say any more what it was translated from,
so a source that is changed back is no reason to translate again. A reviewer is another person than the translator and
is registered for the language. Where states are kept, and who is registered, is for others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from playlists.artwork import MOST_CUES, MOST_PICTURES, Cue
from playlists.card import MOST_BODY, MOST_ROWS, MOST_TITLE, Row
from playlists.ids import sha256_hex
from playlists.language import Language

SOURCE = Language.VI
MOST_CAPTION = 200
Sentences = Mapping[Language, str]


class VariantState(StrEnum):
    """How far a language has come."""

    MISSING = "missing"
    DRAFT = "draft"
    TRANSLATED = "translated"
    """Written in full; of the source: handed over to translation."""
    REVIEWED = "reviewed"
    STALE = "stale"
    """The source was changed since."""


class Rule(StrEnum):
    """What publishing does with a language in a state."""

    BLOCK = "block"
    """Nothing is published until it is mended."""
    LEAVE_OUT = "leave_out"
    """The language is not shown, and publishing says so."""
    WARN = "warn"
    """It is shown, and publishing says so."""
    ALLOW = "allow"


USUAL: Mapping[VariantState, Rule] = {
    VariantState.MISSING: Rule.BLOCK,
    VariantState.DRAFT: Rule.BLOCK,
    VariantState.STALE: Rule.WARN,
    VariantState.TRANSLATED: Rule.ALLOW,
    VariantState.REVIEWED: Rule.ALLOW,
}
"""Where a site has no rule of its own."""


def rules_of(own: Mapping[str, str]) -> dict[VariantState, Rule]:
    """Return a site's rules, the usual ones where it has none; what is reviewed may always go out.

    Raises:
        ValueError: a state or rule is not known, or what cannot be shown is to be allowed.
    """
    rules = dict(USUAL) | {VariantState(state): Rule(rule) for state, rule in own.items()}
    if rules[VariantState.MISSING] not in (Rule.BLOCK, Rule.LEAVE_OUT):
        raise ValueError("a language that is missing can only be left out, or block")
    if rules[VariantState.REVIEWED] is not Rule.ALLOW:
        raise ValueError("what is reviewed may be shown")
    return rules


class Wording(BaseModel):
    """What a notice says in one language; `{name}` in it stands for a value that all languages share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, StringConstraints(max_length=MOST_TITLE)] = ""
    body: Annotated[str, StringConstraints(max_length=MOST_BODY)] = ""
    rows: Annotated[tuple[Row, ...], Field(max_length=MOST_ROWS)] = ()
    captions: Annotated[
        dict[UUID, Annotated[str, StringConstraints(max_length=MOST_CAPTION)]], Field(max_length=MOST_PICTURES)
    ] = Field(default_factory=dict)
    """Of an album's pictures, by media."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.title or self.body or self.rows or any(self.captions.values()))


class Spoken(BaseModel):
    """All that a notice has in one language: words, a picture or clip of its own, subtitles."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: Wording = Wording()
    media_id: UUID | None = None
    subtitles: Annotated[tuple[Cue, ...], Field(max_length=MOST_CUES)] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in this language."""
        return self.words.is_empty and self.media_id is None and not self.subtitles

    @property
    def digest(self) -> str:
        """What a translation is made from: its SHA-256 is the same as long as translators have nothing to do.

        Values that the words name are not in it, nor is white space that nobody sees.
        """
        written = json.dumps(_bare(self.model_dump(mode="json")), ensure_ascii=False, sort_keys=True)
        return sha256_hex(written.encode())


def _bare(value: object) -> object:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if inner not in ("", None)}
    if isinstance(value, list):
        return [_bare(inner) for inner in value]
    return value


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a language has come, by whom and when; `source_sha256` is the digest it was translated from."""

    state: VariantState = VariantState.DRAFT
    source_sha256: str = ""
    translated_by: UUID | None = None
    translated_at: datetime | None = None
    reviewed_by: UUID | None = None
    reviewed_at: datetime | None = None


class Refused(ValueError):
    """A step that is not allowed; `code` is for programs, the sentences are for people."""

    def __init__(self, code: str, vi: str, en: str, zh: str) -> None:
        super().__init__(en)
        self.code = code
        self.sentences: Sentences = {Language.VI: vi, Language.EN: en, Language.ZH: zh}


def written(was: Standing | None, finished: bool | None, by: UUID, at: datetime, source_sha256: str) -> Standing:
    """Return the standing after somebody changed what a language says.

    `finished` says whether it is written in full; None leaves that as it was, and what was reviewed or stale is written
    anew. Whatever was reviewed must be reviewed again.
    """
    if finished is None:
        finished = was is not None and was.state is not VariantState.DRAFT
    state = VariantState.TRANSLATED if finished else VariantState.DRAFT
    return Standing(state, source_sha256, by, at)


def settled(was: Standing, source_sha256: str) -> Standing:
    """Return the standing of a translation beside a source of this digest: stale, or as it was before it became so."""
    if was.state is VariantState.DRAFT:
        return was
    if was.source_sha256 != source_sha256:
        return replace(was, state=VariantState.STALE)
    return replace(was, state=VariantState.REVIEWED if was.reviewed_by is not None else VariantState.TRANSLATED)


def stepped(
    was: Standing, to: VariantState, by: UUID, at: datetime, source_sha256: str, *, registered: bool
) -> Standing:
    """Return the standing after a person's step: handed over, reviewed, or opened again as a draft.

    `registered` says whether this person reviews this language. A stale translation that is called translated was
    looked at and still fits.

    Raises:
        Refused: this person may not do it, or not from here.
    """
    if to is VariantState.DRAFT:
        return replace(was, state=VariantState.DRAFT, reviewed_by=None, reviewed_at=None)
    if to is VariantState.TRANSLATED:
        if was.state is VariantState.TRANSLATED:
            return was
        return Standing(VariantState.TRANSLATED, source_sha256, by, at)
    if to is VariantState.REVIEWED:
        return _reviewed(was, by, at, registered=registered)
    raise Refused(
        "no-such-step",
        "Trạng thái này do hệ thống tự đặt. Hãy chọn “bản nháp”, “đã dịch” hoặc “đã duyệt”.",
        "This state comes by itself. Choose draft, translated or reviewed.",
        "该状态由系统自动设置。请选择“草稿”“已翻译”或“已审校”。",
    )


def _reviewed(was: Standing, by: UUID, at: datetime, *, registered: bool) -> Standing:
    if was.state is VariantState.REVIEWED:
        return was
    if was.state is not VariantState.TRANSLATED:
        raise Refused(
            "not-translated",
            "Chỉ bản đã dịch xong và khớp với bản gốc mới được duyệt. Hãy dịch xong trước, rồi duyệt.",
            "Only what is translated in full, from the source as it is now, can be reviewed. Finish it first.",
            "只有已译完且与原文一致的文本才能审校。请先完成翻译，再审校。",
        )
    if was.translated_by == by:
        raise Refused(
            "own-translation",
            "Người dịch không tự duyệt bản dịch của mình. Hãy nhờ người khác duyệt.",
            "Nobody reviews what they wrote themselves. Ask another person to review it.",
            "译者不能审校自己的译文。请由他人审校。",
        )
    if not registered:
        raise Refused(
            "not-registered",
            "Bạn chưa được đăng ký duyệt ngôn ngữ này. Hãy nhờ quản trị viên đăng ký, hoặc nhờ người đã đăng ký duyệt.",
            "You are not registered as a reviewer of this language. Ask an administrator, or somebody who is.",
            "您未登记为该语言的审校人。请联系管理员登记，或请已登记的人审校。",
        )
    return replace(was, state=VariantState.REVIEWED, reviewed_by=by, reviewed_at=at)
