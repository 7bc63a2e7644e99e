"""Every code of the catalogue: made true at a device, told after its delay, kept beneath its cause, gone when mended.

And the sentences that a technician reads of it, on the page, in three languages.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from kiosk_agent.panel.line import TcpLine
from playlists.alarm.causes import FOLLOWS
from playlists.alarm.judge import ACTIVE, Phase
from playlists.alarm.rule import rule_of
from playlists.fault import CATALOGUE, FaultCode
from server.accounts import service as accounts
from server.accounts.schemas import UserNew
from server.app import create_app
from server.db import Database
from server.settings import Settings
from server.tables import User
from server.tables.accounts import Role
from simulator.led.novastar import Controller
from simulator.led.serving import Bus, Controllers
from simulator.led.wall import wall
from tests.catalogue import of_computer, of_panel, of_player, of_server
from tests.catalogue.scenario import Parts, Scenario
from tests.catalogue.world import Clock, World, forget, make_place
from tests.conftest import ON_SQLITE
from tests.entering import open_login

SCENARIOS: dict[FaultCode, Scenario] = {
    **of_computer.SCENARIOS,
    **of_player.SCENARIOS,
    **of_panel.SCENARIOS,
    **of_server.SCENARIOS,
}
CAUSES = {
    code: next(
        (cause for cause in FaultCode if code in FOLLOWS.get(cause, ()) and cause is not FaultCode.SITE_OFFLINE), None
    )
    for code in FaultCode
}
"""One cause of each code that can follow from another; a whole site is a cause with a scenario of its own."""


@dataclass
class Stage:
    """The server without its own looks, in virtual time, and a technician's browser."""

    database: Database
    clock: Clock
    app: FastAPI
    loop: BlockingPortal
    token: str
    reader: UUID

    def page(self, alarm_id: UUID, language: str) -> str:
        """Return an alarm's row as somebody reads it who has chosen a language."""
        with self.database.write() as session:
            session.get_one(User, self.reader).language = language
        return self.loop.call(self._page, f"/faults/{alarm_id}/row")

    async def _page(self, path: str) -> str:
        headers = {"Authorization": f"Bearer {self.token}"}
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://server", headers=headers) as client:
            answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)


@pytest.fixture(scope="module")
def stage(database: Database, settings: Settings) -> Iterator[Stage]:
    clock = Clock()
    new = UserNew(username="ky.thuat", display_name="Kỹ thuật viên", role=Role.ADMINISTRATOR, agency_id=None)
    with database.write() as session:
        user, _ = accounts.add_user(session, new, temporary=False)
        token = open_login(session, user.id)
    with start_blocking_portal() as loop:  # in a thread of its own: a browser's driver may keep a loop in this one
        yield Stage(database, clock, create_app(settings, clock), loop, token, user.id)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A folder, and a simulated LED controller with two ports of four cards."""
    bus = Bus(Controller(wall((4, 4)), absent_delay_s=0.0))
    with Controllers(bus) as doors:
        yield Parts(tmp_path, bus, partial(TcpLine, "127.0.0.1", doors.tcp().port))


@pytest.fixture
def live(stage: Stage, parts: Parts) -> Callable[[Scenario], World]:
    def begin(scenario: Scenario) -> World:
        stage.clock.seconds = 0.0
        forget(stage.database)
        world = World(stage.database, stage.clock, scenario.make(parts), make_place(stage.database))
        world.run(scenario.settle_s)
        return world

    return begin


def test_there_is_a_scenario_for_every_code() -> None:
    assert set(SCENARIOS) == set(FaultCode)


@ON_SQLITE
@pytest.mark.parametrize("code", list(FaultCode))
def test_a_code_is_told_after_its_delay_in_three_languages_and_goes_when_mended(
    code: FaultCode, stage: Stage, live: Callable[[Scenario], World]
) -> None:
    scenario, rule, known = SCENARIOS[code], rule_of(code), CATALOGUE[code]
    world = live(scenario)
    assert code not in world.told()
    scenario.breaks(world)
    world.until(lambda: world.is_active(code))
    world.until(lambda: code in world.told(), 120)
    row = world.alarm(code)
    assert row is not None
    assert row.active_at is not None
    assert (row.active_at - row.since_at).total_seconds() == rule.on_delay_s
    seen = {}
    for language in ("vi", "en", "zh"):
        page = stage.page(row.id, language)
        texts = [getattr(said, language) for said in (known.name, known.meaning, known.first_step)]
        assert [text for text in texts if text not in page] == []
        seen[language] = tuple(texts)
    assert all(all(text.strip() for text in texts) for texts in seen.values())
    assert len(set(seen.values())) == 3
    scenario.mends(world)
    world.until(lambda: not world.is_raised(code), 4000)
    world.run(rule.off_delay_s + 10)
    after = world.alarm(code)
    assert after is not None
    assert (Phase(after.phase) in ACTIVE) == rule.is_latched


@ON_SQLITE
@pytest.mark.parametrize("code", list(FaultCode))
def test_a_code_is_kept_beneath_its_cause_and_nothing_else_hides_it(
    code: FaultCode, live: Callable[[Scenario], World]
) -> None:
    scenario, cause = SCENARIOS[code], CAUSES[code]
    world = live(scenario)
    scenario.breaks(world)
    world.until(lambda: world.is_raised(code))
    other = cause or FaultCode.SEGMENT_QUARANTINED
    subject = _part_of(world, code, other)
    if other is not code:
        world.also(other, subject)
    world.until(lambda: world.is_active(code) and world.is_active(other))
    world.run(70)
    row, above = world.alarm(code), world.alarm(other)
    assert row is not None
    assert above is not None
    if cause is None:
        assert row.cause_id is None
        assert code in world.told()
    else:
        assert row.cause_id == above.id
        assert world.told() & {code, cause} == {cause}


@ON_SQLITE
def test_a_kiosk_of_a_site_that_is_gone_is_kept_beneath_the_site(live: Callable[[Scenario], World]) -> None:
    world = live(SCENARIOS[FaultCode.SITE_OFFLINE])
    SCENARIOS[FaultCode.SITE_OFFLINE].breaks(world)
    world.until(lambda: world.is_active(FaultCode.SITE_OFFLINE))
    world.run(70)
    assert world.told() == {FaultCode.SITE_OFFLINE}


def _part_of(world: World, code: FaultCode, cause: FaultCode) -> str:
    """Return the part at which a cause explains an alarm: its port, its card, or the kiosk as a whole."""
    row = world.alarm(code)
    words = row.subject.split() if row is not None else []
    if cause is FaultCode.PANEL_PORT_DOWN:
        return " ".join(words[:2])
    return " ".join(words[:4]) if cause is FaultCode.PANEL_CARD_OFFLINE else ""
