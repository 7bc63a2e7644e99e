"""A release: what one submission allows to be shown, where and until when. Two people sign it, one of each role.

Its identity is the SHA-256 of its payload. Releases that are valid together are what may be shown; one that is
retired by a later one never comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from playlists.board import Board
from playlists.ids import Name, Sha256, Slug
from playlists.language import Language, SegmentLanguage
from playlists.profile import Profile
from playlists.trust.root import Concern
from playlists.trust.rules import Rule, broken
from playlists.trust.shape import Audience, Document, Moment, Shape

LONGEST = timedelta(days=400)
MOST_BYTES = 2 << 30
MOST_SEGMENTS = 2000


def _profile(written: str) -> str:
    return str(Profile.parse(written))


Size = Annotated[int, Field(ge=1, le=MOST_BYTES)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class ReleasedFile(Shape):
    """Bytes that may be shown: digest, and how many bytes there are (1 to 2 GiB)."""

    sha256: Sha256
    size: Size


class ReleasedSegment(ReleasedFile):
    """A segment: the profile and the language that it was rendered for, and how long it plays before it holds."""

    profile: Annotated[str, Field(max_length=40), AfterValidator(_profile)]
    language: SegmentLanguage
    duration_ms: Annotated[int, Field(ge=1000, le=3_600_000, multiple_of=1000)]


class Release(Document):
    """One submission. `template` makes it the pictures of an emergency, which no playlist may show.

    `concerns` are what its author answered yes to; the route may add a signer for each.
    """

    payload_type: ClassVar[str] = "application/vnd.bangtin.release+json;v=1"
    most_bytes: ClassVar[int] = 1 << 20
    understood: ClassVar[frozenset[str]] = frozenset({"concerns"})
    rules: ClassVar[Mapping[str, Rule]] = {
        "audience": Rule.V8_AUDIENCE,
        "not_before": Rule.V11_WINDOW,
        "show_until": Rule.V11_WINDOW,
        "segments": Rule.V12_BYTES,
        "boards": Rule.V12_BYTES,
    }

    audience: Audience
    agency: Slug
    author: Name
    route: Name
    concerns: Annotated[tuple[Concern, ...], Field(max_length=len(Concern))] = ()
    segments: Annotated[tuple[ReleasedSegment, ...], Field(max_length=MOST_SEGMENTS)] = ()
    boards: Annotated[tuple[Board, ...], Field(max_length=64)] = ()
    template: Word | None = None
    retires: Annotated[tuple[Sha256, ...], Field(max_length=1000)] = ()
    not_before: Moment
    show_until: Moment
    time_critical: bool = False
    max_offline_days: Annotated[int, Field(ge=1, le=400)] = 60

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.not_before < self.show_until <= self.not_before + LONGEST:
            raise broken(
                Rule.V11_WINDOW, f"a release is shown from one time to a later one, {LONGEST.days} days at most"
            )
        if not self.segments:
            raise broken(Rule.V12_BYTES, "a release without content")
        if not {base for board in self.boards for base in board.bases} <= {one.sha256 for one in self.segments}:
            raise broken(Rule.V12_BYTES, "a board whose base is no segment of the release")
        sizes: dict[str, int] = {}
        for one in self.files:
            if sizes.setdefault(one.sha256, one.size) != one.size:
                raise broken(Rule.V12_BYTES, f"{one.sha256} has two sizes")
        if self.template is not None and not speaks_all(one.language for one in self.segments):
            raise broken(Rule.V16_EMERGENCY, "a template has pictures in vi, en and zh")
        return self

    @property
    def files(self) -> tuple[ReleasedFile, ...]:
        """All bytes that the release allows: segments (bases of boards among them), and the sheets of boards."""
        faces = [face for board in self.boards for face in board.faces]
        return (*self.segments, *(ReleasedFile(sha256=face.sheet, size=face.sheet_size) for face in faces))


def speaks_all(languages: Iterable[SegmentLanguage]) -> bool:
    """Tell whether all three languages are among those of some pictures."""
    said = set(languages)
    return SegmentLanguage.MUL in said or said >= {SegmentLanguage(language) for language in Language}
