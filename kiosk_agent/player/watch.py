"""The watch over the VLC child: tells from readings whether it stalls and whether it must be started anew. Pure."""

from __future__ import annotations

from dataclasses import dataclass

HEARD_WITHIN_S = 3.0
"""A child says a word twice a second; a loaded machine may swallow five of them."""
START_WITHIN_S = 30.0
STALLED_AFTER_S = 2.0
SILENT_FOR_S = 8.0
FROZEN_FOR_S = 30.0
LIVED_WELL_S = 60.0
LONGEST_PAUSE_S = 30.0
NEAR_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of the child at one moment; ages in seconds, None where nothing was heard or captured yet.

    `frozen_s` says for how long the capture has neither changed nor matched the plan, `is_stopped` that the kernel
    has stopped the process.
    """

    age_s: float
    heard_s: float | None
    silent_s: float | None
    rss_mb: float
    frozen_s: float
    is_stopped: bool = False


def is_stalled(reading: Reading) -> bool:
    """Tell whether frames have stopped: VLC's clock, its process or its pixels stand still."""
    if reading.is_stopped:
        return True
    if reading.heard_s is None or reading.silent_s is None:
        return reading.age_s > START_WITHIN_S / 4
    return max(reading.heard_s, reading.silent_s + reading.heard_s, reading.frozen_s / 3) > STALLED_AFTER_S


def why_restart(reading: Reading, most_rss_mb: float) -> str | None:
    """Return why the child must be killed, as a sentence, or None while it may go on."""
    if reading.rss_mb > most_rss_mb:
        return f"VLC used {reading.rss_mb:.0f} MB of memory, the ceiling is {most_rss_mb:.0f} MB; it was started anew"
    if reading.is_stopped:
        return "VLC's process was stopped by a signal; it was started anew"
    if reading.heard_s is not None and reading.heard_s > HEARD_WITHIN_S:
        return f"VLC's process has hung for {reading.heard_s:.0f} s; it was started anew"
    if reading.heard_s is None or reading.silent_s is None:
        late = reading.age_s > START_WITHIN_S
        return f"VLC showed nothing within {START_WITHIN_S:.0f} s of its start; it was started anew" if late else None
    if reading.silent_s > SILENT_FOR_S:
        return f"VLC has shown no new picture for {reading.silent_s:.0f} s; it was started anew"
    if reading.frozen_s > FROZEN_FOR_S:
        return (
            f"the picture has stood still for {reading.frozen_s:.0f} s and is not the planned one; VLC was started anew"
        )
    return None


def nears_ceiling(reading: Reading, most_rss_mb: float) -> bool:
    """Tell whether memory has come so near its ceiling that the child is to be renewed before it must be killed."""
    return reading.rss_mb > NEAR_SHARE * most_rss_mb and reading.age_s > LIVED_WELL_S


def restart_pause_s(failures: int) -> float:
    """Return how long to wait before a new start: at once the first time, then 1, 2, 4 ... at most 30 s."""
    return 0.0 if failures <= 1 else min(LONGEST_PAUSE_S, 2.0 ** (failures - 2))
