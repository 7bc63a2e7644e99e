"""The pictures of segments for whoever reviews them: decoded once, kept beside the blobs, made again at will."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import mkdtemp

from server.media import segment_frames
from server.media.blobs import BlobStore

INDEX = "index.json"


def times_of(blobs: BlobStore, frames_dir: Path, sha256: str) -> list[int]:
    """Return at which milliseconds a segment shows something new; decodes it when that was never done.

    Raises:
        server.media.refusal.Refused, OSError: it cannot be decoded.
    """
    folder = frames_dir / sha256[:2] / sha256
    try:
        return [int(one) for one in json.loads((folder / INDEX).read_text("utf-8"))]
    except (OSError, ValueError):
        pass
    found = segment_frames.pictures(blobs.path(sha256))
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(dir=folder.parent, prefix=".new-"))
    for one in found:
        (made / f"{one.at_ms}.jpg").write_bytes(one.content)
    times = [one.at_ms for one in found]
    (made / INDEX).write_text(json.dumps(times), "utf-8")
    try:
        made.rename(folder)
    except OSError:  # somebody else was first; theirs says the same
        for rest in made.iterdir():
            rest.unlink()
        made.rmdir()
    return times


def picture_of(blobs: BlobStore, frames_dir: Path, sha256: str, at_ms: int) -> bytes | None:
    """Return one picture as JPEG, or None when the segment shows nothing new at that time."""
    if at_ms not in times_of(blobs, frames_dir, sha256):
        return None
    return (frames_dir / sha256[:2] / sha256 / f"{at_ms}.jpg").read_bytes()
