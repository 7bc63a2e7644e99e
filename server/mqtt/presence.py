"""Which word of a kiosk about its presence still counts."""

from __future__ import annotations

from playlists.wire.messages import Presence


def is_stale(presence: Presence, birth_sid: int) -> bool:
    """Tell whether a word comes from a connection older than the newest birth.

    Brokers fire the last will when a kiosk takes over its own connection, so a `lost` may arrive after the birth
    that replaced it.
    """
    return presence.sid < birth_sid
