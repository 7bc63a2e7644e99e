"""The dialog for a typed value: its kinds, and the fields of each, named as `playlists.typed` names them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from server.console.texts import Texts, mark

KINDS = {
    "time_range": mark("Hours, from and until"),
    "time": mark("A time of day"),
    "date": mark("A date"),
    "date_time": mark("A date with a time"),
    "price": mark("A price"),
    "phone": mark("A telephone number"),
    "temperature": mark("Degrees Celsius"),
    "number": mark("A number"),
}
CURRENCIES = (("VND", mark("Vietnamese dong")), ("CNY", mark("Chinese yuan")))


@dataclass(frozen=True)
class _Field:
    kinds: str
    name: str
    label: str
    type: str = "text"
    hint: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


_NEEDED = {"required": "required"}
_DEGREES = {"min": "-60", "max": "60", "step": "1", "data-kind": "number"}
FIELDS = (
    _Field("date date_time", "day", mark("Day"), "date", attributes=_NEEDED),
    _Field("time date_time", "at", mark("Time, Vietnam"), "time", attributes=_NEEDED),
    _Field("time_range", "start", mark("From"), "time", attributes=_NEEDED),
    _Field(
        "time_range",
        "end",
        mark("Until"),
        "time",
        mark("An earlier end means the next day. Chinese readers are told Beijing time, too."),
        _NEEDED,
    ),
    _Field("price", "amount", mark("Amount"), "number", attributes=_NEEDED | {"min": "0", "step": "any"}),
    _Field(
        "phone",
        "number",
        mark("Number"),
        "tel",
        mark("As one dials it in Vietnam, or with + and the country."),
        _NEEDED | {"pattern": r"\+?[0-9 .]{3,18}"},
    ),
    _Field("temperature", "low", mark("Degrees, or the lower ones"), "number", attributes=_NEEDED | _DEGREES),
    _Field("temperature", "high", mark("The higher ones, if it is a range"), "number", attributes=_DEGREES),
    _Field("number", "number", mark("Number"), "number", attributes=_NEEDED | {"step": "any"}),
)


def value_kinds(texts: Texts) -> list[tuple[str, str]]:
    """Return the kinds of values with their names."""
    return [(kind, texts.say(name)) for kind, name in KINDS.items()]


def value_fields(texts: Texts) -> list[dict[str, Any]]:
    """Return the fields of the dialog, each with the kinds that have it."""
    fields: list[dict[str, Any]] = []
    for one in FIELDS:
        hint = texts.say(one.hint) if one.hint else ""
        shown = {"kinds": one.kinds, "name": one.name, "label": texts.say(one.label), "type": one.type}
        fields.append(shown | {"hint": hint, "attributes": one.attributes, "choices": []})
        if one.name == "amount":
            choices = [(code, texts.say(name)) for code, name in CURRENCIES]
            currency = {"kinds": "price", "name": "currency", "label": texts.say("Currency"), "choices": choices}
            fields.append(currency | {"hint": "", "type": "", "attributes": {}})
    return fields
