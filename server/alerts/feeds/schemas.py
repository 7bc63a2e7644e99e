"""Shapes of the API about feeds of alerts."""

from __future__ import annotations

import re
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from playlists.instant import Instant
from playlists.language import clean_name
from server.accounts.schemas import Asked
from server.alerts.fetching import NotFetched, parted
from server.tables.alerts import FeedKind

_HOST = re.compile(
    r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(xn--[a-z0-9-]{2,59}|[a-z]{2,63})(:[1-9][0-9]{0,4})?",
    re.ASCII,
)
_PUSHED: JsonDict = {
    "name": "Đài Khí tượng Thủy văn tỉnh",
    "kind": "pushed",
    "senders": ["canhbao@kttv.example.vn"],
}


def _host(text: str) -> str:
    host = text.strip().lower().rstrip(".")
    if _HOST.fullmatch(host) is None:
        raise ValueError("a host looks like alerts.example.vn, in Latin letters, not an address of numbers")
    return host


def _sender(text: str) -> str:
    sender = text.strip()
    if not sender or any(char in " ,<&\t\r\n" for char in sender):
        raise ValueError("a sender is CAP's <sender>: without spaces, commas, < and &")
    return sender


def _address(text: str) -> str:
    try:
        host, port, _ = parted(text, _AnyHost())
    except NotFetched as error:
        raise ValueError(str(error)) from error
    _host(host if port == 443 else f"{host}:{port}")
    return text


class _AnyHost(frozenset[str]):
    """Every host: which ones are allowed is asked when something is fetched, and when the feed is made."""

    def __contains__(self, _host: object) -> bool:
        return True


def _name(text: str) -> str:
    cleaned = clean_name(text)
    if not cleaned:
        raise ValueError("a name needs at least one visible character")
    return cleaned


Host = Annotated[str, Field(max_length=260), AfterValidator(_host)]
Sender = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_sender)]
Address = Annotated[str, Field(max_length=1000), AfterValidator(_address)]
FeedName = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_name)]
Every = Annotated[int, Field(ge=30, le=86400)]
Senders = Annotated[list[Sender], Field(min_length=1, max_length=50)]


class HostsAsked(Asked):
    """All hosts that feeds may lie on; with a port where it is not 443."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"hosts": ["alerts.example.vn"]}]})

    hosts: Annotated[list[Host], Field(max_length=100)]


class HostsShown(BaseModel):
    """The hosts that feeds may lie on."""

    hosts: list[str]


class FeedNew(Asked):
    """A new feed: `pushed` gets a token, `polled` has an https address on an allowed host."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PUSHED]})

    name: FeedName
    kind: FeedKind
    url: Address | None = None
    senders: Senders
    takes_drills: bool = False
    lacks_ends: bool = False
    every_s: Every = 60

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.kind is FeedKind.POLLED) != (self.url is not None):
            raise ValueError("a polled feed has a url, and a pushed one has none")
        return self


class FeedChange(Asked):
    """What is changed of a feed; what is left out stays. `automatic` needs the role `cap` in the root."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"takes_drills": True}]})

    name: FeedName | None = None
    url: Address | None = None
    senders: Senders | None = None
    takes_drills: bool | None = None
    lacks_ends: bool | None = None
    automatic: bool | None = None
    every_s: Every | None = None


class FeedShown(BaseModel):
    """A feed and how it does."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    kind: FeedKind
    url: str | None
    senders: list[str]
    takes_drills: bool
    lacks_ends: bool
    automatic: bool
    every_s: int
    heard_at: Instant | None
    failing_since: Instant | None
    trouble: str
    stopped_at: Instant | None
    rev: int


class FeedMade(FeedShown):
    """A feed with its token, shown this once; None for a polled feed."""

    token: str | None


class CodeAsked(Asked):
    """A code of a site, for example of an administrative unit."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    code: Annotated[str, Field(min_length=1, max_length=100)]


class CodesAsked(Asked):
    """All codes by which alerts' areas mean a site, besides its own name (`bangtin:site`)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"codes": [{"name": "ISO3166-2", "code": "VN-04"}]}]})

    codes: Annotated[list[CodeAsked], Field(max_length=40)]


class CodeShown(BaseModel):
    """A code of a site."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    code: str
