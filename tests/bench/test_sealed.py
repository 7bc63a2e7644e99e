"""The bench of reading under a seal runs and gives every figure."""

from __future__ import annotations

import pytest

from bench import sealed


def test_every_size_is_read_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "SIZES_MB", (1,))
    figures = sealed.measure(["--times", "1"]).figures
    assert set(figures) == {
        "read_1mb_plain_ms",
        "read_1mb_sealed_ms",
        "first_1mb_ms",
        "seal_1mb_bytes",
        "sealed_1mb_mb_per_s",
    }
    assert figures["seal_1mb_bytes"] == 16 * 32
