"""Items that are valid for a time: on a kiosk that nobody can reach, too."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from playlists.manifest import Manifest
from playlists.playlist import Playlist
from playlists.timeline import Facts, Layer, at, between, next_change
from tests.playlists.test_timeline import REST, item, local, manifest

TRUSTED = Facts()
FIRST, SECOND = item(1, 5000), item(2, 8000)


def with_items(*items: object) -> Manifest:
    work = Playlist.model_validate({"id": UUID(int=1000), "name": "work", "items": items})
    made = manifest(playlists=(work, REST, Playlist(id=UUID(int=1002), name="empty", items=())))
    return made.model_copy(update={"must_understand": made.needs()})


def until(hour: int, minute: int = 0, second: int = 0) -> Manifest:
    ends = FIRST.model_copy(update={"valid_until": local(hour, minute, second)})
    return with_items(ends, SECOND)


def test_an_item_ends_with_its_validity_in_the_middle_of_its_airing() -> None:
    plan = until(8, 0, 2)
    shown = [one for one in between(plan, TRUSTED, local(7, 59, 40), local(8, 0, 30)) if one.item_id == FIRST.id]

    assert max(one.ends_at for one in shown) == local(8, 0, 2)
    assert at(plan, TRUSTED, local(8, 0, 2)).item_id == SECOND.id
    assert at(until(9), TRUSTED, local(8, 59, 59)).layer is Layer.SCHEDULE


def test_an_item_begins_with_its_validity() -> None:
    begins = FIRST.model_copy(update={"valid_from": local(8)})
    plan = with_items(begins, SECOND)

    assert {one.item_id for one in between(plan, TRUSTED, local(7), local(8))} == {SECOND.id}
    assert {one.item_id for one in between(plan, TRUSTED, local(8), local(8, 5))} == {FIRST.id, SECOND.id}
    assert next_change(plan, TRUSTED, local(7, 59, 59)) == local(8)


def test_where_nothing_is_valid_the_next_layer_shows() -> None:
    over = [one.model_copy(update={"valid_until": local(8)}) for one in (FIRST, SECOND)]

    assert at(with_items(*over), TRUSTED, local(8)).layer is Layer.DEFAULT


def test_without_a_clock_nothing_dated_is_shown() -> None:
    dated = REST.items[0].model_copy(update={"valid_until": local(23)})
    plan = manifest(
        playlists=(*manifest().playlists[:1], REST.model_copy(update={"items": (dated,)}), manifest().playlists[2])
    )

    assert at(plan, Facts(clock_trusted=False), local(8)).layer is Layer.SAFE_LOOP
    assert at(plan, TRUSTED, local(20)).layer is Layer.DEFAULT


def test_a_manifest_with_validity_must_be_understood_and_survives_the_wire() -> None:
    plan = until(8)

    assert plan.must_understand == ("validity",)
    assert Manifest.model_validate_json(plan.model_dump_json()) == plan
    assert manifest().needs() == ()


@given(st.integers(0, 3600), st.integers(0, 3600), st.integers(1, 600))
def test_airings_follow_without_a_gap_across_edges(start_s: int, end_s: int, length_s: int) -> None:
    begins = FIRST.model_copy(update={"valid_from": local(7) + timedelta(seconds=start_s)})
    ends = SECOND.model_copy(update={"valid_until": local(7) + timedelta(seconds=end_s)})
    plan = with_items(begins, ends, item(3, 4000))
    first = local(7) + timedelta(seconds=max(0, end_s - 60))
    airings = between(plan, TRUSTED, first, first + timedelta(seconds=length_s))

    assert all(one.ends_at == other.starts_at for one, other in pairwise(airings))
    for one in airings:
        middle = one.starts_at + (one.ends_at - one.starts_at) / 2
        assert at(plan, TRUSTED, middle) == one
        assert begins.valid_from is not None
        assert ends.valid_until is not None
        assert one.item_id != begins.id or one.starts_at >= begins.valid_from
        assert one.item_id != ends.id or one.ends_at <= ends.valid_until
