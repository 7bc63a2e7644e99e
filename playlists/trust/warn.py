"""Taking emergencies, and ending them.

What an update or a cancellation ends stays ended, also where it is heard after its own end: a kiosk that was away
while an "all clear" was shown must not go on with the warning.

Each is known by its id. So a warning that was overtaken by another on the way is not lost, and one that was ended
stays ended: its id is kept until no warning from before the end can be valid any more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from playlists.trust.emergency import Emergency, Message, Text
from playlists.trust.quorum import Signers
from playlists.trust.root import RoleName
from playlists.trust.rules import Late, Rule, Untrusted
from playlists.trust.take import open_document, within_reach
from playlists.trust.trusted import Clock, Held, Trusted

MEMORY = timedelta(days=7)
"""How long the id of an ended emergency is kept: more than a warning's day and the day that its clock may be ahead."""


def take_emergency(trusted: Trusted, content: bytes, clock: Clock) -> Trusted:
    """Accept an emergency, its correction, its successor or its end.

    Raises:
        Untrusted: V1 to V6, V8, V9 replayed or ended, V10, V15 a template that is not released here, V16.
    """
    opened = open_document(trusted, content, Emergency)
    if not (opened.signers.of(RoleName.DUTY) or opened.signers.of(RoleName.CAP)):
        opened.signers.need(RoleName.DUTY)
    one = Emergency.read(opened.envelope.payload)
    check_signers(opened.signers, one)
    held = trusted.emergencies.get(one.id)
    if held is not None and held.digest == opened.envelope.digest:
        return trusted
    if not one.audience.includes(trusted.reader):
        raise Untrusted(Rule.V8_AUDIENCE, "an emergency for other panels")
    if one.message is Message.CANCEL and trusted.ended.keys() >= {one.id, *one.references}:
        return trusted
    if one.id in trusted.ended:
        raise Untrusted(Rule.V9_NUMBER, f"the emergency {one.id} was ended")
    if held is not None and one.seq <= held.document.seq:
        raise Untrusted(Rule.V9_NUMBER, f"the emergency {one.id} {one.seq} is not newer than {held.document.seq}")
    reached = _forget(within_reach(trusted, one.issued_at, clock), clock)
    is_over = one.expires_at <= reached.time(clock)
    if is_over and not one.references:
        raise Late(Rule.V16_EMERGENCY, "an emergency that is over")
    _check_reach_of_cap(trusted, one)
    if is_over:
        return _end(reached, one, reached.time(clock))
    _check_template(trusted, one, clock)
    return _put(reached, one, Held.of(one, content, opened.envelope), reached.time(clock))


def check_signers(signed: Signers, one: Emergency) -> None:
    """Hold the signers to what an emergency of this kind takes (V5).

    Raises:
        Untrusted: V5.
    """
    signed.need(one.by, max(one.signers, signed.root.role(one.by).threshold) if one.signers > 1 else None)


def _check_reach_of_cap(trusted: Trusted, one: Emergency) -> None:
    if one.by is RoleName.CAP:
        known = [trusted.emergencies[name].document for name in one.references if name in trusted.emergencies]
        if any(each.by is not RoleName.CAP for each in known):
            raise Untrusted(Rule.V16_EMERGENCY, "the role cap ends or changes only what it raised itself")


def _check_template(trusted: Trusted, one: Emergency, clock: Clock) -> None:
    if one.text is not Text.TEMPLATE or one.message is Message.CANCEL:
        return
    held = trusted.releases.get(one.release or "")
    if held is None or held.document.template is None:
        raise Untrusted(Rule.V15_RELEASED_ONLY, "the emergency's template was not released here")
    if not held.document.not_before <= trusted.time(clock) < held.document.show_until:
        raise Untrusted(Rule.V11_WINDOW, "the emergency's template is not released for now")


def _put(trusted: Trusted, one: Emergency, held: Held[Emergency], now: datetime) -> Trusted:
    """Enter an emergency, and end those that it names."""
    if one.message is Message.CANCEL:
        return _end(trusted, one, now)
    ended = _ended(trusted, one, now)
    running = {name: each for name, each in trusted.emergencies.items() if name not in ended}
    return replace(trusted, emergencies={**running, one.id: held}, ended=ended)


def _end(trusted: Trusted, one: Emergency, now: datetime) -> Trusted:
    """End what an emergency names, and itself."""
    ended = {**_ended(trusted, one, now), one.id: now + MEMORY}
    running = {name: each for name, each in trusted.emergencies.items() if name not in ended}
    return replace(trusted, emergencies=running, ended=ended)


def _ended(trusted: Trusted, one: Emergency, now: datetime) -> dict[str, datetime]:
    """The role cap ends only what is known: it cannot forestall a warning by guessing its id."""
    ends = [name for name in one.references if one.by is not RoleName.CAP or name in trusted.emergencies]
    return {**trusted.ended, **dict.fromkeys(ends, now + MEMORY)}


def _forget(trusted: Trusted, clock: Clock) -> Trusted:
    now = trusted.time(clock)
    running = {name: held for name, held in trusted.emergencies.items() if held.document.expires_at > now}
    ended = {name: until for name, until in trusted.ended.items() if until > now}
    return replace(trusted, emergencies=running, ended=ended)
