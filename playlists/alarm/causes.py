"""Which alarms only follow from others: mains, then the site's link, kiosk, controller, port, card.

One cause is told to people once. What follows from it is kept and shown beneath it, and comes forward when it is
still there some time after its cause has gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from playlists.fault import FaultCode

TOGETHER = timedelta(seconds=90)
"""A cause is noticed at most so long after what follows from it: checks have delays of their own."""
GRACE = timedelta(seconds=90)
"""What follows from a cause may take so long to go after it."""


@dataclass(frozen=True, slots=True)
class Part:
    """An alarm as causes see it: which part of which place, since when, and until when if its condition has gone.

    `kiosk_id` is None for what concerns a site as a whole.
    """

    key: UUID
    code: str
    subject: str
    site_id: UUID | None
    kiosk_id: UUID | None
    since_at: datetime
    returned_at: datetime | None = None


_C = FaultCode
_CABINETS = frozenset(
    code for code in FaultCode if code.startswith(("panel_", "cabinet_")) and code is not FaultCode.CABINET_SMOKE
)
_CARD = _CABINETS - {_C.PANEL_PORT_DOWN, _C.PANEL_SIGNAL_MISSING, _C.PANEL_REDUNDANCY_ACTIVE}
_PICTURE = frozenset({_C.PICTURE_BLACK, _C.PICTURE_FROZEN, _C.PICTURE_WRONG, _C.PICTURE_WRONG_SIZE})
_POWER = frozenset({_C.KIOSK_OFFLINE, _C.CONTROLLER_OFFLINE, _C.HDMI_DISCONNECTED, _C.HDMI_EDID_MISSING,
                    _C.POWER_UNDER_VOLTAGE, _C.ETHERNET_DOWN, _C.MOBILE_DOWN})  # fmt: skip

FOLLOWS: Mapping[FaultCode, frozenset[FaultCode]] = {
    _C.MAINS_LOST: _POWER | _CABINETS,
    _C.SITE_OFFLINE: frozenset({_C.KIOSK_OFFLINE}),
    _C.CONTROLLER_OFFLINE: _CABINETS,
    _C.PANEL_PORT_DOWN: _CARD,
    _C.PANEL_CARD_OFFLINE: _CARD - {_C.PANEL_CARD_OFFLINE},
    _C.HDMI_DISCONNECTED: frozenset({_C.PANEL_SIGNAL_MISSING, _C.HDMI_EDID_MISSING, _C.VIDEO_OUTPUT_UNFIT}),
    _C.PLAYER_CRASH_LOOP: _PICTURE | {_C.PLAYER_STALLED, _C.VIDEO_OUTPUT_MISSING},
    _C.VIDEO_OUTPUT_MISSING: _PICTURE | {_C.PLAYER_STALLED},
    _C.PLAYER_STALLED: _PICTURE,
    _C.POWER_UNDER_VOLTAGE: frozenset({_C.CPU_THROTTLED}),
    _C.CPU_TEMPERATURE: frozenset({_C.CPU_THROTTLED}),
    _C.CPU_THROTTLED: frozenset({_C.PLAYER_DROPS}),
    _C.STORAGE_READ_ONLY: frozenset({_C.CONTENT_MISSING, _C.STORAGE_ERRORS}),
    _C.STORAGE_LOW: frozenset({_C.CONTENT_MISSING}),
}
"""What may follow from each cause, at the same place. The relation has no circle."""

_OF_SITE = frozenset({_C.SITE_OFFLINE})
_OF_PART = frozenset({_C.PANEL_PORT_DOWN, _C.PANEL_CARD_OFFLINE})


def causes(parts: Iterable[Part], now: datetime) -> dict[UUID, UUID]:
    """Return, for every alarm that follows from another, the first cause of the chain.

    `parts` are alarms that are active, and causes that returned within `GRACE`.
    """
    parts = tuple(parts)
    places: dict[tuple[str, UUID | None], list[Part]] = {}
    for one in parts:
        if one.code in FOLLOWS and (one.returned_at is None or now - one.returned_at < GRACE):
            place = ("site", one.site_id) if one.code in _OF_SITE else ("kiosk", one.kiosk_id)
            places.setdefault(place, []).append(one)
    direct: dict[UUID, UUID] = {}
    for one in parts:
        near = (*places.get(("site", one.site_id), ()), *places.get(("kiosk", one.kiosk_id), ()))
        found = [cause for cause in near if _explains(cause, one)]
        if found:
            direct[one.key] = min(
                found, key=lambda cause: (_RANK[FaultCode(cause.code)], cause.since_at, cause.key)
            ).key
    return {key: _first(direct, key) for key in direct}


def next_change(parts: Iterable[Part], now: datetime) -> datetime | None:
    """Return when `causes` changes by time alone: the end of the next grace."""
    ends = (one.returned_at + GRACE for one in parts if one.returned_at is not None and one.code in FOLLOWS)
    return min((end for end in ends if end > now), default=None)


def site_is_offline(commissioned: Iterable[UUID], offline: Mapping[UUID, datetime]) -> datetime | None:
    """Return since when no kiosk of a site is reached; None while one is, or when the site has only one."""
    kiosks = set(commissioned)
    if len(kiosks) < 2 or not kiosks <= offline.keys():
        return None
    return max(offline[kiosk] for kiosk in kiosks)


def _explains(cause: Part, one: Part) -> bool:
    if cause.key == one.key or one.code not in FOLLOWS[FaultCode(cause.code)] or one.site_id != cause.site_id:
        return False
    if one.since_at < cause.since_at - TOGETHER:
        return False
    return cause.code not in _OF_PART or _lies_in(one.subject, cause.subject)


def _lies_in(subject: str, whole: str) -> bool:
    return subject == whole or subject.startswith(f"{whole} ")


def _first(direct: Mapping[UUID, UUID], key: UUID) -> UUID:
    while key in direct:
        key = direct[key]
    return key


def _ranks() -> dict[FaultCode, int]:
    """Return how far each code lies from a first cause: mains before link before kiosk and so on."""
    ranks: dict[FaultCode, int] = {}

    def rank(code: FaultCode) -> int:
        if code not in ranks:
            above = [rank(cause) for cause, follows in FOLLOWS.items() if code in follows]
            ranks[code] = 1 + max(above, default=0)
        return ranks[code]

    return {code: rank(code) for code in FaultCode}


_RANK = _ranks()
