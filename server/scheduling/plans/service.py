"""A panel's plan as a timeline document: what `bangtin timeline explain` reads, and what previews are made of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ValidationError

from playlists.document import Document
from playlists.manifest import ManifestOverride, ScheduleEntry
from server.db import Session
from server.errors import conflict
from server.fleet.service import place_of
from server.scheduling.entries.words import daypart_of
from server.scheduling.plans import repository, shapes
from server.scheduling.plans.repository import Gathered
from server.tables import Panel

OWN_WINDOW = "window-"
"""How the daypart is named that stands in a document for an entry's own window."""


def draft(session: Session, panel: Panel, since: Any) -> Document:
    """Return what a panel would play if it were published now, without what was over a day before a time."""
    return document_of(repository.gather(session, panel, since))


def document_of(gathered: Gathered) -> Document:
    """Return gathered rows as a document.

    Raises:
        Problem: 409, they do not fit together, for example because a window follows the sun at an unknown place.
    """
    try:
        return Document.model_validate(_written(gathered))
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise conflict("plan-unsound", f"The plan of {gathered.panel.name} does not fit together: {said}.") from error


def _written(gathered: Gathered) -> dict[str, Any]:
    panel, site = gathered.panel, gathered.site
    items: dict[UUID, list[dict[str, Any]]] = {playlist_id: [] for playlist_id in gathered.playlists}
    for item in gathered.items:
        notice = gathered.notices[item.notice_id]
        fields = shapes.item(item, notice) | shapes.validity(notice)
        items[item.playlist_id].append({**fields, "id": str(item.id), "languages": item.languages})
    entries = [shapes.entry(row) for row in gathered.entries]
    default = panel.default_playlist_id
    return {
        "zone": site.time_zone,
        "place": place_of(site),
        "panel": {
            "id": str(panel.id),
            "site": str(site.id),
            "tags": gathered.tags,
            "quotas": {str(agency): permille for agency, permille in gathered.quotas.items()},
            **shapes.hours(panel),
        },
        "playlists": [
            {
                "id": str(row.id),
                "name": row.name,
                "rotation": row.rotation,
                "language_weights": row.language_weights,
                "items": items[row.id],
            }
            for row in sorted(gathered.playlists.values(), key=lambda row: row.id)
        ],
        "dayparts": [
            *(daypart_of(row).model_dump(mode="json") for row in gathered.dayparts.values()),
            *own_windows(entries),
        ],
        "calendars": [calendar.model_dump(mode="json") for calendar in gathered.calendars],
        "entries": [entry_document(entry) for entry in entries],
        "overrides": [override_document(shapes.override(row)) for row in gathered.overrides],
        "essential_only": [shapes.essential_only(row).model_dump(mode="json") for row in gathered.essential_only],
        "default": str(default) if default is not None else None,
    }


def own_windows(entries: list[ScheduleEntry]) -> list[dict[str, Any]]:
    """Return the dayparts that stand for entries' own windows."""
    return [
        {"id": f"{OWN_WINDOW}{entry.id}", "windows": [entry.daypart.model_dump(mode="json")]}
        for entry in entries
        if entry.daypart is not None
    ]


def entry_document(entry: ScheduleEntry) -> dict[str, Any]:
    """Return a manifest's entry as a document writes it; targets are left out, for it is meant for this panel."""
    written = entry.model_dump(mode="json", exclude={"daypart"}, exclude_none=True)
    if entry.daypart is not None:
        written["daypart_id"] = f"{OWN_WINDOW}{entry.id}"
    return written


def override_document(override: ManifestOverride) -> dict[str, Any]:
    """Return a manifest's override as a document writes it."""
    return override.model_dump(mode="json")
