"""The agent's settings: made once in the wiring, read from `BANGTIN_KIOSK_*`, passed on as values."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from playlists.profile import Profile


class LogLevel(StrEnum):
    """How much the agent writes to standard error."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


GpioInput = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,32}:[0-9]{1,4}(:low)?$", examples=["pinctrl-rp1:17"])]
"""A chip's label, a line, and `low` where the fault is a low level."""


class Settings(BaseSettings):
    """Every setting of `bangtin-kiosk`; docs/settings.md has a row for each."""

    model_config = SettingsConfigDict(env_prefix="BANGTIN_KIOSK_", frozen=True, extra="forbid")

    data_dir: Path = Path("/var/lib/bangtin-kiosk")
    player: Literal["auto", "vlc", "software"] = "auto"
    video_output: Literal["x11", "drm"] = "x11"
    display: str | None = None
    panel_size: Annotated[str, Field(pattern=r"^[1-9][0-9]{1,3}x[1-9][0-9]{1,3}$")] | None = None
    log_level: LogLevel = LogLevel.INFO
    ca_file: Path | None = None
    require_root: bool = True
    demo_root: bool = False
    capture_interval_s: Annotated[int, Field(ge=60)] = 6 * 3600
    renew_hour: Annotated[int, Field(ge=0, le=23)] = 3
    watch_interval_ms: Annotated[int, Field(ge=1000)] = 1000
    health_interval_s: Annotated[int, Field(ge=1)] = 30
    poll_s: Annotated[int, Field(ge=1)] | None = None
    keepalive_s: Annotated[int, Field(ge=5, le=300)] = 30
    keep_addresses: bool = False
    spare_mb: Annotated[int, Field(ge=0)] = 512
    sysfs_root: Path = Path("/")
    reboot_file: Path | None = None
    controller: Literal["generic", "novastar", "coex", "colorlight"] = "generic"
    controller_address: str | None = None
    panel_profile: Path | None = None
    door_input: GpioInput | None = None
    mains_input: GpioInput | None = None

    @field_validator("panel_size")
    @classmethod
    def _check_size(cls, size: str | None) -> str | None:
        if size is not None:
            Profile.of(*_pixels(size))
        return size

    @property
    def panel_pixels(self) -> tuple[int, int] | None:
        """The width and height of `panel_size`; None without one."""
        return None if self.panel_size is None else _pixels(self.panel_size)


def _pixels(size: str) -> tuple[int, int]:
    width, _, height = size.partition("x")
    return int(width), int(height)
