"""The channels of an installation, from the file that the settings name (TOML), and secrets from files beside it.

Nothing that is typed in the console ever becomes an address on the network: what may be reached is what stands here.
"""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from server.channels.gateway import Gateway
from server.channels.mail import Mail, Security
from server.channels.outside import Outside
from server.channels.plain import MOST
from server.channels.port import Channel, NotSent, Takes, Why
from server.channels.webhook import Webhook

MOST_FILE_BYTES = 256 << 10
MOST_SECRET_BYTES = 8 << 10
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SECRET = re.compile(r"\{secret:([a-z0-9-]{1,40})\}")


class BadChannels(Exception):
    """The file of channels cannot be used; the message says where and what to do."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: Annotated[str, Field(max_length=60)] = ""


class _Mail(_Entry):
    kind: Literal["mail"]
    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 465
    security: Security = Security.TLS
    sender: str
    username: str = ""
    password: str = ""
    ca_file: str | None = None


class _Gateway(_Entry):
    kind: Literal["gateway"]
    url: str
    method: Literal["POST", "GET", "PUT"] = "POST"
    form: Literal["json", "form", "query"] = "json"
    body: dict[str, Any] = {}
    headers: dict[str, str] = {}
    accepted: dict[str, str | int | bool] = {}
    refused: dict[str, list[str | int]] = {}
    national: bool = False
    plain: bool = True
    most: Annotated[int, Field(ge=40, le=2000)] = MOST
    takes: Literal["phone", "name"] = "phone"
    unencrypted: bool = False

    @model_validator(mode="after")
    def _is_address(self) -> _Gateway:
        _require_web(self.url, unencrypted=self.unencrypted)
        return self


class _Webhook(_Entry):
    kind: Literal["webhook"]
    url: str
    secret: str
    unencrypted: bool = False

    @model_validator(mode="after")
    def _is_address(self) -> _Webhook:
        _require_web(self.url, unencrypted=self.unencrypted)
        return self


class _Outside(_Entry):
    kind: Literal["apprise"]
    url: str


_FILE: TypeAdapter[dict[str, _Mail | _Gateway | _Webhook | _Outside]] = TypeAdapter(
    dict[str, Annotated[_Mail | _Gateway | _Webhook | _Outside, Field(discriminator="kind")]]
)


def channels(path: Path | None) -> dict[str, Channel]:
    """Return the channels of a file by name; none without a file.

    Raises:
        BadChannels: the file cannot be read or used.
    """
    if path is None:
        return {}
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise BadChannels(f"{path} is larger than {MOST_FILE_BYTES} bytes; it holds channels and nothing else.")
        read = parsed(path.read_bytes(), str(path))
    except OSError as error:
        raise BadChannels(f"{path} cannot be read ({error.strerror}). Check its owner and mode.") from error
    folder = path.parent
    return {name: _channel(name, entry, partial(secret, folder)) for name, entry in read.items()}


def parsed(content: bytes, where: str) -> Mapping[str, Any]:
    """Return the entries of a file's content.

    Raises:
        BadChannels: it is no TOML, or an entry has another shape.
    """
    try:
        table = tomllib.loads(content.decode())
        read = _FILE.validate_python(table)
    except UnicodeDecodeError as error:
        raise BadChannels(f"{where} is not UTF-8 text.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadChannels(f"{where} is no TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        at = ".".join(str(one) for one in first["loc"])
        raise BadChannels(f"{where}: {at}: {first['msg']}.") from error
    for name in read:
        if not _NAME.fullmatch(name):
            raise BadChannels(f"{where}: {name[:60]!r} is no name; use small letters, digits and hyphens.")
    return read


def secret(folder: Path, name: str) -> str:
    """Return a secret: the first line of `NAME.secret` beside the file, which nobody but its owner may read.

    Raises:
        NotSent: there is none that can be used.
    """
    path = folder / f"{name}.secret"
    try:
        found = path.stat()
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise NotSent(f"{path.name} can be read by others; set its mode to 600.", why=Why.SECRET)
        text = path.read_bytes()[:MOST_SECRET_BYTES].decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NotSent(f"{path.name} beside the file of channels cannot be read.", why=Why.SECRET) from error
    if not text:
        raise NotSent(f"{path.name} is empty.", why=Why.SECRET)
    return text


def _channel(name: str, entry: Any, read: Callable[[str], str]) -> Channel:
    label = entry.label or name
    match entry:
        case _Mail():
            password = partial(_filled, entry.password, read)
            return Mail(name, label, entry.host, entry.port, entry.security, entry.sender, entry.username, password,
                        entry.ca_file)  # fmt: skip
        case _Gateway():
            fields = entry.model_dump(exclude={"kind", "label", "plain", "unencrypted", "takes", "refused"})
            refused = {key: tuple(values) for key, values in entry.refused.items()}
            takes = Takes(entry.takes)
            return Gateway(name=name, label=label, secret=read, is_plain=entry.plain, takes=takes, refused=refused,
                           **fields)  # fmt: skip
        case _Webhook():
            return Webhook(name, label, entry.url, partial(_filled, entry.secret, read))
        case _:
            takes = Takes.NAME if "{to}" in entry.url else Takes.NOBODY
            return Outside(name, label, partial(_filled, entry.url, read), takes)


def _filled(text: str, read: Callable[[str], str]) -> str:
    return _SECRET.sub(lambda match: read(match[1]), text)


def _require_web(url: str, *, unencrypted: bool) -> None:
    parts = urlsplit(url)
    if parts.scheme not in (("http", "https") if unencrypted else ("https",)) or not parts.hostname or parts.username:
        raise ValueError("url is an https address without user name (http only with unencrypted = true)")
