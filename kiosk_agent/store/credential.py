"""What enrolment gave this kiosk: its id, token or authority, the pinned server key, and where the server is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk_agent.store.trust_book import Pin
from playlists.ids import Sha256, Slug
from playlists.renewal import Need
from playlists.trust import Untrusted
from playlists.trust.chain import begin
from playlists.trust.envelope import parse_envelope
from playlists.trust.root import Root
from playlists.trust.shape import Reader

FILE = "credential.json"
ROOT_FILE = "root.json"
MOST_BYTES = 64 * 1024
BaseUrl = Annotated[str, Field(pattern=r"^https?://", max_length=1024)]
PollSeconds = Annotated[int, Field(ge=1, le=86_400)]


class Broker(BaseModel):
    """Where the kiosk connects as MQTT client."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    host: Annotated[str, Field(min_length=1, max_length=255)]
    port: Annotated[int, Field(ge=1, le=65535)]
    tls: bool = False
    ca_pem: Annotated[str, Field(max_length=32_768)] | None = None
    username: Annotated[str, Field(max_length=128)] = ""
    password: Annotated[str, Field(max_length=256)] = ""


class Credential(BaseModel):
    """The kiosk's identity; the file is readable by its owner only."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kiosk_id: UUID
    slug: str = ""
    token: Annotated[str, Field(min_length=16, max_length=512, pattern=r"^[!-~]+$")] | None = None
    """None: this kiosk shows a certificate (store.identity)."""
    authority_pem: Annotated[str, Field(max_length=16_384)] | None = None
    """The root of the authority below which server and broker have their certificates."""
    server_public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    mqtt: Broker
    base_url: BaseUrl
    poll_s: PollSeconds = 900
    root_sha256: Sha256 | None = None
    """SHA-256 of the payload of the root that was in force at enrolment; its envelope lies beside, in root.json."""
    site: Slug | None = None
    panel_id: UUID | None = None

    @property
    def server_key(self) -> bytes:
        """The pinned public key, 32 bytes."""
        return bytes.fromhex(self.server_public_key)


class NotEnrolled(Exception):
    """There is no usable credential; the text says what to do."""


def load(data_dir: Path) -> Credential:
    """Read the credential.

    Raises:
        NotEnrolled: it is missing or damaged.
    """
    path = data_dir / FILE
    try:
        with path.open("rb") as file:
            return Credential.model_validate_json(file.read(MOST_BYTES))
    except FileNotFoundError:
        raise NotEnrolled(
            f"This kiosk is not enrolled: there is no {path}. "
            "Run: bangtin-kiosk enrol --server https://… --code ABCDE-FGHJK"
        ) from None
    except OSError as error:
        raise NotEnrolled(f"{path} cannot be read: {error.strerror}. Run as the user that enrolled.") from error
    except ValidationError as error:
        raise NotEnrolled(f"{path} is damaged. Ask for a new code and enrol this kiosk again.") from error


def enrolled(answer: bytes, *, demo: bool) -> tuple[Credential, bytes | None]:
    """Return the credential of the server's answer to a code, and the root's envelope where the server has one.

    Raises:
        ValidationError: it is no such answer.
        Untrusted: the root is refused.
    """
    credential = Credential.model_validate_json(answer)
    root = _Rooted.model_validate_json(answer).root
    if root is None:
        return credential, None
    envelope = root.encode()
    digest = parse_envelope(envelope, Root.payload_type, most_bytes=Root.most_bytes).digest
    credential = credential.model_copy(update={"root_sha256": digest})
    pin = _pin(credential, envelope, demo=demo)
    begin(pin.envelope, pin.sha256, pin.reader, demo=pin.demo)
    return credential, envelope


def read_pin(data_dir: Path, credential: Credential, *, demo: bool) -> Pin | None:
    """Return the root that was pinned at enrolment, or None where there was none.

    Raises:
        NotEnrolled: it is missing, damaged or not the pinned one.
    """
    if credential.root_sha256 is None:
        return None
    path = data_dir / ROOT_FILE
    try:
        with path.open("rb") as file:
            pin = _pin(credential, file.read(Root.most_bytes + 1), demo=demo)
        begin(pin.envelope, pin.sha256, pin.reader, demo=pin.demo)
    except OSError as error:
        raise NotEnrolled(f"{path} cannot be read: {error.strerror}. Enrol this kiosk again.") from error
    except Untrusted as error:
        raise NotEnrolled(f"The root in {path} is refused ({error}). Enrol this kiosk again.") from error
    return pin


def _pin(credential: Credential, envelope: bytes, *, demo: bool) -> Pin:
    if credential.root_sha256 is None or credential.site is None or credential.panel_id is None:
        raise NotEnrolled("The server named a root without site and panel. Bring it up to date and enrol again.")
    reader = Reader(credential.kiosk_id, credential.panel_id, credential.site)
    return Pin(credential.root_sha256, envelope, reader, demo)


def save(data_dir: Path, credential: Credential, root: bytes | None = None) -> None:
    """Write the credential, mode 0600, whole or not at all, and before it the root that it pins.

    Raises:
        OSError: the folder cannot be written.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if root is not None:
        _write(data_dir, ROOT_FILE, root)
    _write(data_dir, FILE, credential.model_dump_json(indent=1).encode())


def _write(data_dir: Path, name: str, content: bytes) -> None:
    temporary = data_dir / f"{name}.part"
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(data_dir / name)
    folder = os.open(data_dir, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def moved(before: Credential, answer: bytes) -> Credential:
    """Return the credential with what the server's settings say: broker, address and polling, never id, token or key.

    A broker password that is not told stays. A new address is taken only where the token is as safe as before.

    Raises:
        ValueError: the answer is not of its form.
    """
    said = _Moved.model_validate_json(answer)
    broker = said.mqtt or before.mqtt
    if not broker.password:
        broker = broker.model_copy(update={"password": before.mqtt.password})
    weaker = before.base_url.startswith("https:") and not (said.base_url or "https:").startswith("https:")
    base_url = before.base_url if said.base_url is None or weaker else said.base_url
    return before.model_copy(update={"mqtt": broker, "base_url": base_url, "poll_s": said.poll_s or before.poll_s})


class _Moved(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    mqtt: Broker | None = None
    base_url: BaseUrl | None = None
    poll_s: PollSeconds | None = None


def certificate_of(answer: bytes) -> str | None:
    """Return the certificate's chain (PEM) of the server's answer, or None where it gave a token.

    Raises:
        ValidationError: it is no such answer.
    """
    return _Certified.model_validate_json(answer).certificate_pem


def need_said(answer: bytes) -> Need:
    """Return what the server's settings say of our certificate; NOTHING where they say nothing.

    Raises:
        ValueError: the answer is not of its form.
    """
    return _Certified.model_validate_json(answer).certificate or Need.NOTHING


class _Certified(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    certificate_pem: Annotated[str, Field(max_length=16_384)] | None = None
    certificate: Need | None = None


class _Rooted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    root: Annotated[str, Field(max_length=Root.most_bytes)] | None = None
