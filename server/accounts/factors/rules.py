"""Who has to give a second factor, when, and which ones count: decisions in values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from server.settings import SecondFactor
from server.tables.accounts import Role

ALWAYS = frozenset({Role.ADMINISTRATOR, Role.APPROVER, Role.DUTY_OFFICER, Role.STATUS_OFFICER})
"""They put things on air or rule over people: a second factor at each login."""
SIGNERS = frozenset({Role.APPROVER, Role.DUTY_OFFICER, Role.STATUS_OFFICER})
"""They sign documents: two authenticators, so that a lost one leaves nobody without a signer."""
AUTHENTICATORS_OF_SIGNERS = 2


class Way(StrEnum):
    """How a second factor is given."""

    PASSKEY = "passkey"
    TOTP = "totp"
    RECOVERY_CODE = "recovery-code"
    DEVICE_CODE = "device-code"
    """Shown on a device that knows the person; for people without an authenticator."""


class Step(StrEnum):
    """What comes after the right password."""

    IN = "in"
    FACTOR = "factor"
    ENROL = "enrol"
    """A login in which nothing is open but enrolling the factor that the role needs."""


@dataclass(frozen=True)
class Held:
    """What a person has enrolled."""

    passkeys: int = 0
    has_totp: bool = False
    recovery_codes: int = 0

    @property
    def authenticators(self) -> int:
        """How many authenticators; recovery codes are none."""
        return self.passkeys + int(self.has_totp)


def step_after_password(
    setting: SecondFactor, roles: Iterable[Role], held: Held, *, device_is_known: bool, knows_others: bool
) -> Step:
    """Return what comes after the right password.

    `device_is_known`: this browser was let in before; `knows_others`: the person has known devices elsewhere. Whoever
    holds no authenticator and no known device comes for the first time, and the device becomes known.
    """
    if setting is SecondFactor.OFF:
        return Step.IN
    if not ALWAYS.isdisjoint(roles):
        return Step.FACTOR if held.authenticators else Step.ENROL
    if device_is_known:
        return Step.IN
    return Step.FACTOR if held.authenticators or knows_others else Step.IN


def ways_of(held: Held, *, always: bool, knows_others: bool) -> list[Way]:
    """Return how a person may give a second factor; a known device vouches only where no authenticator is held."""
    ways = []
    if held.passkeys:
        ways.append(Way.PASSKEY)
    if held.has_totp:
        ways.append(Way.TOTP)
    if held.recovery_codes:
        ways.append(Way.RECOVERY_CODE)
    if not always and not held.authenticators and knows_others:
        ways.append(Way.DEVICE_CODE)
    return ways


def lacking_authenticators(roles: Iterable[Role], held: Held) -> int:
    """Return how many authenticators a person still has to enrol before they may do all that their roles allow."""
    roles = set(roles)
    needed = AUTHENTICATORS_OF_SIGNERS if not SIGNERS.isdisjoint(roles) else int(not ALWAYS.isdisjoint(roles))
    return max(0, needed - held.authenticators)
