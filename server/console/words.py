"""States as sentences: what a person reads about a panel's link, its receipt, its faults and its readings.

Every function takes values and returns words with a tone; the tone only colours what the words already say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from playlists.daypart import zone
from playlists.fault import CATALOGUE, CheckResult, FaultCode, Severity
from playlists.timeline import Layer
from playlists.wire.messages import Phase, Reading
from server.console.repository import Fleet
from server.console.texts import Texts, mark
from server.publishing.schemas import Receipt, WallPanel
from server.tables import Job, Kiosk, KioskStatus, Panel, Publication
from server.tables.accounts import Role
from server.tables.publishing import PublicationState


class Tone(StrEnum):
    """How a state looks besides its words."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True)
class Said:
    """A state in words."""

    text: str
    tone: Tone = Tone.PLAIN
    name: str = ""


_ROLES = {
    Role.ADMINISTRATOR: mark("Administrator"),
    Role.EDITOR: mark("Editor"),
    Role.TRANSLATOR: mark("Translator"),
    Role.LANGUAGE_REVIEWER: mark("Language reviewer"),
    Role.APPROVER: mark("Approver"),
    Role.DUTY_OFFICER: mark("Duty officer"),
    Role.STATUS_OFFICER: mark("Status officer"),
    Role.TECHNICIAN: mark("Technician"),
    Role.AUDITOR: mark("Auditor"),
    Role.VIEWER: mark("Viewer"),
}
_SEVERITIES = {
    Severity.CRITICAL: mark("critical"),
    Severity.MAJOR: mark("major"),
    Severity.MINOR: mark("minor"),
    Severity.WARNING: mark("warning"),
}
_RANKS = list(Severity)


def role_name(texts: Texts, role: str) -> str:
    """Return the name of a role."""
    name = _ROLES[Role(role)]
    return texts.say(name)


def severity_name(texts: Texts, severity: str) -> str:
    """Return the name of a severity; an unknown one stands for itself."""
    return texts.say(_SEVERITIES[Severity(severity)]) if severity in set(Severity) else severity


def severity_tone(severity: str) -> Tone:
    """Return the colour of a severity."""
    return Tone.BAD if severity in (Severity.CRITICAL, Severity.MAJOR) else Tone.WARN


def fault_name(texts: Texts, code: str) -> str:
    """Return what a fault is called."""
    return texts.pick(CATALOGUE[FaultCode(code)].name) if code in set(FaultCode) else code


def fault_meaning(texts: Texts, code: str) -> str:
    """Return what a fault means for the panel; nothing for a code from a newer kiosk."""
    return texts.pick(CATALOGUE[FaultCode(code)].meaning) if code in set(FaultCode) else ""


def first_step(texts: Texts, code: str) -> str:
    """Return what to do first about a fault."""
    if code in set(FaultCode):
        return texts.pick(CATALOGUE[FaultCode(code)].first_step)
    return texts.say("Look at the kiosk; this server does not know the fault, so it may be older than the kiosk.")


def presence(texts: Texts, kiosk: Kiosk | None, status: KioskStatus | None, now: datetime, tz: ZoneInfo) -> Said:
    """Return whether the kiosk of a panel is there, and since when."""
    if kiosk is None:
        return Said(texts.say("No kiosk yet"), Tone.WARN)
    if kiosk.revoked_at is not None:
        return Said(texts.say("Kiosk shut out since %(when)s", when=texts.when(kiosk.revoked_at, now, tz)), Tone.BAD)
    if kiosk.enrolled_at is None:
        return Said(texts.say("The kiosk is waiting for its enrolment code"), Tone.WARN)
    if status is None or status.changed_at is None:
        return Said(texts.say("Never heard from the kiosk"), Tone.BAD)
    when = texts.when(status.changed_at, now, tz)
    if status.online:
        return Said(texts.say("Online since %(when)s", when=when), Tone.GOOD)
    return Said(texts.say("No contact since %(when)s", when=when), Tone.BAD)


def receipt(texts: Texts, kiosk: Kiosk | None, status: KioskStatus | None) -> Said:
    """Return how far what was published last has come on the kiosk; without contact, as it last said."""
    said = _receipt(texts, kiosk, status.state if status is not None else {})
    if status is None or status.online or said.tone is Tone.PLAIN:
        return said
    return Said(texts.say("Last said: %(what)s", what=said.text), Tone.PLAIN)


def _receipt(texts: Texts, kiosk: Kiosk | None, state: Mapping[str, Any]) -> Said:
    if kiosk is None or kiosk.assigned_seq == 0:
        return Said(texts.say("Nothing published yet"))
    installed, phase = int(state.get("installed_seq") or 0), str(state.get("phase") or "")
    if phase == Phase.REJECTED:
        return Said(texts.say("The kiosk refused the newest publication"), Tone.BAD)
    if phase == Phase.FETCHING:
        got, wanted = state.get("stored_segments") or 0, state.get("wanted_segments") or 0
        return Said(
            texts.say("Fetching the newest publication: %(got)s of %(wanted)s segments", got=got, wanted=wanted)
        )
    if installed >= kiosk.assigned_seq:
        return _newest(texts, installed, is_playing=phase == Phase.PLAYING)
    if installed:
        values = {"seq": installed, "newest": kiosk.assigned_seq}
        return Said(texts.say("Holds no. %(seq)s; no. %(newest)s is assigned, not fetched yet", **values), Tone.WARN)
    return Said(texts.say("Newest publication assigned, not fetched yet"), Tone.WARN)


def _newest(texts: Texts, seq: int, *, is_playing: bool) -> Said:
    if is_playing:
        return Said(texts.say("Plays the newest publication (no. %(seq)s)", seq=seq), Tone.GOOD)
    return Said(texts.say("Newest publication stored, not playing yet"), Tone.WARN)


def fault_count(texts: Texts, severities: Sequence[str]) -> Said | None:
    """Return how many faults are open and the worst severity, or None."""
    if not severities:
        return None
    worst = min(severities, key=lambda one: _RANKS.index(Severity(one)) if one in set(Severity) else len(_RANKS))
    counted = texts.count("%(num)s open fault", "%(num)s open faults", len(severities))
    text = texts.say("%(counted)s, worst: %(worst)s", counted=counted, worst=severity_name(texts, worst))
    return Said(text, severity_tone(worst))


def detail(texts: Texts, subject: str, said: str) -> str:
    """Return what a check said, with what it concerns in front."""
    return ": ".join(words for words in (part(texts, subject), said) if words)


def zone_of(fleet: Fleet, panel: Panel | None) -> ZoneInfo:
    """Return the zone that a panel's times are shown in."""
    return zone(fleet.sites[panel.site_id].time_zone if panel is not None else "Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Progress:
    """A publication in words; `state` is rendering, assigned, playing, waiting (no kiosk) or failed."""

    state: str
    sentence: str
    permille: int
    panels: list[tuple[str, Said]]
    error: str | None = None


def progress(
    texts: Texts, row: Publication, job: Job | None, panels: Sequence[tuple[WallPanel, Kiosk | None]]
) -> Progress:
    """Return how far a publication has come: rendered, then assigned, stored, playing."""
    if row.state == PublicationState.FAILED:
        return Progress(
            "failed", texts.say("This could not be published."), 0, [], row.sentences.get(texts.language, row.error)
        )
    if row.state == PublicationState.RENDERING:
        return Progress(
            "rendering", _rendered(texts, job), (job.progress_permille if job is not None else 0) * 6 // 10, []
        )
    said = [(panel.name, _published(texts, panel, kiosk)) for panel, kiosk in panels]
    driven = [panel for panel, kiosk in panels if kiosk is not None and panel.enrolled]
    playing = sum(panel.online and panel.receipt in _ON_AIR for panel in driven)
    if not driven:
        sentence = texts.say("Prepared. No kiosk drives these panels yet; it plays once one is enrolled.")
        return Progress("waiting", sentence, 1000, said)
    if playing == len(driven):
        return Progress("playing", texts.say("Done: every panel with a kiosk plays it."), 1000, said)
    sentence = texts.say("Assigned; %(playing)s of %(panels)s panels play it", playing=playing, panels=len(driven))
    return Progress("assigned", sentence, 600 + 400 * playing // len(driven), said)


_RENDERED = re.compile(r"rendered (\d{1,6}) of (\d{1,6})")
"""How the publishing job says how far its segments are."""


def _rendered(texts: Texts, job: Job | None) -> str:
    counts = _RENDERED.search(job.message) if job is not None else None
    if counts is None:
        return texts.say("Asked for. Segments are being prepared.")
    return texts.say("%(ready)s of %(wanted)s segments rendered", ready=counts[1], wanted=counts[2])


_RECEIPTS = {
    Receipt.NONE: (mark("not assigned yet"), Tone.PLAIN),
    Receipt.ASSIGNED: (mark("assigned, the kiosk has not stored it yet"), Tone.PLAIN),
    Receipt.STORED: (mark("stored and verified on the kiosk"), Tone.PLAIN),
    Receipt.PLAYING: (mark("playing"), Tone.GOOD),
    Receipt.SEEN: (mark("playing, and seen on the panel"), Tone.GOOD),
    Receipt.REJECTED: (mark("refused by the kiosk"), Tone.BAD),
}

_ON_AIR = frozenset({Receipt.PLAYING, Receipt.SEEN})


def _published(texts: Texts, panel: WallPanel, kiosk: Kiosk | None) -> Said:
    if kiosk is None or not panel.enrolled:
        return Said(texts.say("no kiosk yet"), Tone.WARN)
    sentence, tone = _RECEIPTS[panel.receipt]
    if not panel.online and panel.receipt in _ON_AIR:
        return Said(texts.say("played it when last heard from; no contact now"), Tone.WARN)
    if not panel.online and panel.receipt in (Receipt.NONE, Receipt.ASSIGNED):
        return Said(texts.say("assigned; the kiosk has no contact and will fetch it when it is back"), Tone.WARN)
    return Said(texts.say(sentence), tone)


def _millis(span: Any) -> int:
    return max(0, int(span.total_seconds() * 1000))


_LAYERS = {
    Layer.DARK: mark("Dark, outside operating hours"),
    Layer.SAFE_LOOP: mark("The kiosk's safe loop"),
    Layer.OVERRIDE: mark("An urgent playlist, above the schedule"),
    Layer.SCHEDULE: mark("By the schedule"),
    Layer.DEFAULT: mark("Default playlist, because nothing else is planned"),
}


def layer_words(texts: Texts, layer: str) -> str:
    """Return where a picture comes from."""
    return texts.say(_LAYERS[Layer(layer)]) if layer in set(Layer) else layer


_CHECKS = {
    "boot": mark("How it began to run"),
    "boot_loop": mark("Restarts"),
    "cabinet_door": mark("Cabinet doors"),
    "cabinet_fan": mark("Cabinet fans"),
    "cabinet_humidity": mark("Cabinet humidity"),
    "cabinet_ribbon": mark("Ribbon cables"),
    "cabinet_smoke": mark("Smoke in cabinets"),
    "clock": mark("Clock"),
    "clock_battery": mark("Clock's battery"),
    "cpu_fan": mark("Kiosk's fan"),
    "cpu_temperature": mark("Processor temperature"),
    "cpu_throttled": mark("Processor's speed"),
    "disk_space": mark("Free storage"),
    "disk_writable": mark("Writing to storage"),
    "ethernet": mark("Network cable"),
    "file_system": mark("File system"),
    "hdmi": mark("HDMI"),
    "in_step": mark("Item changes against the clock"),
    "kiosk_door": mark("Lid of the kiosk's box"),
    "light_sensor": mark("Kiosk's light sensor"),
    "mains": mark("Mains power"),
    "memory": mark("Free memory"),
    "mobile": mark("Mobile network"),
    "panel_brightness": mark("Panel brightness"),
    "panel_card": mark("Receiving cards"),
    "panel_controller": mark("LED controller"),
    "panel_light": mark("Ambient light"),
    "panel_map": mark("Map of the cabinets"),
    "panel_picture": mark("What the LED cards show"),
    "panel_port": mark("Controller's output ports"),
    "panel_redundancy": mark("Backup line"),
    "panel_session": mark("Controller's session"),
    "panel_signal": mark("Picture signal at the controller"),
    "panel_temperature": mark("Hottest cabinet"),
    "panel_voltage": mark("Lowest cabinet voltage"),
    "player": mark("Player"),
    "under_voltage": mark("Supply voltage"),
    "player_drops": mark("Frames not shown in time"),
    "pmic_temperature": mark("Power circuit"),
    "storage_wear": mark("Wear of the storage"),
    "versions": mark("Versions"),
    "wifi": mark("Wi-Fi"),
}
_HIDDEN_UNITS = frozenset({"frames"})
"""Counts that only programs need."""


def check_name(texts: Texts, check: str) -> str:
    """Return what a check is called."""
    return texts.say(_CHECKS[check]) if check in _CHECKS else check.replace("_", " ")


def reading(texts: Texts, one: Reading) -> Said:
    """Return one health reading in words."""
    name = check_name(texts, one.check)
    value = (
        f"{texts.number(one.value_milli)} {one.unit}".strip()
        if one.value_milli is not None and one.unit not in _HIDDEN_UNITS
        else ""
    )
    if one.result is CheckResult.OK:
        verdict, tone = texts.say("in order"), Tone.GOOD
    elif one.result is CheckResult.FAULT:
        verdict, tone = texts.say("fault"), Tone.BAD
    else:
        verdict, tone = texts.say("unknown, cannot be read"), Tone.WARN
    name = f"{name}: {part(texts, one.subject)}" if one.subject else name
    return Said(f"{value} · {verdict}" if value else verdict, tone, name)


_PART = re.compile(r"(port|card|fan|voltage|door) (\d{1,5})")
_PARTS = {
    "port": mark("port %(number)s"),
    "card": mark("card %(number)s"),
    "fan": mark("fan %(number)s"),
    "voltage": mark("voltage %(number)s"),
    "door": mark("door %(number)s"),
}


def part(texts: Texts, subject: str) -> str:
    """Return a panel's part as people call it: `port 1 card 2` in the reader's words; anything else as it is."""
    found = _PART.findall(subject)
    if not found or " ".join(f"{word} {number}" for word, number in found) != subject:
        return subject
    return ", ".join(texts.say(_PARTS[word], number=number) for word, number in found)
