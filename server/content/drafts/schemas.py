"""Shapes of the API about pictures of what is not saved."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field

from playlists.language import Language
from playlists.typed import Values
from playlists.variant import Spoken
from server.accounts.schemas import Asked
from server.content.notices.content import CardContent

LEAST_SIDE, MOST_WIDTH, MOST_HEIGHT = 16, 1920, 1920


class DraftAsked(Asked):
    """A card that somebody writes, and the panel size that it is to be drawn for.

    A language without words is drawn with dots for what is missing. Without an agency it is drawn in the caller's
    colours.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agency_id": "01936f5e-8a2b-7cde-9f01-23456789abcd",
                    "content": {"kind": "card", "look": {"template": "headline"}},
                    "variants": {"vi": {"words": {"title": "Giờ làm việc {hours}"}}},
                    "values": {"hours": {"kind": "time_range", "start": "07:00", "end": "17:00"}},
                    "language": "vi",
                    "width": 768,
                    "height": 384,
                }
            ]
        }
    )

    agency_id: UUID | None = None
    content: CardContent
    values: Values = Field(default_factory=dict)
    variants: dict[Language, dict[str, Any] | None] = Field(default_factory=dict)
    """Of a language, only its `words` are drawn."""
    language: Language
    width: Annotated[int, Field(ge=LEAST_SIDE, le=MOST_WIDTH)]
    height: Annotated[int, Field(ge=LEAST_SIDE, le=MOST_HEIGHT)]

    def spoken(self) -> dict[Language, Spoken]:
        """Return what each language says.

        Raises:
            pydantic.ValidationError: these are no words.
        """
        said = {code: (self.variants.get(code) or {}).get("words") or {} for code in Language}
        return {code: Spoken.model_validate({"words": words}) for code, words in said.items()}
