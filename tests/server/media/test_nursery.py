"""Children forked from a warm process: as confined as others, and gone when they should be."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from playlists.artwork import CardArtwork, MediaArtwork
from playlists.card import Card, Look, Motion, Template, Words
from playlists.language import Language, SegmentLanguage
from playlists.notice import MediaKind
from playlists.profile import Profile
from server.media.nursery import Nursery
from server.media.render import Rendered, RenderFault, render_segment
from tests.server.media.made import write_film

PROFILE = Profile.of(96, 48)
LOOK = Look(template=Template.HEADLINE, motion=Motion.FADE, seconds=2)


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


def card(out: Path, nursery: Nursery | None, title: str = "Mở cửa") -> Rendered:
    artwork = CardArtwork(card=Card(look=LOOK, words={Language.VI: Words(title=title)}))
    return render_segment(artwork, SegmentLanguage.VI, Path, PROFILE, out, nursery=nursery)


def film(folder: Path) -> tuple[MediaArtwork, SegmentLanguage, Callable[[str], Path]]:
    path = write_film(folder / "film.mp4", frames=600)
    return MediaArtwork(sha256="0" * 64, media_kind=MediaKind.MP4), SegmentLanguage.VI, lambda _: path


def children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except FileNotFoundError:
        return []


def descendants(pid: int) -> set[int]:
    found = set(children(pid))
    return found | {below for child in found for below in descendants(child)}


def test_a_forked_child_renders_what_another_does(tmp_path: Path, nursery: Nursery) -> None:
    forked, started = card(tmp_path / "1.mp4", nursery), card(tmp_path / "2.mp4", None)
    assert (forked.duration_ms, forked.flashes) == (started.duration_ms, started.flashes) == (2000, 0)
    used = nursery.cpu_s
    assert used > 0
    card(tmp_path / "3.mp4", nursery)
    assert nursery.cpu_s > used


def test_several_threads_have_children_at_once(tmp_path: Path, nursery: Nursery) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: card(tmp_path / f"{n}.mp4", nursery, f"Làn {n}"), range(8)))
    assert len({one.sha256 for one in made}) == 8


def test_a_killed_child_is_a_fault_and_the_next_one_works(tmp_path: Path, nursery: Nursery) -> None:
    what = film(tmp_path)
    before = descendants(os.getpid())

    def kill(permille: int) -> None:
        if permille > 50:
            seeds = set(children(os.getpid())) - before
            for pid in {child for seed in seeds for child in children(seed)}:
                os.kill(pid, signal.SIGKILL)

    with pytest.raises(RenderFault, match="killed by SIGKILL"):
        render_segment(*what, PROFILE, tmp_path / "s.mp4", kill, nursery=nursery)
    assert card(tmp_path / "1.mp4", nursery).duration_ms == 2000


def test_a_warm_process_that_dies_is_started_again(tmp_path: Path, nursery: Nursery) -> None:
    before = set(children(os.getpid()))
    card(tmp_path / "1.mp4", nursery)
    (seed,) = set(children(os.getpid())) - before
    os.kill(seed, signal.SIGKILL)
    assert card(tmp_path / "2.mp4", nursery).duration_ms == 2000
    assert seed not in children(os.getpid())


def test_a_rendering_that_is_stopped_leaves_no_child(tmp_path: Path, nursery: Nursery) -> None:
    what = film(tmp_path)
    before = set(children(os.getpid()))

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_segment(*what, PROFILE, tmp_path / "s.mp4", stop, nursery=nursery)
    (seed,) = set(children(os.getpid())) - before
    assert children(seed) == []
    nursery.close()
    assert set(children(os.getpid())) == before
    assert [one.name for one in tmp_path.iterdir()] == ["film.mp4"]


SERVER = """
import sys
from pathlib import Path
from playlists.artwork import MediaArtwork
from playlists.language import SegmentLanguage
from playlists.notice import MediaKind
from playlists.profile import Profile
from server.media.nursery import Nursery
from server.media.render import render_segment

def heard(permille):
    print("under way", flush=True)
    sys.stdin.read()

clip, out = MediaArtwork(sha256="0" * 64, media_kind=MediaKind.MP4), Path(sys.argv[2])
render_segment(clip, SegmentLanguage.VI, lambda _: Path(sys.argv[1]), Profile(96, 48), out, heard, nursery=Nursery())
"""


def test_everything_dies_with_its_server(tmp_path: Path) -> None:
    film(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path / "film.mp4"), str(tmp_path / "s.mp4")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3],
    ) as server:  # fmt: skip
        assert server.stdout is not None
        assert server.stdout.readline() == b"under way\n"
        watched = [os.pidfd_open(pid) for pid in descendants(server.pid)]
        server.kill()
        server.wait()
    assert len(watched) == 2, "the warm process and its child"
    for pidfd in watched:
        assert select.select([pidfd], [], [], 30)[0], "it ended"
        os.close(pidfd)
    assert not (tmp_path / "s.mp4").exists()
