"""`render`: what a segment costs, against ffmpeg encoding the same frames, and whether a second run renders anything.

A card of ten seconds in three languages is rendered for ten profiles, from a small board to full HD, once sliding in
and once as a ticker. The first run goes the server's way: rows, leased jobs, confined children, the store. Then each
segment is rendered again and its very frames, laid out as raw yuv420p, are encoded by the ffmpeg program with the same
settings, in turns, several times; the ratio is that of the sums of medians. CPU seconds are those of the whole child:
drawing, encoding, and the proof by decoding; of the first run also those of the warm process that forks the children.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

import av
import imageio_ffmpeg
from av.video.frame import VideoFrame
from PIL import Image

from bench.report import Aim, Figure, Measured
from playlists.artwork import CardArtwork
from playlists.card import Card, Look, Motion, Template, Words
from playlists.language import Language, SegmentLanguage
from playlists.profile import Profile
from server.content.jobs import rendering
from server.content.service import RENDER_SEGMENT, Wanted, ensure_segments
from server.db import Database, upgrade
from server.jobs.worker import Worker
from server.media.blobs import BlobStore
from server.media.cards.compose import compose
from server.media.motion import card_stretches
from server.media.nursery import Nursery
from server.media.render import render_segment
from server.media.segments import clip_options

SECONDS = 10
SIZES = (
    (128, 64), (128, 128), (192, 96), (256, 128), (320, 160),
    (384, 192), (512, 256), (512, 768), (768, 384), (1920, 1080),
)  # fmt: skip
PROFILES = tuple(Profile.of(width, height) for width, height in SIZES)
SMALL_PX = 256 * 128
"""Up to here the start of a process outweighs the encoding."""
WORDS = {
    Language.VI: Words(
        title="Cửa khẩu mở cửa từ 7:00 đến 17:00",
        body="Chuẩn bị sẵn hộ chiếu và tờ khai. Xe tải xếp hàng theo làn số 2.",
    ),
    Language.EN: Words(
        title="The gate is open from 7:00 to 17:00",
        body="Have your passport and declaration ready. Lorries queue in lane 2.",
    ),
    Language.ZH: Words(
        title="口岸开放时间7:00至17:00",
        body="请提前准备好护照和申报单。货车请在2号车道排队。",
    ),
}


class Piece(NamedTuple):
    """One segment to be made."""

    motion: Motion
    language: Language
    profile: Profile

    @property
    def artwork(self) -> CardArtwork:
        """The card in its language."""
        look = Look(template=Template.HEADLINE_BODY, motion=self.motion, seconds=SECONDS)
        return CardArtwork(card=Card(look=look, words={self.language: WORDS[self.language]}))


class Costs(NamedTuple):
    """CPU seconds of both sides, one for each round."""

    ours: list[float]
    ffmpeg: list[float]


def pieces(motions: Sequence[Motion]) -> list[Piece]:
    """Return all segments of a run."""
    return [Piece(*one) for motion in motions for one in ((motion, lang, p) for p in PROFILES for lang in Language)]


def cpu_s(work: Callable[[], object]) -> float:
    """Return the processor seconds, user and system, of the child processes that a call starts and ends."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def raw_frames(piece: Piece) -> Iterator[bytes]:
    """Yield the frames of a segment as they reach the encoder, yuv420p without padding."""
    card = piece.artwork.card
    composition = compose(card, piece.profile.width, piece.profile.height, {})
    kept: dict[int, list[bytes]] = {}
    for stretch in card_stretches(composition, card.look.motion, card.look.seconds, piece.profile):
        if id(stretch) not in kept:
            kept[id(stretch)] = [_packed(frame) for frame in stretch.frames]
        yield from kept[id(stretch)]


def _packed(frame: VideoFrame) -> bytes:
    return b"".join(
        Image.frombytes("L", (plane.width, plane.height), bytes(plane), "raw", "L", plane.line_size).tobytes()
        for plane in frame.planes
    )


def ffmpeg(raw: Path, profile: Profile, out: Path) -> None:
    """Encode raw frames with the program, with the settings that moving segments are encoded with."""
    options = [part for name, value in clip_options(profile).items() for part in (f"-{name}", value)]
    subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y",
            "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{profile.width}x{profile.height}", "-r", str(profile.fps),
            "-i", str(raw), "-c:v", "libx264", *options, "-profile:v", "high", "-threads", "2",
            "-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
            "-movflags", "+faststart", "-fflags", "+bitexact", str(out),
        ],
        check=True,
    )  # fmt: skip


def turns(piece: Piece, folder: Path, rounds: int, nursery: Nursery) -> Costs:
    """Make one segment in both ways, in turns; our children are forked from a warm process, as the server's are."""
    raw, out = folder / "frames.yuv", folder / "out.mp4"
    with raw.open("wb") as file:
        file.writelines(raw_frames(piece))
    costs = Costs([], [])
    language = SegmentLanguage(piece.language)
    for _ in range(rounds):
        costs.ffmpeg.append(cpu_s(lambda: ffmpeg(raw, piece.profile, out)))
        before = nursery.cpu_s
        render_segment(piece.artwork, language, folder.joinpath, piece.profile, folder / "ours.mp4", nursery=nursery)
        costs.ours.append(nursery.cpu_s - before)
    raw.unlink()
    return costs


class Runs(NamedTuple):
    """What came of asking for everything twice, the server's way."""

    segments: int
    cpu_s: float
    rendered_again: int

    @property
    def hit_ratio(self) -> float:
        """The part of the second run that was there already."""
        return 1 - self.rendered_again / self.segments


def through_the_server(wanted: Sequence[Piece], folder: Path) -> Runs:
    """Ask for all segments, render them by jobs, and ask for all of them again."""
    address = f"sqlite:///{folder / 'bench.sqlite3'}"
    upgrade(address)
    db, blobs = Database(address), BlobStore(folder / "blobs")
    nursery = Nursery()
    worker = Worker(db, {RENDER_SEGMENT: rendering(blobs, nursery=nursery)}, lambda: datetime.now(UTC))

    def ask() -> int:
        with db.write() as session:
            for piece in wanted:
                one = Wanted.of(piece.artwork, SegmentLanguage(piece.language))
                ensure_segments(session, [one], piece.profile)
        count = 0
        while worker.run_one():
            count += 1
            print(f"\r{count} rendered", end="", file=sys.stderr, flush=True)
        return count

    try:
        first, again = ask(), ask()
    finally:
        started = cpu_s(nursery.close)
        db.close()
    return Runs(first, started, again)


def measure(arguments: list[str]) -> Measured:
    """Render everything once by jobs, ask again, then in turns with ffmpeg."""
    parser = argparse.ArgumentParser(prog="python -m bench render", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each segment is made in both ways (3)")
    parser.add_argument("--languages", type=int, default=1, help="languages that are made in both ways (1, at most 3)")
    options = parser.parse_args(arguments)
    wanted = pieces((Motion.SLIDE, Motion.TICKER))
    costs: dict[Piece, Costs] = {}
    with tempfile.TemporaryDirectory(prefix="bangtin-render-") as kept:
        runs = through_the_server(wanted, Path(kept))
        nursery = Nursery()
        chosen = [one for one in wanted if one.language in list(Language)[: options.languages]]
        for number, piece in enumerate(chosen, start=1):
            print(
                f"\r{number} of {len(chosen)}: {piece.profile} {piece.motion}   ", end="", file=sys.stderr, flush=True
            )
            costs[piece] = turns(piece, Path(kept), options.rounds, nursery)
        nursery.close()
    figures: dict[str, Figure] = {
        "segments": runs.segments,
        "cpu_s_per_segment": round(runs.cpu_s / runs.segments, 3),
        "second_run_cache_hit_ratio": runs.hit_ratio,
        "compared": len(costs),
        "ratio_to_ffmpeg": ratio(costs.values()),
        **{f"ratio_to_ffmpeg_{motion}": ratio(of(costs, motion=motion)) for motion in (Motion.SLIDE, Motion.TICKER)},
        "ratio_to_ffmpeg_small": ratio(of(costs, small=True)),
        "ratio_to_ffmpeg_large": ratio(of(costs, small=False)),
    }
    aims = (
        Aim("second_run_cache_hit_ratio", "==", 1),
        Aim("ratio_to_ffmpeg", "<=", 1.3),
        Aim("ratio_to_ffmpeg_ticker", "<=", 1.3),
    )
    return Measured(figures, aims, {"pyav": av.__version__, "ffmpeg": imageio_ffmpeg.get_ffmpeg_version()})


def of(costs: dict[Piece, Costs], *, motion: Motion | None = None, small: bool | None = None) -> list[Costs]:
    """Return the costs of some of the segments."""
    return [
        cost
        for piece, cost in costs.items()
        if motion in {None, piece.motion}
        and small in {None, piece.profile.width * piece.profile.height <= SMALL_PX}
    ]  # fmt: skip


def ratio(costs: Iterable[Costs]) -> float:
    """Return our CPU seconds over those of ffmpeg: sums of the medians."""
    listed = list(costs)
    return round(sum(median(one.ours) for one in listed) / sum(median(one.ffmpeg) for one in listed), 3)
