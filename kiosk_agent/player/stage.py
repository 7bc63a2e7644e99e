"""The stage: black around, one window of the panel's size, and libVLC playing the endless stream in it.

Every call is made by one thread. Options and their reasons are in docs/player.md.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import vlc
from Xlib import X
from Xlib.display import Display
from Xlib.error import ConnectionClosedError, XError
from Xlib.ext import composite
from Xlib.xobject.cursor import Cursor
from Xlib.xobject.drawable import Window

from kiosk_agent.player.output import MODULES, VideoOutput
from kiosk_agent.player.placement import Placement

VLC_AHEAD_S = 1.053
"""A frame is on screen this long after it was written, with `:file-caching=1000` (measured)."""

VLC_OPTIONS = (
    "--no-audio",
    "--no-osd",
    "--no-video-title-show",
    "--no-snapshot-preview",
    "--no-xlib",
    "--quiet",
    "--stats",
    "--no-sub-autodetect-file",
    "--no-lua",
    "--no-mouse-events",
    "--no-keyboard-events",
    "--avcodec-threads=1",
)
MEDIA_OPTIONS = (":demux=ts", ":file-caching=1000", ":prefetch-read-size=65536", ":prefetch-buffer-size=256")
"""Read-ahead of 256 KiB: a ring smaller than one read is enlarged to it, and VLC reads 16 MiB unless told otherwise."""
X11_PLAIN = (f"--vout={MODULES[VideoOutput.X11]}",)
BLACK = 0x000000


class Frames:
    """Our two override-redirect windows: `outside` covers the screen, `window` is where the panel's picture is.

    The root window gets the colour of `outside` too, for when they are gone; over all of them there is no pointer.
    """

    def __init__(self, display: str, placement: Placement, backdrop: int = BLACK, outside: int = BLACK) -> None:
        """Make the windows; nobody sees them before `show`."""
        self._display = Display(display)
        screen, place = self._display.screen(), placement
        root = screen.root
        self._nothing = _no_pointer(root)
        root.change_attributes(background_pixel=outside, cursor=self._nothing)
        root.clear_area()
        covered = max(place.screen_width, screen.width_in_pixels), max(place.screen_height, screen.height_in_pixels)
        self._outside = self._open(root, 0, 0, *covered, outside)
        self._window = self._open(root, place.x, place.y, place.width, place.height, backdrop)
        if self._display.has_extension(composite.extname):
            # A covered window keeps its pixels, so that it can be read, and is whole the moment it is raised.
            self._window.composite_redirect_window(composite.RedirectAutomatic)
        self._display.sync()

    def show(self, *, beneath: bool) -> None:
        """Show the windows above all others, or beneath them until they are raised."""
        for window in (self._window, self._outside) if beneath else (self._outside, self._window):
            window.configure(stack_mode=X.Below if beneath else X.Above)
            window.map()
        self._display.sync()

    def raise_up(self) -> None:
        """Bring the windows above everything, the picture first: what is around it must not cover the one before."""
        self._window.configure(stack_mode=X.Above)
        self._outside.configure(sibling=self._window, stack_mode=X.Below)
        self._display.sync()

    @property
    def window_id(self) -> int:
        """The X id of the picture's window."""
        return int(self._window.id)

    def is_drawn_in(self) -> bool:
        """Tell whether VLC's own window lies in the picture's window."""
        try:
            return bool(self._window.query_tree().children)
        except (XError, ConnectionClosedError):
            return False

    def close(self) -> None:
        """Take the windows away."""
        self._display.close()

    def _open(self, root: Window, x: int, y: int, width: int, height: int, colour: int) -> Window:
        look = {"background_pixel": colour, "override_redirect": 1, "cursor": self._nothing}
        window = root.create_window(x, y, width, height, 0, X.CopyFromParent, X.InputOutput, **look)
        window.configure(stack_mode=X.Below)
        return window


def _no_pointer(root: Window) -> Cursor:
    """Return a pointer without a single pixel."""
    pixmap = root.create_pixmap(1, 1, 1)
    pixmap.fill_rectangle(pixmap.create_gc(foreground=0), 0, 0, 1, 1)
    return pixmap.create_cursor(pixmap, (0, 0, 0), (0, 0, 0), 0, 0)


class NoFrames:
    """Stands for the windows where libVLC draws without any, on the whole display."""

    window_id = None

    def show(self, *, beneath: bool) -> None:
        """There is nothing to show before libVLC draws; nothing can lie beneath."""

    def raise_up(self) -> None:
        """There is nothing to raise."""

    def is_drawn_in(self) -> bool:
        """Tell that no window is missing."""
        return True

    def close(self) -> None:
        """Nothing to take away."""


class Stage:
    """LibVLC in the picture's window, playing one stream from a file descriptor."""

    def __init__(self, frames: Frames | NoFrames, drawing: Sequence[str] = X11_PLAIN) -> None:
        """Take the windows, and libVLC's options for the output (`vlc_options`)."""
        self._frames = frames
        self.instance = vlc.Instance([*VLC_OPTIONS, *drawing])
        self.player = self.instance.media_player_new()
        if frames.window_id is not None:
            self.player.set_xwindow(frames.window_id)
        self._heard: float | None = None
        events = self.player.event_manager()
        events.event_attach(vlc.EventType.MediaPlayerTimeChanged, self._hear)

    def play(self, read_fd: int) -> None:
        """Play the stream that comes out of a pipe."""
        media = self.instance.media_new_location(f"fd://{read_fd}")
        for option in MEDIA_OPTIONS:
            media.add_option(option)
        self.player.set_media(media)
        self.player.play()

    def pictures(self) -> tuple[int, int]:
        """Return how many pictures VLC has displayed, and how many it has lost."""
        media = self.player.get_media()
        counted = vlc.MediaStats()
        if media is None or not media.get_stats(counted):
            return 0, 0
        return int(counted.displayed_pictures), int(counted.lost_pictures)

    def overlay(self, picture: Path | None) -> None:
        """Lay a PNG of the window's size over the stream, or take it away; needs a video output."""
        if picture is not None:
            self.player.video_set_logo_string(vlc.VideoLogoOption.logo_file, str(picture))
            self.player.video_set_logo_int(vlc.VideoLogoOption.logo_x, 0)
            self.player.video_set_logo_int(vlc.VideoLogoOption.logo_y, 0)
            self.player.video_set_logo_int(vlc.VideoLogoOption.logo_opacity, 255)
        self.player.video_set_logo_int(vlc.VideoLogoOption.logo_enable, 0 if picture is None else 1)

    def has_output(self) -> bool:
        """Tell whether VLC has a video output and its window."""
        return bool(self.player.has_vout()) and self._frames.is_drawn_in()

    def silent_ms(self) -> int | None:
        """Return for how long VLC's clock has not moved; None before its first picture."""
        return None if self._heard is None else int((time.monotonic() - self._heard) * 1000)

    def close(self) -> None:
        """Stop VLC and take the windows away; the stream's writer must be closed before."""
        self.player.stop()
        self.player.release()
        self.instance.release()
        self._frames.close()

    def _hear(self, _event: object) -> None:
        # On libVLC's thread: nothing of libVLC may be called here.
        self._heard = time.monotonic()
