"""A media child that misbehaves."""

from __future__ import annotations

import sys

sys.stdout.write("hello\n")
