"""NovaStar's register bus: sending boxes of the MSD, MCTRL, VX and NovaPro lines, over TCP or a serial port."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TypeVar

from kiosk_agent.panel import monitoring, registers
from kiosk_agent.panel.bus import Absent, Bus
from kiosk_agent.panel.line import Line
from kiosk_agent.panel.models import Model, model_of
from kiosk_agent.panel.registers import Read, Setting, Write
from kiosk_agent.panel.survey import (
    Card,
    Contended,
    Failure,
    Link,
    Place,
    Refused,
    Shows,
    Silent,
    Survey,
    Unanswered,
    Unknown,
)
from playlists.wire.messages import PanelPicture

FactT = TypeVar("FactT")

BLACK, LIT = 0xFF, 0x00
PATTERNS = {
    PanelPicture.RED: 2,
    PanelPicture.GREEN: 3,
    PanelPicture.BLUE: 4,
    PanelPicture.WHITE: 5,
    PanelPicture.ROWS: 6,
    PanelPicture.COLUMNS: 7,
    PanelPicture.DIAGONALS: 8,
    PanelPicture.GREYS: 9,
}
NO_PATTERN = (0, 1)
LIGHT_VALID, LIGHT_UNIT_LUX = 1 << 15, 2
STANDS_ALONE = 0x7D
RUNS_AS_BACKUP = 0b10
MOST_UNANSWERED = 3
_NOT_LISTED = "which register tells this is not known for this model"


class NovaStar:
    """The driver. `open_line` opens the session; `signal` overrides the model's table where a site knows better."""

    name = "novastar"

    def __init__(
        self,
        open_line: Callable[[], Line],
        *,
        wait_s: float | None = None,
        signal: Read | None = None,
        has_light_sensor: bool = False,
    ) -> None:
        self._open_line, self._wait_s = open_line, wait_s
        self._signal, self._has_light_sensor = signal, has_light_sensor
        self._serial = 0

    def survey(self, places: Collection[Place]) -> Survey:
        """Ask the controller and these cards."""
        try:
            with self._session() as bus:
                return self._survey(bus, places)
        except Contended as error:
            return Survey(Link.CONTENDED, str(error))
        except Failure as error:
            return Survey(Link.SILENT, str(error))

    def set_brightness(self, level: int) -> None:
        """Set the global brightness of all cards, in their memory only."""
        with self._session() as bus:
            bus.write(Write(Setting.BRIGHTNESS, level))

    def show(self, picture: PanelPicture) -> None:
        """Set blackout and pattern of all cards; whatever is shown, no card stays frozen."""
        with self._session() as bus:
            bus.write(Write(Setting.FREEZE, 0))
            bus.write(Write(Setting.PATTERN, PATTERNS.get(picture, 0)))
            bus.write(Write(Setting.BLACKOUT, BLACK if picture is PanelPicture.BLACK else LIT))

    @contextmanager
    def _session(self) -> Iterator[Bus]:
        line = self._open_line()
        # a number that the session before did not use: its late answers must fit no question of this one
        self._serial += 64
        bus = Bus(line, first_serial=self._serial) if self._wait_s is None else Bus(line, self._wait_s, self._serial)
        try:
            yield bus
        finally:
            bus.close()

    def _survey(self, bus: Bus, places: Collection[Place]) -> Survey:
        number = int.from_bytes(bus.read(registers.MODEL), "little")
        if not number:
            return Survey(Link.SILENT, "the controller answers with model 0: it does not run")
        model = model_of(number)
        cards = self._cards(bus, places)
        there = next((place for place, card in cards.items() if card.answers is True), None)
        return Survey(
            Link.ANSWERS,
            model=model.name,
            signal=self._has_signal(bus, model),
            backup_ports=self._backups(bus) if model.redundancy and places else Unknown(_NOT_LISTED),
            brightness=self._brightness(bus, there),
            shows=self._shows(bus, there),
            light_lux=self._light(bus) if self._has_light_sensor else Unknown("no light sensor is fitted"),
            dims_itself=self._dims(bus) if model.auto_brightness and places else Unknown(_NOT_LISTED),
            cards=cards,
        )

    def _has_signal(self, bus: Bus, model: Model) -> bool | Unknown:
        which = self._signal or model.signal
        return Unknown(_NOT_LISTED) if which is None else _fact(lambda: bus.read(which) != b"\x00")

    def _cards(self, bus: Bus, places: Collection[Place]) -> dict[Place, Card]:
        cards: dict[Place, Card] = {}
        for place in places:
            cards[place] = self._card(bus, place)
            last = list(cards.values())[-MOST_UNANSWERED:]
            if len(last) == MOST_UNANSWERED and all(isinstance(card.answers, Unknown) for card in last):
                raise Silent(f"{MOST_UNANSWERED} questions in a row got no answer")
        return cards

    @staticmethod
    def _card(bus: Bus, place: Place) -> Card:
        try:
            return monitoring.parse(bus.read(registers.MONITORING, place))
        except Absent:
            return Card(answers=False)
        except (Refused, Unanswered) as error:
            return Card(Unknown(str(error)))

    @staticmethod
    def _brightness(bus: Bus, there: Place | None) -> int | Unknown:
        if there is None:
            return Unknown("no receiving card was asked")
        return _fact(lambda: bus.read(registers.CARD_BRIGHTNESS, there)[0])

    @staticmethod
    def _shows(bus: Bus, there: Place | None) -> Shows | Unknown:
        def read() -> Shows:
            if bus.read(registers.CARD_BLACKOUT, there)[0] != LIT:
                return Shows.BLACK
            if bus.read(registers.CARD_PATTERN, there)[0] not in NO_PATTERN:
                return Shows.PATTERN
            return Shows.FROZEN if bus.read(registers.CARD_FREEZE, there)[0] else Shows.VIDEO

        return Unknown("no receiving card was asked") if there is None else _fact(read)

    @staticmethod
    def _backups(bus: Bus) -> frozenset[int] | Unknown:
        def ports() -> frozenset[int]:
            bits = bus.read(registers.REDUNDANCY)[0]
            return frozenset(port for port in range(4) if bits >> 2 * port & 0b11 == RUNS_AS_BACKUP)

        return _fact(ports)

    @staticmethod
    def _light(bus: Bus) -> int | Unknown:
        def lux() -> int | Unknown:
            raw = int.from_bytes(bus.read(registers.LIGHT), "little")
            if not raw & LIGHT_VALID:
                return Unknown("the light sensor gives no reading")
            return (raw & ~LIGHT_VALID) * LIGHT_UNIT_LUX

        return _fact(lux)

    @staticmethod
    def _dims(bus: Bus) -> bool | Unknown:
        return _fact(lambda: bus.read(registers.AUTO_BRIGHTNESS)[0] == STANDS_ALONE)


def _fact(ask: Callable[[], FactT]) -> FactT | Unknown:
    try:
        return ask()
    except (Refused, Unanswered) as error:
        return Unknown(str(error))
