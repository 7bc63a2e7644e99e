"""What enrolment gave this kiosk: its id, its token, the pinned server key, and where the server is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

FILE = "credential.json"
MOST_BYTES = 64 * 1024


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
    token: Annotated[str, Field(min_length=16, max_length=512, pattern=r"^[!-~]+$")]
    server_public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    mqtt: Broker
    base_url: Annotated[str, Field(pattern=r"^https?://", max_length=1024)]
    poll_s: Annotated[int, Field(ge=1, le=86_400)] = 900

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


def save(data_dir: Path, credential: Credential) -> None:
    """Write the credential, mode 0600, whole or not at all.

    Raises:
        OSError: the folder cannot be written.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = data_dir / f"{FILE}.part"
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(credential.model_dump_json(indent=1).encode())
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(data_dir / FILE)
    folder = os.open(data_dir, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
