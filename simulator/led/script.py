"""Sentences that change the played hardware: `unplug card 2 of port 1`, `fan 3 stops`, `smoke`. People count from 1."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

from simulator.led.serving import Bus
from simulator.led.wall import Card, MonitorCard, Wall

Match = re.Match[str]


class NotUnderstood(ValueError):
    """A sentence that means nothing here, or names a part that is not there."""


def obey(bus: Bus, sentence: str) -> str:
    """Do what one sentence says and return what is to be printed.

    Raises:
        NotUnderstood: the text says what can be said, or which part is missing.
    """
    words = " ".join(sentence.lower().split())
    for pattern, act, _ in SENTENCES:
        found = re.fullmatch(pattern, words)
        if found is not None:
            with bus.lock:
                return act(bus, found) or "done"
    raise NotUnderstood(f"{sentence.strip()[:80]!r} is not understood; `help` lists what can be said")


def _help(_bus: Bus, _found: Match) -> str:
    return "\n".join(example for _, _, example in SENTENCES)


def _show(bus: Bus, _found: Match) -> str:
    wall = bus.controller.wall
    cards = {
        f"port {port + 1} card {index + 1}": _plain(card)
        for port, cards in wall.ports.items()
        for index, card in enumerate(cards)
    }
    facts = {name: value for name, value in _plain(wall).items() if name not in ("ports", "writes")}
    return json.dumps(facts | {"cards": cards})


def _plain(value: Any) -> Any:
    def one(item: Any) -> Any:
        if isinstance(item, bytes | bytearray):
            return item.hex()
        return sorted(item) if isinstance(item, set) else item

    return {
        field.name: _plain(item) if dataclasses.is_dataclass(item) else one(item)
        for field in dataclasses.fields(value)
        if not isinstance(item := getattr(value, field.name), dict)
    }


def _card(bus: Bus, found: Match) -> Card:
    cards = bus.controller.wall.ports
    if found["card"] is None:
        return next(iter(cards.values()))[0]
    port, index = int(found["port"]) - 1, int(found["card"]) - 1
    if port not in cards or not 0 <= index < len(cards[port]):
        raise NotUnderstood(f"there is no card {index + 1} at port {port + 1}")
    return cards[port][index]


def _monitor(bus: Bus, found: Match) -> MonitorCard:
    if found["card"] is None:
        every = (card for cards in bus.controller.wall.ports.values() for card in cards)
        monitor = next((card.monitor for card in every if card.monitor is not None), None)
    else:
        monitor = _card(bus, found).monitor
    if monitor is None:
        raise NotUnderstood("no monitoring card is fitted there")
    return monitor


def _channel(channels: list[Any], number: str, what: str) -> int:
    index = int(number) - 1
    if not 0 <= index < len(channels):
        raise NotUnderstood(f"there is no {what} {number}; they count from 1 to {len(channels)}")
    return index


def _plug(bus: Bus, found: Match) -> None:
    _card(bus, found).plugged = found["what"] == "plug"


def _plug_port(bus: Bus, found: Match) -> None:
    wall, port = bus.controller.wall, int(found["port"]) - 1
    if port not in wall.ports:
        raise NotUnderstood(f"there is no port {port + 1}")
    (wall.ports_down.discard if found["what"] == "plug" else wall.ports_down.add)(port)


def _fan(bus: Bus, found: Match) -> None:
    fans = _monitor(bus, found).fans_rpm
    fans[_channel(fans, found["fan"], "fan")] = 0 if found["stops"] else int(found["rpm"] or 1500)


def _rail(bus: Bus, found: Match) -> None:
    volts = _monitor(bus, found).volts
    volts[_channel(volts, found["rail"], "rail")] = float(found["volts"])


def _door(bus: Bus, found: Match) -> None:
    doors = _monitor(bus, found).doors_open
    doors[_channel(doors, found["door"] or "1", "door")] = found["state"] == "open"


def _smoke(bus: Bus, found: Match) -> None:
    _monitor(bus, found).smoke = found["no"] is None


def _humidity(bus: Bus, found: Match) -> None:
    _monitor(bus, found).humidity = int(found["percent"])


def _ribbon(bus: Bus, found: Match) -> None:
    monitor, line = _monitor(bus, found), int(found["line"]) - 1
    if not 0 <= line < 128:
        raise NotUnderstood("ribbon lines count from 1 to 128")
    bits = int.from_bytes(monitor.ribbons, "little") & ~(1 << line)
    monitor.ribbons = (bits | (found["state"] == "open") << line).to_bytes(16, "little")


def _temperature(bus: Bus, found: Match) -> None:
    _card(bus, found).temperature_c = None if found["celsius"] == "unreadable" else float(found["celsius"])


def _voltage(bus: Bus, found: Match) -> None:
    _card(bus, found).voltage = None if found["volts"] == "unreadable" else float(found["volts"])


def _hand(bus: Bus, found: Match) -> None:
    _card(bus, found).brightness[0] = min(int(found["level"]), 255)


def _signal(bus: Bus, found: Match) -> None:
    bus.controller.wall.signal_bits = 0 if found["state"] == "lost" else 0b10


def _light(bus: Bus, found: Match) -> None:
    bus.controller.wall.light_lux = None if found["lux"] == "fails" else int(found["lux"])


def _backup(bus: Bus, found: Match) -> None:
    wall: Wall = bus.controller.wall
    wall.backup_ports = 0 if found["port"] is None else 0b10 << 2 * (min(int(found["port"]), 4) - 1)


def _auto(bus: Bus, found: Match) -> None:
    bus.controller.wall.auto_brightness = 0x7D if found["state"] == "on" else 0xFF


def _acks(bus: Bus, found: Match) -> None:
    bus.controller.wall.acknowledges_all = found["no"] is None


def _power(bus: Bus, found: Match) -> None:
    bus.controller.wall.powered = found["state"] == "on"


def _wire_count(bus: Bus, found: Match) -> None:
    setattr(bus.wire, found["what"].replace(" ", "_"), int(found["count"] or 1))


def _delay(bus: Bus, found: Match) -> None:
    bus.wire.delay_s = int(found["ms"]) / 1000


def _split(bus: Bus, found: Match) -> None:
    bus.wire.split_at = int(found["bytes"]) if found["bytes"] else None


def _contend(bus: Bus, found: Match) -> None:
    bus.wire.contended = found["ends"] is None


_WHERE = r"(?: (?:of|at|on) card (?P<card>\d{1,5}) of port (?P<port>\d{1,3}))?"
_NUMBER = r"\d{1,6}(?:\.\d{1,3})?"
Act = Callable[[Bus, Match], str | None]
SENTENCES: tuple[tuple[str, Act, str], ...] = (
    (r"help", _help, "help"),
    (r"show", _show, "show"),
    (r"(?P<what>plug|unplug) card (?P<card>\d{1,5}) of port (?P<port>\d{1,3})", _plug, "unplug card 2 of port 1"),
    (r"(?P<what>plug|unplug) port (?P<port>\d{1,3})", _plug_port, "unplug port 2"),
    (rf"fan (?P<fan>\d) (?:(?P<stops>stops)|turns(?: at (?P<rpm>\d{{1,4}}))?){_WHERE}", _fan, "fan 3 stops"),
    (rf"rail (?P<rail>\d) is (?P<volts>{_NUMBER}){_WHERE}", _rail, "rail 2 is 4.1"),
    (rf"door(?: (?P<door>\d))? (?P<state>open|closed){_WHERE}", _door, "door open"),
    (rf"(?P<no>no )?smoke{_WHERE}", _smoke, "smoke"),
    (rf"humidity (?P<percent>\d{{1,2}}){_WHERE}", _humidity, "humidity 85"),
    (rf"ribbon (?P<line>\d{{1,3}}) (?P<state>open|closed){_WHERE}", _ribbon, "ribbon 5 open"),
    (rf"temperature (?P<celsius>-?{_NUMBER}|unreadable){_WHERE}", _temperature, "temperature 71 of card 2 of port 1"),
    (rf"voltage (?P<volts>{_NUMBER}|unreadable){_WHERE}", _voltage, "voltage 3.7 of card 2 of port 1"),
    (rf"brightness (?P<level>\d{{1,3}}){_WHERE}", _hand, "brightness 40 of card 1 of port 1"),
    (r"signal (?P<state>lost|back)", _signal, "signal lost"),
    (r"light (?P<lux>\d{1,6}|fails)", _light, "light 12000"),
    (r"(?:backup at port (?P<port>[1-4])|no backup)", _backup, "backup at port 1"),
    (r"auto brightness (?P<state>on|off)", _auto, "auto brightness on"),
    (r"(?P<no>no )?acknowledgements", _acks, "no acknowledgements"),
    (r"power (?P<state>on|off)", _power, "power off"),
    (r"(?P<what>drop|duplicate|wrong serial|reset|junk)(?: (?P<count>\d{1,4}))?", _wire_count, "wrong serial 3"),
    (r"delay (?P<ms>\d{1,5})", _delay, "delay 300"),
    (r"(?:split (?P<bytes>\d{1,4})|whole)", _split, "split 7"),
    (r"contend(?P<ends> ends)?", _contend, "contend"),
)
"""Pattern, what it does, an example for people."""
