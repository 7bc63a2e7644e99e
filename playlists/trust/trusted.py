"""What a reader of signed documents has accepted so far: one value, to be stored before anything is done with it.

`to_bytes` and `from_bytes` are its form on disk, `to_parts` and `from_parts` the same with documents kept beside it, so
that a state that changes often is small. Reading verifies every document again under the stored root, so that bytes
that were changed on the disk vouch for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, NamedTuple, Self, TypeVar
from uuid import UUID

from playlists.ids import sha256_hex
from playlists.instant import format_instant, parse_instant
from playlists.trust.emergency import Emergency
from playlists.trust.envelope import Envelope, parse_envelope
from playlists.trust.release import Release
from playlists.trust.root import Root
from playlists.trust.shape import Document, Reader
from playlists.trust.statements import Hold, Values
from playlists.trust.strict import from_base64, to_base64

REACH = timedelta(hours=24)
"""How far ahead of the trusted time a document that one key signed may lie."""

D = TypeVar("D", bound=Document)


class Source(StrEnum):
    """How a clock's time is known."""

    SYNCHRONISED = "synchronised"
    """By the network, or by a battery clock that was set within the month."""
    TOLD = "told"
    """By the server's answer to a nonce, since the last start."""
    UNKNOWN = "unknown"


class Clock(NamedTuple):
    """The time of day as the reader has it, aware, and what stands behind it."""

    now: datetime
    source: Source = Source.SYNCHRONISED

    @property
    def is_known(self) -> bool:
        """Whether the reading can be believed."""
        return self.source is not Source.UNKNOWN


class Counter(StrEnum):
    """What counts up: a document with a lower number than the last one is a replay."""

    MANIFEST = "manifest"
    HOLD = "hold"
    VALUES = "values"


@dataclass(frozen=True, slots=True)
class Held(Generic[D]):
    """An accepted document with the envelope that proves it, and the SHA-256 of its payload."""

    document: D
    content: bytes
    digest: str

    @classmethod
    def of(cls, document: D, content: bytes, envelope: Envelope) -> Held[D]:
        """Return a document together with the bytes that it was read from."""
        return Held(document, content, envelope.digest)


@dataclass(frozen=True, slots=True)
class Trusted:
    """Everything accepted. `floor` is the earliest that it can be; `sure` the same by documents of two people only.

    `heard_at` is the newest word of the server's key. `seqs` holds the last number of each counter (of a board's
    values: `values:{board}`). `ended` keeps the ids of ended emergencies until no earlier warning can be valid.
    """

    reader: Reader
    root: Held[Root]
    floor: datetime
    sure: datetime
    heard_at: datetime
    releases: Mapping[str, Held[Release]] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()
    hold: Held[Hold] | None = None
    values: Mapping[UUID, Held[Values]] = field(default_factory=dict)
    emergencies: Mapping[str, Held[Emergency]] = field(default_factory=dict)
    ended: Mapping[str, datetime] = field(default_factory=dict)
    seqs: Mapping[str, int] = field(default_factory=dict)

    def time(self, clock: Clock) -> datetime:
        """Return the trusted time: never before the floor, and the clock's when that is known (V10)."""
        return max(clock.now, self.floor) if clock.is_known else self.floor

    def last(self, counter: Counter, of: UUID | None = None) -> int:
        """Return the last number of a counter, 0 when nothing was accepted yet."""
        return self.seqs.get(_counter(counter, of), 0)

    def counted(self, counter: Counter, number: int, of: UUID | None = None) -> Self:
        """Return the state after a number was used."""
        return replace(self, seqs={**self.seqs, _counter(counter, of): number})

    def to_bytes(self) -> bytes:
        """Return the state as bytes to be stored: a line with the digest of what follows, then JSON."""
        return _sealed(_written(self, to_base64))

    def to_parts(self) -> tuple[bytes, dict[str, bytes]]:
        """Return the state as bytes that name documents by their digests, and the documents by these."""
        documents: dict[str, bytes] = {}

        def put(content: bytes) -> str:
            name = sha256_hex(content)
            documents[name] = content
            return name

        return _sealed(_written(self, put)), documents


class Damaged(ValueError):
    """A stored state that cannot be read: begin anew from the root of the enrolment, and fetch what was accepted."""


def from_bytes(content: bytes) -> Trusted:
    """Return the state that was stored; whether its documents still hold is asked by `take.recheck`.

    Raises:
        Damaged: the bytes are not what was stored.
    """
    return _opened(content, from_base64)


def from_parts(content: bytes, documents: Mapping[str, bytes]) -> Trusted:
    """Return the state that was stored in parts; a document that is not what its name says damages the whole.

    Raises:
        Damaged: the bytes are not what was stored.
    """

    def get(name: str) -> bytes:
        found = documents[name]
        if sha256_hex(found) != name:
            raise ValueError("a document is not what its name says")
        return found

    return _opened(content, get)


def _sealed(written: dict[str, Any]) -> bytes:
    content = json.dumps(written, separators=(",", ":"), sort_keys=True).encode()
    return sha256_hex(content).encode() + b"\n" + content


def _opened(content: bytes, get: Callable[[str], bytes]) -> Trusted:
    head, _, written = content.partition(b"\n")
    if sha256_hex(written).encode() != head:
        raise Damaged("the stored state is damaged")
    try:
        return _read(json.loads(written), get)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"the stored state cannot be read ({error})") from error


def _counter(counter: Counter, of: UUID | None) -> str:
    return counter.value if of is None else f"{counter}:{of}"


def _written(one: Trusted, put: Callable[[bytes], str]) -> dict[str, Any]:
    return {
        "v": 1,
        "reader": [str(one.reader.kiosk), str(one.reader.panel), one.reader.site],
        "root": put(one.root.content),
        "floor": format_instant(one.floor),
        "sure": format_instant(one.sure),
        "heard_at": format_instant(one.heard_at),
        "releases": [put(held.content) for held in one.releases.values()],
        "retired": sorted(one.retired),
        "withdrawn": sorted(one.withdrawn),
        "hold": put(one.hold.content) if one.hold is not None else None,
        "values": [put(held.content) for held in one.values.values()],
        "emergencies": [put(held.content) for held in one.emergencies.values()],
        "ended": {name: format_instant(until) for name, until in one.ended.items()},
        "seqs": dict(one.seqs),
    }


def _read(written: dict[str, Any], get: Callable[[str], bytes]) -> Trusted:
    if written["v"] != 1:
        raise ValueError(f"version {written['v']}")
    kiosk, panel, site = written["reader"]
    values = [_held(Values, get(one)) for one in written["values"]]
    emergencies = [_held(Emergency, get(one)) for one in written["emergencies"]]
    return Trusted(
        reader=Reader(UUID(kiosk), UUID(panel), site),
        root=_held(Root, get(written["root"])),
        floor=parse_instant(written["floor"]),
        sure=parse_instant(written["sure"]),
        heard_at=parse_instant(written["heard_at"]),
        releases={held.digest: held for held in (_held(Release, get(one)) for one in written["releases"])},
        retired=frozenset(written["retired"]),
        withdrawn=frozenset(written["withdrawn"]),
        hold=_held(Hold, get(written["hold"])) if written["hold"] is not None else None,
        values={held.document.board: held for held in values},
        emergencies={held.document.id: held for held in emergencies},
        ended={name: parse_instant(until) for name, until in written["ended"].items()},
        seqs={name: int(number) for name, number in written["seqs"].items()},
    )


def _held(shape: type[D], content: bytes) -> Held[D]:
    envelope = parse_envelope(content, shape.payload_type, most_bytes=shape.most_bytes)
    return Held.of(shape.read(envelope.payload), content, envelope)
