"""Looks after one controller: asks in rounds, judges, dims, shows pictures, and leaves the session to technicians.

`turn` is one step at a given moment and does all the work; a thread of its own calls it, so that the agent's loop
never waits for a controller.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kiosk_agent.core.backoff import RESTED
from kiosk_agent.core.commands import LeaveController, ShowPicture
from kiosk_agent.core.finding import Finding
from kiosk_agent.core.moment import Moment
from kiosk_agent.panel import brightness, limits
from kiosk_agent.panel.brightness import Dimmer, Surroundings
from kiosk_agent.panel.judge import judge, summaries
from kiosk_agent.panel.picture import Shown
from kiosk_agent.panel.port import Done, Order
from kiosk_agent.panel.profile import PanelProfile
from kiosk_agent.panel.rounds import Rounds
from kiosk_agent.panel.settle import Memory
from kiosk_agent.panel.survey import Card, Controller, Failure, Link, Place, Shows, Survey, Unknown
from playlists import cabinets
from playlists.cabinets import Cabinet
from playlists.fault import CheckResult, FaultCode
from playlists.sun import Place as Site
from playlists.sun import height_degrees

log = logging.getLogger(__name__)
ROUND_S = 10.0
CONTENDED_WAIT_S = 30.0
LONGEST_LEAVE_S = 7200
WAKE_S = 1.0
STUCK_S = 180.0
Key = tuple[str, FaultCode | None, str]
SunDegrees = Callable[[Site, datetime], float]
"""The sun's height above the horizon of a place at an aware time."""


class Caretaker:
    """One controller's caretaker."""

    def __init__(
        self,
        controller: Controller,
        profile: PanelProfile,
        folder: Path,
        *,
        sun: SunDegrees = height_degrees,
        kernel_lux: Callable[[], int | None] = lambda: None,
        round_s: float = ROUND_S,
        stuck_s: float = STUCK_S,
    ) -> None:
        self._controller, self._profile = controller, profile
        self._sun, self._kernel_lux = sun, kernel_lux
        self._round_s, self._stuck_s = round_s, stuck_s
        self._shown = Shown(controller, folder, black_without_signal=profile.on_signal_loss == "black")
        self._rounds = Rounds([spec.place for spec in profile.cabinets])
        self._cards: Mapping[Place, Card] = {}
        self._memory: Memory = {}
        self._parts: dict[Key, Finding] = {}
        self._findings: tuple[Finding, ...] = (
            Finding("panel_controller", CheckResult.UNKNOWN, detail="it was not asked yet"),
        )
        self._map = _map(profile)
        self._dimmer = Dimmer()
        self._commanded: int | None = None
        self._next_round_s = float("-inf")
        self._retry = RESTED
        self._left_until_s: float | None = None
        self._orders: queue.SimpleQueue[tuple[Order, Done]] = queue.SimpleQueue()
        self._clock_trusted = False
        self._wake, self._stopping = threading.Event(), False
        self._thread: threading.Thread | None = None
        self._turned_s = time.monotonic()

    @property
    def name(self) -> str:
        """The controller's adapter."""
        return self._controller.name

    def start(self) -> Caretaker:
        """Run in a thread until `close`."""
        self._thread = threading.Thread(target=self._run, name="panel", daemon=True)
        self._thread.start()
        return self

    def read(self, *, clock_trusted: bool = False) -> tuple[Finding, ...]:
        """Return the newest findings."""
        self._clock_trusted = clock_trusted
        if self._thread is not None and time.monotonic() - self._turned_s > self._stuck_s:
            reason = f"the controller's line has hung for more than {self._stuck_s:.0f} s"
            self._say(_all_unknown(self._findings, reason))
        return self._findings

    def obey(self, order: Order, done: Done) -> None:
        """Do an order in the next step."""
        self._orders.put((order, done))
        self._wake.set()

    def close(self) -> None:
        """End the thread, and an ordered picture with it."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(5)

    def turn(self, now: Moment) -> None:
        """Do what is due at a moment."""
        self._obey_orders(now)
        if self._left_until_s is not None and now.mono_s < self._left_until_s:
            self._judge(Survey(Link.LEFT_ALONE, "the controller is left to a technician"), (), now)
            return
        self._left_until_s = None
        if now.mono_s >= self._next_round_s and self._retry.due(now.mono_s):
            self._next_round_s = now.mono_s + self._round_s
            self._round(now)
        self._shown.mind(now.mono_s)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(WAKE_S)
            self._wake.clear()
            try:
                self.turn(_moment())
            except Exception as error:  # a controller's surprise must not end the thread that looks after it
                log.exception("a step of the panel's caretaker failed")
                self._say(_all_unknown(self._findings, f"the caretaker failed: {error}"))
            self._turned_s = time.monotonic()
        self._shown.end(time.monotonic())

    def _obey_orders(self, now: Moment) -> None:
        while not self._orders.empty():
            order, done = self._orders.get()
            match order:
                case ShowPicture():
                    done(self._show(order, now))
                case LeaveController():
                    done(self._leave(order.seconds, now))

    def _show(self, order: ShowPicture, now: Moment) -> str | None:
        if self._left_until_s is not None and now.mono_s < self._left_until_s:
            return "the controller is left to a technician; take it back first"
        return self._shown.order(order.picture, order.seconds, now.mono_s)

    def _leave(self, seconds: int, now: Moment) -> str | None:
        self._shown.end(now.mono_s)
        self._left_until_s = now.mono_s + min(seconds, LONGEST_LEAVE_S)
        self._next_round_s, self._retry = float("-inf"), RESTED
        return None

    def _round(self, now: Moment) -> None:
        asked = self._rounds.due(now.mono_s)
        survey = self._controller.survey(asked)
        if survey.link is Link.CONTENDED:
            self._retry = self._retry.failed(now.mono_s, now.chance, CONTENDED_WAIT_S)
        else:
            self._retry = RESTED
        if survey.link is Link.ANSWERS:
            self._rounds.note(survey.cards, now.mono_s)
            self._shown.note_signal(survey.signal)
            self._shown.note_shows(survey.shows, now.mono_s)
        self._cards = {**self._cards, **survey.cards}
        self._judge(survey, tuple(asked), now)
        if survey.link is Link.ANSWERS and self._shown.is_video:
            self._dim(survey, now)

    def _judge(self, survey: Survey, asked: tuple[Place, ...], now: Moment) -> None:
        whole = replace(survey, cards=self._cards)
        wanted = self._commanded if self._profile.brightness is not None else None
        found, self._memory = judge(whole, asked, self._profile, self._memory, now.mono_s, wanted)
        self._parts |= {(one.check, one.code, one.subject): one for one in found}
        parts = tuple(self._parts.values())
        self._say((*parts, *summaries(parts, self._profile), self._picture(survey), *self._light(survey)))

    def _say(self, findings: tuple[Finding, ...]) -> None:
        findings = (*(one for one in findings if one.check != cabinets.CHECK), *self._map)
        if findings != self._findings:
            self._findings = findings

    def _picture(self, survey: Survey) -> Finding:
        if survey.link is not Link.ANSWERS or isinstance(survey.shows, Unknown):
            reason = survey.shows.reason if isinstance(survey.shows, Unknown) and not survey.reason else survey.reason
            return Finding("panel_picture", CheckResult.UNKNOWN, detail=reason)
        if (survey.shows is Shows.VIDEO) is self._shown.is_video:
            return Finding("panel_picture", CheckResult.OK)
        wanted = "the video" if self._shown.is_video else "a picture of the controller"
        detail = f"a card says {survey.shows}, where {wanted} was asked for"
        return Finding("panel_picture", CheckResult.FAULT, detail=detail)

    def _light(self, survey: Survey) -> tuple[Finding, ...]:
        if self._profile.light_sensor == "none":
            return ()
        lux = self._lux(survey)
        if isinstance(lux, Unknown):
            return (Finding("panel_light", CheckResult.UNKNOWN, detail=lux.reason),)
        return (Finding("panel_light", CheckResult.OK, value_milli=lux * 1000, unit="lx"),)

    def _lux(self, survey: Survey) -> int | Unknown:
        if self._profile.light_sensor == "controller":
            return survey.light_lux if survey.link is Link.ANSWERS else Unknown(survey.reason)
        lux = self._kernel_lux()
        return Unknown("the kiosk has no light sensor that can be read") if lux is None else lux

    def _dim(self, survey: Survey, now: Moment) -> None:
        policy = self._profile.brightness
        if policy is None or survey.dims_itself is True:
            return
        if not isinstance(survey.brightness, Unknown):
            known, actual = self._dimmer.level, survey.brightness
            if known is None or abs(known - actual) > limits.BRIGHTNESS_TOLERANCE:
                self._dimmer = replace(self._dimmer, level=actual)
        lux = self._lux(survey)
        height = self._sun(policy.place, now.wall) if policy.place is not None and self._clock_trusted else None
        known_lux = None if isinstance(lux, Unknown) else lux
        around = Surroundings(now.wall, now.mono_s, self._clock_trusted, known_lux, height)
        self._dimmer, level, _ = brightness.decide(policy, self._dimmer, around)
        if level is None:
            return
        try:
            self._controller.set_brightness(level)
        except Failure as error:
            log.info("the brightness was not set: %s", error)
            return
        self._dimmer, self._commanded = brightness.wrote(self._dimmer, level, now.mono_s), level


def _map(profile: PanelProfile) -> tuple[Finding, ...]:
    """Return where the cabinets are, which is known whether the controller answers or not."""
    if not profile.cabinets:
        return ()
    places = [Cabinet(one.port, one.card, one.row, one.column) for one in profile.cabinets]
    text, count = cabinets.write(places), len(places) * 1000
    if text is None:
        reason = "the cabinets stand too irregularly for a drawing"
        return (Finding(cabinets.CHECK, CheckResult.UNKNOWN, detail=reason, value_milli=count),)
    return (Finding(cabinets.CHECK, CheckResult.OK, detail=text, value_milli=count),)


def _all_unknown(findings: tuple[Finding, ...], reason: str) -> tuple[Finding, ...]:
    return tuple(replace(one, result=CheckResult.UNKNOWN, detail=reason, value_milli=None) for one in findings)


def _moment() -> Moment:
    return Moment(datetime.now(UTC), time.monotonic(), random.SystemRandom().random())
