"""The wall's cards: each panel with its picture, what is on and in which language, and how it is, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playlists.daypart import zone
from playlists.instant import format_instant
from playlists.language import fold
from playlists.timeline import Layer
from playlists.wire.messages import OnScreen
from server.console import words
from server.console.repository import Fleet
from server.console.texts import Texts
from server.console.words import Said, Tone
from server.publishing.schemas import PlannedShown, WallPanel

FRESH_CAPTURE = timedelta(seconds=20)
"""A capture this young is shown in the place of the expected picture."""


@dataclass(frozen=True)
class Card:
    """A panel in words, as a template shows it."""

    id: str
    name: str
    site: str
    width: int
    height: int
    kiosk: bool
    away: bool
    now: str
    language: str | None
    until: str | None
    """When to look again, RFC 3339."""
    until_words: str | None
    why: str | None
    presence: Said
    receipt: Said
    faults: Said | None
    picture: str | None
    alt: str
    picture_note: str | None
    no_picture: str
    notice_id: str | None = None
    """The notice that is on, or due: it can be taken off the air from here."""


def card(texts: Texts, panel: WallPanel, fleet: Fleet, now: datetime) -> Card:
    """Return one panel's card."""
    kiosk, status = fleet.kiosks.get(panel.panel_id), fleet.statuses.get(panel.panel_id)
    tz = zone(fleet.sites[panel.site_id].time_zone)
    shows, reported = _shows(panel, now)
    title = _title(texts, shows, reported=reported)
    language = shows.language if shows is not None else None
    picture, note = _picture(texts, panel, shows, now, tz)
    return Card(
        id=str(panel.panel_id),
        name=panel.name,
        site=panel.site_name,
        width=panel.width,
        height=panel.height,
        kiosk=panel.kiosk_id is not None,
        away=panel.enrolled and not panel.online,
        now=title,
        language=texts.language_name(language) if language else None,
        until=format_instant(shows.ends_at) if shows is not None else None,
        until_words=_until(texts, shows, now, tz),
        why=words.layer_words(texts, shows.layer) if shows is not None else None,
        presence=words.presence(texts, kiosk, status, now, tz),
        receipt=words.receipt(texts, kiosk, status),
        faults=words.fault_count(texts, fleet.severities.get(panel.panel_id, [])),
        picture=picture,
        alt=texts.say("Picture of %(panel)s: %(title)s", panel=panel.name, title=title),
        picture_note=note,
        no_picture=_no_picture(texts, shows),
        notice_id=str(panel.planned.notice_id) if panel.planned is not None and panel.planned.notice_id else None,
    )


def summary(texts: Texts, panels: Sequence[WallPanel], fleet: Fleet) -> str:
    """Return the wall in one sentence: how many panels, how many without contact, how many with faults."""
    if not panels:
        return ""
    counted = texts.count("%(num)s panel", "%(num)s panels", len(panels))
    states = Counter("on" if panel.online else "off" for panel in panels if panel.enrolled)
    parts = [counted]
    if states["off"]:
        parts.append(texts.say("%(number)s without contact", number=states["off"]))
    elif states["on"]:
        parts.append(texts.say("all kiosks online"))
    faults = sum(len(fleet.severities.get(panel.panel_id, [])) for panel in panels)
    parts.append(
        texts.count("%(num)s open fault", "%(num)s open faults", faults) if faults else texts.say("no open faults")
    )
    return " · ".join(parts)


def matches(panel: WallPanel, q: str, site_slug: str, fleet: Fleet) -> bool:
    """Tell whether a panel is sought, by site and by words of its name or site, accents and case apart."""
    if site_slug and fleet.sites[panel.site_id].slug != site_slug:
        return False
    text = fold(f"{panel.name} {panel.site_name} {panel.slug}")
    return all(word in text for word in fold(q).split())


def _shows(panel: WallPanel, now: datetime) -> tuple[OnScreen | PlannedShown | None, bool]:
    on_screen = panel.on_screen
    if panel.online and on_screen is not None and on_screen.ends_at > now - timedelta(seconds=2):
        return on_screen, True
    return panel.planned, False


def _title(texts: Texts, shows: OnScreen | PlannedShown | None, *, reported: bool) -> str:
    if shows is None:
        return texts.say("Nothing is planned")
    if shows.title:
        return shows.title if reported else texts.say("Planned: %(title)s", title=shows.title)
    return words.layer_words(texts, shows.layer)


def _until(texts: Texts, shows: OnScreen | PlannedShown | None, now: datetime, tz: ZoneInfo) -> str | None:
    if shows is None or shows.layer == Layer.SAFE_LOOP:
        return None
    if shows.ends_at - now < timedelta(hours=1):
        return texts.say("until %(clock)s", clock=texts.clock(shows.ends_at, tz, seconds=True))
    if shows.ends_at.astimezone(tz).date() == now.astimezone(tz).date():
        return texts.say("until %(clock)s", clock=texts.clock(shows.ends_at, tz))
    return texts.say("until %(clock)s", clock=texts.stamp(shows.ends_at, tz))


def _no_picture(texts: Texts, shows: OnScreen | PlannedShown | None) -> str:
    if shows is not None and shows.layer == Layer.SAFE_LOOP:
        return texts.say("No playlist is chosen for this panel, so its kiosk plays its own safe loop")
    if shows is not None and shows.layer == Layer.DARK:
        return texts.say("Dark, outside operating hours")
    return texts.say("No picture until something is published")


def _picture(
    texts: Texts, panel: WallPanel, shows: OnScreen | PlannedShown | None, now: datetime, tz: ZoneInfo
) -> tuple[str | None, str | None]:
    captured = panel.capture_at
    young = captured is not None and now - captured < FRESH_CAPTURE
    if panel.capture_url is not None and captured is not None and young and _is_of(captured, shows):
        at = texts.clock(captured, tz, seconds=True)
        return f"{panel.capture_url}?t={captured.timestamp():.0f}", texts.say("Captured at %(clock)s", clock=at)
    if shows is None or shows.layer in (Layer.SAFE_LOOP, Layer.DARK):
        return None, None
    note = None if panel.online else texts.say("As planned; not confirmed by the kiosk")
    return f"{panel.expected_url}?t={shows.starts_at.timestamp():.0f}", note


def _is_of(captured: datetime, shows: OnScreen | PlannedShown | None) -> bool:
    """Tell whether a capture shows what is named beside it, not the item before."""
    return shows is None or captured >= shows.starts_at


__all__ = ["Card", "Tone", "card", "matches", "summary"]
