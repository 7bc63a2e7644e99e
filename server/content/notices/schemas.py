"""Shapes of the API about notices."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from playlists.artwork import MOST_CUES, Cue
from playlists.board import OnStale
from playlists.card import Part
from playlists.hygiene import RemarkCode
from playlists.instant import Instant
from playlists.language import Language, SegmentLanguage
from playlists.legibility import Finding
from playlists.notice import ContentClass, NoticeKind
from playlists.subtitles import SubtitleFault, read_subtitles
from playlists.typed import NameFaultCode, Values
from playlists.variant import VariantState, Wording
from server.accounts.schemas import Asked, Name
from server.content.glossary.schemas import DepartureShown
from server.content.notices.content import Content

_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"
Line = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True)]


class Mandate(Asked):
    """The document that ordered a notice; `scan_id` is a media."""

    number: Line
    dated: date | None = None
    issuer: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
    summary: Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True)] = ""
    scan_id: UUID | None = None


class Responsible(Asked):
    """Who answers for a notice."""

    name: Line
    position: Line = ""


class Freshness(Asked):
    """How old what a notice says may be, and what happens then."""

    max_age_s: Annotated[int, Field(ge=60, le=31 * 86_400)]
    on_stale: OnStale


def _cues(given: Any) -> Any:
    """Read the text of a file; cues stay what they are."""
    if not isinstance(given, str):
        return given
    try:
        return list(read_subtitles(given.encode()))
    except SubtitleFault as fault:
        raise ValueError(str(fault)) from fault


SubtitlesAsked = Annotated[
    list[Cue], Field(max_length=MOST_CUES), BeforeValidator(_cues, json_schema_input_type=str | list[Cue])
]
"""Cues, or the text of an SRT or WebVTT file."""


class VariantAsked(Asked):
    """What a notice has in one language; fields that are left out stay as they are.

    `words` hold `{name}` where a value of the notice stands, and an album's captions by media id. `subtitles` are cues,
    or the text of an SRT or WebVTT file. `finished`: written in full, so that it can be reviewed; left out, a new text
    is a draft and another one stays what it was.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"words": {"title": "茶岭口岸开放时间"}, "finished": True}]}
    )

    words: Wording | None = None
    media_id: UUID | None = None
    subtitles: SubtitlesAsked | None = None
    finished: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_media(cls, given: Any) -> Any:
        """Take a bare media id for a picture or clip that is ready."""
        return {"media_id": given, "finished": True} if isinstance(given, str | UUID) else given


class _Particulars(Asked):
    """What an office must be able to answer about a notice, and what it shows."""

    values: Values | None = None
    mandate: Mandate | None = None
    subject_id: UUID | None = None
    task_id: UUID | None = None
    responsible: Responsible | None = None
    content_class: ContentClass | None = None
    festive: bool | None = None
    """For a feast: not shown while essential notices only are."""
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    freshness: Freshness | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.valid_from is not None and self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until lies before valid_from; the first is when it ends")
        return self


class NoticeNew(_Particulars):
    """A new notice; Vietnamese is the source. Without an agency it belongs to the caller's.

    Without `content` it is pictures or clips, whichever its variants are; a bare media id is a variant then.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agency_id": _ID,
                    "title": "Giờ làm việc cửa khẩu",
                    "variants": {"vi": _ID, "en": _ID, "zh": _ID},
                    "mandate": {"number": "12/TB-BQL", "dated": "2026-11-20", "issuer": "Ban quản lý cửa khẩu"},
                    "responsible": {"name": "Nguyễn Văn An", "position": "Trưởng phòng"},
                },
                {
                    "title": "Giờ làm việc cửa khẩu",
                    "content": {"kind": "card", "look": {"template": "hours_table"}},
                    "values": {"hours": {"kind": "time_range", "start": "07:00", "end": "17:00"}},
                    "variants": {
                        "vi": {
                            "words": {
                                "title": "Giờ làm việc",
                                "rows": [{"label": "Hằng ngày", "value": "{hours}"}],
                            },
                            "finished": True,
                        }
                    },
                },
            ]
        }
    )

    agency_id: UUID | None = None
    title: Name
    content: Content | None = None
    variants: Annotated[dict[Language, VariantAsked], Field(min_length=1)]


class NoticeChange(_Particulars):
    """What changes about a notice; what is left out stays. A variant of null is taken away."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "Giờ làm việc mùa hè", "content_class": "service"}]}
    )

    title: Name | None = None
    content: Content | None = None
    variants: dict[Language, VariantAsked | None] | None = None


class StateAsked(Asked):
    """The state that somebody brings a language to: draft, translated (of the source: handed over) or reviewed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "translated"}]})

    state: VariantState


class VariantShown(BaseModel):
    """A notice in one language. Width, height and length are those of its picture or clip."""

    language: Language
    state: VariantState
    words: Wording
    media_id: UUID | None
    width: int | None
    height: int | None
    duration_ms: int | None
    subtitles: list[Cue]
    translated_by: UUID | None
    translated_at: Instant | None
    reviewed_by: UUID | None
    reviewed_at: Instant | None


class RevisionShown(BaseModel):
    """An immutable state of a notice; the states of its variants are those of now or of when it was replaced."""

    number: int
    title: str
    content: Content
    values: Values
    mandate: Mandate | None
    subject_id: UUID | None
    task_id: UUID | None
    responsible: Responsible | None
    content_class: ContentClass
    festive: bool
    valid_from: Instant | None
    valid_until: Instant | None
    freshness: Freshness | None
    restored_from: int | None
    created_by: UUID
    created_at: Instant
    variants: list[VariantShown]


class NoticeShown(BaseModel):
    """A notice as its newest revision has it."""

    id: UUID
    agency_id: UUID
    title: str
    kind: NoticeKind
    content: Content
    values: Values
    mandate: Mandate | None
    subject_id: UUID | None
    task_id: UUID | None
    responsible: Responsible | None
    content_class: ContentClass
    festive: bool
    animated: bool
    valid_from: Instant | None
    valid_until: Instant | None
    freshness: Freshness | None
    revision: int
    variants: list[VariantShown]
    states: dict[Language, VariantState]
    """Of all three languages, missing ones too."""
    languages: list[SegmentLanguage]
    """In which it can be put into a playlist."""
    copied_from: UUID | None
    created_by: UUID
    created_at: Instant
    changed_by: UUID | None
    changed_at: Instant
    archived_at: Instant | None
    rev: int


class NoticeWhole(NoticeShown):
    """A notice with all its revisions, newest first."""

    revisions: list[RevisionShown]


class NoticeIds(Asked):
    """Several notices."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"notice_ids": [_ID]}]})

    notice_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]


class NoticeCheck(NoticeChange):
    """What is about to be saved: of a notice (`notice_id`) or of a new one; on the agency's panels, or on some."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agency_id": _ID,
                    "content": {"kind": "card", "look": {"template": "headline"}},
                    "variants": {"vi": {"words": {"title": "Giờ làm việc"}}},
                }
            ]
        }
    )

    notice_id: UUID | None = None
    agency_id: UUID | None = None
    panel_ids: Annotated[list[UUID], Field(min_length=1, max_length=50)] | None = None


class RemarkShown(BaseModel):
    """Something about a text. `is_done`: it was put right already, and `replacement` stands there now."""

    language: Language
    field: str
    code: RemarkCode
    text: str
    replacement: str
    is_done: bool


class ValueFault(BaseModel):
    """Something wrong between the words of a language and the values that they name."""

    language: Language
    code: NameFaultCode
    name: str


class Lacking(BaseModel):
    """Parts that the card's template needs and that a language, or the notice itself, does not have."""

    language: Language | None
    parts: list[Part]


class FindingShown(Finding):
    """A finding; one that blocks is not published. `advice_key` names it, to be put aside when it only advises."""

    is_blocking: bool
    advice_key: str
    panel_name: str | None


class CheckShown(BaseModel):
    """What people should know about a notice. Findings that block come first; what was put aside is left out."""

    remarks: list[RemarkShown]
    value_faults: list[ValueFault]
    lacking: list[Lacking]
    departures: list[DepartureShown]
    """Where a translation departs from the glossary."""
    findings: list[FindingShown]


class NoticeSaved(NoticeShown, CheckShown):
    """A notice as it was saved, and what people should know about it."""


class AdviceAsked(Asked):
    """Advice that is not to be given again for the newest revision."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"advice": "too_fast:zh::"}]})

    advice: Annotated[str, StringConstraints(min_length=1, max_length=120)]
