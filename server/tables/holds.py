"""What was taken off the air: holds, which can be lifted, and withdrawals, which cannot."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from server.tables.columns import (
    big_number,
    json_column,
    made_at,
    maybe_instant,
    maybe_reference,
    primary_key,
    reference,
)


class OffReason(StrEnum):
    """Why something is taken off the air: the short list that people tap."""

    WRONG_FACT = "wrong-fact"
    WRONG_TRANSLATION = "wrong-translation"
    OUT_OF_DATE = "out-of-date"
    PICTURE = "picture"
    COMPLAINT = "complaint"
    ORDERED = "ordered"
    OTHER = "other"


class NoticeHold(SQLModel, table=True):
    """A notice that rests at a site, with the digests that rest by it; a lifted one is kept."""

    __tablename__ = "notice_hold"

    id: UUID = primary_key()
    notice_id: UUID = reference("notice.id")
    site_id: UUID = reference("site.id")
    digests: list[str] = json_column(list)
    reason: str = Field(max_length=24)
    """An OffReason."""
    note: str = Field(default="", max_length=400)
    list_seq: int = big_number()
    """The number of the site's hold list that said it first: a kiosk with this number or a later one has heard."""
    held_by: UUID = reference("user_account.id", index=False)
    held_at: datetime = made_at()
    lifted_by: UUID | None = maybe_reference("user_account.id", index=False)
    lifted_at: datetime | None = maybe_instant(index=True)


class HoldList(SQLModel, table=True):
    """The newest hold list of a site."""

    __tablename__ = "hold_list"

    site_id: UUID = Field(primary_key=True, foreign_key="site.id")
    seq: int = big_number()
    document_id: UUID | None = maybe_reference("signed_document.id", index=False)


class NoticeWithdrawal(SQLModel, table=True):
    """A notice that is withdrawn for ever once an approver signed: its document is a playlists.trust Withdrawal."""

    __tablename__ = "notice_withdrawal"

    id: UUID = primary_key()
    notice_id: UUID = reference("notice.id")
    agency_id: UUID = reference("agency.id")
    document_id: UUID = reference("signed_document.id")
    reason: str = Field(max_length=24)
    note: str = Field(default="", max_length=400)
    asked_by: UUID = reference("user_account.id", index=False)
    asked_at: datetime = made_at()
    withdrawn_at: datetime | None = maybe_instant(index=True)
