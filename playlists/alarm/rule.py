"""How long a fault stands before it is an alarm, how long it is gone before the alarm returns, and when it matters.

The times are those that road signs and control rooms begin with (ISA-18.2 and EEMUA 191); a site may have its own.
Hysteresis in the measured value belongs to the checks, which see the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playlists.fault import FaultCode

MOST_DELAY_S = 86_400


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """The behaviour of one code. Times are in seconds."""

    on_delay_s: int = 0
    off_delay_s: int = 0
    is_latched: bool = False
    """It stays until somebody resets it, even when the condition is gone."""
    flaps_to_alarm: int | None = None
    """So many raises within `CHATTER_WINDOW_S` are an alarm although none of them lasted for `on_delay_s`."""
    only_in_hours: bool = False
    """Outside the panel's operating hours it is expected."""
    by_power: bool = False
    """An announced power cut explains it."""

    def __post_init__(self) -> None:
        if not (0 <= self.on_delay_s <= MOST_DELAY_S and 0 <= self.off_delay_s <= MOST_DELAY_S):
            raise ValueError(f"a delay lies between 0 and {MOST_DELAY_S} s")
        if self.flaps_to_alarm is not None and self.flaps_to_alarm < CHATTER_RAISES:
            raise ValueError(f"fewer than {CHATTER_RAISES} raises are no chatter")


CHATTER_RAISES = 3
CHATTER_WINDOW_S = 300
CHATTER_QUIET_S = 300
"""An alarm that rose `CHATTER_RAISES` times within the window returns only after so long a quiet: so it stays one."""

_C = FaultCode
RULES: Mapping[FaultCode, AlarmRule] = {
    _C.SITE_OFFLINE: AlarmRule(30, 10, flaps_to_alarm=5, by_power=True),
    _C.KIOSK_OFFLINE: AlarmRule(30, 10, by_power=True),
    _C.MAINS_LOST: AlarmRule(5, 10, by_power=True),
    _C.POWER_UNDER_VOLTAGE: AlarmRule(2, 300),
    _C.CPU_TEMPERATURE: AlarmRule(60, 60),
    _C.CPU_FAN: AlarmRule(60, 60),
    _C.CPU_THROTTLED: AlarmRule(60, 300),
    _C.MEMORY_LOW: AlarmRule(60, 60),
    _C.CLOCK_UNTRUSTED: AlarmRule(600, 60),
    _C.BOOT_LOOP: AlarmRule(0, 600),
    _C.KIOSK_DOOR: AlarmRule(2, 5),
    _C.LIGHT_SENSOR: AlarmRule(300, 60),
    _C.ETHERNET_DOWN: AlarmRule(30, 60),
    _C.ETHERNET_WEAK: AlarmRule(120, 300),
    _C.WIFI_WEAK: AlarmRule(120, 60),
    _C.MOBILE_DOWN: AlarmRule(120, 60),
    _C.MOBILE_WEAK: AlarmRule(120, 60),
    _C.HDMI_DISCONNECTED: AlarmRule(5, 5),
    _C.HDMI_EDID_MISSING: AlarmRule(5, 5),
    _C.HDMI_EDID_CHANGED: AlarmRule(5, 5),
    _C.PLAYER_DROPS: AlarmRule(30, 60),
    _C.PICTURE_BLACK: AlarmRule(only_in_hours=True),
    _C.PICTURE_FROZEN: AlarmRule(only_in_hours=True),
    _C.PICTURE_WRONG: AlarmRule(only_in_hours=True),
    _C.CONTENT_MISSING: AlarmRule(60),
    _C.CONTROLLER_OFFLINE: AlarmRule(30, 10, by_power=True),
    _C.CONTROLLER_CONTENDED: AlarmRule(30, 60),
    _C.PANEL_SIGNAL_MISSING: AlarmRule(10, 5, only_in_hours=True, by_power=True),
    _C.PANEL_PORT_DOWN: AlarmRule(10, 10, by_power=True),
    _C.PANEL_CARD_OFFLINE: AlarmRule(10, 30, by_power=True),
    _C.PANEL_REDUNDANCY_ACTIVE: AlarmRule(10, 60),
    _C.PANEL_RIBBON: AlarmRule(60, 60),
    _C.PANEL_TEMPERATURE: AlarmRule(60, 60),
    _C.PANEL_VOLTAGE_LOW: AlarmRule(30, 60, by_power=True),
    _C.PANEL_VOLTAGE_HIGH: AlarmRule(30, 60),
    _C.PANEL_BRIGHTNESS_MISMATCH: AlarmRule(60, 60),
    _C.CABINET_SMOKE: AlarmRule(2, 60, is_latched=True),
    _C.CABINET_DOOR: AlarmRule(2, 5),
    _C.CABINET_FAN: AlarmRule(60, 60, by_power=True),
    _C.CABINET_HUMIDITY: AlarmRule(300, 300),
}
"""Codes that are not named are alarms at once and return at once."""


def rule_of(code: str, own: Mapping[str, AlarmRule] | None = None) -> AlarmRule:
    """Return the rule of a code: the site's own, else ours; a code from a newer kiosk has no delays."""
    if own is not None and code in own:
        return own[code]
    return RULES.get(FaultCode(code), AlarmRule()) if code in set(FaultCode) else AlarmRule()
