"""A media child that misbehaves."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from server.media.child import Request
from server.media.sandbox import heard


class Told(Request):
    out: Path


Told.model_validate_json(heard()).out.write_bytes(b"half")
os.kill(os.getpid(), signal.SIGKILL)
