"""Shapes of the API about status boards."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from playlists.board import SlotName
from playlists.board_card import BoardPlan
from playlists.board_values import MOST_VALUES, Value, Values
from playlists.instant import Instant
from server.accounts.schemas import Asked, Name

AN_ID = "01936f5e-8a2b-7cde-9f01-23456789abcd"
_PLAN: JsonDict = {
    "title": {"vi": "Cửa khẩu Trà Lĩnh", "en": "Trà Lĩnh border gate", "zh": "茶岭口岸"},
    "slots": [
        {
            "slot": {
                "name": "gate",
                "kind": "phrase",
                "phrases": ["open", "closed", "limited"],
                "hours": {"windows": [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "07:00", "end": "19:00"}]},
                "open_phrase": "open",
                "closed_phrase": "closed",
            },
            "label": {"vi": "Thông quan", "en": "Crossing", "zh": "通关"},
        },
        {"slot": {"name": "gate_until", "kind": "until", "of": "gate"}},
        {
            "slot": {"name": "wait", "kind": "digits", "least": 0, "most": 300},
            "label": {"vi": "Thời gian chờ", "en": "Waiting time", "zh": "等候时间"},
            "unit": {"vi": "phút", "en": "min", "zh": "分钟"},
        },
        {"slot": {"name": "as_of", "kind": "as_of"}},
    ],
    "max_age_s": 3600,
    "on_stale": "plate",
}


class BoardNew(Asked):
    """A status board of a site; its notice is made with it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site_id": AN_ID, "name": "Trà Lĩnh", "plan": _PLAN}]})

    agency_id: UUID | None = None
    site_id: UUID
    name: Name
    plan: BoardPlan


class BoardChange(Asked):
    """Another name or plan; panels follow with the next publication."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Trà Lĩnh"}]})

    name: Name | None = None
    plan: BoardPlan | None = None


class ValuesStated(Asked):
    """What is stated: `null` takes a value back, what is left out stays.

    It counts until `until`, or for `for_s` seconds, or until the site's day ends.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"set": {"gate": "closed", "wait": 25}, "for_s": 7200, "note": "Mưa lớn"}]}
    )

    set: Annotated[dict[SlotName, Value | None], Field(min_length=1, max_length=MOST_VALUES)]
    until: Instant | None = None
    for_s: Annotated[int, Field(ge=60, le=31 * 86400)] | None = None
    note: Annotated[str, Field(max_length=200)] = ""


class SlotShown(BaseModel):
    """What a slot shows now, in words; `stated` is false where the calendar or nobody says it."""

    name: str
    kind: str
    label: dict[str, str]
    words: dict[str, str]
    value: Value | None
    stated: bool
    until: Instant | None
    said_at: Instant | None


class PanelStands(BaseModel):
    """What one panel says of the board: `confirmed` when it shows the newest values.

    `on_screen` when the board is the item on air now; `seen` when the capture equals the expected picture.
    """

    panel_id: UUID
    panel_name: str
    kiosk_id: UUID
    online: bool
    seq: int
    standing: str
    confirmed: bool
    since_at: Instant | None
    said_at: Instant | None
    on_screen: bool
    seen: bool


class BoardShown(BaseModel):
    """A status board with its newest values."""

    id: UUID
    agency_id: UUID
    site_id: UUID
    site_name: str
    time_zone: str
    notice_id: UUID | None
    name: str
    plan: BoardPlan
    seq: int
    set_at: Instant | None
    set_by_name: str
    values: Values | None
    standing: str
    """A playlists.board_shown.Standing, as a kiosk with a trusted clock and these values shows it now."""
    slots: list[SlotShown]
    panels: list[PanelStands]
    archived_at: Instant | None
    rev: int


class ChangeShown(BaseModel):
    """One change of a board's values; the newest one can be undone."""

    id: UUID
    seq: int
    at: Instant
    source: str
    by: str
    note: str
    undoes: int | None
    values: Values
    before: Values | None


class SourceNew(Asked):
    """Another system that may state this board's values over MQTT."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Weighbridge"}]})

    name: Name


class SourceShown(BaseModel):
    """A source; its id is its user name and client id at the broker."""

    id: UUID
    name: str
    topic: str
    answer_topic: str
    created_at: Instant
    revoked_at: Instant | None
    heard_at: Instant | None


class SourceMade(SourceShown):
    """A new source with its password, which is shown this once."""

    password: str
