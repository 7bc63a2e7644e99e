"""Which programs run: so that the server can say who has to be brought up to date."""

from __future__ import annotations

import re
from importlib import metadata

from kiosk_agent.core.finding import Finding
from kiosk_agent.health.look import Look
from playlists.fault import CheckResult

NAME = "versions"
_PRETTY = re.compile(r'^PRETTY_NAME="?([^"\n]{1,80})"?$', re.MULTILINE)


def check(look: Look) -> Finding:
    """Return agent, system and kernel in one line; what cannot be read is left out."""
    system = _PRETTY.search(look.text("etc/os-release") or "")
    parts = [f"bangtin {metadata.version('bangtin')}"]
    parts += [system[1]] if system is not None else []
    kernel = look.text("proc/sys/kernel/osrelease")
    parts += [f"Linux {kernel[:60]}"] if kernel else []
    model = (look.text("proc/device-tree/model") or "").strip("\x00 ")
    parts += [model[:60]] if model else []
    return Finding(NAME, CheckResult.OK, None, ", ".join(parts))
