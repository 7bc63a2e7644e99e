"""The shapes of commands over HTTP."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.instant import Instant
from playlists.wire.messages import CommandName, PanelPicture

LONGEST_S = 7200
LONGEST_LOG_S = 1800
WITH_SECONDS = frozenset({CommandName.SHOW_PICTURE, CommandName.LEAVE_CONTROLLER, CommandName.SEND_LOG})


class Asked(StrEnum):
    """What a person may ask a kiosk to do."""

    CAPTURE = CommandName.CAPTURE
    REFRESH = CommandName.REFRESH
    SHOW_PICTURE = CommandName.SHOW_PICTURE
    LEAVE_CONTROLLER = CommandName.LEAVE_CONTROLLER
    RESTART_PLAYER = CommandName.RESTART_PLAYER
    REBOOT = CommandName.REBOOT
    ACCEPT_DISPLAY = CommandName.ACCEPT_DISPLAY
    SEND_LOG = CommandName.SEND_LOG


class CommandState(StrEnum):
    """How far a command has come."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
    """The kiosk did not answer in time; it will not do it any more."""


class CommandNew(BaseModel):
    """A command. `picture` belongs to show_picture, `seconds` also to leave_controller and send_log; 0 ends those."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "show_picture", "picture": "red", "seconds": 30}]},
    )

    name: Asked
    seconds: Annotated[int, Field(ge=0, le=LONGEST_S)] = 0
    picture: PanelPicture | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.name is Asked.SHOW_PICTURE) != (self.picture is not None):
            raise ValueError("a picture is named for show_picture, and for nothing else")
        if self.name is Asked.SHOW_PICTURE and self.seconds == 0 and self.picture is not PanelPicture.VIDEO:
            raise ValueError("say for how many seconds the picture is shown; the video comes back by itself")
        if self.seconds and CommandName(self.name) not in WITH_SECONDS:
            raise ValueError(f"{self.name} takes no seconds")
        if self.name is Asked.SEND_LOG and self.seconds > LONGEST_LOG_S:
            raise ValueError(f"a log is sent for at most {LONGEST_LOG_S} seconds at a time; ask again for more")
        return self


class CommandShown(BaseModel):
    """A command and how far it has come."""

    id: UUID
    panel_id: UUID
    name: Asked
    arguments: dict[str, str | int]
    asked_by_name: str
    asked_at: Instant
    expires_at: Instant
    state: CommandState
    detail: str
    answered_at: Instant | None
