"""Previews of a panel from a timeline document, whichever it is made of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import tzdata

from playlists.document import Document, DocumentPanel, Explained, explain_document
from playlists.manifest import Manifest
from server.db import Session
from server.publishing import repository
from server.publishing.holdings import Holdings
from server.publishing.previews.schemas import ExplanationShown, PreviewShown, Source
from server.scheduling.plans import service as plans
from server.tables import Panel

MOST = 2000
_A_MOMENT = timedelta(milliseconds=1)


def document_of(session: Session, holdings: Holdings, panel: Panel, source: Source, since: datetime) -> Document | None:
    """Return a panel's plan as a document, or None where its kiosk was assigned nothing yet."""
    if source is Source.DRAFT:
        return plans.draft(session, panel, since)
    kiosk = repository.kiosks_of(session, [panel.id]).get(panel.id)
    row = repository.newest_manifest(session, kiosk.id) if kiosk is not None else None
    return manifest_document(holdings.manifest(row)) if row is not None else None


def manifest_document(manifest: Manifest) -> Document:
    """Return what a manifest plans, as a document."""
    panel = manifest.panel
    hours = panel.model_dump(include={name for name in DocumentPanel.model_fields if "hours" in name})
    return Document.model_validate(
        {
            "zone": manifest.time_zone,
            "place": manifest.place,
            "panel": {"id": str(panel.id), "quotas": panel.quotas, **hours},
            "playlists": [
                {
                    "id": str(playlist.id),
                    "name": playlist.name,
                    "rotation": playlist.rotation,
                    "language_weights": playlist.language_weights,
                    "items": [
                        {
                            **item.model_dump(exclude={"id", "notice_id", "takes", "revision"}),
                            "id": str(item.id),
                            "languages": [take.language for take in item.takes],
                        }
                        for item in playlist.items
                    ],
                }
                for playlist in manifest.playlists
            ],
            "dayparts": [
                *(one.model_dump(mode="json") for one in manifest.dayparts),
                *plans.own_windows(list(manifest.schedule)),
            ],
            "calendars": [one.model_dump(mode="json") for one in manifest.calendars],
            "entries": [plans.entry_document(one) for one in manifest.schedule],
            "overrides": [plans.override_document(one) for one in manifest.overrides],
            "essential_only": [one.model_dump(mode="json") for one in manifest.essential_only],
            "default": str(manifest.default_playlist_id) if manifest.default_playlist_id is not None else None,
        }
    )


def preview(
    panel: Panel, source: Source, document: Document | None, span: tuple[datetime, datetime], *, airings: bool
) -> PreviewShown:
    """Return what a document shows between two times."""
    shown = {"panel_id": panel.id, "source": source, "tzdata": tzdata.IANA_VERSION}
    if document is None:
        return PreviewShown.model_validate(shown | {"zone": "UTC", "spans": [], "airings": [], "complete": True})
    explained = explain_document(document, *span, most=MOST)
    listed = explained.airings if airings else []
    complete = len(explained.spans) < MOST and (explained.complete or not airings)
    return PreviewShown.model_validate(
        shown
        | {
            "zone": document.zone,
            "spans": _spans(document, explained),
            "airings": [_airing(one) for one in listed],
            "complete": complete,
        }
    )


def explanation(panel: Panel, source: Source, document: Document | None, at: datetime) -> ExplanationShown:
    """Return what a document shows at one time, why, and what it displaces."""
    shown: dict[str, Any] = {"panel_id": panel.id, "source": source, "zone": "UTC", "span": None, "airing": None}
    if document is not None:
        explained = explain_document(document, at, at + _A_MOMENT, most=1)
        shown |= {
            "zone": document.zone,
            "span": _spans(document, explained)[0],
            "airing": _airing(explained.airings[0]),
        }
    return ExplanationShown.model_validate(shown)


def _spans(document: Document, explained: Explained) -> list[dict[str, Any]]:
    names = {one.id: one.name for one in document.playlists}
    return [
        {
            **span,
            "ids": span["entries"],
            "playlists": _named(names, span["playlists"]),
            "displaced": [
                {
                    **one,
                    "ids": one["ids"] if one["layer"] != "default" else [],
                    "playlists": _named(names, one["playlists"]),
                }
                for one in span["displaced"]
            ],
        }
        for span in explained.spans
    ]


def _named(names: dict[str, str], ids: list[str]) -> list[dict[str, str]]:
    return [{"id": one, "name": names[one]} for one in ids]


def _airing(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "entry_id": one["entry"], "playlist_id": one["playlist"], "item_id": one["item"]}
