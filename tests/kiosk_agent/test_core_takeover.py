"""How something new takes over the panel, and the nightly renewal: conversations with the core."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.accept import read
from kiosk_agent.core.takeover import Basis, Takeover, how
from playlists.ids import sha256_hex
from playlists.instant import format_instant
from playlists.timeline import Facts, Layer, Showing
from tests.kiosk_agent.making import CLOCK_OK, KIOSK, PUBLIC, START, digest, document, fresh, held, sealed
from tests.kiosk_agent.playbook import Playbook, soon

FACTS = Facts()
URGENT_PLAYLIST, URGENT = str(UUID(int=501)), 9


def with_override(seq: int, starts_s: float, ends_s: float, numbers: tuple[int, ...] = (1, 2)) -> dict[str, Any]:
    """Return a manifest whose override shows segment 9 between two seconds after the start."""
    made = document(seq, (*numbers, URGENT))
    made["playlists"][0]["items"].pop()
    item = document(1, (URGENT,))["playlists"][0]["items"][0] | {"on_air_ms": 60_000}
    made["playlists"].append({"id": URGENT_PLAYLIST, "name": "khẩn", "items": [item]})
    made["overrides"] = [
        {
            "id": str(UUID(int=700)),
            "playlist_id": URGENT_PLAYLIST,
            "starts_at": format_instant(START + soon(starts_s)),
            "ends_at": format_instant(START + soon(ends_s)),
        }
    ]
    return made


def basis(made: dict[str, Any], facts: Facts = FACTS) -> Basis:
    return Basis(read(sealed(made), KIOSK, PUBLIC).manifest, facts)


def on(made: dict[str, Any], at_s: float) -> Showing:
    return basis(made).at(START + soon(at_s))


def playing(made: dict[str, Any], at_s: float) -> Playbook:
    """Return a kiosk that plays a manifest and has reported at a second after the start."""
    book = Playbook()
    installed = read(sealed(made), KIOSK, PUBLIC)
    book.tell(events.Started(installed, frozenset({*installed.sizes, digest(3), digest(URGENT)}), findings=(CLOCK_OK,)))
    book.link_up()
    book.shown(after_s=at_s)
    return book


def install(book: Playbook, made: dict[str, Any]) -> None:
    envelope = sealed(made)
    book.tell(events.ManifestFetched(envelope))
    book.tell(events.Installed(sha256_hex(envelope)))


def essential_only(seq: int, starts_s: float) -> dict[str, Any]:
    """Return a manifest of which only the second item stays, from a second after the start on."""
    made = document(seq, (1, 2))
    made["playlists"][0]["items"][1]["content_class"] = "essential"
    times = {"starts_at": format_instant(START + soon(starts_s)), "ends_at": format_instant(START + soon(3600))}
    made["essential_only"] = [{"id": str(UUID(int=800)), "reason": "storm", **times}]
    return made


LONG = document(1, (1, 2))
for _item in LONG["playlists"][0]["items"]:
    _item["on_air_ms"] = 30_000
SWAPPED = document(2, (2, 1))


@pytest.mark.parametrize(
    ("before", "after", "at_s", "soon_enough"),
    [
        pytest.param(document(1, (1, 2)), SWAPPED, 1, Takeover.BOUNDARY, id="another order"),
        pytest.param(document(1, (1, 2)), document(2, (3, 2)), 1, Takeover.CUT, id="the item on air was taken out"),
        pytest.param(document(1, (1, 2)), document(2, (1, 3)), 0.5, Takeover.BOUNDARY, id="the next was taken out"),
        pytest.param(document(1, (1, 2)), document(2, (1, 3)), 2.5, Takeover.CUT, id="the next, and it is given out"),
        pytest.param(document(1, (1, 2)), with_override(2, -5, 60), 1, Takeover.CUT, id="an override is on"),
        pytest.param(with_override(1, -5, 60), document(2, (1, 2)), 1, Takeover.CUT, id="an override is lifted"),
        pytest.param(with_override(1, -5, 60), with_override(2, -5, 30), 1, Takeover.SECOND, id="it ends sooner"),
        pytest.param(document(1, (1, 2)), essential_only(2, -5), 1, Takeover.CUT, id="only the essential stays"),
        pytest.param(document(1, (1, 2)), essential_only(2, 60), 1, Takeover.BOUNDARY, id="only later"),
        pytest.param(LONG, essential_only(2, 20), 1, Takeover.SECOND, id="only the essential, within the item"),
        pytest.param(LONG, with_override(2, 20, 60), 1, Takeover.SECOND, id="an override begins within the item"),
        pytest.param(document(1, (1, 2)), with_override(2, 20, 60), 1, Takeover.BOUNDARY, id="it begins later"),
    ],
)
def test_how_soon_a_manifest_takes_over(
    before: dict[str, Any], after: dict[str, Any], at_s: float, soon_enough: Takeover
) -> None:
    now = START + soon(at_s)
    assert how(on(before, at_s), basis(before), basis(after), now) is soon_enough


def test_a_segment_set_aside_must_go() -> None:
    made = document(1, (1, 2))
    aside = Facts(quarantined=frozenset({digest(1)}))
    assert how(on(made, 1), basis(made), basis(made, aside), START + soon(1)) is Takeover.CUT
    assert how(on(made, 5), basis(made), basis(made, aside), START + soon(5)) is Takeover.BOUNDARY


def test_a_cut_shows_what_is_due_and_ends_the_play_when_it_was_covered() -> None:
    book = playing(LONG, 1)
    install(book, with_override(2, -5, 60))
    book.only(do.CutIn)
    book.none(do.RefreshPlayer)
    book.shown(after_s=0.1)
    play = book.only(do.KeepPlay).play
    assert (play.sha256, play.started_at, play.ended_at) == (digest(1), START, START + soon(1.1))
    assert book.state.playback.on_air is not None
    assert book.state.playback.on_air.airing.showing.layer is Layer.OVERRIDE


def test_an_override_that_is_known_begins_on_its_second_without_a_cut() -> None:
    made = with_override(1, 9, 60)
    book = playing(made, 1)
    assert on(made, 8.9).ends_at == START + soon(9)
    assert on(made, 9).sha256 == digest(URGENT)
    for _ in range(12):
        book.shown(after_s=1)
        book.none(do.CutIn, do.RefreshPlayer)


@pytest.mark.parametrize("hour", [0, 3, 23])
def test_the_player_is_renewed_once_a_night_at_the_sites_hour(hour: int) -> None:
    book = Playbook(fresh(renew_hour=hour)).start(installed_seq=4)
    renewed = [
        START + timedelta(seconds=book.seconds, hours=7)
        for _ in range(3 * 24 * 60)
        if any(isinstance(command, do.RenewPlayer) for command in book.tell(events.Tick(), 60))
    ]
    assert [moment.hour for moment in renewed] == [hour] * 3
    assert len({moment.date() for moment in renewed}) == 3


def test_a_player_that_was_just_started_or_whose_clock_is_doubtful_is_not_renewed() -> None:
    young = Playbook(fresh(renew_hour=10)).start(installed_seq=4)
    assert not any(isinstance(command, do.RenewPlayer) for command in young.tick(1800))
    doubtful = Playbook(fresh(renew_hour=12))
    old = held(4)
    doubtful.tell(events.Started(old, frozenset(old.sizes)))
    for _ in range(24 * 60):
        doubtful.tell(events.Tick(), 60)
    assert not any(isinstance(command, do.RenewPlayer) for command in doubtful.log)
