"""What is measured of artworks at a panel's size, remembered for those that were asked for last."""

from __future__ import annotations

import threading
from collections import OrderedDict

from playlists.artwork import (
    AlbumArtwork,
    AnyArtwork,
    CardArtwork,
    MediaArtwork,
    PlatedArtwork,
    TrainingArtwork,
    digest,
    files,
)
from playlists.language import Language, SegmentLanguage
from playlists.measured import Measured
from playlists.profile import Profile
from server.media.blobs import BlobStore
from server.media.captions import worst
from server.media.cards import compose
from server.media.clips import Size
from server.media.plate import above
from server.media.training import inside

MOST_KEPT = 1024
MOST_TEXTS = 60
"""Of subtitles the longest so many are set: one needs the smallest letters."""


class Measurements:
    """Sets the words of artworks to measure them; the same words at the same size are set once."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, int, int], Measured | None] = OrderedDict()

    def of(self, artwork: AnyArtwork, language: SegmentLanguage, width: int, height: int) -> Measured | None:
        """Return what was measured of an artwork's words at a size in pixels.

        None where there are no words that are set here, or where a picture of a card is not in the store.
        """
        key = digest(artwork), str(language), width, height
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        measured = self._measured(artwork, language, width, height)
        with self._lock:
            self._kept[key] = measured
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return measured

    def _measured(self, artwork: AnyArtwork, language: SegmentLanguage, width: int, height: int) -> Measured | None:
        match artwork:
            case CardArtwork():
                return self._card(artwork, width, height)
            case MediaArtwork():
                texts = [cue.text for cue in artwork.subtitles]
            case AlbumArtwork():
                texts = [picture.caption for picture in artwork.pictures]
            case PlatedArtwork():
                room = above(Profile(width, height))
                return self._measured(artwork.artwork, language, room.width, room.height)
            case TrainingArtwork():
                room = inside(Profile(width, height))
                return self._measured(artwork.artwork, language, room.width, room.height)
            case _:
                return None
        if language is SegmentLanguage.MUL:
            return None
        return worst(sorted(texts, key=len, reverse=True)[:MOST_TEXTS], Language(language), Size(width, height))

    def _card(self, artwork: CardArtwork, width: int, height: int) -> Measured | None:
        pictures = {sha256: self._blobs.path(sha256) for sha256 in files(artwork)}
        try:
            return compose(artwork.card, width, height, pictures).measured
        except (LookupError, OSError):
            return None
