"""The glossary of agreed terms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import instant, json_column, made_at, maybe_instant, primary_key, reference


class GlossaryTerm(SQLModel, table=True):
    """A Vietnamese term and how it is said in the other languages; shared by all agencies."""

    __tablename__ = "glossary_term"

    id: UUID = primary_key()
    vi: str = Field(max_length=200)
    vi_key: str = Field(unique=True, max_length=200)
    """NFC, case-folded, single spaces."""
    renderings: dict[str, list[str]] = json_column()
    """By language: the agreed one first, then others that are accepted."""
    forbidden: dict[str, list[str]] = json_column()
    """By language: what must not be said instead."""
    optional: bool = False
    """The translation may leave it out."""
    note: str = Field(default="", max_length=500)
    search_folded: str = Field(default="", sa_type=Text)
    created_by: UUID = reference("user_account.id", index=False)
    created_at: datetime = made_at()
    archived_at: datetime | None = maybe_instant()
    rev: int = 1


class GlossaryNote(SQLModel, table=True):
    """An agency's own remark on a term."""

    __tablename__ = "glossary_note"
    __table_args__ = (UniqueConstraint("term_id", "agency_id"),)

    id: UUID = primary_key()
    term_id: UUID = reference("glossary_term.id")
    agency_id: UUID = reference("agency.id")
    note: str = Field(max_length=500)
    changed_by: UUID = reference("user_account.id", index=False)
    changed_at: datetime = instant()
