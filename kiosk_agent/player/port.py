"""The player's port: what the agent asks of a player, and what a player tells the agent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kiosk_agent.core.seal import Seal
from kiosk_agent.core.verdict import Verdict
from playlists.manifest import PanelSpec


@dataclass(frozen=True, slots=True)
class Cue:
    """One airing that the player is to show: a verified segment file, or black when there is none.

    `key` names the airing for reports (sha256 of the segment, or `dark`); `starts_at` and `ends_at` are UTC and whole
    seconds apart. A file shorter than the airing is held: its last closed one-second group repeats.
    """

    key: str
    path: Path | None
    starts_at: datetime
    ends_at: datetime
    seal: Seal | None = None
    """What the file's bytes have to be; None for a file that the player made itself."""


NextCue = Callable[[datetime], Cue]
"""Asked at the last moment before each item boundary: what is on from this UTC instant."""


def unhurried() -> None:
    """Let every report wait for its time."""


@dataclass(frozen=True, slots=True)
class PlayerReport:
    """What the player says once a second.

    `shown` is the cue that the feeder's plan has on screen now; `match_permille` how well the last capture equals the
    expected picture (None: no capture); `stalled` when frames stopped; `verdict` what the last captures come to;
    `crashed` is told once for each death of the player: the newest cue that it was feeding then.
    `in_step_offset_ms` says how long after its planned whole second an item came lately, by the pixels (None: unknown).
    `misfit` says why the display cannot show the panel's picture as it should be. `overlay_seen` says that the last
    capture equals the overlay that is up, or that nothing can be captured and the overlay was handed to the display.
    `unsound` is the key of the cue whose file cannot be played or is not what it was when it was verified.
    """

    shown: Cue | None
    match_permille: int | None
    frames: int
    stalled: bool
    error: str | None = None
    verdict: Verdict = Verdict.UNKNOWN
    crashed: Cue | None = None
    in_step_offset_ms: int | None = None
    misfit: str | None = None
    overlay_seen: bool = False
    lost_permille: int | None = None
    """Frames of the last half minute that were not shown in time, in thousandths; None: not counted."""
    unsound: str | None = None


class Player(Protocol):
    """A player of one panel. All calls come from the agent's thread; none blocks for longer than a second."""

    @property
    def name(self) -> str:
        """`vlc` or `software`, for reports."""

    def start(self, panel: PanelSpec, next_cue: NextCue, hurry: Callable[[], object] = unhurried) -> None:
        """Begin the endless stream for a panel; calling it again with another panel starts anew.

        `hurry` is called on any thread when something has happened that the next report should not wait for.
        """

    def refresh(self) -> None:
        """What is due has changed: ask `next_cue` again at the next whole second instead of at the item's end."""

    def overlay(self, picture: Path | None) -> None:
        """Lay a picture of exactly the panel's size over the running stream at once, or take it away (None).

        It stays up over restarts of the player until it is taken away or `start` is called. While it is up, no report
        has a match, since the planned item is not seen.

        Raises:
            ValueError: the picture cannot be read or has another size; what is up stays up.
        """

    def cut_in(self) -> None:
        """What is on screen may not stay: cover it at once with a still of what `next_cue` says is due now.

        The stream is asked again at the next whole second, and the cover goes when the stream itself shows the answer.
        Meanwhile `report` says that the covering item is shown, and matches captures with the cover.
        """

    def renew(self) -> None:
        """Start what decodes anew and let it take over when its picture is right, so that nobody sees it happen."""

    def report(self) -> PlayerReport:
        """Return what is on screen now; also supervises (restarts a dead or hanging child)."""

    def capture_jpeg(self) -> bytes | None:
        """Return the picture that is on the panel now as JPEG (panel's pixels), or None if there is none."""

    def stop(self) -> None:
        """End playback and every child process and window."""
