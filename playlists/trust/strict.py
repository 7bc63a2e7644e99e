"""Strict reading of what a signature covers: JSON of integers, and base64 that can be written in one way only."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

from playlists.trust.rules import Rule, Untrusted

MOST_DEPTH = 12
_MARKS = re.compile(r'\\.|["\[\]{}]', re.DOTALL)
"""What counts for depth: escapes as one, quotes, brackets."""


def strict_json(content: bytes) -> Any:
    """Parse JSON that is UTF-8, without duplicate keys, floats, NaN or lone surrogates, at most 12 levels deep (V6).

    Raises:
        Untrusted: the content is not such JSON.
    """
    try:
        text = content.decode()
        _check_depth(text)
        found = json.loads(text, object_pairs_hook=_unique, parse_float=_no_number, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()
    except Untrusted:
        raise
    except (ValueError, RecursionError) as error:
        raise Untrusted(Rule.V6_FORM, f"not sound JSON ({error})") from error
    return found


def from_base64(text: object) -> bytes:
    """Return the bytes of standard base64 in its one canonical spelling (V2).

    Raises:
        Untrusted: it is no text, not base64, or another spelling of the same bytes.
    """
    if not isinstance(text, str):
        raise Untrusted(Rule.V2_BASE64, "base64 text is missing")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Untrusted(Rule.V2_BASE64, "not base64") from error
    if to_base64(content) != text:
        raise Untrusted(Rule.V2_BASE64, "not canonical base64")
    return content


def to_base64(content: bytes) -> str:
    """Write bytes as standard base64."""
    return base64.b64encode(content).decode()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Untrusted(Rule.V6_FORM, "a key stands twice")
    return found


def _no_number(text: str) -> Any:
    raise Untrusted(Rule.V6_FORM, f"{text[:40]} is not an integer")


def _check_depth(text: str) -> None:
    depth, in_string = 0, False
    for found in _MARKS.finditer(text):
        mark = found[0]
        if mark == '"':
            in_string = not in_string
        elif in_string:
            continue
        elif mark in "[{":
            depth += 1
            if depth > MOST_DEPTH:
                raise Untrusted(Rule.V6_FORM, f"nested deeper than {MOST_DEPTH} levels")
        elif mark in "]}":
            depth -= 1
