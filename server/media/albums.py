"""Albums: captioned pictures one after the other, each for whole seconds, with a short cross-fade between two.

The fade belongs to the first second of the picture that comes, so the last second stands still. Runs in confined
children only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from av.video.frame import VideoFrame
from PIL import Image

from playlists.language import Language
from playlists.profile import Profile
from server.media.captions import caption
from server.media.clips import Fitter, Size, from_picture
from server.media.motion import eased
from server.media.segments import Stretch, standing

FADE_S = 0.4


def page(picture: Image.Image, text: str, language: Language) -> Image.Image:
    """Return a picture of the panel's size with its caption.

    Raises:
        server.media.captions.Unfit: the caption does not fit.
    """
    if not text.strip():
        return picture
    strip = caption(text, language, Size(*picture.size))
    result = picture.convert("RGBA")
    result.alpha_composite(strip.picture, (0, strip.top))
    return result.convert("RGB")


def album_stretches(pages: Sequence[Image.Image], seconds_each: int, profile: Profile) -> list[Stretch]:
    """Return the seconds of an album whose pages have the panel's size."""
    fitter = Fitter(Size(profile.width, profile.height))
    stretches: list[Stretch] = []
    before: Image.Image | None = None
    for picture in pages:
        rest = standing(fitter.fit(from_picture(picture)), profile)
        coming = [rest] if before is None else [Stretch(_fading(before, picture, profile, fitter))]
        stretches += [*coming, *[rest] * (seconds_each - 1)]
        before = picture
    return stretches


def _fading(before: Image.Image, after: Image.Image, profile: Profile, fitter: Fitter) -> Iterator[VideoFrame]:
    ticks = round(FADE_S * profile.fps)
    for tick in range(1, ticks):
        yield fitter.fit(from_picture(Image.blend(before, after, eased(tick / ticks))))
    still = fitter.fit(from_picture(after))
    for _ in range(profile.fps - ticks + 1):
        yield still
