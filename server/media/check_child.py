"""The confined process behind `server.media.check`: reads the upload, writes the rebuilt file, says what it found."""

from __future__ import annotations

import warnings
from fractions import Fraction

from server.media.check import CheckAnswer, CheckRequest
from server.media.refusal import Refusal, Refused, Remark
from server.media.sandbox import Progress, confine, heard, say


def main() -> None:
    """Answer the one request on standard input."""
    request = CheckRequest.model_validate_json(heard())
    confine(request.confinement, request.parent)
    warnings.simplefilter("ignore")
    try:
        answer = _clip(request) if request.kind.value.startswith("video/") else _picture(request)
        say(**answer.model_dump())
    except Refused as refused:
        request.out.unlink(missing_ok=True)
        say(refused=refused.reason, facts=refused.facts)


def _picture(request: CheckRequest) -> CheckAnswer:
    from server.media.pictures import open_clean, write_clean

    limits = request.limits
    clean = open_clean(request.source, request.kind, most_pixels=limits.image_pixels, most_side=limits.image_side_px)
    kind = write_clean(clean, request.out)
    remarks = [Remark.HAD_TRANSPARENCY] if clean.had_transparency else []
    width, height = clean.image.size
    return CheckAnswer(kind=kind, width=width, height=height, duration_ms=None, remarks=list(remarks))


def _clip(request: CheckRequest) -> CheckAnswer:
    from server.media import clips
    from server.media.flashes import FlashMeter, cells

    limits, progress = request.limits, Progress()
    with clips.opened(request.source) as container:
        stream = clips.only_video(container)
        width, height = stream.codec_context.width, stream.codec_context.height
        if not 0 < max(width, height) <= limits.clip_side_px or width * height > limits.clip_pixels:
            facts = {"width": width, "height": height, "limit": limits.clip_pixels, "side": limits.clip_side_px}
            raise Refused(Refusal.TOO_MANY_PIXELS, **facts)
        seconds = Fraction(container.duration or 0, 1_000_000)
        if seconds > limits.clip_s:
            raise Refused(Refusal.TOO_LONG, limit=limits.clip_s)
        if (stream.average_rate or 0) > limits.clip_fps + 1:
            raise Refused(Refusal.TOO_MANY_FRAMES, limit=limits.clip_fps)
        has_sound = bool(container.streams.audio)
        decoded = clips.frames(
            container, stream, most_s=Fraction(limits.clip_s), most_frames=limits.clip_s * (limits.clip_fps + 1)
        )
        told = clips.told(decoded, seconds, progress)
        meter = FlashMeter()
        size, duration_ms = clips.write_master(
            stream,
            request.out,
            side=limits.kept_clip_side_px,
            decoded=told,
            watch=lambda frame, at_ms: meter.see(cells(frame), at_ms),
        )
    return CheckAnswer(
        kind="video/mp4",
        width=size.width,
        height=size.height,
        duration_ms=duration_ms,
        flashes=meter.worst.flashes,
        flashes_at_ms=meter.worst.at_ms,
        remarks=[Remark.HAS_SOUND] if has_sound else [],
    )


if __name__ == "__main__":
    main()
