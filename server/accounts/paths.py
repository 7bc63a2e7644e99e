"""Where a browser may be sent after a login: to pages of this server only."""

from __future__ import annotations

from urllib.parse import urlsplit


def own_path(text: str) -> str:
    """Return a path of this server to go to after the login, or the wall's."""
    parts = urlsplit(text)
    is_own = not parts.scheme and not parts.netloc and text.startswith("/") and text[1:2] not in ("/", "\\")
    return text if is_own and text.isprintable() and " " not in text else "/"
