"""The confined process behind `server.media.render`: writes one segment or thumbnail and counts its frames."""

from __future__ import annotations

import warnings
from fractions import Fraction
from itertools import islice

from playlists.notice import NoticeKind
from playlists.profile import Profile
from server.media.render import RenderRequest, Task
from server.media.sandbox import Progress, confine, heard, say


def main() -> None:
    """Answer the one request on standard input."""
    request = RenderRequest.model_validate_json(heard())
    confine(request.confinement, request.parent)
    warnings.simplefilter("ignore")
    from server.media.refusal import Refused
    from server.media.segments import SegmentFault

    try:
        say(frames=_segment(request) if request.task is Task.SEGMENT else _thumbnail(request))
    except (OSError, SegmentFault, Refused) as fault:
        say(fault=f"{request.source.name} cannot be rendered: {fault}")


def _segment(request: RenderRequest) -> int:
    from server.media import clips, pictures, segments

    profile = Profile.of(request.width, request.height, request.fps)
    progress = Progress()
    progress(0)
    if request.kind.notice_kind is NoticeKind.IMAGE:
        picture = pictures.fit(pictures.open_stored(request.source), profile.width, profile.height)
        frames = segments.write_still(picture, profile, request.out)
    else:
        with clips.opened(request.source) as container:
            stream = clips.only_video(container)
            seconds = Fraction(container.duration or 0, 1_000_000)
            decoded = clips.frames(
                container, stream, most_s=Fraction(request.most_clip_s), most_frames=request.most_clip_s * 61
            )
            decoded = clips.told(decoded, seconds, lambda permille: progress(permille * 9 // 10))
            frames = segments.write_clip(decoded, profile, stream.sample_aspect_ratio, request.out)
    segments.prove(request.out, profile, frames, lambda permille: progress(900 + permille // 10))
    return frames


def _thumbnail(request: RenderRequest) -> int:
    from server.media import clips, pictures

    if request.kind.notice_kind is NoticeKind.IMAGE:
        image = pictures.open_stored(request.source)
    else:
        with clips.opened(request.source) as container:
            stream = clips.only_video(container)
            early = islice(clips.frames(container, stream, most_s=Fraction(1), most_frames=61), 26)
            image = clips.rgb([timed.frame for timed in early][-1])
    image.thumbnail((request.width, request.height))
    request.out.write_bytes(pictures.jpeg(image))
    return 1


if __name__ == "__main__":
    main()
