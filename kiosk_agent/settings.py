"""The agent's settings: made once in the wiring, read from `BANGTIN_KIOSK_*`, passed on as values."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class PlayerKind(StrEnum):
    """Which player shows the stream; `auto` takes VLC where libVLC is installed."""

    AUTO = "auto"
    VLC = "vlc"
    SOFTWARE = "software"


class LogLevel(StrEnum):
    """How much the agent writes to standard error."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class Settings(BaseSettings):
    """Every setting of `bangtin-kiosk`; docs/settings.md has a row for each."""

    model_config = SettingsConfigDict(env_prefix="BANGTIN_KIOSK_", frozen=True, extra="forbid")

    data_dir: Path = Path("/var/lib/bangtin-kiosk")
    player: PlayerKind = PlayerKind.AUTO
    display: str | None = None
    log_level: LogLevel = LogLevel.INFO
    ca_file: Path | None = None
    capture_s: Annotated[int, Field(ge=60)] = 6 * 3600
    watch_gap_ms: Annotated[int, Field(ge=1000)] = 1000
    health_s: Annotated[int, Field(ge=1)] = 30
    poll_s: Annotated[int, Field(ge=1)] | None = None
    spare_mb: Annotated[int, Field(ge=0)] = 512
    sysfs_root: Path = Path("/")
