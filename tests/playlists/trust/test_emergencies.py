"""Emergencies, by the rule that holds them: V16, and those that it leans on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from playlists.trust.chain import recheck
from playlists.trust.emergency import DRILL_FRAME
from playlists.trust.rules import Rule
from playlists.trust.showing import emergencies, pictures
from playlists.trust.take import take_release, take_withdrawal
from playlists.trust.trusted import Clock, Trusted, from_bytes
from playlists.trust.warn import take_emergency
from tests.playlists.trust import making as m
from tests.playlists.trust.making import CLOCK, NOW, sha
from tests.playlists.trust.refusal import refused


def test_v16_a_duty_officer_shows_a_template(stocked: Trusted) -> None:
    taken = take_emergency(stocked, m.emergency(), CLOCK)
    (one,) = emergencies(taken, CLOCK)
    assert pictures(taken, one) == {sha(f"flood-{language}") for language in ("vi", "en", "zh")}
    assert one.frame is None


@pytest.mark.parametrize("status", ["exercise", "test"])
def test_v16_a_drill_always_has_its_frame(stocked: Trusted, status: str) -> None:
    (one,) = emergencies(take_emergency(stocked, m.emergency(status=status), CLOCK), CLOCK)
    assert one.frame == DRILL_FRAME


def test_v16_free_words_take_two_officers(stocked: Trusted) -> None:
    refused(Rule.V5_SIGNERS, take_emergency, stocked, m.free_text(who=("dung",)), CLOCK)
    refused(Rule.V5_SIGNERS, take_emergency, stocked, m.free_text(who=("dung", "an")), CLOCK)
    taken = take_emergency(stocked, m.free_text(), CLOCK)
    assert pictures(taken, emergencies(taken, CLOCK)[0]) == {sha(f"free-{one}") for one in ("vi", "en", "zh")}


def test_v16_the_cap_role_shows_templates_only(stocked: Trusted) -> None:
    assert emergencies(take_emergency(stocked, m.emergency(("cap",), by="cap"), CLOCK), CLOCK)
    refused(Rule.V16_EMERGENCY, take_emergency, stocked, m.free_text(("cap", "dung"), by="cap"), CLOCK)
    refused(Rule.V5_SIGNERS, take_emergency, stocked, m.emergency(("cap",)), CLOCK)


def test_v16_the_cap_role_is_off_unless_the_root_has_it() -> None:
    roles = {name: role for name, role in m.root_fields()["roles"].items() if name != "cap"}
    trusted = take_release(m.fresh(roles=roles), m.template_release(), CLOCK)
    refused(Rule.V5_SIGNERS, take_emergency, trusted, m.emergency(("cap",), by="cap"), CLOCK)


@pytest.mark.parametrize("who", ["server", "an", "giang", "outsider", "root-a"])
def test_v16_nobody_else_raises_an_emergency(stocked: Trusted, who: str) -> None:
    refused(Rule.V5_SIGNERS, take_emergency, stocked, m.emergency((who,)), CLOCK)
    refused(Rule.V5_SIGNERS, take_emergency, stocked, m.emergency((who,), by="server"), CLOCK)


@pytest.mark.parametrize(
    "fields",
    [
        {"expires_at": m.moment(timedelta(hours=25))},
        {"expires_at": m.moment()},
        {"expires_at": None},
        {"headlines": {"vi": "Lũ", "en": "Flood"}},
        {"headlines": {"vi": "Lũ", "en": "Flood", "zh": ""}},
        {"headlines": {"vi": "Lũ", "en": "Flood", "fr": "Crue"}},
        {"status": "draft"},
        {"status": "Actual"},
        {"message": "update"},
        {"references": ["flood-6"]},
        {"release": None},
        {"text": "free"},
        {"by": "server"},
        {"pictures": [m.segment("own", "vi")]},
        {"text": "free", "release": None, "pictures": [m.segment("own", "vi"), m.segment("own-2", "en")]},
        {"message": "cancel", "release": None},
    ],
)
def test_v16_an_emergency_of_a_wrong_form(stocked: Trusted, fields: dict[str, Any]) -> None:
    refused(Rule.V16_EMERGENCY, take_emergency, stocked, m.emergency(("dung", "em"), **fields), CLOCK)


def test_v16_an_emergency_ends_by_itself(stocked: Trusted) -> None:
    taken = take_emergency(stocked, m.emergency(), CLOCK)
    assert emergencies(taken, Clock(NOW + timedelta(hours=6))) == ()
    refused(Rule.V16_EMERGENCY, take_emergency, stocked, m.emergency(), Clock(NOW + timedelta(hours=7)))


def test_v16_an_emergency_survives_a_restart(stocked: Trusted) -> None:
    taken = from_bytes(take_emergency(stocked, m.emergency(), CLOCK).to_bytes())
    assert [one.id for one in emergencies(recheck(taken), CLOCK)] == ["flood-7"]


def test_v16_a_template_has_to_be_here(fresh: Trusted) -> None:
    refused(Rule.V15_RELEASED_ONLY, take_emergency, fresh, m.emergency(), CLOCK)
    notice = m.release("hours")
    taken = take_release(fresh, notice, CLOCK)
    refused(Rule.V15_RELEASED_ONLY, take_emergency, taken, m.emergency(release=m.digest(notice)), CLOCK)


def test_v16_a_template_speaks_three_languages(fresh: Trusted) -> None:
    two = m.release(segments=[m.segment("a", "vi"), m.segment("b", "en")], template="flash-flood-1")
    refused(Rule.V16_EMERGENCY, take_release, fresh, two, CLOCK)


def test_v16_one_officer_ends_what_two_began(stocked: Trusted) -> None:
    taken = take_emergency(stocked, m.free_text(), CLOCK)
    taken = take_emergency(taken, m.cancel("flood-7"), CLOCK)
    assert emergencies(taken, CLOCK) == ()


def test_v16_what_was_ended_does_not_come_back(stocked: Trusted) -> None:
    taken = take_emergency(take_emergency(stocked, m.emergency(), CLOCK), m.cancel("flood-7"), CLOCK)
    refused(Rule.V9_NUMBER, take_emergency, taken, m.emergency(), CLOCK)
    refused(Rule.V9_NUMBER, take_emergency, taken, m.emergency(seq=2), CLOCK)


def test_v16_an_end_that_overtakes_its_beginning(stocked: Trusted) -> None:
    taken = take_emergency(stocked, m.cancel("flood-7"), CLOCK)
    refused(Rule.V9_NUMBER, take_emergency, taken, m.emergency(), CLOCK)


def test_v16_two_warnings_in_the_wrong_order_both_show(stocked: Trusted) -> None:
    taken = take_emergency(stocked, m.emergency(id="b", seq=9, severity="minor"), CLOCK)
    taken = take_emergency(taken, m.emergency(id="a", seq=3, severity="extreme"), CLOCK)
    assert [one.id for one in emergencies(taken, CLOCK)] == ["a", "b"]


def test_v16_an_update_takes_the_place_of_what_it_names(stocked: Trusted) -> None:
    taken = take_emergency(stocked, m.emergency(), CLOCK)
    taken = take_emergency(taken, m.emergency(id="flood-8", message="update", references=["flood-7"]), CLOCK)
    assert [one.id for one in emergencies(taken, CLOCK)] == ["flood-8"]
    refused(Rule.V9_NUMBER, take_emergency, taken, m.emergency(seq=5), CLOCK)


def test_v16_the_cap_role_ends_only_its_own(stocked: Trusted) -> None:
    taken = take_emergency(stocked, m.emergency(), CLOCK)
    refused(Rule.V16_EMERGENCY, take_emergency, taken, m.cancel("flood-7", who=("cap",), by="cap"), CLOCK)
    own = take_emergency(stocked, m.emergency(("cap",), by="cap"), CLOCK)
    assert emergencies(take_emergency(own, m.cancel("flood-7", who=("cap",), by="cap"), CLOCK), CLOCK) == ()


def test_v16_the_cap_role_forestalls_no_warning(stocked: Trusted) -> None:
    taken = take_emergency(stocked, m.cancel("flood-7", who=("cap",), by="cap"), CLOCK)
    assert emergencies(take_emergency(taken, m.emergency(), CLOCK), CLOCK)


def test_v16_what_was_ended_stays_so_for_warnings_dated_ahead(stocked: Trusted) -> None:
    ahead = m.emergency(issued_at=m.moment(timedelta(hours=20)), expires_at=m.moment(timedelta(hours=43)))
    taken = take_emergency(take_emergency(stocked, ahead, CLOCK), m.cancel("flood-7"), CLOCK)
    later = Clock(NOW + timedelta(hours=42))
    taken = take_emergency(
        taken,
        m.emergency(id="other", issued_at=m.moment(timedelta(hours=41)), expires_at=m.moment(timedelta(hours=50))),
        later,
    )
    refused(Rule.V9_NUMBER, take_emergency, taken, ahead, later)


def test_v11_a_template_has_its_window(stocked: Trusted) -> None:
    later = timedelta(days=31)
    said: dict[str, Any] = {"issued_at": m.moment(later), "expires_at": m.moment(later + timedelta(hours=1))}
    refused(Rule.V11_WINDOW, take_emergency, stocked, m.emergency(**said), Clock(NOW + later))


def test_v16_withdrawn_pictures_are_not_in_an_emergency_either(stocked: Trusted) -> None:
    taken = take_emergency(stocked, m.emergency(), CLOCK)
    taken = take_withdrawal(taken, m.withdrawal(sha("flood-vi")), CLOCK)
    assert sha("flood-vi") not in pictures(taken, emergencies(taken, CLOCK)[0])


def test_v16_what_an_update_ended_stays_ended_for_who_was_away(stocked: Trusted) -> None:
    away = take_emergency(stocked, m.emergency(expires_at=m.moment(timedelta(hours=10))), CLOCK)
    clear = m.emergency(
        id="clear-8", message="update", references=["flood-7"], expires_at=m.moment(timedelta(minutes=10))
    )
    later = Clock(NOW + timedelta(hours=1))
    taken = take_emergency(away, clear, later)
    assert emergencies(taken, later) == ()
    refused(Rule.V9_NUMBER, take_emergency, taken, m.emergency(seq=2, expires_at=m.moment(timedelta(hours=9))), later)
    assert emergencies(from_bytes(taken.to_bytes()), later) == ()


def test_v16_an_update_of_the_unknown_that_is_over_shows_nothing(stocked: Trusted) -> None:
    later = Clock(NOW + timedelta(hours=1))
    ends = m.emergency(
        id="clear-8", message="update", references=["flood-7"], expires_at=m.moment(timedelta(minutes=10))
    )
    taken = take_emergency(stocked, ends, later)
    assert emergencies(taken, later) == ()
    refused(Rule.V9_NUMBER, take_emergency, taken, m.emergency(expires_at=m.moment(timedelta(hours=9))), later)
    by_machine = take_emergency(
        stocked,
        m.emergency(
            ("cap",),
            by="cap",
            id="c",
            message="update",
            references=["flood-7"],
            expires_at=m.moment(timedelta(minutes=10)),
        ),
        later,
    )
    assert "flood-7" not in by_machine.ended, "the role cap cannot forestall a warning"
