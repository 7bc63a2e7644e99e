"""Server and kiosk agree on random schedules: the document that people check and the manifest that is played."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_agent.core import events
from kiosk_agent.core.accept import accept
from playlists.document import Content, read_document
from playlists.instant import to_millis
from playlists.plan import Piece
from playlists.timeline import Showing, at
from tests.kiosk_agent.making import CLOCK_OK, KIOSK, PUBLIC, START, sealed
from tests.kiosk_agent.playbook import Playbook
from tests.kiosk_agent.random_plans import Office


def as_document(made: dict[str, Any]) -> dict[str, Any]:
    """Return what a manifest says in the shape of a document; a window of an entry's own becomes a daypart."""
    dayparts, entries = list(made["dayparts"]), []
    for entry in made["schedule"]:
        plain = {key: value for key, value in entry.items() if key != "daypart"}
        if "daypart" in entry:
            plain["daypart_id"] = f"own-{entry['id']}"
            dayparts.append({"id": plain["daypart_id"], "windows": [entry["daypart"]]})
        entries.append(plain)
    panel = made["panel"]
    return {
        "zone": made["time_zone"],
        "place": made["place"],
        "panel": {"id": panel["id"], "quotas": panel["quotas"], "operating_hours": panel["operating_hours"]},
        "playlists": [
            {key: value for key, value in playlist.items() if key != "items"}
            | {"items": [_item(item) for item in playlist["items"]]}
            for playlist in made["playlists"]
        ],
        "dayparts": dayparts,
        "calendars": made["calendars"],
        "entries": entries,
        "overrides": made["overrides"],
        "essential_only": made["essential_only"],
        "default": made["default_playlist_id"],
    }


def _item(item: dict[str, Any]) -> dict[str, Any]:
    kept = {key: item[key] for key in ("id", "title", "on_air_ms", "content_class", "festive")}
    return kept | {"languages": [take["language"] for take in item["takes"]]}


def of_document(piece: Piece[Content]) -> tuple[object, ...]:
    content = piece.content
    item = (content.playlist.id, content.item.id, content.language) if content is not None else (None, None, None)
    owner = piece.owner if content is not None and piece.span.active.layer.value != "default" else None
    return piece.span.active.layer, piece.start_ms, piece.end_ms, *item, owner, piece.span.active.essential_only


def of_kiosk(showing: Showing) -> tuple[object, ...]:
    def text(value: object) -> str | None:
        return None if value is None else str(value)

    ids = text(showing.playlist_id), text(showing.item_id)
    bounds = to_millis(showing.starts_at), to_millis(showing.ends_at)
    return showing.layer, *bounds, *ids, showing.language, text(showing.entry_id), text(showing.essential_only)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**9), st.integers(1, 25), st.lists(st.integers(-3 * 1440, 30 * 1440), min_size=1, max_size=6))
def test_the_document_and_the_kiosks_manifest_say_the_same(seed: int, edits: int, minutes: list[int]) -> None:
    office = Office(seed)
    for number in range(edits):
        office.edit(START + timedelta(hours=number))
    made = office.document(START)
    plan = read_document(json.dumps(as_document(made)).encode()).plan()
    held = accept(sealed(made), KIOSK, PUBLIC, 0)
    book = Playbook()
    book.tell(events.Started(held, frozenset(held.sizes), findings=(CLOCK_OK,)))
    for minute in minutes:
        moment = START + timedelta(minutes=minute, seconds=17)
        assert of_kiosk(at(held.manifest, book.state.facts, moment)) == of_document(plan.at(moment))
