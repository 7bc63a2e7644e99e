"""Rendering: an artwork becomes a segment of one profile; and small pictures and contact sheets for people.

The work is done by `server.media.render_child` in a confined process. Where segments are kept and which exist already
is the caller's business; `render_key` names what would come out.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from playlists.artwork import AnyArtwork, Artwork, files
from playlists.language import SegmentLanguage
from playlists.notice import MediaKind
from playlists.profile import Profile
from server.media.child import ChildFault, Request, ask_child
from server.media.nursery import Nursery
from server.media.sandbox import Confinement

if TYPE_CHECKING:
    from PIL import Image

RENDERER_VERSION = "2"
"""Part of every render key; raised when the same input should give other pixels."""

_PIECE_BYTES = 1024 * 1024


class RenderFault(Exception):
    """A segment or small picture could not be made; the text is a sentence. Nothing is left behind."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished segment: SHA-256 in lower-case hex, bytes, whole seconds in ms, flashes in its worst second."""

    sha256: str
    size: int
    duration_ms: int
    flashes: int


class SegmentRequest(Request):
    """The child is asked for a segment; `files` says where the artwork's files lie."""

    task: Literal["segment"] = "segment"
    artwork: Artwork
    language: SegmentLanguage
    files: dict[str, Path]
    width: int
    height: int
    fps: int
    most_clip_s: int = 660
    out: Path


class ThumbnailRequest(Request):
    """The child is asked for a JPEG of a media, at most `width` pixels wide and high."""

    task: Literal["thumbnail"] = "thumbnail"
    source: Path
    kind: MediaKind
    width: int
    out: Path


class SheetRequest(Request):
    """The child is asked for one page of a clip's contact sheet."""

    task: Literal["sheet"] = "sheet"
    source: Path
    page: int
    out: Path


RenderRequest = SegmentRequest | ThumbnailRequest | SheetRequest
ASKED: TypeAdapter[RenderRequest] = TypeAdapter(Annotated[RenderRequest, Field(discriminator="task")])


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


_A = TypeVar("_A", bound=_Answer)


class SegmentAnswer(_Answer):
    """What the child answers when the segment is written and proved."""

    frames: int
    flashes: int


class ThumbnailAnswer(_Answer):
    """What the child answers when the picture is written."""

    done: Literal["thumbnail"]


class SheetPicture(_Answer):
    """A picture on a contact sheet: its time, why it is there, and by how much it differs from the others (to 255)."""

    at_ms: int
    why: Literal["second", "different"]
    difference: int


class SheetAnswer(_Answer):
    """What the child answers when the page is written: the size of a picture in pixels, and all of them in order."""

    width: int
    height: int
    pictures: list[SheetPicture]


class FaultAnswer(_Answer):
    """What the child answers when it cannot."""

    fault: str


def render_key(
    artwork_sha256: str,
    language: str,
    profile: Profile,
    *,
    renderer_version: str = RENDERER_VERSION,
    fonts_version: str | None = None,
) -> str:
    """Return the name of a rendering before it exists: a SHA-256 over everything that decides its pixels."""
    fonts = _drawn_by() if fonts_version is None else fonts_version
    written = "\n".join(("bangtin render", artwork_sha256, language, str(profile), renderer_version, fonts))
    return hashlib.sha256(written.encode()).hexdigest()


def _drawn_by() -> str:
    """Return which fonts and layout draw words; imported late, as children import this module before they confine."""
    from server.media.cards import drawn_by

    return drawn_by()


def render_segment(
    artwork: AnyArtwork,
    language: SegmentLanguage,
    resolve: Callable[[str], Path],
    profile: Profile,
    out: Path,
    progress: Callable[[int], None] | None = None,
    *,
    timeout_s: float = 3600,
    memory_bytes: int = 2 << 30,
    nice: int = 5,
    nursery: Nursery | None = None,
    module: str = "server.media.render_child",
) -> Rendered:
    """Render an artwork into a segment in normal form 1 and prove it by decoding it; then it appears at `out`.

    `resolve` says where the file of a digest lies. A still becomes one second; clips, albums and cards that move last
    as long as they do, in whole seconds. Pictures and clips are fitted whole on black. `progress` hears growing
    thousandths, from this thread; what it raises stops the rendering. `nice` is how far the child stands back; with a
    nursery it need not import anything.

    Raises:
        RenderFault: the child failed, was killed or took too long; nothing is left at `out`.
    """
    request = SegmentRequest(
        confinement=Confinement(memory_bytes=memory_bytes, cpu_s=int(2 * timeout_s) + 1, file_bytes=2 << 30, nice=nice),
        artwork=artwork,
        language=language,
        files={sha256: resolve(sha256).absolute() for sha256 in sorted(files(artwork))},
        width=profile.width,
        height=profile.height,
        fps=profile.fps,
        out=_part(out),
    )
    try:
        answer = _ask(module, request, SegmentAnswer, timeout_s, progress, nursery)
        sha256, size = _synced(request.out)
        request.out.rename(out)
    except OSError as error:
        raise RenderFault(f"The segment could not be written to {out.parent}: {error.strerror}.") from error
    finally:
        request.out.unlink(missing_ok=True)
    return Rendered(sha256, size, answer.frames * 1000 // profile.fps, answer.flashes)


def render_picture(picture: Image.Image, profile: Profile, out: Path) -> Rendered:
    """Write a picture that was drawn here as a still of normal form 1 and prove it; then it appears at `out`.

    Raises:
        RenderFault: it cannot be written; nothing is left at `out`.
    """
    from server.media.segments import SegmentFault, prove, write_still

    part = _part(out)
    try:
        frames = write_still(picture, profile, part)
        worst = prove(part, profile, frames, lambda _permille: None)
        sha256, size = _synced(part)
        part.rename(out)
    except (OSError, SegmentFault) as error:
        raise RenderFault(f"The segment could not be written to {out.parent}: {error}.") from error
    finally:
        part.unlink(missing_ok=True)
    return Rendered(sha256, size, frames * 1000 // profile.fps, worst.flashes)


def thumbnail(source: Path, kind: MediaKind, width: int, *, folder: Path, timeout_s: float = 60) -> bytes:
    """Return a JPEG of a checked file, at most `width` pixels wide and high; of a clip, a picture with something on it.

    `folder` takes a temporary file.

    Raises:
        RenderFault: the child failed, was killed or took too long.
    """
    out = _part(folder / "thumbnail")
    request = ThumbnailRequest(
        confinement=_for_pictures(timeout_s), source=source.absolute(), kind=kind, width=width, out=out
    )
    _, content = _picture(request, ThumbnailAnswer, timeout_s)
    return content


def contact_sheet(source: Path, page: int, *, folder: Path, timeout_s: float = 300) -> tuple[SheetAnswer, bytes]:
    """Return one page, from 0, of a checked clip's contact sheet: what it shows, and the JPEG.

    `folder` takes a temporary file.

    Raises:
        RenderFault: the child failed, was killed or took too long, or the clip has no such page.
    """
    out = _part(folder / "sheet")
    request = SheetRequest(confinement=_for_pictures(timeout_s), source=source.absolute(), page=page, out=out)
    return _picture(request, SheetAnswer, timeout_s)


def _for_pictures(timeout_s: float) -> Confinement:
    return Confinement(memory_bytes=2 << 30, cpu_s=int(2 * timeout_s) + 1, file_bytes=64 << 20)


def _picture(request: ThumbnailRequest | SheetRequest, answer: type[_A], timeout_s: float) -> tuple[_A, bytes]:
    try:
        said = _ask("server.media.render_child", request, answer, timeout_s, None)
        return said, request.out.read_bytes()
    except OSError as error:
        raise RenderFault(f"A picture could not be written to {request.out.parent}: {error.strerror}.") from error
    finally:
        request.out.unlink(missing_ok=True)


def _ask(
    module: str,
    request: RenderRequest,
    answer: type[_A],
    timeout_s: float,
    progress: Callable[[int], None] | None,
    nursery: Nursery | None = None,
) -> _A:
    try:
        said = ask_child(module, request, timeout_s=timeout_s, progress=progress, nursery=nursery)
        if "fault" in said:
            raise RenderFault(FaultAnswer.model_validate(said).fault[:500])
        return answer.model_validate(said)
    except (ChildFault, ValidationError) as error:
        raise RenderFault(f"The rendering stopped. {error}") from error


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
