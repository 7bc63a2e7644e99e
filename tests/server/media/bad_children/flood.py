"""A media child that misbehaves."""

from __future__ import annotations

import sys

while True:
    sys.stdout.write("x" * 100_000)
    sys.stderr.write("y" * 100_000)
