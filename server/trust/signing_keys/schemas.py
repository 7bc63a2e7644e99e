"""Shapes of the API about signing keys and the plan of a root."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from playlists.instant import Instant
from playlists.trust.key import KeyKind
from server.accounts.schemas import Asked
from server.trust.signing_keys.plan import Change

MOST_LINE = 1000
_EXAMPLE = (
    '{"alg": "ed25519", "holder": "minh", "id": '
    '"eda73c7ec5c75be2bcbb9e77a2cad5bb0386b4cd6ab5b69d43d6eadd59cd76cb", "kind": "file", '
    '"public": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "sites": []}'
)


class KeyNew(Asked):
    """The line that `bangtin root key` printed. `for_root`: a root key, which signs root documents and nothing else."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"line": _EXAMPLE, "name": "USB của Minh"}]})

    line: Annotated[str, Field(min_length=2, max_length=MOST_LINE)]
    name: Annotated[str, Field(max_length=120)] = ""
    for_root: bool = False


class KeyShown(BaseModel):
    """A key and its holder. `words`: its fingerprint, to be compared by telephone. `id` is missing for a passkey."""

    id: UUID | None
    keyid: str
    words: str
    kind: KeyKind
    holder: str
    holder_name: str
    name: str
    for_root: bool
    roles: list[str]
    """In the root of now; empty: it counts for nothing yet."""
    credential_id: str | None = None
    """Of the caller's own passkeys: by which the browser finds the authenticator."""
    created_at: Instant


class DifferenceShown(BaseModel):
    """One thing that only a new root changes."""

    model_config = ConfigDict(from_attributes=True)

    change: Change
    holder: str
    keyid: str
    role: str


class PlanShown(BaseModel):
    """The plan of the next root, what keeps it from being one, and what it would change."""

    plan: dict[str, Any]
    flaw: str | None
    differences: list[DifferenceShown]
    next_version: int
