"""Artworks: everything that decides the pixels of a segment, as one value with a digest.

A revision in one language becomes an artwork (only what that language shows is in it, so that a changed translation
renders one segment), and an artwork for a profile becomes a segment. Files are named by their SHA-256.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from playlists.board_card import BoardCard
from playlists.card import Card, Motion
from playlists.ids import Sha256, sha256_hex
from playlists.notice import MediaKind

MOST_CUES = 2000
LEAST_PICTURES, MOST_PICTURES = 2, 30


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cue(_Frozen):
    """A subtitle: from when to when in milliseconds of the clip, [start, end), and its lines."""

    start_ms: Annotated[int, Field(ge=0)]
    end_ms: Annotated[int, Field(ge=1)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class MediaArtwork(_Frozen):
    """A picture or a clip as it was uploaded; a clip may have subtitles burnt in."""

    kind: Literal["media"] = "media"
    sha256: Sha256
    media_kind: MediaKind
    subtitles: Annotated[tuple[Cue, ...], Field(max_length=MOST_CUES)] = ()


class CardArtwork(_Frozen):
    """A card."""

    kind: Literal["card"] = "card"
    card: Card


class AlbumPicture(_Frozen):
    """One picture of an album with its caption in the language of the artwork."""

    sha256: Sha256
    media_kind: MediaKind
    caption: Annotated[str, StringConstraints(max_length=200)] = ""


class AlbumArtwork(_Frozen):
    """Captioned pictures, each as long as the others."""

    kind: Literal["album"] = "album"
    pictures: Annotated[tuple[AlbumPicture, ...], Field(min_length=LEAST_PICTURES, max_length=MOST_PICTURES)]
    seconds_each: Annotated[int, Field(ge=2, le=60)] = 6


class BoardArtwork(_Frozen):
    """A status board in one language, with empty slots; its tiles are drawn with it."""

    kind: Literal["board"] = "board"
    board_id: UUID
    board: BoardCard


class PlatedArtwork(_Frozen):
    """What grows old, above a strip that says so: nothing of it is covered, it is set in what is left of the panel."""

    kind: Literal["plated"] = "plated"
    artwork: Annotated[MediaArtwork | CardArtwork | AlbumArtwork, Field(discriminator="kind")]


class TrainingArtwork(_Frozen):
    """What is shown on panels of a training site: the frame that says so, and the picture set inside it."""

    kind: Literal["training"] = "training"
    artwork: Annotated[
        MediaArtwork | CardArtwork | AlbumArtwork | BoardArtwork | PlatedArtwork, Field(discriminator="kind")
    ]


AnyArtwork = MediaArtwork | CardArtwork | AlbumArtwork | BoardArtwork | PlatedArtwork | TrainingArtwork
Artwork = Annotated[AnyArtwork, Field(discriminator="kind")]

_ADAPTER: TypeAdapter[AnyArtwork] = TypeAdapter(Artwork)


def read_artwork(written: object) -> AnyArtwork:
    """Return the artwork that was written as JSON values.

    Raises:
        pydantic.ValidationError: it is none.
    """
    return _ADAPTER.validate_python(written)


def digest(artwork: AnyArtwork) -> str:
    """Return the SHA-256 of an artwork: equal when two show the same."""
    written = json.dumps(artwork.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256_hex(written.encode())


def for_site(artwork: AnyArtwork, *, training: bool) -> AnyArtwork:
    """Return an artwork as a site's panels show it: within the frame of training at training sites, and only there."""
    match artwork:
        case TrainingArtwork():
            return artwork if training else artwork.artwork
        case _:
            return TrainingArtwork(artwork=artwork) if training else artwork


def at_place(artwork: AnyArtwork, time_zone: str) -> AnyArtwork:
    """Return an artwork as it is shown at a site: a card's deadline is said in the site's time."""
    match artwork:
        case CardArtwork(card=card) if card.look.deadline is not None and card.look.zone != time_zone:
            look = card.look.model_copy(update={"zone": time_zone})
            return CardArtwork(card=card.model_copy(update={"look": look}))
        case PlatedArtwork() | TrainingArtwork():
            return artwork.model_copy(update={"artwork": at_place(artwork.artwork, time_zone)})
        case _:
            return artwork


def files(artwork: AnyArtwork) -> frozenset[str]:
    """Return the digests of the files that an artwork needs."""
    match artwork:
        case MediaArtwork():
            return frozenset({artwork.sha256})
        case AlbumArtwork():
            return frozenset(picture.sha256 for picture in artwork.pictures)
        case BoardArtwork():
            return frozenset()
        case PlatedArtwork() | TrainingArtwork():
            return files(artwork.artwork)
        case CardArtwork():
            look = artwork.card.look
            return frozenset(sha256 for sha256 in (look.picture, look.logo) if sha256 is not None)


def is_animated(artwork: AnyArtwork) -> bool:
    """Tell whether an artwork moves: clips, albums and cards with motion do."""
    match artwork:
        case MediaArtwork():
            return artwork.media_kind is MediaKind.MP4
        case AlbumArtwork():
            return True
        case BoardArtwork():
            return False
        case PlatedArtwork() | TrainingArtwork():
            return is_animated(artwork.artwork)
        case CardArtwork():
            return artwork.card.look.motion is not Motion.NONE
