"""Decisions about media in the library: who may see and change them, the trash, bulk actions, where they are used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from playlists.daypart import zone
from playlists.language import fold
from playlists.notice import MediaKind, NoticeKind
from playlists.rights import RightOfUse, Rights
from server.accounts.owning import let_in
from server.accounts.permissions import Caller, Permission
from server.changes import note_change
from server.content.library import repository, tags
from server.content.library.purge import delete_for_good
from server.content.library.repository import Filter
from server.content.library.schemas import (
    Bulk,
    BulkAction,
    BulkDone,
    LibraryMedia,
    MediaChange,
    Purged,
    Use,
)
from server.content.library.uses import uses_of
from server.db import Session
from server.edge import Expected
from server.errors import invalid, not_found
from server.parts import Parts
from server.tables import Media

HOME_ZONE = zone("Asia/Ho_Chi_Minh")
"""The days of rights of use are days of this zone."""
MOST_PURGED = 200


def today(now: datetime) -> date:
    """Return the local day on which rights of use are looked at."""
    return now.astimezone(HOME_ZONE).date()


def medium_of(session: Session, caller: Caller, media_id: UUID, permission: Permission, *, lock: bool = False) -> Media:
    """Return a medium that the caller may do something with.

    Raises:
        Problem: 404 when it is not there or another agency's, 403 when the role does not allow it.
    """
    return let_in(caller, repository.medium(session, media_id, lock=lock), permission, "media")


def filter_of(
    caller: Caller,
    now: datetime,
    *,
    q: str = "",
    agency_id: UUID | None = None,
    kind: NoticeKind | None = None,
    tag: Sequence[str] = (),
    mine: bool = False,
    unused: bool = False,
    rights_missing: bool = False,
    trash: bool = False,
) -> Filter:
    """Return the filter of a request; people of one agency see that one only.

    Raises:
        Problem: 403, 404 another agency.
    """
    caller.require(Permission.SEE, agency_id=agency_id, what="agency")
    return Filter(
        seen=caller.seen.only(agency_id),
        words=tuple(fold(q).split()),
        kinds=tuple(str(one) for one in MediaKind if kind is not None and one.notice_kind is kind),
        tags=tuple(fold(one)[: tags.MOST_CHARACTERS] for one in tag if one.strip()),
        uploaded_by=caller.user_id if mine else None,
        unused=unused,
        rights_missing_on=today(now) if rights_missing else None,
        in_trash=trash,
    )


def change(session: Session, caller: Caller, media_id: UUID, asked: MediaChange, expected: Expected) -> Media:
    """Write what people say of a medium.

    Raises:
        Problem: 403, 404; 412 it changed since; 422 an end of a right that is unknown.
    """
    row = medium_of(session, caller, media_id, Permission.EDIT_CONTENT, lock=True)
    expected.check(row.rev)
    said = asked.model_dump(exclude_unset=True, exclude={"tags"})
    for field, value in said.items():
        if value is not None or field == "rights_until":
            setattr(row, field, value)
    if row.rights_until is not None and row.right_of_use == RightOfUse.UNKNOWN:
        raise invalid("right-unknown", "Say by which right this is shown, before you say until when.")
    row.name_folded = fold(f"{row.name} {row.author} {row.source}")
    if asked.tags is not None:
        tags.replace_tags(session, row.id, asked.tags)
    return _touched(session, row)


def trash(session: Session, caller: Caller, media_id: UUID, at: datetime | None, expected: Expected) -> Media:
    """Put a medium into the trash at a time, or take it back with None; what shows it goes on showing it."""
    row = medium_of(session, caller, media_id, Permission.EDIT_CONTENT, lock=True)
    expected.check(row.rev)
    if (row.deleted_at is None) == (at is None):
        return row
    row.deleted_at, row.deleted_by = at, caller.user_id if at is not None else None
    return _touched(session, row)


def bulk(session: Session, caller: Caller, asked: Bulk, at: datetime) -> BulkDone:
    """Do one thing with many media.

    Raises:
        Problem: 403; 404 when one of them is not there or another agency's: then none is changed; 422 no tag is named.
    """
    caller.require(Permission.EDIT_CONTENT)
    wanted = list(dict.fromkeys(asked.media_ids))
    rows = repository.media(session, wanted)
    if len(rows) != len(wanted) or not all(caller.sees(row.agency_id) for row in rows):
        raise not_found("media")
    if asked.action in (BulkAction.TAG, BulkAction.UNTAG):
        _tag(session, asked, wanted)
        changed = rows
    else:
        into = asked.action is BulkAction.TRASH
        changed = [row for row in rows if (row.deleted_at is None) == into]
        for row in changed:
            row.deleted_at, row.deleted_by = (at, caller.user_id) if into else (None, None)
    for row in changed:
        _touched(session, row)
    ids = [row.id for row in changed]
    used = repository.used(session, ids) if asked.action is BulkAction.TRASH else set()
    return BulkDone(changed=ids, still_used=sorted(used))


def _tag(session: Session, asked: Bulk, media_ids: Sequence[UUID]) -> None:
    if not tags.clean_tags(asked.tags):
        raise invalid("tag-missing", "Write at least one tag.")
    act = tags.add_tags if asked.action is BulkAction.TAG else tags.remove_tags
    act(session, media_ids, asked.tags)


def empty_trash(parts: Parts, caller: Caller, agency_id: UUID | None) -> Purged:
    """Delete for good what lies in the trash and is needed by nothing, up to 200 media; opens its own transactions."""
    caller.require(Permission.EDIT_CONTENT)
    wanted = filter_of(caller, parts.clock(), agency_id=agency_id, trash=True)
    with parts.db.read() as session:
        rows = repository.found(session, wanted, None, MOST_PURGED)[:MOST_PURGED]
    gone = [row.id for row in rows if delete_for_good(parts, row.id)]
    return Purged(deleted=gone, kept=[row.id for row in rows if row.id not in set(gone)])


def uses(session: Session, caller: Caller, media_id: UUID) -> list[Use]:
    """Return where a medium is used."""
    row = medium_of(session, caller, media_id, Permission.SEE)
    return uses_of(session, row)


def shown(session: Session, rows: Sequence[Media], now: datetime) -> list[LibraryMedia]:
    """Return media as the library shows them."""
    ids = [row.id for row in rows]
    held, used, day = repository.tags_of(session, ids), repository.used(session, ids), today(now)
    return [
        LibraryMedia(
            **row.model_dump(
                include=set(LibraryMedia.model_fields) - {"rights_missing", "tags", "used", "kind", "right_of_use"}
            ),
            kind=MediaKind(row.kind),
            right_of_use=RightOfUse(row.right_of_use),
            rights_missing=rights_of(row).are_missing(day),
            tags=[tag.tag for tag in held[row.id]],
            used=row.id in used,
        )
        for row in rows
    ]


def rights_of(row: Media) -> Rights:
    """Return the origin and the right of use of a medium."""
    return Rights(row.source, row.author, RightOfUse(row.right_of_use), row.right_note, row.rights_until)


def _touched(session: Session, row: Media) -> Media:
    row.rev += 1
    session.add(row)
    session.flush()
    note_change(session, "media", row.id)
    return row
