"""The server's settings: environment variables `BANGTIN_…`, read once in the wiring and passed on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class BrokerKind(StrEnum):
    """Where the MQTT broker comes from."""

    EMBEDDED = "embedded"
    """`iotcore` inside this program: loopback only, kiosks of the same machine only."""
    MOSQUITTO = "mosquitto"
    """A Mosquitto that this program starts as its child, on loopback."""
    EXTERNAL = "external"
    """A broker that runs by itself; host, port and credentials are settings."""


class Identity(StrEnum):
    """How a kiosk proves who it is."""

    TOKEN = "token"  # noqa: S105 - the name of a proof
    """A random token for HTTP and a password for the broker, made at enrolment."""
    CERTIFICATE = "certificate"
    """A client certificate of the private authority, for both; nothing secret ever travels."""


class TextLayout(StrEnum):
    """How the letters of cards are laid out."""

    RAQM = "raqm"
    """With kerning and mark positions; the server does not start where the libraries for it are missing."""
    ANY = "any"
    """Plainly where they are missing: every letter is there, unkerned."""


class SecondFactor(StrEnum):
    """Whether more than a password is asked for."""

    REQUIRED = "required"
    """At each login of those who can put something on air or rule over people, and at new devices of everybody."""
    OFF = "off"
    """Never; for demonstrations only, and every page says so."""


class Approval(StrEnum):
    """Whether people have to release what panels show."""

    REQUIRED = "required"
    OFF = "off"
    """Whoever may publish puts anything on the air; kiosks of a root refuse it."""


class Settings(BaseSettings):
    """Everything that differs between installations. Each field is a row in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="BANGTIN_", extra="ignore")

    data_dir: Path = Path(".bangtin")
    """Where media, keys and the SQLite database lie."""
    database_url: str | None = None
    """SQLAlchemy address; without it, SQLite in `data_dir`."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    base_url: str | None = None
    """The address people and kiosks use, when a proxy stands in front."""
    socket: Path | None = None
    """A UNIX socket to listen on in place of host and port: the only way on which a proxy's word of a certificate is
    believed."""
    kiosk_identity: Identity = Identity.TOKEN
    broker: BrokerKind = BrokerKind.EMBEDDED
    mqtt_host: str = "127.0.0.1"
    mqtt_port: int = Field(default=1883, ge=1, le=65535)
    mqtt_password_port: int = Field(default=8884, ge=1, le=65535)
    """With certificates: where the same broker takes passwords (`bangtin broker config`)."""
    mqtt_username: str = "bangtin-server"
    mqtt_password_file: Path | None = None
    mqtt_ca_file: Path | None = None
    """With it, the connection to an external broker is TLS, checked against this authority."""
    mqtt_files_dir: Path | None = None
    """With an external Mosquitto: where this program keeps its lists of who is let in (`bangtin broker config`)."""
    approval: Approval = Approval.REQUIRED
    """Whether panels show only what was released by the people of a route."""
    worker: bool = True
    """Whether this process also runs jobs; false when separate workers do."""
    worker_threads: int = Field(default=2, ge=1, le=32)
    """How many jobs other than rendering one process runs at a time."""
    render_workers: int = Field(default=0, ge=0, le=64)
    """How many segments one process renders at a time; 0 means one for each core that it may use."""
    render_nice: int = Field(default=10, ge=0, le=19)
    """How far rendering stands back behind the server itself, as in nice(1)."""
    text_layout: TextLayout = TextLayout.RAQM
    image_max_bytes: int = Field(default=40 << 20, ge=1024)
    clip_max_bytes: int = Field(default=2 << 30, ge=1024)
    media_quota_bytes: int = Field(default=50 << 30, ge=1 << 20)
    """The most bytes of an agency's media and running uploads, where the agency has no quota of its own."""
    upload_days: int = Field(default=7, ge=1, le=90)
    """An upload in pieces that stands still for so long is given up."""
    trash_days: int = Field(default=30, ge=1, le=3650)
    """A medium that nothing needs is deleted for good after so long in the trash."""
    session_hours: int = Field(default=12, ge=1, le=720)
    """A login ends after so long, whatever happens."""
    session_idle_minutes: int = Field(default=120, ge=5, le=43200)
    """A login ends when it was not used for so long."""
    second_factor: SecondFactor = SecondFactor.REQUIRED
    demo_page: str | None = Field(default=None, pattern=r"^http://(127\.0\.0\.1|localhost):\d{1,5}/$")
    """Where a demonstration's page for breaking things is; every page of the console then links to it."""
    factor_minutes: int = Field(default=10, ge=1, le=480)
    """For so long after giving a second factor it is not asked for again before something grave."""
    known_device_days: int = Field(default=90, ge=1, le=400)
    """A device that was not used for so long is a new one again."""
    invitation_hours: int = Field(default=72, ge=1, le=720)
    """The link of an invitation, a reset, and the wait for a second administrator end after so long."""
    oidc_issuer: str | None = None
    """Address of an OpenID provider where people may log in; without it there is no such login."""
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    oidc_name: str = "OpenID"
    """What the provider is called on the button."""
    silence_s: int = Field(default=40, ge=5, le=3600)
    """A kiosk that says nothing for so long counts as offline, even when the broker thinks it is there."""
    notify_file: Path | None = None
    """The channels by which people are notified (TOML); without it nobody is, except on the screen."""
    openapi_pages: bool = False
    """Serve /docs; for development only."""
    log_level: str = "INFO"

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address, resolved."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'bangtin.sqlite3').absolute()}"

    @property
    def is_https(self) -> bool:
        """Whether people reach this server through TLS."""
        return (self.base_url or "").startswith("https://")

    @property
    def keys_dir(self) -> Path:
        """Where private keys lie (0700, files 0600), outside database and plain backup."""
        return self.data_dir / "keys"
