"""Every MQTT topic. No topic string stands anywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

ROOT = "bangtin/v1"
EPOCH = f"{ROOT}/srv/epoch"
"""Retained, QoS 1: the server's mark in the broker; lost or old means that the broker forgot everything."""


class Up(StrEnum):
    """What a kiosk says."""

    PRESENCE = "presence"
    STATE = "state"
    FAULTS = "faults"
    HEALTH = "health"
    EVENT = "event"
    PLAYS = "plays"
    REPLY = "reply"
    LOG = "log"


class Down(StrEnum):
    """What a kiosk is told."""

    MANIFEST = "manifest"
    VALUES = "values"
    ROOT = "root"
    HOLD = "hold"
    WITHDRAWAL = "withdrawal"
    EMERGENCY = "emergency"
    COMMAND = "command"
    ACK = "ack"


class Manner(NamedTuple):
    """How a topic is published."""

    qos: int
    retain: bool


UP_MANNER: dict[Up, Manner] = {
    Up.PRESENCE: Manner(1, retain=True),
    Up.STATE: Manner(1, retain=True),
    Up.FAULTS: Manner(1, retain=True),
    Up.HEALTH: Manner(0, retain=False),
    Up.EVENT: Manner(1, retain=False),
    Up.PLAYS: Manner(1, retain=False),
    Up.REPLY: Manner(1, retain=False),
    Up.LOG: Manner(0, retain=False),
}
DOWN_MANNER: dict[Down, Manner] = {
    Down.MANIFEST: Manner(1, retain=True),
    Down.VALUES: Manner(1, retain=True),
    Down.ROOT: Manner(1, retain=True),
    Down.HOLD: Manner(1, retain=True),
    Down.WITHDRAWAL: Manner(1, retain=True),
    Down.EMERGENCY: Manner(1, retain=True),
    Down.COMMAND: Manner(1, retain=False),
    Down.ACK: Manner(1, retain=False),
}

IN_MANNER = Manner(1, retain=False)
"""How another system sends values, and how it is answered."""

_IN = re.compile(rf"{ROOT}/in/([0-9a-f-]{{36}})/values")
_UP = re.compile(rf"{ROOT}/k/([0-9a-f-]{{36}})/up/([a-z]{{1,16}})")


def up(kiosk_id: UUID, leaf: Up) -> str:
    """Return the topic on which a kiosk speaks."""
    return f"{ROOT}/k/{kiosk_id}/up/{leaf}"


def down(kiosk_id: UUID, leaf: Down) -> str:
    """Return the topic on which a kiosk is told."""
    return f"{ROOT}/k/{kiosk_id}/dn/{leaf}"


def all_down(kiosk_id: UUID) -> str:
    """Return the filter that a kiosk subscribes to."""
    return f"{ROOT}/k/{kiosk_id}/dn/#"


def all_up() -> str:
    """Return the filter that the server subscribes to."""
    return f"{ROOT}/k/+/up/#"


def inward(source_id: UUID) -> str:
    """Return the topic on which another system states values of a board."""
    return f"{ROOT}/in/{source_id}/values"


def outward(source_id: UUID) -> str:
    """Return the topic on which another system is answered."""
    return f"{ROOT}/out/{source_id}/answer"


def all_inward() -> str:
    """Return the filter for values that other systems state."""
    return f"{ROOT}/in/+/values"


def parse_inward(topic: str) -> UUID | None:
    """Return the source of a topic on which other systems state values, or None for any other topic."""
    match = _IN.fullmatch(topic)
    try:
        return UUID(match[1]) if match is not None else None
    except ValueError:
        return None


def server_presence(node: str) -> str:
    """Return the retained topic on which a server node says that it lives."""
    return f"{ROOT}/srv/{node}/presence"


def acl_patterns(server_user: str) -> str:
    """Return a Mosquitto ACL file: the server may do all of ours, kiosks and other systems only their own.

    The user name of each is its id.
    """
    return (
        f"user {server_user}\ntopic readwrite {ROOT}/#\n\n"
        f"pattern read {ROOT}/k/%u/dn/#\npattern write {ROOT}/k/%u/up/#\npattern read {ROOT}/srv/#\n"
        f"pattern write {ROOT}/in/%u/values\npattern read {ROOT}/out/%u/answer\n"
    )


def access_list(servers: Iterable[str], kiosks: Iterable[UUID], sources: Iterable[UUID]) -> str:
    """Return a Mosquitto ACL file that names everybody who may say or hear anything; who is not in it is mute and deaf.

    Servers may do all of ours, kiosks and other systems only their own. The user name of each is its id.
    """
    lines = [f"user {server}\ntopic readwrite {ROOT}/#\n" for server in servers]
    lines += [
        f"user {one}\ntopic read {ROOT}/k/{one}/dn/#\ntopic write {ROOT}/k/{one}/up/#\ntopic read {ROOT}/srv/#\n"
        for one in kiosks
    ]
    lines += [f"user {one}\ntopic write {inward(one)}\ntopic read {outward(one)}\n" for one in sources]
    return "\n".join(lines)


def parse_up(topic: str) -> tuple[UUID, Up] | None:
    """Return the kiosk and the leaf of a topic on which kiosks speak, or None for any other topic."""
    match = _UP.fullmatch(topic)
    if match is None:
        return None
    try:
        return UUID(match[1]), Up(match[2])
    except ValueError:
        return None
