"""The names of everything that can be wrong, how much it matters, and what a check may answer."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How much a fault matters, most first: ITU-T X.733's perceived severities without `cleared`."""

    CRITICAL = "critical"
    """The service is lost: act now."""
    MAJOR = "major"
    """The service is worse than it should be: urgent."""
    MINOR = "minor"
    """Nobody who looks at the panel notices yet."""
    WARNING = "warning"
    """Something is going to fail."""


class CheckResult(StrEnum):
    """What a health check found; an unreadable source is unknown, never ok."""

    OK = "ok"
    FAULT = "fault"
    UNKNOWN = "unknown"


class FaultCode(StrEnum):
    """Every fault this system can raise."""

    SITE_OFFLINE = "site_offline"
    KIOSK_OFFLINE = "kiosk_offline"
    ENROLMENT_CONFLICT = "enrolment_conflict"
    CERTIFICATE_ENDING = "certificate_ending"
    MAINS_LOST = "mains_lost"
    POWER_UNDER_VOLTAGE = "power_under_voltage"
    CPU_TEMPERATURE = "cpu_temperature"
    CPU_FAN = "cpu_fan"
    CPU_THROTTLED = "cpu_throttled"
    MEMORY_LOW = "memory_low"
    STORAGE_LOW = "storage_low"
    STORAGE_READ_ONLY = "storage_read_only"
    STORAGE_ERRORS = "storage_errors"
    STORAGE_WORN = "storage_worn"
    CLOCK_UNTRUSTED = "clock_untrusted"
    CLOCK_BATTERY = "clock_battery"
    BOOT_LOOP = "boot_loop"
    AGENT_OUTDATED = "agent_outdated"
    KIOSK_DOOR = "kiosk_door"
    LIGHT_SENSOR = "light_sensor"

    ETHERNET_DOWN = "ethernet_down"
    ETHERNET_WEAK = "ethernet_weak"
    WIFI_WEAK = "wifi_weak"
    MOBILE_DOWN = "mobile_down"
    MOBILE_WEAK = "mobile_weak"

    HDMI_DISCONNECTED = "hdmi_disconnected"
    HDMI_EDID_MISSING = "hdmi_edid_missing"
    HDMI_EDID_CHANGED = "hdmi_edid_changed"
    VIDEO_OUTPUT_MISSING = "video_output_missing"
    VIDEO_OUTPUT_UNFIT = "video_output_unfit"

    PLAYER_STALLED = "player_stalled"
    PLAYER_CRASH_LOOP = "player_crash_loop"
    PLAYER_DROPS = "player_drops"
    PICTURE_FROZEN = "picture_frozen"
    PICTURE_BLACK = "picture_black"
    PICTURE_WRONG = "picture_wrong"
    PICTURE_WRONG_SIZE = "picture_wrong_size"
    SEGMENT_QUARANTINED = "segment_quarantined"
    CONTENT_MISSING = "content_missing"
    MANIFEST_REJECTED = "manifest_rejected"
    DOCUMENT_REJECTED = "document_rejected"

    CONTROLLER_OFFLINE = "controller_offline"
    CONTROLLER_CONTENDED = "controller_contended"
    PANEL_SIGNAL_MISSING = "panel_signal_missing"
    PANEL_PORT_DOWN = "panel_port_down"
    PANEL_CARD_OFFLINE = "panel_card_offline"
    PANEL_REDUNDANCY_ACTIVE = "panel_redundancy_active"
    PANEL_RIBBON = "panel_ribbon"
    PANEL_TEMPERATURE = "panel_temperature"
    PANEL_VOLTAGE_LOW = "panel_voltage_low"
    PANEL_VOLTAGE_HIGH = "panel_voltage_high"
    PANEL_BRIGHTNESS_MISMATCH = "panel_brightness_mismatch"
    PIXEL_DEFECT = "pixel_defect"
    CABINET_SMOKE = "cabinet_smoke"
    CABINET_DOOR = "cabinet_door"
    CABINET_FAN = "cabinet_fan"
    CABINET_HUMIDITY = "cabinet_humidity"

    NOTIFICATION_FAILED = "notification_failed"
