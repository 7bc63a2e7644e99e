"""The X display that VLC draws on: the one that is there, or a virtual one (Xvfb) of our own.

A real kiosk has `$DISPLAY`; demo and tests have none and get an Xvfb that ends with its last client.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from Xlib.display import Display

START_S = 10.0


class DisplayUnavailable(RuntimeError):
    """There is no X display and none can be started."""


Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """What an X server says of its screen: size, and the modes of connected outputs (empty: it names none)."""

    size: Size
    modes: frozenset[Size] = frozenset()


@dataclass
class XServer:
    """A display to draw on; `process` is None when it is not ours."""

    display: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        """Tell whether our Xvfb lives; a display that is not ours counts as running."""
        return self.process is None or self.process.poll() is None

    def stop(self) -> None:
        """End our Xvfb; leave a display that is not ours alone."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(2)


def can_have_display() -> bool:
    """Tell whether there is a display or an Xvfb to start."""
    return bool(os.environ.get("DISPLAY")) or shutil.which("Xvfb") is not None


def read_screen(display: str | None = None) -> ScreenSpec | None:
    """Return what the X server at a display (`$DISPLAY` by itself) says of its screen; None where none answers."""
    display = display or os.environ.get("DISPLAY")
    if not display:
        return None
    try:
        from Xlib.display import Display
        from Xlib.error import DisplayError, XError

        connection = Display(display)
    except (ImportError, DisplayError, OSError):
        return None
    try:
        screen = connection.screen()
        size = screen.width_in_pixels, screen.height_in_pixels
        return ScreenSpec(size, _modes(connection))
    except (XError, OSError):
        return None
    finally:
        connection.close()


def _modes(connection: Display) -> frozenset[Size]:
    """Return the sizes that connected outputs offer (RandR 1.2); none where the server does not know RandR."""
    from Xlib.ext import randr

    if not connection.has_extension("RANDR"):
        return frozenset()
    found = randr.get_screen_resources_current(connection.screen().root)
    sizes = {mode["id"]: (mode["width"], mode["height"]) for mode in found.modes}
    offered: set[Size] = set()
    for output in found.outputs:
        told = connection.xrandr_get_output_info(output, found.config_timestamp)
        if told.connection == randr.Connected:
            offered |= {sizes[mode] for mode in told.modes if mode in sizes}
    return frozenset(offered)


def open_display(width: int, height: int, *, own: bool = False) -> XServer:
    """Return `$DISPLAY`, or a new Xvfb of this size where there is none or `own` is asked for.

    Raises:
        DisplayUnavailable: no display is set, and Xvfb is not installed or does not start.
    """
    display = os.environ.get("DISPLAY")
    if display and not own:
        return XServer(display)
    program = shutil.which("Xvfb")
    if program is None:
        raise DisplayUnavailable("there is no X display: set DISPLAY or install Xvfb (apt-get install xvfb)")
    read_fd, write_fd = os.pipe()
    try:
        screen = ["-screen", "0", f"{width}x{height}x24"]
        process = subprocess.Popen(
            [program, "-displayfd", str(write_fd), *screen, "-nolisten", "tcp", "-terminate"],
            pass_fds=[write_fd],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(write_fd)
        write_fd = -1
        number = _read_line(read_fd)
    finally:
        os.close(read_fd)
        if write_fd >= 0:
            os.close(write_fd)
    if not number.isdigit():
        XServer("", process).stop()
        raise DisplayUnavailable(f"{program} did not start within {START_S:.0f} s; run it by hand to see why")
    return XServer(f":{number.decode()}", process)


def _read_line(read_fd: int) -> bytes:
    """Read up to the line's end: Xvfb writes the number and the newline apart, and dies if it cannot write both."""
    line = b""
    while not line.endswith(b"\n") and select.select([read_fd], [], [], START_S)[0]:
        chunk = os.read(read_fd, 16)
        if not chunk:
            break
        line += chunk
    return line.strip()
