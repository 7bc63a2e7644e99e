"""Emergencies on the panel, told step by step: which picture is due, for how long, and what is said of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kiosk_agent.core import commands as do
from kiosk_agent.core import events
from kiosk_agent.core.trust import Kind
from playlists.instant import format_instant
from playlists.timeline import Layer, at
from playlists.wire.messages import Phase, State
from playlists.wire.topics import Up
from tests.kiosk_agent import trusting as t
from tests.kiosk_agent.making import CLOCK_OK, START, digest, document, moment
from tests.kiosk_agent.rooted import Kiosk
from tests.playlists.trust import making as m

VI, EN, ZH = (digest(number) for number in t.TEMPLATE.values())


def shown(kiosk: Kiosk) -> tuple[str, bool] | None:
    """What is laid over the stream: the picture, and whether it has the drill's frame."""
    asked = [one for one in kiosk.log if isinstance(one, do.ShowWarning)]
    picture = asked[-1].picture if asked else None
    assert picture == kiosk.state.warnings.up
    return None if picture is None else (picture.sha256, picture.framed)


def turns(kiosk: Kiosk, seconds: int) -> list[tuple[str, bool] | None]:
    """What is up in each of the next seconds."""
    found = []
    for _ in range(seconds):
        found.append(shown(kiosk))
        kiosk.hear(events.Tick(), 1)
    return found


def state(kiosk: Kiosk) -> State:
    told = [one.message for one in kiosk.log if isinstance(one, do.Publish) and one.leaf is Up.STATE]
    assert isinstance(told[-1], State)
    return told[-1]


def seen(kiosk: Kiosk) -> None:
    kiosk.frames += 25
    kiosk.hear(events.PlayerReported(None, None, kiosk.frames, player="software", warning_seen=True))


def test_it_is_up_in_the_step_that_stored_it_and_its_languages_take_turns() -> None:
    kiosk = Kiosk().playing()
    said = kiosk.give(Kind.EMERGENCY, t.emergency())
    order = [type(one) for one in said if isinstance(one, do.KeepTrust | do.ShowWarning)]
    assert order == [do.KeepTrust, do.ShowWarning]
    assert turns(kiosk, 10) == [(VI, False)] * 3 + [(EN, False)] * 3 + [(ZH, False)] * 3 + [(VI, False)]


def test_it_ends_by_itself() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency(expires_at=t.at(seconds=30)))
    kiosk.tick(29)
    assert shown(kiosk) is not None
    kiosk.hear(events.Tick(), 2)
    assert shown(kiosk) is None


def test_it_survives_a_restart_without_a_link() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency())
    again = Kiosk(kiosk.state.trust.acted)
    again.seconds = 100
    again.hear(events.Started(kiosk.state.installed, kiosk.state.stored, findings=(CLOCK_OK,), trusted=again.pinned))
    assert shown(again) in {(VI, False), (EN, False), (ZH, False)}
    again.hear(events.Tick(), 7 * 3600)
    assert shown(again) is None


def test_it_lights_a_panel_that_is_dark_by_plan() -> None:
    kiosk = Kiosk().begin()
    panel = document(1)["panel"] | {"operating_hours": []}
    kiosk.hear(events.ManifestFetched(t.manifest(1, 1, 2, releases=list(kiosk.documents.values()), panel=panel)))
    assert kiosk.state.installed is not None
    assert at(kiosk.state.installed.manifest, kiosk.state.facts, moment(kiosk.seconds).wall).layer is Layer.DARK
    kiosk.give(Kind.EMERGENCY, t.emergency())
    assert shown(kiosk) == (VI, False)


@pytest.mark.parametrize("status", ["exercise", "test"])
def test_an_exercise_always_has_the_kiosks_own_frame(status: str) -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency(status=status))
    assert shown(kiosk) == (VI, True)


@pytest.mark.parametrize("order", [1, -1])
def test_more_serious_ones_go_first_and_real_ones_before_exercises(order: int) -> None:
    kiosk = Kiosk().playing()
    documents = [
        t.emergency(id="drill", status="exercise", severity="extreme", urgency="immediate"),
        t.emergency(id="wind", severity="minor"),
        t.emergency(id="flood", severity="severe"),
    ][::order]
    kiosk.give(Kind.EMERGENCY, *documents)
    for name in ("flood", "wind", "drill"):
        assert kiosk.state.warnings.up_id == name
        kiosk.give(Kind.EMERGENCY, t.cancel(name, id=f"{name}-end"))
    assert shown(kiosk) is None


def test_equally_serious_ones_take_turns() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency(id="flood-a"), t.emergency(id="flood-b"))
    ids = []
    for _ in range(18):
        ids.append(kiosk.state.warnings.up_id)
        kiosk.hear(events.Tick(), 1)
    assert ids == [ids[0]] * 9 + [ids[9]] * 9
    assert set(ids) == {"flood-a", "flood-b"}


def test_all_clear_uncovers_what_the_playlist_shows() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency())
    kiosk.give(Kind.EMERGENCY, t.cancel("flood-7"))
    assert shown(kiosk) is None
    for _ in range(2):
        kiosk.give(Kind.EMERGENCY, t.cancel("flood-7"))
    assert kiosk.rules == [], "the all clear may come any number of times"
    kiosk.give(Kind.EMERGENCY, t.emergency())
    assert kiosk.rules == ["V9"]
    assert shown(kiosk) is None


def test_an_update_takes_its_place() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency())
    kiosk.give(Kind.EMERGENCY, t.emergency(id="flood-8", message="update", references=["flood-7"]))
    assert kiosk.state.warnings.up_id == "flood-8"
    assert [one.id for one in kiosk.trust.emergencies] == ["flood-8"]


def free(**fields: Any) -> bytes:
    own = [t.segment(number, language) for number, language in ((81, "vi"), (82, "en"), (83, "zh"))]
    return t.emergency(("dung", "em"), **{"text": "free", "release": None, "pictures": own} | fields)


def test_free_words_bring_their_own_pictures_which_are_fetched_first() -> None:
    kiosk = Kiosk().playing()
    said = kiosk.give(Kind.EMERGENCY, free())
    assert [one.sha256 for one in said if isinstance(one, do.DownloadSegment)] == [digest(81), digest(82), digest(83)]
    assert shown(kiosk) == (digest(81), False)


def test_one_officers_free_words_are_not_shown() -> None:
    kiosk = Kiosk().playing()
    own = [t.segment(number, language) for number, language in ((81, "vi"), (82, "en"), (83, "zh"))]
    kiosk.give(Kind.EMERGENCY, t.emergency(("dung", "dung"), text="free", release=None, pictures=own))
    assert kiosk.rules == ["V5"]
    assert shown(kiosk) is None


def test_a_withdrawn_picture_is_left_out_and_a_withdrawn_template_ends_it() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency())
    kiosk.give(Kind.WITHDRAWAL, t.withdrawal(EN))
    assert set(turns(kiosk, 12)) == {(VI, False), (ZH, False)}
    kiosk.give(Kind.WITHDRAWAL, t.withdrawal(m.digest(t.template())))
    assert shown(kiosk) is None


def test_a_damaged_picture_gives_way_to_the_others_and_is_fetched_again() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency())
    up = kiosk.state.warnings.up
    assert up is not None
    said = kiosk.hear(events.WarningFailed(up, "it cannot be read", VI))
    assert [one.sha256 for one in said if isinstance(one, do.DownloadSegment)] == [VI]
    kiosk.hear(events.Tick(), 1)
    assert {one[0] for one in turns(kiosk, 12) if one} == {VI, EN, ZH}


def test_the_acknowledgement_is_what_was_seen() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency())
    assert [(one.id, one.shown_since_at) for one in kiosk.trust.emergencies] == [("flood-7", None)]
    kiosk.seconds += 0.4
    seen(kiosk)
    (told,) = kiosk.trust.emergencies
    assert told.seq == 1
    assert told.shown_since_at == moment(kiosk.seconds).wall
    first = told.shown_since_at
    kiosk.hear(events.Tick(), 5)
    seen(kiosk)
    assert kiosk.trust.emergencies[0].shown_since_at == first
    on_screen = state(kiosk).on_screen
    assert on_screen is not None
    assert (on_screen.layer, on_screen.title) == ("emergency", "Cảnh báo lũ quét")
    assert on_screen.sha256 in {VI, EN, ZH}
    assert state(kiosk).phase is Phase.PLAYING


def test_what_lies_beneath_does_not_count_as_played() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency())
    kiosk.shown(after_s=1)
    begun = len([one for one in kiosk.log if isinstance(one, do.KeepPlay)])
    for _ in range(20):
        kiosk.shown(after_s=1)
    assert len([one for one in kiosk.log if isinstance(one, do.KeepPlay)]) == begun


def test_a_player_that_starts_anew_is_given_the_picture_again() -> None:
    kiosk = Kiosk().playing()
    kiosk.give(Kind.EMERGENCY, t.emergency())
    kiosk.hear(events.PlayerFailed("it died"))
    said = kiosk.hear(events.Tick(), 10)
    assert [type(one) for one in said if isinstance(one, do.StartPlayer | do.ShowWarning)] == [
        do.StartPlayer,
        do.ShowWarning,
    ]
    assert shown(kiosk) is not None


def test_an_emergency_without_a_picture_for_this_panel_shows_nothing_and_says_so() -> None:
    kiosk = Kiosk().begin()
    wide = [t.segment(number, language) | {"profile": "768x384p25-nf1"} for language, number in t.TEMPLATE.items()]
    other = t.template(segments=wide)
    kiosk.documents[m.digest(other)] = other
    kiosk.hear(events.ManifestFetched(t.manifest(1, 1, releases=[t.release(1), other])))
    kiosk.give(Kind.EMERGENCY, t.emergency(release=m.digest(other)))
    assert shown(kiosk) is None
    assert [(one.id, one.shown_since_at) for one in kiosk.trust.emergencies] == [("flood-7", None)]


def test_many_at_once_are_told_up_to_the_wires_limit() -> None:
    kiosk = Kiosk().playing()
    for number in range(20):
        issued = START + timedelta(milliseconds=number)
        kiosk.give(Kind.EMERGENCY, t.emergency(id=f"flood-{number}", issued_at=format_instant(issued)))
    assert len(kiosk.trust.emergencies) == 16
