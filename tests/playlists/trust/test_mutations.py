"""A slice of the mutations; the whole is `python -m tests.playlists.trust.mutations 10000`."""

from __future__ import annotations

from tests.playlists.trust import mutations

COUNT, SIGNED = 1000, 300


def test_no_mutation_is_accepted_with_another_meaning() -> None:
    came = mutations.run(COUNT, seed=1)

    assert came.total() == COUNT
    assert {"V2", "V3", "V4", "V5", "V6"} <= came.keys()
    assert came["same"] < COUNT // 5


def test_signed_nonsense_is_refused_or_taken_and_never_a_crash() -> None:
    came = mutations.run_signed(SIGNED, seed=2)

    assert came.total() == SIGNED
    assert {"V6", "V7", "V8", "V9", "V11", "V12", "V15", "V16"} <= came.keys()
    assert came["taken"] > 0
