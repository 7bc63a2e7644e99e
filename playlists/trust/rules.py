"""The rules that every signed document is held to, and the refusal that names one of them."""

from __future__ import annotations

from enum import StrEnum

from pydantic_core import PydanticCustomError


class Rule(StrEnum):
    """A rule by its code; docs/trust.md says what each demands."""

    V1_SIZE = "V1"
    V2_BASE64 = "V2"
    V3_TYPE = "V3"
    V4_SIGNATURE_COUNT = "V4"
    V5_SIGNERS = "V5"
    V6_FORM = "V6"
    V7_ROOT = "V7"
    V8_AUDIENCE = "V8"
    V9_NUMBER = "V9"
    V9B_RETIRED = "V9b"
    V10_TIME = "V10"
    V11_WINDOW = "V11"
    V12_BYTES = "V12"
    V13_WITHDRAWN = "V13"
    V14_KEYS_CHANGED = "V14"
    V15_RELEASED_ONLY = "V15"
    V16_EMERGENCY = "V16"


class Untrusted(ValueError):
    """What must not be acted on. `rule` is the rule that it breaks; the message begins with its code."""

    def __init__(self, rule: Rule, sentence: str) -> None:
        super().__init__(f"{rule}: {sentence}")
        self.rule = rule


class Late(Untrusted):
    """What came too late to count: it is over. That happens by itself, and nobody need be told of an attack."""


def broken(rule: Rule, sentence: str) -> PydanticCustomError:
    """Return what a model's validator raises so that the refusal names a rule of its own instead of V6."""
    return PydanticCustomError(rule.value, "{sentence}", {"sentence": sentence})
