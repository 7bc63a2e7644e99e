"""What differs between two revisions of a notice."""

from __future__ import annotations

from playlists.differences import changed_words
from playlists.language import Language
from playlists.variant import Spoken
from server.content.notices import repository
from server.content.notices.rows import whole_of
from server.content.notices.whole import Whole
from server.content.revisions.schemas import DifferenceShown, FieldDifference, PieceShown, TextDifference
from server.db import Session
from server.errors import not_found
from server.tables import Notice, Revision


def revision_of(session: Session, notice: Notice, number: int) -> Revision:
    """Return a revision of a notice.

    Raises:
        Problem: 404.
    """
    row = repository.revision(session, notice.id, number)
    if row is None:
        raise not_found("revision of this notice")
    return row


def difference(session: Session, notice: Notice, old: int, new: int) -> DifferenceShown:
    """Return what differs between two revisions: texts word by word, other fields as a whole.

    Raises:
        Problem: 404.
    """
    rows = {number: revision_of(session, notice, number) for number in (old, new)}
    variants = repository.variants(session, [row.id for row in rows.values()])
    before, after = (whole_of(notice.kind, rows[one], variants[rows[one].id]) for one in (old, new))
    return DifferenceShown(old=old, new=new, texts=_texts(before, after), fields=_fields(before, after))


def _texts(before: Whole, after: Whole) -> list[TextDifference]:
    nothing = Spoken()
    return [
        TextDifference(
            language=language,
            field=field.path,
            pieces=[PieceShown(kind=piece.kind, text=piece.text) for piece in field.pieces],
        )
        for language in Language
        for field in changed_words(before.variants.get(language, nothing), after.variants.get(language, nothing))
    ]


def _fields(before: Whole, after: Whole) -> list[FieldDifference]:
    old, new = before.flat(), after.flat()
    return [
        FieldDifference(field=path, old=old.get(path), new=new.get(path))
        for path in {**old, **new}
        if old.get(path) != new.get(path) and not _is_text(path)
    ]


def _is_text(path: str) -> bool:
    return path.startswith("variants.") and (".words." in path or path.endswith(".subtitles"))
