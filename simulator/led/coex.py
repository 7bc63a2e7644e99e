"""The same wall behind COEX's HTTP interface: JSON without a login, lists in another order at every call."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from simulator.led.serving import Bus

SUCCESS, INVALID, SEND_FAILED, BUSY, NOT_SUPPORTED = 0, 1, 2, 5, 6
MOST_BYTES = 1 << 16
NORMAL, BLACKOUT, FREEZE = 0, 1, 2


class CoexDoor:
    """The HTTP port of one controller. `busy` counts calls that are answered with code 5."""

    def __init__(self, bus: Bus, host: str = "127.0.0.1", port: int = 0) -> None:
        self._bus = bus
        self.busy = 0
        self.percent = 100.0
        self._turns = 0
        self._gets: dict[str, Callable[[], Any]] = {
            "/api/v1/device/hw": self._hardware,
            "/api/v1/device/monitor/info": self._monitoring,
            "/api/v1/device/input/sources": self._sources,
            "/api/v1/screen/displayparams": lambda: [{"screenID": 1, "brightness": self.percent}],
            "/api/v1/screen/output/display/state": lambda: {"value": self._bus.controller.wall.display_mode},
        }
        self._puts: dict[str, Callable[[dict[str, Any]], None]] = {
            "/api/v1/screen/brightness": self._shine,
            "/api/v1/screen/output/displaymode": self._mode,
        }
        door = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(door.get(self.path.split("?")[0]))

            def do_PUT(self) -> None:
                body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MOST_BYTES))
                self._say(door.put(self.path, body))

            def log_message(self, *_: object) -> None:
                pass

            def _say(self, answer: dict[str, Any] | None) -> None:
                content = json.dumps(answer or {}).encode()
                self.send_response(200 if answer is not None else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        self._server = ThreadingHTTPServer((host, port), Answering)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, path: str) -> dict[str, Any] | None:
        """Answer a read; None for a path that is not there."""
        with self._bus.lock:
            return self._refusal() or (self._good(self._gets[path]()) if path in self._gets else None)

    def put(self, path: str, body: bytes) -> dict[str, Any] | None:
        """Answer a write."""
        with self._bus.lock:
            refusal = self._refusal()
            if refusal is not None or path not in self._puts:
                return refusal
            try:
                self._puts[path](json.loads(body))
            except (ValueError, KeyError, TypeError):
                return {"code": INVALID, "data": None, "message": "InvalidParam"}
            return self._good(None)

    def _refusal(self) -> dict[str, Any] | None:
        if self._bus.wire.contended:
            return {"code": SEND_FAILED, "data": None, "message": "device locked"}
        if self.busy > 0:
            self.busy -= 1
            return {"code": BUSY, "data": None, "message": "Busying"}
        return None

    @staticmethod
    def _good(content: Any) -> dict[str, Any]:
        return {"code": SUCCESS, "data": content, "message": "Success"}

    def _hardware(self) -> dict[str, Any]:
        return {"model": "MX40 Pro", "sn": self._bus.controller.wall.serial.hex().upper(), "swVersion": "V1.5.0"}

    def _sources(self) -> list[dict[str, Any]]:
        return [{"id": 1, "name": "HDMI1", "sourceStatus": int(self._bus.controller.wall.has_signal)}]

    def _monitoring(self) -> dict[str, Any]:
        wall = self._bus.controller.wall
        places = [(port, index) for port, cards in wall.ports.items() for index in range(len(cards))]
        listed = []
        for number, (port, index) in enumerate(places, start=1):
            card = wall.card(port, index)
            if card is not None:
                measured = {"temperature": {"value": card.temperature_c}, "voltage": {"value": card.voltage}}
                listed.append({"cabinetID": number, "rvCards": [{"cabinetID": number, **measured, "errorBit": []}]})
        self._turns += 1
        turn = self._turns % max(1, len(listed))
        return {
            "runtime": 3600,
            "mainBoardTemperature": {"value": 41.0},
            "mainBoardVoltage": {"value": 12.0},
            "fanInfos": [{"fanSpeed": 3200}],
            "cabinets": listed[turn:] + listed[:turn],
        }

    def _shine(self, asked: dict[str, Any]) -> None:
        percent = asked["brightness"]
        if not isinstance(percent, int | float) or not 0 <= percent <= 100:
            raise ValueError(percent)
        self.percent = float(percent)
        for card in self._bus.controller.wall.answering(None, None):
            card.brightness[0] = round(percent * 255 / 100)

    def _mode(self, asked: dict[str, Any]) -> None:
        if asked["value"] not in (NORMAL, BLACKOUT, FREEZE):
            raise ValueError(asked["value"])
        self._bus.controller.wall.display_mode = asked["value"]
        for card in self._bus.controller.wall.answering(None, None):
            card.blackout = 0xFF if asked["value"] == BLACKOUT else 0
            card.freeze = 0xFF if asked["value"] == FREEZE else 0
