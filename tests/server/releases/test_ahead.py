"""A revision whose time comes later is on its kiosks before, and on no panel until then; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playlists.manifest import Manifest
from playlists.trust.release import Release
from playlists.trust.showing import Rest, rest, shown
from playlists.trust.trusted import Clock, Source
from server.db import now
from server.publishing.build import Urgent, with_urgent
from tests.server.releases.stage import Kiosk, Stage, later


def taken(manifest: Manifest) -> set[str]:
    return {take.sha256 for one in manifest.playlists for item in one.items for take in item.takes}


def held(manifest: Manifest) -> set[str]:
    return {one.sha256 for one in manifest.segments}


def coming(stage: Stage) -> tuple[Kiosk, Manifest, Manifest, set[str]]:
    """A notice on air whose next revision begins in two hours; before, after, and the new pictures."""
    panel, kiosk = stage.panel(64, 32)
    notice = stage.notice()
    stage.play(panel, notice)
    stage.release(notice)
    first = stage.shown_by(kiosk, notice)
    stage.edit(notice)
    shown_one = stage.release(notice, not_before=later(hours=2), show_until=later(days=9))
    payload = stage.client.get(f"/api/v1/releases/{shown_one['id']}/payload").content
    fresh = {one.sha256 for one in Release.read(payload).segments}
    second = kiosk.until(lambda manifest: fresh <= held(manifest))
    return kiosk, first, second, fresh


def test_it_is_fetched_ahead_and_shown_no_earlier(stage: Stage) -> None:
    kiosk, first, second, fresh = coming(stage)
    assert taken(second) == taken(first)
    assert held(second) == held(first) | fresh
    assert len(second.releases) == 2
    assert not fresh & shown(kiosk.trusted, Clock(now()))
    assert fresh <= shown(kiosk.trusted, Clock(now() + timedelta(hours=3)))


def test_a_wrong_clock_shows_nothing_before_its_time(stage: Stage) -> None:
    kiosk, _, _, fresh = coming(stage)
    wrong = [
        Clock(datetime(1970, 1, 1, tzinfo=UTC)),
        Clock(datetime(1970, 1, 1, tzinfo=UTC), Source.UNKNOWN),
        Clock(now() + timedelta(days=3), Source.UNKNOWN),
    ]
    for clock in wrong:
        assert not fresh & shown(kiosk.trusted, clock)
        assert all(rest(kiosk.trusted, one, clock) in (Rest.NOT_YET, Rest.CLOCK_UNKNOWN) for one in fresh)


def test_an_override_meanwhile_keeps_what_was_fetched(stage: Stage) -> None:
    _, _, second, fresh = coming(stage)
    urgent = with_urgent(second, Urgent(), second.seq + 1, now())
    assert fresh <= held(urgent)
    assert taken(urgent) == taken(second)


def test_what_is_withdrawn_is_fetched_no_longer(stage: Stage) -> None:
    panel, kiosk = stage.panel(64, 32)
    notice = stage.notice()
    stage.play(panel, notice)
    stage.release(notice)
    first = stage.shown_by(kiosk, notice)
    stage.edit(notice)
    stage.release(notice, not_before=later(hours=2), show_until=later(days=9))
    stage.release(notice, show_until=later(days=20))
    newest = kiosk.until(lambda manifest: not taken(manifest) & taken(first))
    assert not held(first) & held(newest)
