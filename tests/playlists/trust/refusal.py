"""How a test holds that something is refused by a rule."""

from __future__ import annotations

from typing import Any

import pytest

from playlists.trust.rules import Rule, Untrusted


def refused(rule: Rule, take: Any, *given: Any, **named: Any) -> str:
    """Hold that a document is refused by a rule, and return the sentence."""
    with pytest.raises(Untrusted) as caught:
        take(*given, **named)
    assert caught.value.rule is rule, str(caught.value)
    assert str(caught.value).startswith(f"{rule}: ")
    return str(caught.value)
