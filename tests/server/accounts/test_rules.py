"""Who has to give a second factor, when, and with what: the table of decisions."""

from __future__ import annotations

import pytest

from server.accounts.factors.rules import Held, Step, Way, lacking_authenticators, step_after_password, ways_of
from server.settings import SecondFactor
from server.tables.accounts import Role

NOTHING, APP = Held(), Held(has_totp=True, recovery_codes=10)
GRAVE = [Role.ADMINISTRATOR, Role.APPROVER, Role.DUTY_OFFICER, Role.STATUS_OFFICER]
LIGHT = [role for role in Role if role not in GRAVE]


@pytest.mark.parametrize("role", GRAVE)
@pytest.mark.parametrize("known", [False, True])
def test_grave_roles_give_a_factor_at_each_login_or_enrol_one(role: Role, known: bool) -> None:
    def step(held: Held) -> Step:
        return step_after_password(
            SecondFactor.REQUIRED, [Role.VIEWER, role], held, device_is_known=known, knows_others=known
        )

    assert step(APP) is Step.FACTOR
    assert step(NOTHING) is Step.ENROL


@pytest.mark.parametrize("role", LIGHT)
@pytest.mark.parametrize(
    ("held", "known", "others", "step"),
    [
        (NOTHING, False, False, Step.IN),
        (NOTHING, False, True, Step.FACTOR),
        (NOTHING, True, True, Step.IN),
        (APP, False, False, Step.FACTOR),
        (APP, False, True, Step.FACTOR),
        (APP, True, True, Step.IN),
    ],
)
def test_light_roles_need_a_password_and_a_known_device(
    role: Role, held: Held, known: bool, others: bool, step: Step
) -> None:
    taken = step_after_password(SecondFactor.REQUIRED, [role], held, device_is_known=known, knows_others=others)
    assert taken is step


@pytest.mark.parametrize("role", list(Role))
def test_where_the_setting_says_off_nobody_is_asked(role: Role) -> None:
    for held in (NOTHING, APP):
        assert step_after_password(SecondFactor.OFF, [role], held, device_is_known=False, knows_others=True) is Step.IN


def test_a_known_device_vouches_only_for_those_who_hold_nothing() -> None:
    assert ways_of(NOTHING, always=False, knows_others=True) == [Way.DEVICE_CODE]
    assert ways_of(APP, always=False, knows_others=True) == [Way.TOTP, Way.RECOVERY_CODE]
    assert ways_of(NOTHING, always=True, knows_others=True) == []
    assert ways_of(Held(passkeys=2), always=True, knows_others=False) == [Way.PASSKEY]


@pytest.mark.parametrize(
    ("role", "held", "lacking"),
    [
        (Role.APPROVER, NOTHING, 2),
        (Role.APPROVER, Held(passkeys=1), 1),
        (Role.APPROVER, Held(passkeys=1, has_totp=True), 0),
        (Role.DUTY_OFFICER, Held(passkeys=2), 0),
        (Role.ADMINISTRATOR, NOTHING, 1),
        (Role.ADMINISTRATOR, APP, 0),
        (Role.EDITOR, NOTHING, 0),
    ],
)
def test_signers_need_two_authenticators(role: Role, held: Held, lacking: int) -> None:
    assert lacking_authenticators([role], held) == lacking
