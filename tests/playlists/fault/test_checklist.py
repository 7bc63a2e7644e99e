"""Checklists: steps in three languages, for each code that needs a visit, each once and in the order of work."""

from __future__ import annotations

import pytest

from playlists.fault import FaultCode
from playlists.fault.checklist import AT_THE_END, GENERIC, OF_CODE, STEPS, checklist_of


@pytest.mark.parametrize("key", STEPS)
def test_a_step_is_said_in_three_languages(key: str) -> None:
    said = STEPS[key]
    assert len({*said}) == 3
    assert (said.vi[-1], said.en[-1], said.zh[-1]) == (".", ".", "。")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said.zh)
    assert len(key) <= 40


def test_every_step_belongs_to_a_list_and_every_list_names_steps() -> None:
    named = {step for steps in OF_CODE.values() for step in steps} | {*GENERIC, *AT_THE_END}
    assert named == set(STEPS)


def test_every_fault_of_the_panel_needs_a_visit() -> None:
    settled_from_a_desk = {FaultCode.CONTROLLER_CONTENDED}
    of_the_panel = {code for code in FaultCode if code.startswith(("panel_", "cabinet_", "controller_"))}
    assert of_the_panel - settled_from_a_desk <= set(OF_CODE)


def test_an_order_of_several_codes_has_each_step_once_and_ends_as_all_do() -> None:
    steps = checklist_of(["cabinet_fan", "panel_temperature", "panel_ribbon", "no_such_code"])
    assert steps == (
        "cabinet", "dust", "fan_turns", "power_off", "ribbons", "batch", "test_pictures", "plays_right", "photos",
        "tidy",
    )  # fmt: skip


@pytest.mark.parametrize("codes", [[], ["agent_outdated"], ["no_such_code"]])
def test_work_without_a_code_that_needs_a_visit_has_the_generic_list(codes: list[str]) -> None:
    assert checklist_of(codes) == (*GENERIC, *AT_THE_END)
