"""Artworks: the digest follows what is shown, and only that; templates say what they need."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from playlists.artwork import (
    AlbumArtwork,
    AlbumPicture,
    CardArtwork,
    MediaArtwork,
    digest,
    files,
    is_animated,
    read_artwork,
)
from playlists.card import Card, Level, Look, Motion, Template, Words
from playlists.language import Language
from playlists.notice import MediaKind

PICTURE, OTHER = "a" * 64, "b" * 64


def card(title: str = "Giờ làm việc", **look: object) -> CardArtwork:
    shown = Look.model_validate({"template": Template.HEADLINE, **look})
    return CardArtwork(card=Card(look=shown, words={Language.VI: Words(title=title)}))


def test_an_artwork_reads_back_as_it_was_written_and_keeps_its_digest() -> None:
    album = AlbumArtwork(
        pictures=tuple(AlbumPicture(sha256=one, media_kind=MediaKind.PNG, caption="Thác") for one in (PICTURE, OTHER))
    )
    for artwork in (card(), album, MediaArtwork(sha256=PICTURE, media_kind=MediaKind.MP4)):
        again = read_artwork(artwork.model_dump(mode="json"))
        assert again == artwork
        assert digest(again) == digest(artwork)


def test_other_words_or_another_look_are_another_artwork() -> None:
    digests = {digest(one) for one in (card(), card("Giờ mở cửa"), card(motion=Motion.FADE), card(logo=PICTURE))}
    assert len(digests) == 4


def test_an_artwork_names_the_files_it_needs() -> None:
    assert files(card()) == frozenset()
    assert files(card(logo=PICTURE, picture=OTHER)) == {PICTURE, OTHER}
    assert files(MediaArtwork(sha256=PICTURE, media_kind=MediaKind.JPEG)) == {PICTURE}


def test_what_moves_counts_as_animated() -> None:
    assert not is_animated(card())
    assert is_animated(card(motion=Motion.TICKER))
    assert is_animated(MediaArtwork(sha256=PICTURE, media_kind=MediaKind.MP4))
    assert not is_animated(MediaArtwork(sha256=PICTURE, media_kind=MediaKind.WEBP))


def test_a_template_says_what_it_lacks() -> None:
    with pytest.raises(ValidationError, match="weather_warning needs: level"):
        card(template=Template.WEATHER_WARNING)
    assert card(template=Template.WEATHER_WARNING, level=Level.WATCH).card.look.level is Level.WATCH


def test_only_the_split_card_shows_three_languages_and_it_shows_all() -> None:
    words = {language: Words(title="Cửa khẩu") for language in Language}
    assert Card(look=Look(template=Template.SPLIT), words=words).words == words
    with pytest.raises(ValidationError, match="shows one language"):
        Card(look=Look(template=Template.HEADLINE), words=words)
    with pytest.raises(ValidationError, match="needs the words of all three"):
        Card(look=Look(template=Template.SPLIT), words={Language.VI: Words(title="Cửa khẩu")})
