"""Which word of a kiosk still counts: session numbers order connections, sequence numbers what is said on one."""

from __future__ import annotations

from playlists.wire.messages import Presence


def is_stale(presence: Presence, birth_sid: int) -> bool:
    """Tell whether a word comes from a connection older than the newest birth.

    Brokers fire the last will when a kiosk takes over its own connection, so a `lost` may arrive after the birth
    that replaced it.
    """
    return presence.sid < birth_sid


def is_newer(said: tuple[int, int], known: tuple[int, int], birth_sid: int) -> bool:
    """Tell whether a snapshot (sid, seq) replaces the known one.

    A kiosk whose clock was set back is born with a smaller session number; what it says on that newest connection
    counts all the same.
    """
    if said[0] == known[0]:
        return said[1] > known[1]
    return said[0] > known[0] or said[0] == birth_sid
