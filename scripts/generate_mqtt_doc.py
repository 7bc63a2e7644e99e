"""Write docs/mqtt.md from playlists.wire: every topic, its manner and its fields. With `--check`, only compare."""

from __future__ import annotations

import ast
import inspect
import sys
import types
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from playlists.wire import messages, topics
from playlists.wire.topics import Down, Up

PAGE = Path(__file__).parent.parent / "docs" / "mqtt.md"
UP_FORMS: dict[Up, type[messages.Message] | None] = {
    Up.PRESENCE: messages.Presence,
    Up.STATE: messages.State,
    Up.FAULTS: messages.Faults,
    Up.HEALTH: messages.Health,
    Up.EVENT: None,
    Up.PLAYS: messages.Plays,
    Up.REPLY: messages.Reply,
    Up.LOG: messages.Log,
}
DOWN_FORMS: dict[Down, type[messages.Message] | str] = {
    Down.MANIFEST: messages.Pointer,
    Down.VALUES: messages.BoardValues,
    Down.ROOT: "the newest root's envelope ([trust](trust.md))",
    Down.HOLD: "the newest hold's envelope of the site",
    Down.WITHDRAWAL: messages.Withdrawals,
    Down.EMERGENCY: messages.Emergencies,
    Down.COMMAND: messages.Command,
    Down.ACK: messages.Ack,
}

HEAD = f"""# What server and kiosks say over MQTT

<!-- Written by scripts/generate_mqtt_doc.py from playlists/wire; edit those, then run it. -->

MQTT 5, falling back to 3.1.1. Every payload is one JSON object of at most {messages.MOST_BYTES >> 10} KiB (with
signed documents: {messages.MOST_BUNDLE_BYTES >> 10} KiB); every meaning is in the JSON, properties of MQTT 5 only
help. Numbers are integers, times RFC 3339 in UTC with milliseconds and `Z`. Readers ignore fields that they do not
know, and every field without a default must be there.

- **The database is the truth, the broker a cache.** The server leaves a retained mark on `{topics.EPOCH}`.
  When the mark is missing or not the one of the database after a connection, the broker forgot, and every pointer is
  published again. A kiosk also polls over HTTPS ([http-kiosk.md](http-kiosk.md)): a dead broker delays it and never
  strands it.
- **Client id and user name are the kiosk's id**, and the access list gives a kiosk its own topics only. The embedded
  broker is the exception: it has one user name and one password for all, new at every start, and no access list.
  *Its messages are unauthenticated*: any program on the same machine that knows the password can speak for any kiosk.
  It listens on the loopback only, and is meant for a demonstration and for kiosks on the server's own machine.
- **A pointer carries no authority.** What a kiosk plays stands in the manifest, which the server's key signs.
- **Session numbers.** `sid` counts the microseconds of 1970 at which the speaker's connection began. Brokers fire the
  last will when a kiosk takes over its own connection; a `lost` whose `sid` is smaller than that of the newest birth is
  dropped. So is a snapshot of faults with a smaller (`sid`, `seq`) than the one before.
- **A PUBACK means "in the broker's memory".** A kiosk keeps its plays until `dn/ack` names them, and sends
  the next batch after the ack of the one before: an ack means every play up to its number.

- **Signed documents** carry their own authority ([trust.md](trust.md)): whoever speaks for the broker can keep them
  back and repeat them, and nothing else. An envelope within a payload is a text, so that its bytes stay as they are.
- **Values of status boards** are the whole of what counts now, not the last change. A kiosk takes a document only when
  its number is higher than that of the one before, it has not ended, and every value lies within what was released
  for the board; otherwise it says why in `boards` of its state and goes on showing what it shows
  ([boards.md](boards.md)).

`{{kiosk}}` is the kiosk's id, `{{source}}` that of another system that may state values of one board (both UUIDs).
"""


def main() -> int:
    """Write the page, or with `--check` return 1 when it is stale."""
    page = render()
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.is_file() and PAGE.read_text() == page else 1
    PAGE.write_text(page)
    return 0


def render() -> str:
    """Return the page."""
    used: list[type[BaseModel]] = []
    rows = ["| topic | from | QoS | retained | payload |", "|---|---|---|---|---|"]
    rows += [_row(topics.up, up, "kiosk", topics.UP_MANNER[up], UP_FORMS[up], used) for up in Up]
    rows += [_row(topics.down, down, "server", topics.DOWN_MANNER[down], DOWN_FORMS[down], used) for down in Down]
    rows.append(f"| `{topics.EPOCH}` | server | 1 | yes | [Epoch](#epoch) |")
    used.append(messages.Epoch)
    manner = topics.IN_MANNER
    for topic, speaker, form in (
        (topics.inward(UUID(int=0)), "another system", messages.Statement),
        (topics.outward(UUID(int=0)), "server", messages.Answer),
    ):
        text = topic.replace(str(UUID(int=0)), "{source}")
        rows.append(f"| `{text}` | {speaker} | {manner.qos} | {'yes' if manner.retain else 'no'} | {_link(form)} |")
        used.append(form)
    parts = [HEAD, "## Topics\n", "\n".join(rows) + "\n", _common()]
    described: list[type[BaseModel]] = []
    while used:
        form = used.pop(0)
        if form not in described:
            described.append(form)
            parts.append(_form(form, used))
    parts.append("## Access list\n\nThe Mosquitto access list that the server writes:\n")
    parts.append(f"```\n{topics.acl_patterns('bangtin-server').strip()}\n```\n")
    return "\n".join(parts)


def _row(
    topic: Any,
    leaf: Up | Down,
    speaker: str,
    manner: topics.Manner,
    form: type[BaseModel] | str | None,
    used: list[Any],
) -> str:
    text = topic(UUID(int=0), leaf).replace(str(UUID(int=0)), "{kiosk}")
    if form is None or isinstance(form, str):
        payload = form or "reserved"
    else:
        payload = _link(form)
        used.append(form)
    return f"| `{text}` | {speaker} | {manner.qos} | {'yes' if manner.retain else 'no'} | {payload} |"


def _common() -> str:
    return "\n".join(["## In every payload\n", *_table(messages.Message, set(), []), ""])


def _form(form: type[BaseModel], used: list[type[BaseModel]]) -> str:
    inherited = set(messages.Message.model_fields) if issubclass(form, messages.Message) else set()
    doc = inspect.getdoc(form) or ""
    return "\n".join([f"## {form.__name__}\n", doc + "\n", *_table(form, inherited, used), ""])


def _table(form: type[BaseModel], left_out: set[str], used: list[type[BaseModel]]) -> list[str]:
    notes = _notes(form)
    rows = ["| field | type | default | meaning |", "|---|---|---|---|"]
    for name, info in form.model_fields.items():
        if name not in left_out:
            rows.append(f"| `{name}` | {_type(info, used)} | {_default(info)} | {notes.get(name, '')} |")
    return rows


def _notes(form: type[BaseModel]) -> dict[str, str]:
    """Return the strings that stand below fields in the class's source."""
    body = ast.parse(inspect.getsource(form)).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        match before, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = " ".join(text.split())
    return found


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "needed"
    value = info.get_default(call_default_factory=True)
    if value is None:
        return "absent"
    if isinstance(value, StrEnum):
        return f'`"{value}"`'
    return f"`{list(value)}`" if isinstance(value, tuple) else f"`{value!r}`".replace("'", '"').lower()


def _type(info: FieldInfo, used: list[type[BaseModel]]) -> str:
    limits = [
        f"{words} {getattr(item, name)}"
        for item in info.metadata
        for name, words in (("ge", "from"), ("le", "to"), ("max_length", "at most"))
        if getattr(item, name, None) is not None
    ]
    return " ".join([_name(info.annotation, used), *limits])


def _name(kind: Any, used: list[type[BaseModel]]) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _name(arguments[0], used)
    if origin in {Union, types.UnionType}:
        parts = [_name(part, used) for part in arguments if part is not type(None)]
        return " or ".join(dict.fromkeys(parts))
    if origin is tuple:
        return f"list of {_name(arguments[0], used)}"
    if origin is dict:
        return f"object of {_name(arguments[1], used)} by {_name(arguments[0], used)}"
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        used.append(kind)
        return _link(kind)
    if inspect.isclass(kind) and issubclass(kind, StrEnum):
        return ", ".join(f"`{word}`" for word in kind)
    words = {"str": "text", "int": "integer", "bool": "true or false", "datetime": "time", "UUID": "UUID"}
    return words[kind.__name__]


def _link(form: type[BaseModel]) -> str:
    return f"[{form.__name__}](#{form.__name__.lower()})"


if __name__ == "__main__":
    sys.exit(main())
