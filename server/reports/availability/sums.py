"""What evidence comes to: right, not right, without power, planned, or unknown, in the hours in which a panel is open.

Nothing is good for want of evidence: what no play proves and no fault denies is unknown, and stands by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from playlists.fault import FaultCode
from server.reports.availability.spans import Span, common, merged, total, without

MICROS = 1_000_000
RECURS = 3
"""A fault of one part that came so often in the period comes again."""
_C = FaultCode
NOT_RIGHT = frozenset({
    _C.VIDEO_OUTPUT_MISSING, _C.VIDEO_OUTPUT_UNFIT, _C.PLAYER_STALLED, _C.PLAYER_CRASH_LOOP, _C.PICTURE_FROZEN,
    _C.PICTURE_BLACK, _C.PICTURE_WRONG, _C.PICTURE_WRONG_SIZE, _C.HDMI_DISCONNECTED, _C.HDMI_EDID_MISSING,
    _C.CONTROLLER_OFFLINE, _C.PANEL_SIGNAL_MISSING, _C.PANEL_PORT_DOWN,
})  # fmt: skip
"""While one of these stands the face is dark, or shows something else than it should."""
NO_POWER = frozenset({_C.MAINS_LOST})


@dataclass(frozen=True, slots=True)
class Denied:
    """A time in which a fault says that the face was not right."""

    span: Span
    code: str
    subject: str = ""


@dataclass(frozen=True)
class Evidence:
    """All that is known of one panel in a period; spans may overlap and reach beyond it."""

    period: Span
    hours: Sequence[Span]
    """When it should be lit."""
    planned: Sequence[Span] = ()
    """Announced work and announced power cuts."""
    unpowered: Sequence[Span] = ()
    denied: Sequence[Denied] = ()
    proven: Sequence[Span] = ()
    """Plays whose capture matched."""


@dataclass(frozen=True, slots=True)
class Parted:
    """The hours of a period in parts that do not overlap and together are all of them."""

    planned: list[Span]
    unpowered: list[Span]
    wrong: list[Span]
    right: list[Span]
    unknown: list[Span]

    @property
    def due_us(self) -> int:
        """How long it should have been lit, without what was planned."""
        return total(self.unpowered) + total(self.wrong) + total(self.right) + total(self.unknown)

    @property
    def at_least_permille(self) -> int | None:
        """The share of what is proven to have been right; None where nothing was due."""
        return total(self.right) * 1000 // self.due_us if self.due_us else None

    @property
    def at_most_permille(self) -> int | None:
        """The share that nothing denies."""
        not_denied = total(self.right) + total(self.unknown)
        return not_denied * 1000 // self.due_us if self.due_us else None


def part(evidence: Evidence) -> Parted:
    """Part the operating hours by what is known; what comes first counts: planned, no power, denied, proven."""
    hours = common([evidence.period], evidence.hours)
    planned = common(hours, evidence.planned)
    due = without(hours, evidence.planned)
    unpowered = common(due, evidence.unpowered)
    lit = without(due, evidence.unpowered)
    denied = [one.span for one in evidence.denied]
    wrong, rest = common(lit, denied), without(lit, denied)
    return Parted(planned, unpowered, wrong, common(rest, evidence.proven), without(rest, evidence.proven))


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which the face was not right, by what."""

    span: Span
    code: str | None
    """None: the kiosk had no power."""
    subject: str = ""


def outages(evidence: Evidence) -> list[Outage]:
    """Return when and by what a face was not right in its due hours, in order; causes may overlap."""
    due = without(common([evidence.period], evidence.hours), evidence.planned)
    found = [Outage(one, None) for one in common(due, evidence.unpowered)]
    for one in evidence.denied:
        found += [Outage(span, one.code, one.subject) for span in common(due, [one.span])]
    return sorted(found, key=lambda one: (one.span, one.code or "", one.subject))


@dataclass(frozen=True, slots=True)
class Failure:
    """An alarm that needed somebody: not planned, and not what only followed from another."""

    code: str
    subject: str
    since_at: datetime
    active_at: datetime
    acknowledged_at: datetime | None
    gone_at: datetime | None
    raises: int


@dataclass(frozen=True)
class Repairs:
    """What failures come to. Means are None where there is nothing to take the mean of."""

    failures: int
    mtbf_s: int | None
    """Due hours for each failure."""
    mtta_s: int | None
    """From an alarm to somebody who takes it."""
    mttr_s: int | None
    """From the beginning of the condition to its end."""
    recurring: list[tuple[str, str, int]] = field(default_factory=list)
    """Code, part and how often, most first."""


def repairs(failures: Sequence[Failure], due_us: int) -> Repairs:
    """Return the figures of a period's failures."""
    taken = [one.acknowledged_at - one.active_at for one in failures if one.acknowledged_at is not None]
    mended = [one.gone_at - one.since_at for one in failures if one.gone_at is not None]
    often: dict[tuple[str, str], int] = {}
    for one in failures:
        often[one.code, one.subject] = often.get((one.code, one.subject), 0) + max(one.raises, 1)
    recurring = [(code, subject, times) for (code, subject), times in often.items() if times >= RECURS]
    return Repairs(
        failures=len(failures),
        mtbf_s=due_us // MICROS // len(failures) if failures else None,
        mtta_s=_mean([round(one.total_seconds()) for one in taken]),
        mttr_s=_mean([round(one.total_seconds()) for one in mended]),
        recurring=sorted(recurring, key=lambda one: (-one[2], one[0], one[1])),
    )


def seconds(spans: Iterable[Span]) -> int:
    """Return how long spans are in whole seconds."""
    return total(spans) // MICROS


def longest_s(spans: Iterable[Span]) -> int:
    """Return the longest of spans in whole seconds; 0 where there are none."""
    return max((end - start for start, end in merged(spans)), default=0) // MICROS


def _mean(values: Sequence[int]) -> int | None:
    return sum(values) // len(values) if values else None
