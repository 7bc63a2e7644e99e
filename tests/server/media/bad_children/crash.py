"""A media child that misbehaves."""

from __future__ import annotations

raise MemoryError
