"""A media child that misbehaves."""

from __future__ import annotations

import sys

sys.stdout.write('{"kind": "text/html", "width": "9", "sha256": "0"}\n')
