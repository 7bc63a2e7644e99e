"""Runs migrations on the engine that `server.db.upgrade` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString, SQLModel

from server import tables
from server.db import UtcMicros
from server.migrations import guards


def plain_types(kind: str, value: Any, _: Any) -> str | Literal[False]:
    """Write the database's own types into migrations, so that they outlive the code's names."""
    if kind == "type" and isinstance(value, AutoString):
        return f"sa.String(length={value.length})" if value.length else "sa.String()"
    if kind == "type" and isinstance(value, UtcMicros):
        return "sa.BigInteger()"
    return False


known = {getattr(tables, name).__tablename__ for name in tables.__all__}
if known != set(SQLModel.metadata.tables):
    raise RuntimeError(f"server.tables does not export {set(SQLModel.metadata.tables) - known}")
with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection, target_metadata=SQLModel.metadata, compare_type=True, render_item=plain_types
    )
    with context.begin_transaction():
        context.run_migrations()
        guards.set_up(connection)
    connection.commit()
