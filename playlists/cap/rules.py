"""The rules that an alert has to pass before anybody is shown it, and the refusal that names one of them."""

from __future__ import annotations

from enum import StrEnum


class CapRule(StrEnum):
    """A rule by its code; docs/cap.md says what each demands."""

    C1_SIZE = "C1"
    C2_XML = "C2"
    C3_ENTITIES = "C3"
    C4_NESTING = "C4"
    C5_NAMESPACE = "C5"
    C6_STRUCTURE = "C6"
    C7_VALUE = "C7"
    C8_TIME = "C8"
    C9_NAME = "C9"
    C10_STATUS = "C10"
    C11_MESSAGE = "C11"
    C12_SCOPE = "C12"
    C13_SENDER = "C13"
    C14_REFERENCES = "C14"
    C15_UNKNOWN = "C15"
    C16_TWICE = "C16"
    C17_LATE = "C17"
    C18_ENDS = "C18"
    C19_OVER = "C19"
    C20_LANGUAGES = "C20"
    C21_TEXT = "C21"
    C22_GEOMETRY = "C22"
    C23_ELSEWHERE = "C23"
    C24_ATTACHED = "C24"
    C25_DRILL = "C25"


class Refused(ValueError):
    """An alert that goes no further. `rule` is the rule that it breaks; the message says what is wrong and where."""

    def __init__(self, rule: CapRule, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule
