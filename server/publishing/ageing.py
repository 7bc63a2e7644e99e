"""Items that grow old: the plain one until then, and from then on its twin with the plate; decided on values.

The twin follows its plain item in the playlist and only one of them is ever valid, so kiosks need to know nothing
of it. When somebody says that a notice is still right, both get new times and no new pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid5

from playlists.playlist import Item, Playlist, Take
from server.content.notices.rows import Airs
from server.scheduling.plans import shapes
from server.tables import PlaylistItemRow

_TWIN = "plate"


def in_time(row: PlaylistItemRow, airs: Airs, takes: tuple[Take, ...], plated: tuple[Take, ...]) -> list[Item]:
    """Return a place in a playlist as items: one, or two where the notice gets a plate when it is old."""
    plain = Item(
        notice_id=row.notice_id, takes=takes, revision=airs.revision, **shapes.item(row, airs), **shapes.validity(airs)
    )
    return aged(plain, plain.model_copy(update={"id": twin_id(row.id), "takes": plated}) if plated else None, airs)


def twin_id(item_id: UUID) -> UUID:
    """Return the id of the item that stands for another one once that has grown old."""
    return uuid5(item_id, _TWIN)


def aged(plain: Item, twin: Item | None, airs: Airs) -> list[Item]:
    """Return both with the times at which they are shown; a twin that would never be shown is left out."""
    begin, end, old = airs.shown_from, airs.shown_until, airs.stale_at
    if twin is None or old is None or (end is not None and end <= old):
        return [plain.model_copy(update={"valid_from": begin, "valid_until": end})]
    turns = max(old, begin) if begin is not None else old
    return [
        plain.model_copy(update={"valid_from": begin, "valid_until": turns}),
        twin.model_copy(update={"valid_from": turns, "valid_until": end}),
    ]


def renewed(playlist: Playlist, airs: Mapping[UUID, Airs]) -> Playlist:
    """Return a playlist with other times for the items of some notices, where they show that very revision."""
    held = {item.id: item for item in playlist.items}
    twins = {twin_id(item.id): item.id for item in playlist.items}
    items: list[Item] = []
    for item in playlist.items:
        if item.id in twins:
            continue
        said, twin = airs.get(item.notice_id), held.get(twin_id(item.id))
        if said is None or said.revision != item.revision:
            items += [item] if twin is None else [item, twin]
        else:
            items += aged(item, twin, said)
    return playlist.model_copy(update={"items": tuple(items)})
