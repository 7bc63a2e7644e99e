"""`sealed`: what it costs to check every byte of a segment as it is read for display, instead of reading it as it is.

Files of random bytes are read from the page cache, whole and in steps of 32 KiB (what a demuxer asks for), with and
without a seal in turn; `first` is the one pass that verifies the SHA-256 and takes the seal.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.report import Figure, Measured
from kiosk_agent.core.seal import Verified, piece_of, seal
from kiosk_agent.player.sealed_file import SealedFile

STEP = 32 << 10
SIZES_MB = (1, 16, 128)


def measure(arguments: list[str]) -> Measured:
    """Read each size a few times, both ways in turn."""
    parser = argparse.ArgumentParser(prog="python -m bench sealed")
    parser.add_argument("--times", type=int, default=9)
    times = parser.parse_args(arguments).times
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size_mb in SIZES_MB:
            path = Path(folder) / "segment"
            path.write_bytes(random.Random(size_mb).randbytes(size_mb << 20))
            figures |= _one(path, size_mb, times)
    return Measured(figures)


def _one(path: Path, size_mb: int, times: int) -> dict[str, Figure]:
    verified = _sealed(path)
    plain, sealed, first = [], [], []
    for _ in range(times):
        plain.append(_took(lambda: _read_plain(path)))
        sealed.append(_took(lambda: _read_sealed(verified)))
        first.append(_took(lambda: _sealed(path)))
    return {
        f"read_{size_mb}mb_plain_ms": _ms(plain),
        f"read_{size_mb}mb_sealed_ms": _ms(sealed),
        f"first_{size_mb}mb_ms": _ms(first),
        f"seal_{size_mb}mb_bytes": len(verified.seal.digests),
        f"sealed_{size_mb}mb_mb_per_s": round(size_mb / statistics.median(sealed)),
    }


def _sealed(path: Path) -> Verified:
    size = path.stat().st_size
    with path.open("rb") as file:
        _, made = seal(size, iter(lambda: file.read(piece_of(size)), b""))
    return Verified(path, made)


def _read_plain(path: Path) -> None:
    with path.open("rb", buffering=0) as file:
        while file.read(STEP):
            pass


def _read_sealed(verified: Verified) -> None:
    with SealedFile(verified) as file:
        while file.read(STEP):
            pass


def _took(work: Callable[[], Verified | None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _ms(taken: list[float]) -> float:
    return round(statistics.median(taken) * 1000, 1)
