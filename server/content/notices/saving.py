"""What saving does to the states of a notice's languages: decided on values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from playlists.language import Language
from playlists.variant import SOURCE, Standing, VariantState, settled, stepped, written
from server.content.notices.whole import Whole

Standings = dict[Language, Standing]


def standings_after(
    before: Whole | None,
    after: Whole,
    held: Mapping[Language, Standing],
    finished: Mapping[Language, bool | None],
    by: UUID,
    at: datetime,
) -> Standings:
    """Return the standing of every language after an edit.

    `finished` is what the editor said of languages: written in full, a draft, or nothing. What was not touched stays,
    but is stale when the source is not what it was translated from.
    """
    source = after.source_digest
    return {
        language: _standing(before, after, language, held.get(language), finished.get(language), by, at, source)
        for language in after.variants
    }


def _standing(
    before: Whole | None,
    after: Whole,
    language: Language,
    was: Standing | None,
    finished: bool | None,
    by: UUID,
    at: datetime,
    source: str,
) -> Standing:
    is_touched = was is None or before is None or before.variants.get(language) != after.variants[language]
    if is_touched:
        return written(was, finished, by, at, source)
    assert was is not None  # noqa: S101 - an untouched language has a standing; said for the type checker
    if finished and was.state in (VariantState.DRAFT, VariantState.STALE):
        return stepped(was, VariantState.TRANSLATED, by, at, source, registered=False)
    if finished is False and was.state is not VariantState.DRAFT:
        return stepped(was, VariantState.DRAFT, by, at, source, registered=False)
    return was if language is SOURCE else settled(was, source)
