"""The confined process behind `server.media.render`: writes one segment, small picture or contact sheet."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playlists.artwork import AlbumArtwork, AnyArtwork, CardArtwork, MediaArtwork, PlatedArtwork, TrainingArtwork
from playlists.notice import MediaKind, NoticeKind
from playlists.profile import Profile
from server.media.render import ASKED, SegmentRequest, SheetRequest, ThumbnailRequest
from server.media.sandbox import Progress, confine, heard, say

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from PIL import Image

    from server.media.segments import Stretch


def main() -> None:
    """Answer the one request on standard input."""
    request = ASKED.validate_json(heard())
    confine(request.confinement, request.parent)
    warnings.simplefilter("ignore")
    from server.media.refusal import Refused
    from server.media.segments import SegmentFault

    try:
        say(**_answered(request))
    except (OSError, SegmentFault, Refused) as fault:
        say(fault=f"This cannot be rendered: {fault}")


def _answered(request: SegmentRequest | ThumbnailRequest | SheetRequest) -> dict[str, Any]:
    match request:
        case SegmentRequest():
            return _segment(request)
        case ThumbnailRequest():
            return _thumbnail(request)
        case SheetRequest():
            return _sheet(request)


def _segment(request: SegmentRequest) -> dict[str, Any]:
    from server.media import segments
    from server.media.captions import Unfit

    profile = Profile.of(request.width, request.height, request.fps)
    progress = Progress()
    progress(0)
    try:
        with _stretched(request, request.artwork, profile, progress) as stretches:
            frames = segments.write(stretches, profile, request.out)
    except Unfit as fault:
        raise segments.SegmentFault(str(fault)) from fault
    worst = segments.prove(request.out, profile, frames, lambda permille: progress(900 + permille // 10))
    return {"frames": frames, "flashes": worst.flashes}


@contextmanager
def _stretched(
    request: SegmentRequest, artwork: AnyArtwork, profile: Profile, progress: Progress
) -> Iterator[list[Stretch]]:
    from server.media import plate, training

    if isinstance(artwork, TrainingArtwork):
        with _stretched(request, artwork.artwork, training.inside(profile), progress) as stretches:
            yield training.framed(stretches, profile)
    elif isinstance(artwork, PlatedArtwork):
        with _stretched(request, artwork.artwork, plate.above(profile), progress) as stretches:
            yield plate.plated(stretches, request.language, profile)
    elif isinstance(artwork, MediaArtwork) and artwork.media_kind is MediaKind.MP4:
        with _clip(request, artwork, profile, progress) as stretch:
            yield [stretch]
    else:
        yield _stretches(request, artwork, profile)


def _stretches(request: SegmentRequest, artwork: AnyArtwork, profile: Profile) -> list[Stretch]:
    from server.media import albums, captions, motion, segments
    from server.media.cards.compose import compose

    match artwork:
        case MediaArtwork(sha256=sha256):
            return [segments.still(_fitted(request.files[sha256], profile), profile)]
        case CardArtwork(card=card):
            composition = compose(card, profile.width, profile.height, request.files)
            return motion.card_stretches(composition, card.look.motion, card.look.seconds, profile)
        case AlbumArtwork() as album:
            language = captions.spoken(request.language)
            pages = [
                albums.page(_fitted(request.files[one.sha256], profile), one.caption, language)
                for one in album.pictures
            ]
            return albums.album_stretches(pages, album.seconds_each, profile)
        case other:
            raise segments.SegmentFault(f"A {other.kind} is nothing that can be drawn.")


@contextmanager
def _clip(request: SegmentRequest, artwork: MediaArtwork, profile: Profile, progress: Progress) -> Iterator[Stretch]:
    from server.media import captions, clips, segments

    with clips.opened(request.files[artwork.sha256]) as container:
        stream = clips.only_video(container)
        seconds = Fraction(container.duration or 0, 1_000_000)
        decoded = clips.frames(
            container, stream, most_s=Fraction(request.most_clip_s), most_frames=request.most_clip_s * 61
        )
        decoded = clips.told(decoded, seconds, lambda permille: progress(permille * 9 // 10))
        frames: Iterator[VideoFrame] = segments.steady(decoded, profile, stream.sample_aspect_ratio)
        if artwork.subtitles:
            frames = captions.burnt(frames, artwork.subtitles, request.language, profile)
        yield segments.Stretch(frames)


def _opened(path: Path) -> Image.Image:
    from server.media.pictures import open_stored

    return open_stored(path)


def _fitted(path: Path, profile: Profile) -> Image.Image:
    from server.media.pictures import fit

    return fit(_opened(path), profile.width, profile.height)


def _thumbnail(request: ThumbnailRequest) -> dict[str, Any]:
    from server.media import pictures
    from server.media.covers import cover

    is_still = request.kind.notice_kind is NoticeKind.IMAGE
    image = pictures.open_stored(request.source) if is_still else cover(request.source)
    image.thumbnail((request.width, request.width))
    request.out.write_bytes(pictures.jpeg(image))
    return {"done": "thumbnail"}


def _sheet(request: SheetRequest) -> dict[str, Any]:
    from server.media.contact_sheet import write_sheet

    size, shown = write_sheet(request.source, request.page, request.out)
    pictures = [{"at_ms": one.at_ms, "why": one.why, "difference": one.difference} for one in shown]
    return {"width": size.width, "height": size.height, "pictures": pictures}


if __name__ == "__main__":
    main()
