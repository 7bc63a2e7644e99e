from __future__ import annotations

from datetime import timedelta

import pytest

from bench.timeline import WEEK, Expanded, growth, make_document, planned_spans
from playlists.document import Document


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_sides_give_the_same_answer(seed: int) -> None:
    document = Document.model_validate(make_document(600, seed))
    end = WEEK + timedelta(days=7)
    spans = planned_spans(document.plan(), WEEK, end)
    assert spans == Expanded(document).spans(WEEK, end)
    assert any(len(ids) > 1 for _, _, ids in spans)


def test_growth_is_the_exponent() -> None:
    assert growth({10: 5.0, 100: 50.0, 1000: 500.0}) == pytest.approx(1)
    assert growth({10: 1.0, 100: 100.0, 1000: 10_000.0}) == pytest.approx(2)
