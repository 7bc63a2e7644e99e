"""Words that are set here are measured once: of cards, subtitles and captions."""

from __future__ import annotations

from pathlib import Path

from playlists.artwork import AlbumArtwork, AlbumPicture, Cue, MediaArtwork
from playlists.language import SegmentLanguage
from playlists.notice import MediaKind
from server.media.blobs import BlobStore
from server.media.measuring import Measurements

FILE = "a" * 64
ZH, VI = SegmentLanguage.ZH, SegmentLanguage.VI


def test_of_subtitles_and_captions_the_words_that_need_the_smallest_letters_are_measured(tmp_path: Path) -> None:
    measurements = Measurements(BlobStore(tmp_path))
    cues = (Cue(start_ms=0, end_ms=900, text="请排队"), Cue(start_ms=900, end_ms=2000, text="请出示护照和签证" * 3))
    clip = MediaArtwork(sha256=FILE, media_kind=MediaKind.MP4, subtitles=cues)
    measured = measurements.of(clip, ZH, 256, 128)
    assert measured is not None
    assert [one.text.replace("\n", "") for one in measured.texts] == [cues[1].text]
    assert measurements.of(clip, ZH, 256, 128) is measured
    pictures = tuple(AlbumPicture(sha256=FILE, media_kind=MediaKind.JPEG, caption=text) for text in ("Thác", ""))
    album = measurements.of(AlbumArtwork(pictures=pictures), VI, 256, 128)
    assert album is not None
    assert [one.text for one in album.texts] == ["Thác"]


def test_pictures_without_words_are_not_measured(tmp_path: Path) -> None:
    bare = MediaArtwork(sha256=FILE, media_kind=MediaKind.PNG)

    assert Measurements(BlobStore(tmp_path)).of(bare, VI, 256, 128) is None
