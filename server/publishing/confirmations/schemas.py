"""Shapes of the API about what is still right."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.instant import Instant
from server.accounts.schemas import Asked


class ConfirmationNew(Asked):
    """Somebody looked at it and says that it is still right; `revision` is the one that was looked at."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"revision": 3, "note": "Đã hỏi lại trạm khí tượng"}]})

    revision: Annotated[int, Field(ge=1)]
    note: Annotated[str, Field(max_length=200)] = ""


class ConfirmationShown(BaseModel):
    """That a revision was still right at a time; `panels` of the answer is how many panels learn of it at once."""

    id: UUID
    notice_id: UUID
    revision: int
    note: str
    confirmed_by: UUID
    confirmed_by_name: str
    confirmed_at: Instant


class ConfirmationMade(ConfirmationShown):
    """A new confirmation: until when the notice now counts as right, and how many panels learn of it at once."""

    right_until: Instant
    panels: int
