"""Who may connect to the broker, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from server.authority.certificates import Blocked


@dataclass(frozen=True)
class Admitted:
    """Everybody that the broker lets in besides the server. A kiosk that is missing is mute and deaf at once."""

    password_lines: tuple[str, ...] = ()
    """Lines of a Mosquitto password file: kiosks without certificates, and other systems."""
    kiosks: tuple[UUID, ...] = ()
    sources: tuple[UUID, ...] = ()
    """Other systems that state values."""
    blocked: tuple[Blocked, ...] = ()
    """Certificates that are not over, and not believed."""
