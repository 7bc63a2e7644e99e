"""Where a medium is used: the notices whose revisions show it, and the playlists that show those notices."""

from __future__ import annotations

from server.content.library import repository
from server.content.library.schemas import Use, UseKind
from server.db import Session
from server.tables import Media


def uses_of(session: Session, row: Media) -> list[Use]:
    """Return the places that use a medium, those of today first."""
    notices = repository.notices_with(session, row.id)
    current = [notice_id for notice_id, _, newest in notices if newest]
    found = [Use(kind=UseKind.NOTICE, id=notice_id, title=title, newest=newest) for notice_id, title, newest in notices]
    found += [
        Use(kind=UseKind.PLAYLIST, id=playlist_id, title=name)
        for playlist_id, name in repository.playlists_with(session, current)
    ]
    found += [
        Use(kind=UseKind.LOGO, id=agency_id, title=name)
        for agency_id, name in repository.agencies_with(session, row.sha256)
    ]
    return sorted(found, key=lambda use: not use.newest)
