"""Rendering: a checked picture or clip becomes a segment of one profile, and small pictures for people.

The work is done by `server.media.render_child` in a confined process. Where segments are kept and which exist already
is the caller's business; `render_key` names what would come out.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PIL import Image
from pydantic import BaseModel, ConfigDict, ValidationError

from playlists.notice import MediaKind
from playlists.profile import Profile
from server.media.child import ChildFault, Request, ask_child
from server.media.sandbox import Confinement
from server.media.segments import SegmentFault, prove, write_still

RENDERER_VERSION = "1"
"""Part of every render key; raised when the same input should give other pixels."""

_PIECE_BYTES = 1024 * 1024


class RenderFault(Exception):
    """A segment or small picture could not be made; the text is a sentence. Nothing is left behind."""


class Task(StrEnum):
    """What the child makes."""

    SEGMENT = "segment"
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished segment: SHA-256 in lower-case hex, size in bytes, whole seconds in milliseconds."""

    sha256: str
    size: int
    duration_ms: int


class RenderRequest(Request):
    """What the child is asked: make `task` of `source` and write it to `out`."""

    task: Task
    source: Path
    out: Path
    kind: MediaKind
    width: int
    height: int
    fps: int
    most_clip_s: int = 660


class RenderAnswer(BaseModel):
    """What the child answers when it is done: the number of frames written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    frames: int


class FaultAnswer(BaseModel):
    """What the child answers when it cannot."""

    model_config = ConfigDict(extra="forbid", strict=True)

    fault: str


def render_key(
    artwork_sha256: str, language: str, profile: Profile, *, renderer_version: str = RENDERER_VERSION
) -> str:
    """Return the name of a rendering before it exists: a SHA-256 over everything that decides its pixels."""
    written = "\n".join(("bangtin render", artwork_sha256, language, str(profile), renderer_version))
    return hashlib.sha256(written.encode()).hexdigest()


def render_segment(
    source: Path,
    kind: MediaKind,
    profile: Profile,
    out: Path,
    progress: Callable[[int], None] | None = None,
    *,
    timeout_s: float = 3600,
    memory_bytes: int = 2 << 30,
    module: str = "server.media.render_child",
) -> Rendered:
    """Render a checked file into a segment in normal form 1 and prove it by decoding it; then it appears at `out`.

    A still becomes one second. A clip keeps its length, rounded up to whole seconds. Both are fitted whole on black.
    `progress` hears growing thousandths, from this thread; what it raises stops the rendering.

    Raises:
        RenderFault: the child failed, was killed or took too long; nothing is left at `out`.
    """
    request = RenderRequest(
        confinement=Confinement(memory_bytes=memory_bytes, cpu_s=int(2 * timeout_s) + 1, file_bytes=2 << 30),
        task=Task.SEGMENT,
        source=source.absolute(),
        out=_part(out),
        kind=kind,
        width=profile.width,
        height=profile.height,
        fps=profile.fps,
    )
    try:
        frames = _ask(module, request, timeout_s, progress)
        sha256, size = _synced(request.out)
        request.out.rename(out)
    except OSError as error:
        raise RenderFault(f"The segment could not be written to {out.parent}: {error.strerror}.") from error
    finally:
        request.out.unlink(missing_ok=True)
    return Rendered(sha256, size, frames * 1000 // profile.fps)


def render_picture(picture: Image.Image, profile: Profile, out: Path) -> Rendered:
    """Write a picture that was drawn here as a still of normal form 1 and prove it; then it appears at `out`.

    Raises:
        RenderFault: it cannot be written; nothing is left at `out`.
    """
    part = _part(out)
    try:
        frames = write_still(picture, profile, part)
        prove(part, profile, frames, lambda _permille: None)
        sha256, size = _synced(part)
        part.rename(out)
    except (OSError, SegmentFault) as error:
        raise RenderFault(f"The segment could not be written to {out.parent}: {error}.") from error
    finally:
        part.unlink(missing_ok=True)
    return Rendered(sha256, size, frames * 1000 // profile.fps)


def thumbnail(source: Path, kind: MediaKind, width: int, *, folder: Path, timeout_s: float = 60) -> bytes:
    """Return a JPEG of a checked file, at most `width` pixels wide and high; of a clip, the picture after a second.

    `folder` takes a temporary file.

    Raises:
        RenderFault: the child failed, was killed or took too long.
    """
    request = RenderRequest(
        confinement=Confinement(memory_bytes=2 << 30, cpu_s=int(2 * timeout_s) + 1, file_bytes=64 << 20),
        task=Task.THUMBNAIL,
        source=source.absolute(),
        out=_part(folder / "thumbnail"),
        kind=kind,
        width=width,
        height=width,
        fps=25,
    )
    try:
        _ask("server.media.render_child", request, timeout_s, None)
        return request.out.read_bytes()
    except OSError as error:
        raise RenderFault(f"The thumbnail could not be written to {folder}: {error.strerror}.") from error
    finally:
        request.out.unlink(missing_ok=True)


def _ask(module: str, request: RenderRequest, timeout_s: float, progress: Callable[[int], None] | None) -> int:
    try:
        answer = ask_child(module, request, timeout_s=timeout_s, progress=progress)
        if "fault" in answer:
            raise RenderFault(FaultAnswer.model_validate(answer).fault[:500])
        return RenderAnswer.model_validate(answer).frames
    except (ChildFault, ValidationError) as error:
        raise RenderFault(f"The rendering of {request.source.name} stopped. {error}") from error


def _part(out: Path) -> Path:
    return out.absolute().with_name(f".{uuid.uuid4().hex}.part")


def _synced(path: Path) -> tuple[str, int]:
    """Bring the file to the disk and return its digest and size."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
        os.fsync(file.fileno())
    return digest.hexdigest(), size
