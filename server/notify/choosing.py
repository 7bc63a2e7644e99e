"""Which rule holds for a cause: the usual ones, and those that somebody made for a place, a kind and a severity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from playlists.fault import Severity
from server.notify.plan import Kind, Rule, Way
from server.tables import NotifyRule
from server.tables.accounts import Role

_RANK: dict[str, int] = {str(severity): number for number, severity in enumerate(reversed(list(Severity)))}


@dataclass(frozen=True)
class Chosen:
    """How a cause is told, whose roster is asked (in order), and which webhooks hear of it besides."""

    rule: Rule
    roles: tuple[str, ...]
    webhooks: tuple[str, ...] = ()
    is_own_pace: bool = False
    """`next_after` was said; otherwise the roster says it."""


_FAULTS = (Role.TECHNICIAN, Role.DUTY_OFFICER)
USUAL: dict[Kind, Chosen] = {
    Kind.APPROVAL: Chosen(Rule(tells_end=False), (Role.APPROVER,)),
    Kind.EMERGENCY: Chosen(Rule(to_all=True), (Role.DUTY_OFFICER, Role.TECHNICIAN)),
    Kind.HOLD: Chosen(Rule(to_all=True), (Role.DUTY_OFFICER, Role.APPROVER)),
    Kind.WEEKEND: Chosen(Rule(to_all=True, tells_end=False), (Role.DUTY_OFFICER,)),
    Kind.AUDIT_HEAD: Chosen(Rule(to_all=True, tells_end=False), (Role.APPROVER,)),
}
USUAL_ALARMS = {
    Severity.CRITICAL: Chosen(Rule(delay=timedelta(seconds=30)), _FAULTS),
    Severity.MAJOR: Chosen(Rule(delay=timedelta(minutes=2)), _FAULTS),
    Severity.MINOR: Chosen(Rule(Way.DIGEST), _FAULTS),
    Severity.WARNING: Chosen(Rule(Way.DIGEST), _FAULTS),
}


def usual(kind: Kind, severity: str) -> Chosen:
    """Return how a cause is told where nobody said otherwise."""
    if kind is not Kind.ALARM:
        return USUAL[kind]
    return USUAL_ALARMS[Severity(severity) if severity in set(Severity) else Severity.MAJOR]


def choose(
    rules: Iterable[NotifyRule], kind: Kind, severity: str, agency_id: UUID | None, site_id: UUID | None
) -> Chosen:
    """Return how a cause of a place is told."""
    fitting = [one for one in rules if _fits(one, kind, severity, agency_id, site_id)]
    base = usual(kind, severity)
    hooks = tuple(dict.fromkeys(one.channel for one in fitting if one.channel and one.way != Way.OFF))
    own = sorted((one for one in fitting if not one.channel), key=_narrowness)
    if not own:
        return Chosen(base.rule, base.roles, hooks)
    row = own[-1]
    rule = Rule(
        way=Way(row.way),
        delay=timedelta(seconds=row.delay_s),
        next_after=timedelta(minutes=row.next_after_min) if row.next_after_min else base.rule.next_after,
        to_all=base.rule.to_all,
        tells_end=base.rule.tells_end,
    )
    return Chosen(rule, tuple(row.roles) or base.roles, hooks, is_own_pace=bool(row.next_after_min))


def _fits(row: NotifyRule, kind: Kind, severity: str, agency_id: UUID | None, site_id: UUID | None) -> bool:
    if row.kind != kind:
        return False
    if row.agency_id is not None and row.agency_id != agency_id:
        return False
    if row.site_id is not None and row.site_id != site_id:
        return False
    return not row.least_severity or _RANK.get(severity, 0) >= _RANK.get(row.least_severity, 0)


def _narrowness(row: NotifyRule) -> tuple[bool, bool, int, UUID]:
    return (row.site_id is not None, row.agency_id is not None, _RANK.get(row.least_severity, -1), row.id)
