"""What a survey means: readings and faults of controller, ports, cards and cabinets. Values in, values out.

What cannot be told is unknown with the reason; a port that is down speaks for its cards, and a controller that is
not reached for everything behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple, TypeVar

from kiosk_agent.core.finding import Finding
from kiosk_agent.panel import limits
from kiosk_agent.panel.profile import CabinetSpec, PanelProfile
from kiosk_agent.panel.settle import FINE, RULES, Memory, Standing, settle
from kiosk_agent.panel.survey import Cabinet, Card, Link, Place, Survey, Unknown
from playlists.fault import CATALOGUE, CheckResult, FaultCode, Severity

ValueT = TypeVar("ValueT")
NOT_MAPPED = Unknown("the panel's profile names no cabinets")
LEAST_CARDS_OF_A_PORT = 2


class Reading(NamedTuple):
    """One reading of one part. `bad` is how bad it is, None when all is well."""

    check: str
    code: FaultCode
    subject: str
    bad: Severity | Unknown | None
    detail: str = ""
    value_milli: int | None = None
    unit: str = ""


_COUNTED = frozenset({"panel_card", "panel_port"})
_HIGHEST = frozenset({"panel_temperature", "cabinet_humidity"})


def judge(
    survey: Survey,
    fresh: Collection[Place],
    profile: PanelProfile,
    memory: Memory,
    mono_s: float,
    wanted: int | None = None,
) -> tuple[tuple[Finding, ...], Memory]:
    """Return findings and memory after a survey.

    Args:
        survey: what was said; its cards are those last heard of.
        fresh: the cards that were asked in this round; the others are not judged again.
        profile: what the site says of the panel.
        memory: what stood before.
        mono_s: monotonic seconds.
        wanted: the brightness that the kiosk has set, 0 to 255; None: it sets none.
    """
    if survey.link is not Link.ANSWERS:
        fresh = [spec.place for spec in profile.cabinets]
        survey = replace(survey, cards=dict.fromkeys(fresh, Card(Unknown(survey.reason))))
    found: list[Finding] = []
    after: dict[tuple[FaultCode, str], Standing] = dict(memory)
    for reading in _readings(survey, fresh, profile, memory, wanted):
        key = (reading.code, reading.subject)
        standing = after.get(key, FINE)
        if not isinstance(reading.bad, Unknown):
            standing = settle(standing, RULES[reading.code], reading.bad, reading.detail, mono_s)
            after[key] = standing
        found.append(_finding(reading, standing))
    return tuple(found), after


def summaries(parts: Iterable[Finding], profile: PanelProfile) -> tuple[Finding, ...]:
    """Return one line a check over all its parts: the worst result, and the value that matters most."""
    by_check: dict[str, list[Finding]] = {}
    for found in parts:
        if found.subject:
            by_check.setdefault(found.check, []).append(found)
    lines = [_line(check, found) for check, found in sorted(by_check.items())]
    if not profile.cabinets:
        lines.append(Finding("panel_card", CheckResult.UNKNOWN, detail=NOT_MAPPED.reason))
    return tuple(lines)


def _line(check: str, parts: list[Finding]) -> Finding:
    results = [found.result for found in parts]
    good = results.count(CheckResult.OK)
    worst = next((one for one in (CheckResult.FAULT, CheckResult.UNKNOWN) if one in results), CheckResult.OK)
    detail = "" if worst is CheckResult.OK else f"{good} of {len(parts)} are in order"
    if check in _COUNTED:
        return Finding(check, worst, None, detail, good * 1000)
    values = [found.value_milli for found in parts if found.value_milli is not None]
    value = None if not values else max(values) if check in _HIGHEST else min(values)
    return Finding(check, worst, None, detail, value, parts[0].unit if values else "")


def _finding(reading: Reading, standing: Standing) -> Finding:
    def found(result: CheckResult, detail: str) -> Finding:
        severity = standing.severity if standing.severity is not CATALOGUE[reading.code].severity else None
        return Finding(
            reading.check,
            result,
            reading.code,
            detail,
            reading.value_milli,
            reading.unit,
            reading.subject,
            severity,
            settled=True,
        )

    if isinstance(reading.bad, Unknown):
        return found(CheckResult.UNKNOWN, reading.bad.reason)
    if standing.severity is not None:
        return found(CheckResult.FAULT, reading.detail if reading.bad else standing.detail)
    if reading.bad is not None:
        return found(CheckResult.UNKNOWN, f"seen {standing.against} times, not yet long enough: {reading.detail}")
    return found(CheckResult.OK, "")


def _readings(
    survey: Survey, fresh: Collection[Place], profile: PanelProfile, memory: Memory, wanted: int | None
) -> Iterator[Reading]:
    yield from _controller(survey)
    yield _signal(survey)
    yield _backup(survey)
    yield _brightness(survey, wanted)
    by_port: dict[int, list[CabinetSpec]] = {}
    for spec in profile.cabinets:
        by_port.setdefault(spec.place.port, []).append(spec)
    for port, specs in sorted(by_port.items()):
        asked = [spec for spec in specs if spec.place in fresh and spec.place in survey.cards]
        down = _port_is_down(survey, specs) if len(specs) >= LEAST_CARDS_OF_A_PORT else False
        if asked and len(specs) >= LEAST_CARDS_OF_A_PORT:
            yield _port(port, down)
        for spec in asked:
            card = survey.cards[spec.place]
            if down is True:
                card = Card(Unknown(f"the whole port {port + 1} is down"))
            yield from _card(spec, card, profile, memory)


def _controller(survey: Survey) -> Iterator[Reading]:
    alone, silent = survey.link is Link.LEFT_ALONE, survey.link is Link.SILENT
    why = Unknown(survey.reason)
    gone, taken = why if alone else silent, why if alone or silent else survey.link is Link.CONTENDED
    yield _switch("panel_controller", FaultCode.CONTROLLER_OFFLINE, "", gone, survey.reason)
    yield _switch("panel_session", FaultCode.CONTROLLER_CONTENDED, "", taken, survey.reason)


def _signal(survey: Survey) -> Reading:
    fact = _reached(survey, survey.signal)
    missing = fact if isinstance(fact, Unknown) else not fact
    return _switch("panel_signal", FaultCode.PANEL_SIGNAL_MISSING, "", missing, "no picture comes in at the controller")


def _backup(survey: Survey) -> Reading:
    fact = _reached(survey, survey.backup_ports)
    runs = fact if isinstance(fact, Unknown) else bool(fact)
    ports = "" if isinstance(fact, Unknown) else ", ".join(str(port + 1) for port in sorted(fact))
    detail = f"port {ports} runs as the backup"
    return _switch("panel_redundancy", FaultCode.PANEL_REDUNDANCY_ACTIVE, "", runs, detail)


def _brightness(survey: Survey, wanted: int | None) -> Reading:
    code, fact = FaultCode.PANEL_BRIGHTNESS_MISMATCH, _reached(survey, survey.brightness)
    if isinstance(fact, Unknown):
        return Reading("panel_brightness", code, "", fact)
    percent = fact * 100_000 // 255
    if survey.dims_itself is True:
        detail = "the controller follows a light sensor of its own and undoes what is set"
        return Reading("panel_brightness", code, "", CATALOGUE[code].severity, detail, percent, "%")
    bad = None
    if wanted is not None and abs(fact - wanted) > limits.BRIGHTNESS_TOLERANCE:
        bad = CATALOGUE[code].severity
    detail = f"the cards have {fact} of 255 where {wanted} was set"
    return Reading("panel_brightness", code, "", bad, detail, percent, "%")


def _port_is_down(survey: Survey, specs: Iterable[CabinetSpec]) -> bool | Unknown:
    answers = [card.answers for spec in specs if (card := survey.cards.get(spec.place)) is not None]
    if any(one is True for one in answers):
        return False
    if not answers or any(isinstance(one, Unknown) for one in answers):
        return Unknown("its cards were not asked")
    return True


def _port(port: int, down: bool | Unknown) -> Reading:
    return _switch("panel_port", FaultCode.PANEL_PORT_DOWN, f"port {port + 1}", down, "none of its cards answers")


def _card(spec: CabinetSpec, card: Card, profile: PanelProfile, memory: Memory) -> Iterator[Reading]:
    subject, where = spec.place.subject, f"cabinet in row {spec.row}, column {spec.column}"
    gone = card.answers if isinstance(card.answers, Unknown) else not card.answers
    detail = f"{where}: its receiving card does not answer"
    yield _switch("panel_card", FaultCode.PANEL_CARD_OFFLINE, subject, gone, detail)
    if card.answers is False:
        silent = Unknown("its receiving card does not answer")
        card = Card(silent, silent, silent, silent)
    elif isinstance(card.answers, Unknown):
        card = Card(card.answers, card.answers, card.answers, card.answers)
    yield _heat(subject, where, card.temperature_milli, memory)
    yield from _volts(subject, where, card.voltage_milli, profile, memory)
    yield from _cabinet(spec, where, card.cabinet, memory)


def _heat(subject: str, where: str, fact: int | Unknown, memory: Memory) -> Reading:
    code = FaultCode.PANEL_TEMPERATURE
    if isinstance(fact, Unknown):
        return Reading("panel_temperature", code, subject, fact)
    bad = limits.degree(fact, limits.HEAT_MILLI, memory.get((code, subject), FINE).severity)
    detail = f"{where}: {fact / 1000:.1f} °C"
    return Reading("panel_temperature", code, subject, bad, detail, fact, "°C")


def _volts(subject: str, where: str, fact: int | Unknown, profile: PanelProfile, memory: Memory) -> Iterator[Reading]:
    low, high = FaultCode.PANEL_VOLTAGE_LOW, FaultCode.PANEL_VOLTAGE_HIGH
    if isinstance(fact, Unknown):
        yield Reading("panel_voltage", low, subject, fact)
        return
    detail = f"{where}: {fact / 1000:.1f} V"
    is_low = limits.low_voltage(fact, profile.usual_millivolts, memory.get((low, subject), FINE).severity)
    is_high = limits.degree(fact, limits.HIGH_MILLIVOLTS, memory.get((high, subject), FINE).severity)
    # two codes share one line of the health message: the last one wins, so what is wrong comes last
    codes = ((high, is_high), (low, is_low)) if is_high is None else ((low, is_low), (high, is_high))
    for code, bad in codes:
        yield Reading("panel_voltage", code, subject, bad, detail, fact, "V")


def _cabinet(spec: CabinetSpec, where: str, fact: Cabinet | Unknown, memory: Memory) -> Iterator[Reading]:
    subject, channels = spec.place.subject, spec.channels
    cabinet = Cabinet(fact, fact, fact, (fact,) * 4, (), (fact,) * 2, fact) if isinstance(fact, Unknown) else fact
    for fan in channels.fans:
        yield _fan(f"{subject} fan {fan.fan}", where, _at(cabinet.fans_rpm, fan.fan), fan.nominal_rpm)
    for door in channels.doors:
        is_open = _at(cabinet.doors_open, door)
        part = f"{subject} door {door}"
        yield _switch("cabinet_door", FaultCode.CABINET_DOOR, part, is_open, f"{where}: the door is open")
    if channels.smoke:
        detail = f"{where}: the smoke sensor has tripped"
        yield _switch("cabinet_smoke", FaultCode.CABINET_SMOKE, subject, cabinet.smoke, detail)
    if channels.humidity:
        yield _damp(subject, where, cabinet.humidity_percent, memory)
    if channels.ribbons:
        yield _ribbons(subject, where, cabinet.ribbons_open, channels.ribbons)


def _switch(check: str, code: FaultCode, subject: str, is_bad: bool | Unknown, detail: str) -> Reading:
    bad = is_bad if isinstance(is_bad, Unknown) else CATALOGUE[code].severity if is_bad else None
    return Reading(check, code, subject, bad, detail)


def _fan(subject: str, where: str, fact: int | Unknown, nominal_rpm: int) -> Reading:
    code = FaultCode.CABINET_FAN
    if isinstance(fact, Unknown):
        return Reading("cabinet_fan", code, subject, fact)
    slow = fact * 100 < nominal_rpm * limits.FAN_LEAST_PERCENT
    detail = f"{where}: {fact} of {nominal_rpm} turns a minute"
    return Reading("cabinet_fan", code, subject, CATALOGUE[code].severity if slow else None, detail, fact * 1000, "rpm")


def _damp(subject: str, where: str, fact: int | Unknown, memory: Memory) -> Reading:
    code = FaultCode.CABINET_HUMIDITY
    if isinstance(fact, Unknown):
        return Reading("cabinet_humidity", code, subject, fact)
    bad = limits.degree(fact, limits.DAMP_PERCENT, memory.get((code, subject), FINE).severity)
    return Reading("cabinet_humidity", code, subject, bad, f"{where}: {fact} % humidity", fact * 1000, "%")


def _ribbons(subject: str, where: str, fact: int | Unknown, lines: Iterable[int]) -> Reading:
    code = FaultCode.PANEL_RIBBON
    if isinstance(fact, Unknown):
        return Reading("cabinet_ribbon", code, subject, fact)
    broken = [line for line in lines if fact >> line - 1 & 1]
    detail = f"{where}: open lines {', '.join(map(str, broken[:16]))}"
    return Reading("cabinet_ribbon", code, subject, CATALOGUE[code].severity if broken else None, detail)


def _at(values: tuple[ValueT, ...], number: int) -> ValueT | Unknown:
    return values[number - 1] if number <= len(values) else Unknown("the monitoring card does not have it")


def _reached(survey: Survey, fact: ValueT | Unknown) -> ValueT | Unknown:
    return fact if survey.link is Link.ANSWERS else Unknown(survey.reason)
