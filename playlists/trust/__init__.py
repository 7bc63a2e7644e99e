"""Trust: signed documents, whose keys count, and what may be shown. docs/trust.md has the documents and the rules.

Decisions take bytes and return values or raise `Untrusted`, which names the rule. Files, clocks and nets are left to
the programs.
"""

from __future__ import annotations

from playlists.trust.envelope import MOST_ENVELOPE_BYTES, MOST_SIGNATURES
from playlists.trust.key import key_id, new_private_key, open_envelope, public_key, sign
from playlists.trust.rules import Late, Rule, Untrusted
from playlists.trust.strict import MOST_DEPTH, strict_json

__all__ = [
    "MOST_DEPTH",
    "MOST_ENVELOPE_BYTES",
    "MOST_SIGNATURES",
    "Late",
    "Rule",
    "Untrusted",
    "key_id",
    "new_private_key",
    "open_envelope",
    "public_key",
    "sign",
    "strict_json",
]
