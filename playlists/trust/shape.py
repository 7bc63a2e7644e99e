"""What all signed documents share: strict integers, times of one spelling, an audience, a size, and fields of old."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, ClassVar, NamedTuple, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError, model_validator

from playlists.ids import Name, Slug
from playlists.instant import format_instant
from playlists.trust.rules import Rule, Untrusted
from playlists.trust.strict import strict_json

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", re.ASCII)


def _moment(written: object) -> datetime:
    if isinstance(written, datetime) and written.tzinfo is UTC and written.microsecond % 1000 == 0:
        return written
    if not isinstance(written, str) or _MOMENT.fullmatch(written) is None:
        raise ValueError("a time looks like 2026-11-23T01:02:03.004Z")
    return datetime.fromisoformat(written)


Moment = Annotated[
    datetime, BeforeValidator(_moment), PlainSerializer(format_instant, return_type=str, when_used="json")
]
"""An instant in a signed document: RFC 3339, UTC with `Z`, exactly three digits of milliseconds."""
Number = Annotated[int, Field(ge=1, lt=1 << 53)]
"""A version or sequence number: it only counts up."""


class Shape(BaseModel):
    """A part of a signed document: strict types, unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class PanelAt(Shape):
    """A panel, together with its site: so that nobody can send it elsewhere by renaming a kiosk's panel."""

    site: Slug
    panel: UUID


class Reader(NamedTuple):
    """Who judges: a kiosk, the panel that it drives and its site, as pinned at enrolment."""

    kiosk: UUID
    panel: UUID
    site: str


class Audience(Shape):
    """Whom a document is for: whole sites, and single panels. Never kiosks, which are replaced."""

    sites: Annotated[tuple[Slug, ...], Field(max_length=256)] = ()
    panels: Annotated[tuple[PanelAt, ...], Field(max_length=1024)] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.sites and not self.panels:
            raise ValueError("an audience names a site or a panel")
        return self

    def includes(self, reader: Reader) -> bool:
        """Tell whether the reader's site or panel is named."""
        here = any((one.site, one.panel) == (reader.site, reader.panel) for one in self.panels)
        return here or reader.site in self.sites


class Document(Shape):
    """A signed document. `must_understand` names what a reader has to honour or refuse the whole."""

    payload_type: ClassVar[str]
    most_bytes: ClassVar[int] = 16 << 10
    understood: ClassVar[frozenset[str]] = frozenset()
    rules: ClassVar[Mapping[str, Rule]] = {}
    """The rule that a wrong field breaks, when it is not V6."""

    v: Annotated[int, Field(ge=1, le=1)] = 1
    issued_at: Moment
    must_understand: Annotated[tuple[Name, ...], Field(max_length=32)] = ()

    @model_validator(mode="after")
    def _check_understood(self) -> Self:
        unknown = sorted(set(self.must_understand) - self.understood)
        if unknown:
            raise ValueError(f"the document needs what this program does not know: {', '.join(unknown)}")
        return self

    @classmethod
    def read(cls, payload: bytes) -> Self:
        """Return the document that a verified payload holds.

        Raises:
            Untrusted: V6, or the rule that a field or the whole breaks.
        """
        written = strict_json(payload)
        try:
            return cls.model_validate_json(json.dumps(written))
        except ValidationError as error:
            raise _refusal(cls, error) from error

    def write(self) -> bytes:
        """Return the payload that says this document, ready to be signed."""
        written = self.model_dump(mode="json")
        return json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _refusal(shape: type[Document], error: ValidationError) -> Untrusted:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    field = str(first["loc"][0]) if first["loc"] else ""
    named = first["type"] if first["type"] in {rule.value for rule in Rule} else shape.rules.get(field, Rule.V6_FORM)
    return Untrusted(Rule(named), f"{place}: {first['msg']}" if place else first["msg"])
