"""Shapes of the API about quotas."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from playlists.schedule import WHOLE_PERMILLE, check_quotas
from server.accounts.schemas import Asked


class Quota(Asked):
    """An agency's part of a panel's airtime within one priority, in thousandths."""

    agency_id: UUID
    permille: Annotated[int, Field(ge=1, le=WHOLE_PERMILLE)]


class QuotasAsked(Asked):
    """All quotas of a panel. An agency that is not the panel's own may schedule on it by its quota."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"quotas": [{"agency_id": "01936f5e-8a2b-7cde-9f01-23456789abcd", "permille": 300}]}]
        }
    )

    quotas: Annotated[list[Quota], Field(max_length=100)]

    @model_validator(mode="after")
    def _check(self) -> Self:
        by_agency = {str(one.agency_id): one.permille for one in self.quotas}
        if len(by_agency) != len(self.quotas):
            raise ValueError("an agency stands twice; give it one quota")
        check_quotas(by_agency)
        return self


class QuotaShown(BaseModel):
    """An agency's part of a panel's airtime."""

    agency_id: UUID
    agency_name: str
    permille: int


class QuotasShown(BaseModel):
    """All quotas of a panel; `rev` is the panel's."""

    panel_id: UUID
    quotas: list[QuotaShown]
    rev: int
