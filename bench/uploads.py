"""`uploads`: do damaged files do any harm, and does a large upload survive a link that breaks?

2,000 damaged PNG, JPEG, WebP and MP4 files go through the upload's check, each in a child under its ceilings; then a
clip of 600 MB goes to a real server through a proxy that breaks the connection ten times. Bytes are counted where they
are handed to the network, and where the proxy passes them on.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from bench.report import Aim, Figure, Measured
from bench.uploading.bad_link import bad_link
from bench.uploading.damage import Outcomes, try_all
from bench.uploading.damaged import padded_clip
from bench.uploading.sender import Sender
from bench.uploading.served import served

CHUNK_BYTES = 8 << 20
AIMS = (
    Aim("damaged_broken", "==", 0),
    Aim("damaged_peak_mb", "<=", 1024),
    Aim("upload_taken", "==", 1),
    Aim("upload_resent_chunks_per_cut", "<=", 1),
)


def measure(arguments: list[str]) -> Measured:
    """Run both parts and return their figures."""
    parser = argparse.ArgumentParser(prog="python -m bench uploads", description=__doc__)
    parser.add_argument("--files", type=int, default=2000, help="damaged files (default 2000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first damaged file (default 0)")
    parser.add_argument("--mb", type=int, default=600, help="size of the large upload in MB (default 600)")
    parser.add_argument("--cuts", type=int, default=10, help="how often its link breaks (default 10)")
    parser.add_argument("--mb-s", type=float, default=60, help="how fast the link is, in MB per second (default 60)")
    asked = parser.parse_args(arguments)
    figures: dict[str, Figure] = {}
    if asked.files:
        began = time.monotonic()
        outcomes = try_all(range(asked.first, asked.first + asked.files))
        figures |= _of_damage(outcomes) | {"damaged_s": round(time.monotonic() - began, 1)}
    if asked.mb:
        figures |= _large(asked.mb * 1_000_000, asked.cuts, round(asked.mb_s * 1_000_000))
    return Measured(figures, tuple(aim for aim in AIMS if aim.figure in figures))


def _of_damage(outcomes: Outcomes) -> dict[str, Figure]:
    for sentence in outcomes.broken:
        print(sentence)
    reasons: dict[str, Figure] = {
        f"damaged_refused_{reason}": count for reason, count in sorted(outcomes.refused.items())
    }
    return {
        "damaged_files": outcomes.files,
        "damaged_taken": outcomes.taken,
        "damaged_broken": len(outcomes.broken),
        **reasons,
        "damaged_slowest_ms": outcomes.slowest_ms,
        "damaged_peak_mb": outcomes.peak_mb,
    }


def _large(size: int, cuts: int, bytes_per_s: int) -> dict[str, Figure]:
    with tempfile.TemporaryDirectory(prefix="bangtin-uploads-") as name:
        folder = Path(name)
        file = padded_clip(folder / "large.mp4", size)
        places = [size * number // (cuts + 1) for number in range(1, cuts + 1)]
        with served(folder) as server, bad_link(("127.0.0.1", server.port), places, bytes_per_s=bytes_per_s) as link:
            sender = Sender("127.0.0.1", link.port, server.token, CHUNK_BYTES)
            began = time.monotonic()
            path = sender.create(size, {"filename": "large.mp4", "agency_id": server.agency_id})
            sender.send(path, file)
            sent_s = time.monotonic() - began
            shown = server.finished(path)
            resent = sender.sent_bytes - size
            return {
                "upload_bytes": size,
                "upload_cuts": link.cuts,
                "upload_breaks_met": sender.breaks,
                "upload_taken": int(shown["state"] == "done"),
                "upload_sent_bytes": sender.sent_bytes,
                "upload_resent_bytes": resent,
                "upload_resent_chunks_per_cut": round(resent / CHUNK_BYTES / max(1, link.cuts), 3),
                "upload_forwarded_bytes": link.forwarded,
                "upload_s": round(sent_s, 1),
                "upload_and_check_s": round(time.monotonic() - began, 1),
            }
