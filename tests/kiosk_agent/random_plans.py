"""Random plans of one panel, edited step by step as an office would, and written as manifests."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from playlists.instant import format_instant
from playlists.manifest import Manifest
from tests.kiosk_agent.making import KIOSK, PROFILE, digest, sealed

ALL_DAYS = [1, 2, 3, 4, 5, 6, 7]
LANGUAGES = ["vi", "en", "zh"]
_ROTATIONS = ["per_item", "per_loop", "weighted", "mul"]
_HOURS = [("00:00", "24:00"), ("05:00", "22:00"), ("sunrise-00:30", "sunset+02:00")]
_RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY={day}",
    "FREQ=MONTHLY;BYMONTHDAY=-1,{date}",
    "FREQ=HOURLY;INTERVAL=7",
]
_PLAYLISTS = 5
_CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


class Office:
    """One panel's plan as the server holds it; every edit makes the next manifest."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.seq = 0
        self.made = 1000
        self.entries: list[dict[str, Any]] = []
        self.overrides: list[dict[str, Any]] = []
        self.quiet: list[dict[str, Any]] = []
        self.hours = _HOURS[0]
        self.quotas: dict[str, int] = {}
        self.days_off = ["2026-12-25", "2027-01-01"]
        self.playlists = [self._playlist(number) for number in range(_PLAYLISTS)]
        self.default = 0

    def _id(self) -> str:
        self.made += 1
        return str(UUID(int=self.made))

    def _playlist(self, number: int) -> dict[str, Any]:
        items = [
            {
                "id": str(UUID(int=100 * number + item)),
                "notice_id": str(UUID(int=9000 + 100 * number + item)),
                "title": f"Thông báo {number}.{item}",
                "on_air_ms": self.draw.choice([7, 55, 240, 600, 600, 900]) * 1000,
                "content_class": self.draw.choice(["essential", "service", "promotion"]),
                "festive": self.draw.random() < 0.2,
                "takes": [
                    {"language": language, "sha256": digest(100 * number + 10 * item + place)}
                    for place, language in enumerate([*LANGUAGES, "mul"])
                ],
            }
            for item in range(min(number, 3))
        ]
        rotation = self.draw.choice(_ROTATIONS)
        return {"id": str(UUID(int=500 + number)), "name": f"p{number}", "rotation": rotation, "items": items}

    def edit(self, now: datetime) -> None:
        """Change one thing, at an aware time."""
        edits: list[Callable[[datetime], None]] = [
            self._add_entry, self._add_entry, self._add_entry, self._drop_entry, self._change_entry, self._add_override,
            self._switch_quiet, self._change_panel, self._change_playlist,
        ]  # fmt: skip
        self.draw.choice(edits)(now)
        self.overrides = [one for one in self.overrides if one["ends_at"] > format_instant(now)]
        self.quiet = [one for one in self.quiet if one["ends_at"] > format_instant(now)]

    def _add_entry(self, now: datetime) -> None:
        local = (now + timedelta(hours=7, days=self.draw.randint(-2, 2))).replace(
            tzinfo=None, minute=self.draw.choice([0, 20, 45]), second=0, microsecond=0
        )
        rule = self.draw.choice(_RULES).format(day=_CODES[local.weekday()], date=local.day)
        kinds: dict[str, dict[str, Any]] = {
            "daypart": {"daypart_id": self.draw.choice(["work", "dusk"])},
            "window": {"daypart": {"weekdays": self.draw.sample(ALL_DAYS, 3), "start": "21:00", "end": "03:00"}},
            "rule": {"recurrence": {"dtstart": local.isoformat(), "rrule": rule}, "duration_s": 5400},
            "once": {"recurrence": {"dtstart": local.isoformat()}, "duration_s": 100_000},
        }
        timing = kinds[self.draw.choice(list(kinds))]
        if self.draw.random() < 0.3:
            timing["special_days"] = {"calendar_id": "vn", "rule": self.draw.choice(["only", "except"])}
        if self.draw.random() < 0.5:
            timing["valid_until"] = (local + timedelta(days=self.draw.randint(1, 12))).date().isoformat()
        self.entries.append(
            timing
            | {
                "id": self._id(),
                "playlist_id": self._some_playlist(),
                "priority": self.draw.choice([40, 50, 60]),
                "weight": self.draw.randint(1, 4),
                "agency": self.draw.choice([None, "customs", "tourism"]),
            }
        )
        self.entries = self.entries[-12:]

    def _some_playlist(self) -> str:
        return str(self.draw.choice(self.playlists)["id"])

    def _drop_entry(self, _now: datetime) -> None:
        if self.entries:
            self.entries.remove(self.draw.choice(self.entries))

    def _change_entry(self, _now: datetime) -> None:
        if self.entries:
            chosen = self.draw.choice(self.entries)
            chosen |= {"priority": self.draw.choice([30, 50, 70]), "playlist_id": self._some_playlist()}

    def _add_override(self, now: datetime) -> None:
        self.overrides.append(self._span(now, 600) | {"playlist_id": self._some_playlist()})

    def _switch_quiet(self, now: datetime) -> None:
        self.quiet = [] if self.quiet else [self._span(now, 3000) | {"reason": "bão"}]

    def _span(self, now: datetime, most_minutes: int) -> dict[str, Any]:
        start = now.replace(microsecond=0) + timedelta(minutes=self.draw.randint(-5, 60))
        end = start + timedelta(minutes=self.draw.randint(2, most_minutes))
        return {"id": self._id(), "starts_at": format_instant(start), "ends_at": format_instant(end)}

    def _change_panel(self, _now: datetime) -> None:
        self.hours = self.draw.choice(_HOURS)
        self.quotas = self.draw.choice([{}, {"customs": 600}, {"customs": 300, "tourism": 700}])
        self.default = self.draw.randrange(_PLAYLISTS)

    def _change_playlist(self, _now: datetime) -> None:
        chosen = self.draw.choice(self.playlists)
        chosen |= {"rotation": self.draw.choice(_ROTATIONS), "language_weights": {"vi": self.draw.randint(1, 3)}}

    def document(self, now: datetime) -> dict[str, Any]:
        """Return the next manifest as JSON values."""
        self.seq += 1
        takes = [take for one in self.playlists for item in one["items"] for take in item["takes"]]
        digests = {take["sha256"]: take["language"] for take in takes}
        start, end = self.hours
        made: dict[str, Any] = {
            "kiosk_id": str(KIOSK),
            "seq": self.seq,
            "issued_at": format_instant(now),
            "site": "tra-linh",
            "time_zone": "Asia/Ho_Chi_Minh",
            "tzdata": "2026.1",
            "place": {"latitude_microdegrees": 22_838_000, "longitude_microdegrees": 106_325_000},
            "panel": {
                "id": str(UUID(int=8)),
                "slug": "tra-linh-1",
                "name": "Cổng",
                "width": 320,
                "height": 160,
                "quotas": self.quotas,
                "operating_hours": [{"weekdays": ALL_DAYS, "start": start, "end": end}],
            },
            "segments": [
                {"sha256": sha256, "size": 3000, "profile": PROFILE, "language": language, "duration_ms": 1000}
                for sha256, language in digests.items()
            ],
            "playlists": self.playlists,
            "dayparts": [
                {"id": "work", "calendar_id": "vn", "day_off_windows": [{"start": "09:00", "end": "11:00"}],
                 "windows": [{"weekdays": [1, 2, 3, 4, 5], "start": "07:00", "end": "17:00"}]},
                {"id": "dusk", "windows": [{"weekdays": ALL_DAYS, "start": "sunset-00:30", "end": "22:00"}]},
            ],
            "calendars": [{"id": "vn", "dates": [{"date": day} for day in self.days_off]}],
            "schedule": self.entries,
            "overrides": self.overrides,
            "essential_only": self.quiet,
            "default_playlist_id": self.playlists[self.default]["id"],
        }  # fmt: skip
        needs = Manifest.model_validate(made).needs()
        return made | {"must_understand": list(needs)}

    def envelope(self, now: datetime) -> bytes:
        """Return the next manifest, signed."""
        return sealed(self.document(now))
