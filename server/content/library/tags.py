"""Tags: words that people give media. Two tags that differ in case or accents only are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from playlists.language import clean_name, fold
from server.content.library import repository
from server.db import Session
from server.tables import MediaTag

MOST_CHARACTERS = 40
MOST_TAGS = 30
"""On one medium."""


def clean_tags(words: Iterable[str]) -> list[str]:
    """Return tags as they are kept: cleaned, none empty, none twice, at most `MOST_TAGS`."""
    kept: dict[str, str] = {}
    for word in words:
        tag = clean_name(word, most=MOST_CHARACTERS)
        if tag:
            kept.setdefault(fold(tag)[:MOST_CHARACTERS], tag)
    return list(kept.values())[:MOST_TAGS]


def add_tags(session: Session, media_ids: Sequence[UUID], words: Iterable[str]) -> None:
    """Give media tags that they have not yet; what passes `MOST_TAGS` is left out."""
    tags = clean_tags(words)
    held = repository.tags_of(session, media_ids)
    for media_id in media_ids:
        known = {tag.folded for tag in held[media_id]}
        fresh = [tag for tag in tags if fold(tag)[:MOST_CHARACTERS] not in known]
        for tag in fresh[: max(0, MOST_TAGS - len(known))]:
            session.add(MediaTag(media_id=media_id, tag=tag, folded=fold(tag)[:MOST_CHARACTERS]))
    session.flush()


def remove_tags(session: Session, media_ids: Sequence[UUID], words: Iterable[str]) -> None:
    """Take tags away from media."""
    repository.remove_tags(session, media_ids, [fold(tag)[:MOST_CHARACTERS] for tag in clean_tags(words)])


def replace_tags(session: Session, media_id: UUID, words: Iterable[str]) -> None:
    """Give a medium exactly these tags."""
    wanted = clean_tags(words)
    folded = {fold(tag)[:MOST_CHARACTERS] for tag in wanted}
    gone = [tag.folded for tag in repository.tags_of(session, [media_id])[media_id] if tag.folded not in folded]
    repository.remove_tags(session, [media_id], gone)
    add_tags(session, [media_id], wanted)
