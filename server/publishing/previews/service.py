"""Previews of a panel from a timeline document, whichever it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import tzdata

from playlists.document import Document, DocumentPanel, Explained, explain_document
from playlists.manifest import Manifest
from server.db import Session
from server.publishing import repository, resting
from server.publishing.holdings import Holdings
from server.publishing.previews.schemas import ExplanationShown, PreviewShown, RestingShown, Source
from server.publishing.resting import Why
from server.scheduling.plans import service as plans
from server.tables import Panel

MOST = 2000
_A_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Left:
    """An item that is planned and does not play while its notice rests."""

    item_id: str
    notice_id: UUID
    title: str
    playlist: str
    why: Why


@dataclass(frozen=True)
class Planned:
    """A panel's plan as a document of what really plays, and what of it rests."""

    document: Document
    left: tuple[Left, ...] = ()


def planned(session: Session, holdings: Holdings, panel: Panel, source: Source, since: datetime) -> Planned | None:
    """Return a panel's plan without what is held or withdrawn, or None where its kiosk was assigned nothing yet."""
    rests = resting.of_panel(session, panel)
    if source is Source.DRAFT:
        document = plans.draft(session, panel, since)
        of_item = repository.notices_of_items(
            session, [UUID(item.id) for playlist in document.playlists for item in playlist.items]
        )
        said = resting.notices(session, rests, of_item.values())
        return without(document, {str(item): (one, said[one]) for item, one in of_item.items() if one in said})
    kiosk = repository.kiosks_of(session, [panel.id]).get(panel.id)
    row = repository.newest_manifest(session, kiosk.id) if kiosk is not None else None
    if row is None:
        return None
    manifest = holdings.manifest(row)
    gone = {
        str(item.id): (item.notice_id, why)
        for playlist in manifest.playlists
        for item in playlist.items
        if (why := rests.why(take.sha256 for take in item.takes)) is not None
    }
    return without(manifest_document(manifest, rests.digests), gone)


def without(document: Document, gone: Mapping[str, tuple[UUID, Why]]) -> Planned:
    """Return a plan without some items, named by their ids with notice and reason."""
    left = [
        Left(item.id, gone[item.id][0], item.title, playlist.name, gone[item.id][1])
        for playlist in document.playlists
        for item in playlist.items
        if item.id in gone
    ]
    if not left:
        return Planned(document)
    playlists = tuple(
        one.model_copy(update={"items": tuple(item for item in one.items if item.id not in gone)})
        for one in document.playlists
    )
    return Planned(document.model_copy(update={"playlists": playlists}), tuple(left))


def manifest_document(manifest: Manifest, gone: frozenset[str] = frozenset()) -> Document:
    """Return what a manifest plans, as a document, without the languages whose segments are among `gone`.

    An item of which nothing is left keeps its languages.
    """
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
                            "languages": [take.language for take in item.takes if take.sha256 not in gone]
                            or [take.language for take in item.takes],
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
    panel: Panel, source: Source, plan: Planned | None, span: tuple[datetime, datetime], *, airings: bool
) -> PreviewShown:
    """Return what a document shows between two times."""
    shown = {"panel_id": panel.id, "source": source, "tzdata": tzdata.IANA_VERSION}
    if plan is None:
        return PreviewShown.model_validate(shown | {"zone": "UTC", "spans": [], "airings": [], "complete": True})
    document = plan.document
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
            "resting": [RestingShown.model_validate(one, from_attributes=True) for one in plan.left],
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
