"""What the controller should put on the panel: an ordered picture until its time is over, black without a signal.

The wanted picture is worked out anew each time, so whatever went wrong before, the panel returns to the video. A file
remembers that something else than the video was asked for, so that a restart returns to it too.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk_agent.panel.survey import Controller, Failure, Shows, Unknown
from playlists.wire.messages import PanelPicture

log = logging.getLogger(__name__)
NOTE = "panel_picture"
SHORTEST_S, USUAL_S, LONGEST_S = 1, 60, 600
SIGNAL_LOST_ROUNDS = 2
RETRY_S = 10.0


@dataclass(frozen=True, slots=True)
class Ordered:
    """A picture that somebody asked for, and until when."""

    picture: PanelPicture
    until_s: float


class Shown:
    """The picture that the controller was told to show, and the wish for another."""

    def __init__(self, controller: Controller, folder: Path, *, black_without_signal: bool) -> None:
        self._controller = controller
        self._note = folder / NOTE
        self._black_without_signal = black_without_signal
        self._now: PanelPicture | None = PanelPicture.VIDEO
        """None: not known, because the note is there or a change went wrong half-way."""
        with suppress(OSError):
            self._now = None if self._note.exists() else PanelPicture.VIDEO
        self._ordered: Ordered | None = None
        self._rounds_without_signal = 0
        self._not_before_s = 0.0
        self._strange_since_s: float | None = None

    @property
    def is_video(self) -> bool:
        """Whether the panel shows what the kiosk plays, as far as the controller was told."""
        return self._now is PanelPicture.VIDEO

    def order(self, picture: PanelPicture, seconds: int, mono_s: float) -> str | None:
        """Show a picture for so long; return why it could not be done, or None."""
        lasts_s = min(LONGEST_S, max(SHORTEST_S, seconds or USUAL_S))
        self._ordered = None if picture is PanelPicture.VIDEO else Ordered(picture, mono_s + lasts_s)
        failure = self._change(mono_s)
        if failure is not None:
            self._ordered = None
        return failure

    def note_signal(self, signal: object) -> None:
        """Take what a round said of the picture signal; anything but True and False changes nothing."""
        if signal is True:
            self._rounds_without_signal = 0
        elif signal is False:
            self._rounds_without_signal += 1

    def note_shows(self, shows: Shows | Unknown, mono_s: float) -> None:
        """Take what a card says that it shows.

        A card that shows the video where it should not (it was without power) is told again at once; one that shows
        something else than the video is somebody's at work, and returns after the longest time of a test picture.
        """
        if isinstance(shows, Unknown) or self._now is None:
            return
        if (shows is Shows.VIDEO) is self.is_video:
            self._strange_since_s = None
        elif not self.is_video:
            self._now, self._not_before_s = None, 0.0
        elif self._strange_since_s is None:
            self._strange_since_s = mono_s
        elif mono_s - self._strange_since_s >= LONGEST_S:
            self._now, self._not_before_s, self._strange_since_s = None, 0.0, None

    def mind(self, mono_s: float) -> None:
        """Return to what should be shown, when it is time; a failure is tried again later."""
        if self._ordered is not None and mono_s >= self._ordered.until_s:
            self._ordered = None
            self._not_before_s = 0.0
        if mono_s >= self._not_before_s and (failure := self._change(mono_s)):
            log.warning("the panel does not return to %s: %s", self._wanted(), failure)

    def end(self, mono_s: float) -> None:
        """End an ordered picture now."""
        self._ordered = None
        self._change(mono_s)

    def _wanted(self) -> PanelPicture:
        if self._ordered is not None:
            return self._ordered.picture
        lost = self._black_without_signal and self._rounds_without_signal >= SIGNAL_LOST_ROUNDS
        return PanelPicture.BLACK if lost else PanelPicture.VIDEO

    def _change(self, mono_s: float) -> str | None:
        wanted = self._wanted()
        if wanted is self._now:
            return None
        try:
            if wanted is not PanelPicture.VIDEO:
                self._keep_note()
            self._now = None
            self._controller.show(wanted)
        except Failure as error:
            self._not_before_s = mono_s + RETRY_S
            return str(error)
        self._now = wanted
        if wanted is PanelPicture.VIDEO:
            self._drop_note()
        return None

    def _keep_note(self) -> None:
        try:
            self._note.touch()
        except OSError as error:
            log.warning("that the panel shows a picture of its own cannot be noted: %s", error)

    def _drop_note(self) -> None:
        try:
            self._note.unlink(missing_ok=True)
        except OSError as error:
            log.warning("the note of a panel's own picture cannot be dropped: %s", error)
