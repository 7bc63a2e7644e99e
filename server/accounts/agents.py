"""What browsers call themselves, in a few words that people know."""

from __future__ import annotations

import ua_parser


def words_of(agent: str) -> str:
    """Return "Chrome 130, Windows" for what a browser says of itself, or its first word where that is unknown."""
    if not agent:
        return ""
    found = ua_parser.parse(agent)
    browser = found.user_agent
    name = f"{browser.family} {browser.major or ''}".strip() if browser is not None else ""
    system = found.os.family if found.os is not None else ""
    known = [word for word in (name, system) if word]
    return ", ".join(known) or agent.split("/", maxsplit=1)[0].split(" ", maxsplit=1)[0][:40]
