"""What the API and the console show of a board: its slots in words, and how it stands on each panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from playlists.board import Board as HeldBoard
from playlists.board import Box, Face, OnStale, Place, SlotKind, tiles_of
from playlists.board_card import BoardPlan, PlannedSlot
from playlists.board_shown import Shown, shown
from playlists.board_values import Values
from playlists.daypart import Locality, zone
from playlists.language import Language, SegmentLanguage
from playlists.wire.messages import SEEN_PERMILLE, State
from server.content.boards import repository
from server.content.boards.repository import Holder
from server.content.boards.schemas import BoardShown, ChangeShown, PanelStands, SlotShown
from server.content.boards.service import values_of
from server.content.faces.repository import calendars as special_calendars
from server.content.faces.service import plan_of
from server.content.phrases import repository as phrases
from server.db import Session
from server.seen import seen_of
from server.tables import Site
from server.tables.boards import Board, BoardChange, ChangeSource, Phrase

_NOWHERE = Box(0, 0, 0, 0)
_SYSTEM = "system"


def boards_shown(session: Session, rows: Sequence[Board], at: datetime) -> list[BoardShown]:
    """Return the API's picture of boards at a time."""
    sites = repository.sites(session, {row.site_id for row in rows})
    last = repository.last_changes(session, rows)
    people = repository.names(session, {one.set_by for one in last.values() if one.set_by is not None})
    sources = {one.source_id: repository.source(session, one.source_id) for one in last.values() if one.source_id}
    held: dict[UUID, list[Holder]] = {}
    for holder in repository.holders(session, [row.id for row in rows]):
        held.setdefault(holder.held.board_id, []).append(holder)
    found = []
    for row in rows:
        newest = last.get(row.id)
        by = ""
        if newest is not None:
            source = sources.get(newest.source_id) if newest.source_id is not None else None
            by = people.get(newest.set_by, "") if newest.set_by is not None else source.name if source else ""
        found.append(_board(session, row, sites[row.site_id], by, held.get(row.id, []), at))
    return found


def board_shown(session: Session, row: Board, at: datetime) -> BoardShown:
    """Return the API's picture of one board."""
    return boards_shown(session, [row], at)[0]


def changes_shown(session: Session, rows: Sequence[BoardChange]) -> list[ChangeShown]:
    """Return the API's picture of changes."""
    people = repository.names(session, {row.set_by for row in rows if row.set_by is not None})
    sources = {one: repository.source(session, one) for one in {row.source_id for row in rows if row.source_id}}
    found = []
    for row in rows:
        source = sources.get(row.source_id) if row.source_id is not None else None
        by = people.get(row.set_by, "") if row.set_by is not None else source.name if source is not None else _SYSTEM
        found.append(
            ChangeShown(
                id=row.id,
                seq=row.seq,
                at=row.created_at,
                source=ChangeSource(row.source),
                by=by,
                note=row.note,
                undoes=row.undoes,
                values=Values.model_validate(row.values),
                before=Values.model_validate(row.before) if row.before else None,
            )
        )
    return found


def planned(plan: BoardPlan, board_id: UUID) -> HeldBoard:
    """Return a board as the decisions of `playlists` take it, without pictures."""
    slots = tuple(one.slot for one in plan.slots)
    places = {slot.name: Place(box=_NOWHERE, cells=dict.fromkeys(tiles_of(slot), _NOWHERE)) for slot in slots}
    face = Face(
        language=SegmentLanguage.MUL,
        base="0" * 64,
        sheet="0" * 64,
        sheet_size=1,
        places=places,
        plate=_NOWHERE,
        plate_at=_NOWHERE,
    )
    return HeldBoard(id=board_id, slots=slots, faces=(face,), max_age_s=plan.max_age_s, on_stale=plan.on_stale)


def locality_of(session: Session, row: Board, site: Site) -> Locality:
    """Return the local time of a board's site, with the special days that its opening hours name."""
    weeks = [one.slot.hours for one in plan_of(row).slots if one.slot.hours is not None]
    special = special_calendars(session, {week.calendar_id for week in weeks if week.calendar_id is not None})
    return Locality(zone(site.time_zone), None, {one.id: one for one in special})


def _board(session: Session, row: Board, site: Site, by: str, held: Iterable[Holder], at: datetime) -> BoardShown:
    plan, values, locality = plan_of(row), values_of(row), locality_of(session, row, site)
    one = planned(plan, row.id)
    now = shown(one, values, at, locality, clock_trusted=True)
    # a board that is dropped or under its plate shows nothing; people still want to know what was said
    spoken = shown(one.model_copy(update={"on_stale": OnStale.KEEP}), values, at, locality, clock_trusted=True)
    book = {phrase.key: phrase for phrase in phrases.phrases(session, seen_of(row.agency_id), archived=True)}
    return BoardShown(
        id=row.id,
        agency_id=row.agency_id,
        site_id=row.site_id,
        site_name=site.name,
        time_zone=site.time_zone,
        notice_id=row.notice_id,
        name=row.name,
        plan=plan,
        seq=row.seq,
        set_at=row.set_at,
        set_by_name=by,
        values=values,
        standing=now.standing,
        slots=[_slot(planned_slot, spoken, values, book, at) for planned_slot in plan.slots],
        panels=[_panel(holder, row) for holder in held],
        archived_at=row.archived_at,
        rev=row.rev,
    )


def _slot(one: PlannedSlot, now: Shown, values: Values | None, book: Mapping[str, Phrase], at: datetime) -> SlotShown:
    slot = one.slot
    said = values.stated(slot.name, at) if values is not None else None
    tiles = dict(now.tiles).get(slot.name, ())
    return SlotShown(
        name=slot.name,
        kind=slot.kind,
        label={language: one.label.in_(language) if one.label else "" for language in Language},
        words={language: _words(one, tiles, book, language) for language in Language},
        value=said,
        stated=said is not None,
        until=values.until.get(slot.name, values.expires_at) if values is not None and said is not None else None,
        said_at=values.said_at(slot.name) if values is not None and said is not None else None,
    )


def _words(one: PlannedSlot, tiles: Sequence[str], book: Mapping[str, Phrase], language: Language) -> str:
    if not tiles or tiles == ("?",):
        return ""
    if one.slot.kind is SlotKind.PHRASE:
        phrase = book.get(tiles[0])
        return str(getattr(phrase, language)) if phrase is not None else tiles[0]
    text = "".join(tiles).replace("°", " °C").lstrip("@> ")
    return f"{text} {one.unit.in_(language)}" if one.unit is not None else text


def _panel(holder: Holder, row: Board) -> PanelStands:
    state, held = _state(holder), holder.held
    screen = state.on_screen if state is not None else None
    on_screen = screen is not None and screen.board_id == row.id and screen.board_seq == held.seq
    match = screen.match_permille if screen is not None else None
    return PanelStands(
        panel_id=holder.panel.id,
        panel_name=holder.panel.name,
        kiosk_id=holder.kiosk.id,
        online=holder.status is not None and holder.status.online,
        seq=held.seq,
        standing=held.word,
        confirmed=held.said_at is not None and held.seq == row.seq,
        since_at=held.since_at,
        said_at=held.said_at,
        on_screen=on_screen,
        seen=on_screen and match is not None and match >= SEEN_PERMILLE,
    )


def _state(holder: Holder) -> State | None:
    if holder.status is None or not holder.status.state:
        return None
    try:
        return State.model_validate(holder.status.state)
    except ValidationError:
        return None
