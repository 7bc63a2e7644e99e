"""Manifests and values say only what releases allow: V15."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from playlists.trust.rules import Rule
from playlists.trust.showing import shown
from playlists.trust.showing import values as values_now
from playlists.trust.take import take_manifest, take_values
from playlists.trust.trusted import Clock, Counter, Trusted
from tests.playlists.trust import making as m
from tests.playlists.trust.making import BOARD, CLOCK, NOW, sha
from tests.playlists.trust.refusal import refused

DAY = timedelta(days=1)


def test_v15_a_manifest_plays_released_segments(stocked: Trusted) -> None:
    taken, manifest = take_manifest(stocked, m.manifest("hours", releases=(m.digest(m.release("hours")),)), CLOCK)
    assert (taken.last(Counter.MANIFEST), len(manifest.segments)) == (1, 1)


@pytest.mark.parametrize("change", [{"size": 6}, {"language": "vi"}, {"duration_ms": 20_000}, {"sha256": sha("new")}])
def test_v15_a_manifest_with_anything_else(stocked: Trusted, change: dict[str, Any]) -> None:
    content = m.manifest(releases=(m.digest(m.release("hours")),), segments=[m.segment("hours", **change)])
    refused(Rule.V15_RELEASED_ONLY, take_manifest, stocked, content, CLOCK)


def test_v15_a_manifest_with_a_release_that_is_not_here(stocked: Trusted) -> None:
    refused(Rule.V15_RELEASED_ONLY, take_manifest, stocked, m.manifest(releases=(sha("none"),)), CLOCK)


def test_v15_a_manifest_without_releases_shows_nothing(stocked: Trusted) -> None:
    refused(Rule.V15_RELEASED_ONLY, take_manifest, stocked, m.manifest("hours"), CLOCK)


def test_v15_a_template_is_no_notice(stocked: Trusted) -> None:
    wanted = [m.segment("flood-vi", "vi")]
    content = m.manifest(releases=(m.digest(m.template_release()),), segments=wanted)
    refused(Rule.V15_RELEASED_ONLY, take_manifest, stocked, content, CLOCK)
    assert sha("flood-vi") not in shown(stocked, CLOCK)


@pytest.mark.parametrize(
    "said", [{"gate": "festival"}, {"queue": 100}, {"queue": -1}, {"gate": 3}, {"queue": "open"}, {"other": 1}]
)
def test_v15_values_outside_of_what_was_released(stocked: Trusted, said: dict[str, Any]) -> None:
    refused(Rule.V15_RELEASED_ONLY, take_values, stocked, m.values(values=said), CLOCK)


def test_v15_values_of_a_board_that_was_not_released(stocked: Trusted) -> None:
    refused(Rule.V15_RELEASED_ONLY, take_values, stocked, m.values(board=str(m.PANEL)), CLOCK)


@pytest.mark.parametrize("said", [{"queue": 4.5}, {"queue": True}, {"queue": None}, {"gate": ["open"]}, {"gate": ""}])
def test_v15_values_of_a_wrong_type(stocked: Trusted, said: dict[str, Any]) -> None:
    rule = Rule.V6_FORM if said == {"queue": 4.5} else Rule.V15_RELEASED_ONLY
    refused(rule, take_values, stocked, m.values(values=said), CLOCK)


def test_v15_a_manifest_shows_a_board_as_it_was_released(stocked: Trusted) -> None:
    released = (m.digest(m.board_release()),)
    taken, manifest = take_manifest(stocked, m.manifest("base", releases=released, boards=[m.board_fields()]), CLOCK)
    assert [board.id for board in manifest.boards] == [BOARD]

    slots = m.board_fields()["slots"]
    forged = m.board_fields(slots=[slots[0], slots[1] | {"most": 9}])
    content = m.manifest("base", seq=2, releases=released, boards=[forged])
    refused(Rule.V15_RELEASED_ONLY, take_manifest, taken, content, CLOCK)


def test_v15_values_are_handed_to_boards_as_they_were_signed(stocked: Trusted) -> None:
    until = {"gate": m.moment(timedelta(hours=1))}
    taken = take_values(stocked, m.values(until=until), CLOCK)
    held = values_now(taken, BOARD, CLOCK)
    assert held is not None
    assert held.stated.stated("gate", NOW) == "open"
    assert held.stated.stated("gate", NOW + timedelta(hours=1)) is None
    refused(Rule.V15_RELEASED_ONLY, take_values, taken, m.values(2, until={"other": m.moment(DAY)}), CLOCK)


def test_v15_values_end(stocked: Trusted) -> None:
    taken = take_values(stocked, m.values(), CLOCK)
    assert values_now(taken, BOARD, CLOCK) is not None
    assert values_now(taken, BOARD, Clock(NOW + timedelta(hours=8))) is None
    refused(Rule.V11_WINDOW, take_values, stocked, m.values(), Clock(NOW + timedelta(hours=9)))
    refused(Rule.V11_WINDOW, take_values, stocked, m.values(expires_at=m.moment(32 * DAY)), CLOCK)
