"""The set of running alerts: late, twice, in the wrong order, by others, as drills."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from playlists.cap.accept import Feed
from playlists.cap.active import MOST_KNOWN, PATIENCE, Active, Outcome, apply, overdue, running
from playlists.cap.alert import Alert
from playlists.cap.rules import CapRule, Refused
from playlists.trust.emergency import DRILL_FRAME
from tests.playlists.cap.making import NOW, alert, follows, infos

FIRST, SECOND, THIRD = (f"2026-08-14T15:0{minute}:00+07:00" for minute in (1, 2, 3))
A = alert(identifier="a", sent=FIRST)
B = follows("b", SECOND, ("a", FIRST))
C = follows("c", THIRD, ("a", FIRST), ("b", SECOND))
END = follows("end", THIRD, ("a", FIRST), ("b", SECOND), message="Cancel")


def after(*alerts: Alert) -> Active:
    """The set after alerts came in; what is refused changes nothing."""
    state = Active()
    for one in alerts:
        try:
            state, _ = apply(state, one, NOW)
        except Refused:
            continue
    return state


def ids(state: Active) -> list[str]:
    return [one.alert.identifier for one in running(state, NOW)]


def refusal(state: Active, one: Alert) -> CapRule:
    with pytest.raises(Refused) as caught:
        apply(state, one, NOW)
    return caught.value.rule


def test_an_update_takes_the_place_of_what_it_names() -> None:
    assert ids(after(A)) == ["a"]
    assert ids(after(A, B)) == ["b"]
    assert ids(after(A, B, C)) == ["c"]


def test_a_cancellation_ends_what_it_names() -> None:
    state, outcome = apply(after(A, B), END, NOW)
    assert (outcome, ids(state)) == (Outcome.ENDED, [])


def test_the_same_alert_again_changes_nothing() -> None:
    state = after(A)
    assert apply(state, A, NOW)[1] is Outcome.TWICE
    assert ids(apply(state, A, NOW)[0]) == ["a"]


def test_c16_another_alert_under_a_known_name() -> None:
    assert refusal(after(A), alert(infos(headline="Khác"), identifier="a", sent=FIRST)) is CapRule.C16_TWICE


@pytest.mark.parametrize("order", list(permutations((A, B, C))), ids=lambda one: "".join(x.identifier for x in one))
def test_the_last_word_holds_in_whatever_order_they_come(order: tuple[Alert, ...]) -> None:
    assert ids(after(*order)) == ["c"]


@pytest.mark.parametrize("order", list(permutations((A, B, END))))
def test_an_end_holds_in_whatever_order_they_come(order: tuple[Alert, ...]) -> None:
    assert ids(after(*order)) == []


def test_c17_an_older_update_that_comes_late() -> None:
    state = after(A, follows("c", THIRD, ("a", FIRST)))
    assert refusal(state, B) is CapRule.C17_LATE


def test_c17_an_alert_that_was_ended_before_it_came() -> None:
    assert refusal(after(A, END), B) is CapRule.C17_LATE


def test_c15_an_update_waits_for_what_it_names_and_is_taken_then() -> None:
    state, outcome = apply(Active(), B, NOW)
    assert (outcome, ids(state), overdue(state, NOW)) == (Outcome.PARKED, [], ())
    state, outcome = apply(state, A, NOW + timedelta(minutes=1))
    assert (outcome, ids(state), state.parked) == (Outcome.TAKEN, ["b"], ())


def test_c15_after_ten_minutes_a_person_decides() -> None:
    state, _ = apply(Active(), B, NOW)
    state, _ = apply(state, B, NOW + timedelta(minutes=9))
    assert overdue(state, NOW + timedelta(minutes=9)) == ()
    assert overdue(state, NOW + PATIENCE) == (B,)


def test_others_neither_change_nor_end_an_alert() -> None:
    theirs = "other@example.vn"
    for message in ("Update", "Cancel"):
        stolen = alert(
            None, sender=theirs, identifier="x", sent=SECOND, msgType=message, references=f"duty@example.vn,a,{FIRST}"
        )
        assert refusal(after(A), stolen) is CapRule.C14_REFERENCES
    own = alert(None, sender=theirs, identifier="a", sent=FIRST)
    assert ids(after(A, own)) == ["a", "a"]


@pytest.mark.parametrize("message", ["Update", "Cancel"])
@pytest.mark.parametrize("status", ["Exercise", "Test"])
def test_c25_a_drill_touches_nothing_real(message: str, status: str) -> None:
    drill = follows("x", SECOND, ("a", FIRST), message=message, status=status)
    assert refusal(after(A), drill) is CapRule.C25_DRILL
    trained = alert(identifier="a", sent=FIRST, status=status)
    assert refusal(after(trained), follows("x", SECOND, ("a", FIRST), message=message)) is CapRule.C25_DRILL
    assert len(after(trained, drill).known) == 2


def test_alerts_end_by_themselves() -> None:
    state = after(A)
    assert running(state, NOW + timedelta(hours=6)) == ()
    assert apply(state, alert(identifier="later", sent=SECOND), NOW)[0].known.keys() == {
        ("duty@example.vn", "a"),
        ("duty@example.vn", "later"),
    }


def test_the_most_serious_come_first_and_drills_last() -> None:
    made = [
        alert(infos(severity="Minor"), identifier="minor", sent=THIRD),
        alert(infos(severity="Extreme"), identifier="drill", sent=THIRD, status="Exercise"),
        alert(infos(severity="Severe", urgency="Future"), identifier="soon", sent=FIRST),
        alert(infos(severity="Severe"), identifier="older", sent=FIRST),
        alert(infos(severity="Severe"), identifier="newer", sent=SECOND),
        alert(infos(severity="Extreme"), identifier="worst", sent=FIRST),
    ]
    state = after(*made)
    assert ids(state) == ["worst", "newer", "older", "soon", "minor", "drill"]
    assert [one.frame for one in running(state, NOW)] == [None] * 5 + [DRILL_FRAME]


def test_the_set_does_not_grow_without_end() -> None:
    first = after(A)
    crowd = {("x", str(number)): first.known["duty@example.vn", "a"] for number in range(MOST_KNOWN + 5)}
    state, _ = apply(Active(known=crowd), B, NOW, Feed())
    assert len(state.known) <= MOST_KNOWN
    later = alert(infos(expires=None), identifier="d", sent="2026-08-30T15:00:00+07:00")
    state, _ = apply(first, later, NOW + timedelta(days=16), Feed(lacks_ends=True))
    assert ("duty@example.vn", "a") not in state.known
