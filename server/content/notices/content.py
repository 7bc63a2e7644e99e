"""What the languages of a notice share, by kind; files are named by media id and become digests in artworks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from playlists.artwork import MOST_PICTURES
from playlists.card import MOST_SECONDS, NEEDS, Colours, Level, Look, Motion, Part, Template
from playlists.instant import Instant
from playlists.notice import MediaKind, NoticeKind
from server.tables import Agency, Media
from server.tables.content import MediaUse

Url = Annotated[str, StringConstraints(max_length=300, pattern=r"^https?://")]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def media(self) -> Iterator[tuple[UUID, MediaUse]]:
        """Yield the media that it names, and what for."""
        yield from ()

    @property
    def animated(self) -> bool:
        """Whether it moves."""
        return False


class CardLook(BaseModel):
    """How a card looks: playlists.card.Look with media for pictures. Without colours and logo, the agency's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    template: Template
    motion: Motion = Motion.NONE
    seconds: Annotated[int, Field(ge=1, le=MOST_SECONDS)] = 10
    colours: Colours | None = None
    picture_id: UUID | None = None
    logo_id: UUID | None = None
    url: Url | None = None
    level: Level | None = None
    deadline: Instant | None = None
    corner: Annotated[str, StringConstraints(max_length=60)] = ""


class CardContent(_Content):
    """A card."""

    kind: Literal[NoticeKind.CARD] = NoticeKind.CARD
    look: CardLook

    def media(self) -> Iterator[tuple[UUID, MediaUse]]:
        """Yield picture and logo."""
        if self.look.picture_id is not None:
            yield self.look.picture_id, MediaUse.PICTURE
        if self.look.logo_id is not None:
            yield self.look.logo_id, MediaUse.LOGO

    @property
    def animated(self) -> bool:
        """Whether its words move."""
        return self.look.motion is not Motion.NONE

    def lacks(self) -> list[Part]:
        """Return the parts that its template needs and that are not there; words are counted elsewhere."""
        look = self.look
        held = {Part.PICTURE: look.picture_id, Part.URL: look.url, Part.LEVEL: look.level, Part.DEADLINE: look.deadline}
        return sorted(part for part in NEEDS[look.template].needed if part in held and held[part] is None)

    def drawn(self, media: Mapping[UUID, Media], agency: Agency) -> Look:
        """Return the look with digests for media, where it has no colours or logo with those of the agency.

        Raises:
            pydantic.ValidationError: a part that the template needs is not there.
        """
        look = self.look
        colours = look.colours or Colours.model_validate(agency.colours or {})
        return Look(
            **look.model_dump(exclude={"colours", "picture_id", "logo_id"}),
            colours=colours,
            picture=_digest(media, look.picture_id),
            logo=_digest(media, look.logo_id) or agency.logo_sha256,
        )


def _digest(media: Mapping[UUID, Media], media_id: UUID | None) -> str | None:
    row = media.get(media_id) if media_id is not None else None
    return row.sha256 if row is not None else None


class ImageContent(_Content):
    """A picture, one for each language."""

    kind: Literal[NoticeKind.IMAGE] = NoticeKind.IMAGE


class ClipContent(_Content):
    """A clip: one for each language, or one for all of them, which the source holds; with subtitles or without."""

    kind: Literal[NoticeKind.CLIP] = NoticeKind.CLIP

    @property
    def animated(self) -> bool:
        """Whether it moves: it does."""
        return True


class AlbumContent(_Content):
    """Pictures with captions, in order."""

    kind: Literal[NoticeKind.ALBUM] = NoticeKind.ALBUM
    picture_ids: Annotated[tuple[UUID, ...], Field(max_length=MOST_PICTURES)] = ()
    seconds_each: Annotated[int, Field(ge=2, le=60)] = 6

    def media(self) -> Iterator[tuple[UUID, MediaUse]]:
        """Yield the pictures."""
        yield from ((media_id, MediaUse.ALBUM) for media_id in dict.fromkeys(self.picture_ids))

    @property
    def animated(self) -> bool:
        """Whether it moves: it does."""
        return True


class BoardContent(_Content):
    """A status board, which has a page of its own."""

    kind: Literal[NoticeKind.BOARD] = NoticeKind.BOARD
    board_id: UUID


AnyContent = CardContent | ImageContent | ClipContent | AlbumContent | BoardContent
Content = Annotated[AnyContent, Field(discriminator="kind")]
_ADAPTER: TypeAdapter[AnyContent] = TypeAdapter(Content)


def read_content(kind: str, written: Mapping[str, Any]) -> AnyContent:
    """Return a revision's content as it was written.

    Raises:
        pydantic.ValidationError: it is none.
    """
    return _ADAPTER.validate_python({"kind": kind, **written})


def content_for(kind: MediaKind) -> ImageContent | ClipContent:
    """Return the content of a notice that is one file in each language."""
    return ClipContent() if kind.notice_kind is NoticeKind.CLIP else ImageContent()


def takes(content: AnyContent, kind: MediaKind) -> bool:
    """Tell whether a language of this content may have a file of a kind."""
    return content.kind == kind.notice_kind
