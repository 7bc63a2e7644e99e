"""NovaStar's COEX controllers (MX, CX, KU lines): JSON over HTTP, no session; a lock by VMP is told as contention.

A cabinet that is offline is missing from the list; the list's order means nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx

from kiosk_agent.panel.survey import Card, Contended, Failure, Link, Place, Refused, Shows, Silent, Survey, Unknown
from playlists.wire.messages import PanelPicture

FactT = TypeVar("FactT")
MOST_BYTES = 4 << 20
WAIT_S = 5.0
BUSY = 5
VIDEO, BLACK, FROZEN = 0, 1, 2
"""Not those of the VX4S, where 1 freezes and 2 is black."""
FULL = 255
_PICTURES = {PanelPicture.VIDEO: VIDEO, PanelPicture.BLACK: BLACK}
_NO_FIELD = "the controller's answer does not hold it"


class Busy(Refused):
    """It is there and will answer later."""


class Coex:
    """The driver. `cabinets` are the controller's own numbers of cabinets; `most` is its word for full brightness."""

    name = "coex"

    def __init__(
        self, address: str, cabinets: Mapping[Place, int], screens: Sequence[int] = (1,), most: float = 100.0
    ) -> None:
        self._address = address.rstrip("/")
        self._cabinets, self._screens, self._most = cabinets, list(screens), most

    def survey(self, places: Collection[Place]) -> Survey:
        """Ask for everything; the cabinets come in one long answer, which is asked for only when some are wanted."""
        try:
            with self._client() as client:
                hardware = _call(client, "GET", "/api/v1/device/hw")
                return Survey(
                    Link.ANSWERS,
                    model=_text(hardware, "model"),
                    signal=_fact(lambda: _signal(_call(client, "GET", "/api/v1/device/input/sources"))),
                    backup_ports=Unknown("this interface does not tell it"),
                    brightness=_fact(lambda: self._level(_call(client, "GET", "/api/v1/screen/displayparams"))),
                    shows=_fact(lambda: _shows(_call(client, "GET", "/api/v1/screen/output/display/state"))),
                    light_lux=Unknown("this interface does not tell it"),
                    dims_itself=Unknown("this interface does not tell it"),
                    cards=self._cards(client, places) if places else {},
                )
        except Busy as error:
            nothing = Unknown(str(error))
            return Survey(Link.ANSWERS, signal=nothing, brightness=nothing, cards=dict.fromkeys(places, Card(nothing)))
        except Contended as error:
            return Survey(Link.CONTENDED, str(error))
        except Failure as error:
            return Survey(Link.SILENT, str(error))

    def set_brightness(self, level: int) -> None:
        """Set the screens' brightness, in their memory only."""
        share = round(level * self._most / FULL, 3)
        with self._client() as client:
            body = {"brightness": round(share) if self._most > 1 else share, "screenIds": self._screens}
            _call(client, "PUT", "/api/v1/screen/brightness", body)

    def show(self, picture: PanelPicture) -> None:
        """Show the video or black; how test pictures are asked for is not published."""
        if picture not in _PICTURES:
            raise Refused("a COEX controller is not asked for test pictures: how is not published")
        with self._client() as client:
            body = {"value": _PICTURES[picture], "canvasIDs": self._screens}
            _call(client, "PUT", "/api/v1/screen/output/displaymode", body)

    @contextmanager
    def _client(self) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self._address, timeout=WAIT_S, trust_env=False) as client:
            yield client

    def _level(self, content: Any) -> int:
        shares = [one for one in _numbers(content, "brightness") if 0 <= one <= self._most]
        if not shares:
            raise Refused(_NO_FIELD)
        return round(min(shares) * FULL / self._most)

    def _cards(self, client: httpx.Client, places: Collection[Place]) -> dict[Place, Card]:
        try:
            content = _call(client, "GET", "/api/v1/device/monitor/info?isNeedCabinetInfo=1")
            listed = _cabinets(content)
        except Refused as error:
            return dict.fromkeys(places, Card(Unknown(str(error))))
        nameless = Card(Unknown("the panel's profile gives no cabinet number for this place"))
        return {
            place: listed.get(number, Card(answers=False)) if (number := self._cabinets.get(place)) else nameless
            for place in places
        }


def _call(client: httpx.Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    got = bytearray()
    try:
        with client.stream(method, path, json=body) as answer:
            for piece in answer.iter_bytes():
                got += piece
                if len(got) > MOST_BYTES:
                    raise Refused(f"{path} answered with more than {MOST_BYTES >> 20} MiB")
        if answer.status_code != httpx.codes.OK:
            raise Refused(f"{path} answered with HTTP {answer.status_code}")
        said = json.loads(got)
    except httpx.HTTPError as error:
        raise Silent(f"{client.base_url.host} does not answer: {error}") from error
    except (ValueError, RecursionError) as error:
        raise Refused(f"{path} did not answer in JSON") from error
    return _content(path, said)


def _content(path: str, said: Any) -> Any:
    if not isinstance(said, dict):
        raise Refused(f"{path} did not answer as a COEX controller does")
    message = str(said.get("message"))[:80]
    if "locked" in message.lower():
        raise Contended(f"the controller is locked by another program ({message})")
    if said.get("code") == BUSY:
        raise Busy("the controller is busy")
    if said.get("code") != 0:
        raise Refused(f"{path} was refused with code {str(said.get('code'))[:20]} ({message})")
    return said.get("data")


def _fact(ask: Callable[[], FactT]) -> FactT | Unknown:
    try:
        return ask()
    except Refused as error:
        return Unknown(str(error))


def _signal(content: Any) -> bool:
    states = list(_numbers(content, "sourceStatus"))
    if not states:
        raise Refused(_NO_FIELD)
    return 1 in states


def _shows(content: Any) -> Shows:
    states: dict[float, Shows] = {VIDEO: Shows.VIDEO, BLACK: Shows.BLACK, FROZEN: Shows.FROZEN}
    found = [states[value] for value in _numbers(content, "value") if value in states]
    if not found:
        raise Refused(_NO_FIELD)
    return found[0]


def _cabinets(content: Any) -> dict[int, Card]:
    if not isinstance(content, dict) or not isinstance(content.get("cabinets"), list):
        raise Refused(_NO_FIELD)
    found: dict[int, Card] = {}
    for cabinet in content["cabinets"]:
        for card in cabinet.get("rvCards") or () if isinstance(cabinet, dict) else ():
            number = card.get("cabinetID") if isinstance(card, dict) else None
            if isinstance(number, int):
                found[number] = Card(True, _milli(card, "temperature"), _milli(card, "voltage"))
    return found


def _milli(card: Mapping[str, Any], name: str) -> int | Unknown:
    values = list(_numbers(card.get(name), "value"))
    return round(values[0] * 1000) if values and abs(values[0]) < 1000 else Unknown(_NO_FIELD)


def _numbers(content: Any, name: str) -> Iterable[float]:
    """Yield the numbers of that name in an object, or in a list of objects."""
    for one in content if isinstance(content, list) else [content]:
        value = one.get(name) if isinstance(one, dict) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield value


def _text(content: Any, name: str) -> str:
    value = content.get(name) if isinstance(content, dict) else None
    return value[:80] if isinstance(value, str) else ""
