"""What is measured of cards at a panel's size, remembered for those that were asked for last."""

from __future__ import annotations

import threading
from collections import OrderedDict

from playlists.artwork import CardArtwork, digest, files
from playlists.measured import Measured
from server.media.blobs import BlobStore
from server.media.cards import compose

MOST_KEPT = 1024


class Measurements:
    """Draws cards to measure them; the same card at the same size is drawn once."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, int], Measured | None] = OrderedDict()

    def of(self, artwork: CardArtwork, width: int, height: int) -> Measured | None:
        """Return what was measured of a card at a size in pixels; None when a picture of it is not in the store."""
        key = digest(artwork), width, height
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        measured = self._drawn(artwork, width, height)
        with self._lock:
            self._kept[key] = measured
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return measured

    def _drawn(self, artwork: CardArtwork, width: int, height: int) -> Measured | None:
        pictures = {sha256: self._blobs.path(sha256) for sha256 in files(artwork)}
        try:
            return compose(artwork.card, width, height, pictures).measured
        except (LookupError, OSError):
            return None
