"""The check of an upload: what it is, whether it is taken, and a rebuilt file that carries nothing but the picture.

The work is done by `server.media.check_child` in a confined process; a crash there is a refusal here.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, ValidationError

from playlists.notice import MediaKind
from server.media.child import ChildFault, Line, Request, ask_child
from server.media.refusal import Refusal, Refused, Remark
from server.media.sandbox import Confinement
from server.media.sniff import check_boxes, sniff

_log = logging.getLogger(__name__)
_PIECE_BYTES = 1024 * 1024


class CheckLimits(BaseModel):
    """What is taken. A picture may be 8K; a clip may be 4K and is kept with sides of at most `kept_clip_side_px`."""

    model_config = ConfigDict(frozen=True)

    image_bytes: int = 40 << 20
    image_pixels: int = 33_177_600
    image_side_px: int = 16_384
    clip_bytes: int = 2 << 30
    clip_side_px: int = 3840
    clip_pixels: int = 3840 * 2160
    kept_clip_side_px: int = 1920
    clip_s: int = 600
    clip_fps: int = 60
    image_timeout_s: int = 60
    clip_timeout_s: int = 3600
    memory_bytes: int = 2 << 30

    def bytes_for(self, kind: MediaKind) -> int:
        """Return the most bytes that a file of this kind may have."""
        return self.clip_bytes if kind is MediaKind.MP4 else self.image_bytes

    def seconds_for(self, kind: MediaKind) -> int:
        """Return how long the check of such a file may take."""
        return self.clip_timeout_s if kind is MediaKind.MP4 else self.image_timeout_s


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that is taken: facts about the rebuilt file at `path`.

    None for a still: `duration_ms`, and `flashes` in the clip's worst second, which begins at `flashes_at_ms`.
    """

    kind: MediaKind
    width: int
    height: int
    duration_ms: int | None
    remarks: frozenset[Remark]
    path: Path
    sha256: str
    size: int
    flashes: int | None = None
    flashes_at_ms: int | None = None

    @property
    def has_sound(self) -> bool:
        """Whether the upload had sound, which the rebuilt file has not."""
        return Remark.HAS_SOUND in self.remarks


class CheckRequest(Request):
    """What the child is asked: read `source`, write the rebuilt file to `out`."""

    source: Path
    out: Path
    kind: MediaKind
    limits: CheckLimits


class CheckAnswer(BaseModel):
    """What the child answers when the file is taken."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str
    width: int
    height: int
    duration_ms: int | None
    flashes: int | None = None
    flashes_at_ms: int | None = None
    remarks: list[str]


class RefusalAnswer(BaseModel):
    """What the child answers when the file is refused."""

    model_config = ConfigDict(extra="forbid", strict=True)

    refused: str
    facts: dict[str, str | int]


def check_upload(
    path: Path,
    *,
    out: Path,
    limits: CheckLimits | None = None,
    progress: Callable[[int], object] | None = None,
    module: str = "server.media.check_child",
    ask: Callable[..., Line] = ask_child,
) -> Checked:
    """Check an uploaded file and write the rebuilt one to `out` (same disk as the store; the caller's to remove).

    Blocks for as long as it takes: up to seconds for a picture, minutes for a clip. `progress` hears thousandths.
    `ask` is how the child is asked; only measurements ask in another way.

    Raises:
        Refused: the file is not taken; nothing is left at `out`.
    """
    limits = limits or CheckLimits()
    kind = _sniffed(path, limits)
    request = CheckRequest(
        confinement=Confinement(
            memory_bytes=limits.memory_bytes, cpu_s=2 * limits.seconds_for(kind), file_bytes=2 << 30
        ),
        source=path.absolute(),
        out=out.absolute(),
        kind=kind,
        limits=limits,
    )
    try:
        answer = ask(module, request, timeout_s=limits.seconds_for(kind), progress=progress)
        return _checked(answer, out)
    except (ChildFault, ValidationError, ValueError, OSError) as error:
        _log.warning("The check of %s stopped: %s", path, error)
        out.unlink(missing_ok=True)
        raise Refused(Refusal.CHECK_STOPPED) from error
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def early_refusal(head: bytes, size: int, limits: CheckLimits) -> Refused | None:
    """Return why a file of so many bytes that begins like this will not be taken, as far as its beginning tells."""
    try:
        _kind_within(io.BytesIO(head), size, limits)
    except Refused as refused:
        return refused
    return None


def _kind_within(file: BinaryIO, size: int, limits: CheckLimits) -> MediaKind:
    kind = sniff(file)
    if size > limits.bytes_for(kind):
        raise Refused(Refusal.TOO_MANY_BYTES, size=size, limit=limits.bytes_for(kind))
    return kind


def _sniffed(path: Path, limits: CheckLimits) -> MediaKind:
    with path.open("rb") as file:
        kind = _kind_within(file, path.stat().st_size, limits)
    if kind is MediaKind.MP4:
        check_boxes(path)
    return kind


def _checked(answer: dict[str, object], out: Path) -> Checked:
    if "refused" in answer:
        refusal = RefusalAnswer.model_validate(answer)
        raise Refused(Refusal(refusal.refused), **refusal.facts)
    taken = CheckAnswer.model_validate(answer)
    sha256, size = _digest(out)
    return Checked(
        kind=MediaKind(taken.kind),
        width=taken.width,
        height=taken.height,
        duration_ms=taken.duration_ms,
        remarks=frozenset(Remark(remark) for remark in taken.remarks),
        path=out,
        sha256=sha256,
        size=size,
        flashes=taken.flashes,
        flashes_at_ms=taken.flashes_at_ms,
    )


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size
