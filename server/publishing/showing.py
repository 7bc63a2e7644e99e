"""What panels show: as the timeline plans it for the newest assigned manifest, and as their kiosks report it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from pydantic import ValidationError

from playlists import timeline
from playlists.board_picture import BoardPicture
from playlists.board_values import Values
from playlists.daypart import zone
from playlists.instant import to_millis
from playlists.manifest import Manifest
from playlists.timeline import Facts, Showing
from playlists.wire.messages import SEEN_PERMILLE, Phase, State
from server.accounts.permissions import Caller, Permission
from server.db import Session
from server.errors import not_found
from server.media.blobs import BlobStore
from server.media.frames import board_at, frame_at
from server.publishing import repository
from server.publishing.holdings import Holdings
from server.publishing.resting import of_panels
from server.publishing.schemas import InstalledShown, NowShown, PlannedShown, Receipt, WallPanel
from server.publishing.words import in_words
from server.tables import AssignedManifest, Kiosk, KioskStatus, Panel, Site

MOST_AIRINGS = 2000
_MOST_PICTURES = 256


@dataclass(frozen=True)
class _View:
    """Everything about one panel at one time."""

    panel: Panel
    site: Site
    kiosk: Kiosk | None
    status: KioskStatus | None
    assigned: AssignedManifest | None
    manifest: Manifest | None
    state: State | None
    values: tuple[Values, ...] = ()
    """The newest values of its status boards."""
    resting: frozenset[str] = frozenset()
    """Digests of what is held or withdrawn there."""

    @property
    def online(self) -> bool:
        return self.status is not None and self.status.online

    @property
    def receipt(self) -> Receipt:
        return receipt_of(self.assigned.seq if self.assigned is not None else 0, self.state)

    @property
    def facts(self) -> Facts:
        return facts_of(self.state, self.values, self.resting)

    def planned(self, at: datetime) -> Showing | None:
        if self.manifest is None:
            return None
        return timeline.at(self.manifest, self.facts, at)

    def words(self, at: datetime) -> dict[str, object]:
        since_at = self.status.changed_at if self.status is not None else None
        said = in_words(
            self.receipt,
            enrolled=self.kiosk is not None,
            online=self.online,
            since_at=since_at,
            at=at,
            zone=zone(self.site.time_zone),
        )
        return {"online": self.online, "since_at": since_at, "words": said, "receipt": self.receipt}


def facts_of(state: State | None, values: tuple[Values, ...] = (), resting: frozenset[str] = frozenset()) -> Facts:
    """Return what a kiosk reports that the plan depends on; one that said nothing is taken to be well."""
    return Facts(clock_trusted=state is None or state.clock_trusted, quarantined=resting, values=values)


def receipt_of(assigned_seq: int, state: State | None) -> Receipt:
    """Return how far the newest assigned manifest has come."""
    if assigned_seq == 0:
        return Receipt.NONE
    if state is None:
        return Receipt.ASSIGNED
    if state.phase is Phase.REJECTED:
        return Receipt.REJECTED
    if state.installed_seq < assigned_seq:
        return Receipt.ASSIGNED
    if state.phase is not Phase.PLAYING:
        return Receipt.STORED
    matched = state.on_screen.match_permille if state.on_screen is not None else None
    return Receipt.SEEN if matched is not None and matched >= SEEN_PERMILLE else Receipt.PLAYING


def panel_of(session: Session, caller: Caller, panel_id: UUID, permission: Permission) -> Panel:
    """Return a panel that the caller may do something with.

    Raises:
        Problem: 404, 403.
    """
    row = repository.panel(session, panel_id)
    if row is None:
        raise not_found("panel")
    caller.require(permission, agency_id=row.agency_id, site_id=row.site_id, what="panel")
    return row


def now_of(session: Session, holdings: Holdings, panel: Panel, at: datetime, *, authenticated: bool) -> NowShown:
    """Return what a panel shows at a time."""
    view = _views(session, holdings, [panel])[0]
    planned, state, assigned = view.planned(at), view.state, view.assigned
    return NowShown.model_validate(
        {
            "panel_id": panel.id,
            "at": at,
            "kiosk_id": view.kiosk.id if view.kiosk is not None else None,
            "heard_at": view.status.heard_at if view.status is not None else None,
            "planned": PlannedShown.of(planned) if planned is not None else None,
            "on_screen": state.on_screen if state is not None else None,
            "installed": _installed(state),
            "assigned_seq": assigned.seq if assigned is not None else 0,
            "assigned_sha256": assigned.sha256 if assigned is not None else None,
            "installed_seq": state.installed_seq if state is not None else 0,
            "authenticated": authenticated,
            **view.words(at),
        }
    )


class OnWall(NamedTuple):
    """A panel of the wall, and the rows that it was made from."""

    shown: WallPanel
    panel: Panel
    kiosk: Kiosk | None
    status: KioskStatus | None


def wall(
    session: Session, holdings: Holdings, caller: Caller, at: datetime, ids: Sequence[UUID] | None = None
) -> list[OnWall]:
    """Return every panel that the caller sees, or those of `ids`, by site and name, as it is at a time."""
    caller.require(Permission.SEE)
    views = _views(session, holdings, repository.panels(session, caller.seen, ids))
    faults = repository.open_faults(session, [view.kiosk.id for view in views if view.kiosk is not None])
    agencies = repository.agencies(session, {view.panel.agency_id for view in views})
    rows = [
        OnWall(_wall_panel(view, faults, agencies[view.panel.agency_id].name, at), view.panel, view.kiosk, view.status)
        for view in views
    ]
    return sorted(rows, key=lambda row: (row.shown.site_name, row.shown.name))


def airings(
    session: Session, holdings: Holdings, panel: Panel, start: datetime, end: datetime
) -> tuple[list[Showing], bool]:
    """Return the planned airings of a panel between two times, and whether all of them are listed."""
    view = _views(session, holdings, [panel])[0]
    if view.manifest is None:
        return [], True
    found = timeline.between(view.manifest, view.facts, start, end, most=MOST_AIRINGS)
    return found, not found or found[-1].ends_at >= end


class Due(NamedTuple):
    """What the timeline says for a panel; `board` is what lies on the segment where that is a status board's base."""

    showing: Showing
    board: BoardPicture | None


def due_at(session: Session, holdings: Holdings, panel: Panel, at: datetime) -> Due | None:
    """Return what the timeline says for a panel, or None before its first manifest."""
    view = _views(session, holdings, [panel])[0]
    showing = view.planned(at)
    if showing is None or view.manifest is None:
        return None
    return Due(showing, timeline.board_picture(view.manifest, view.facts, showing.sha256, at))


class Pictures:
    """Expected pictures, drawn from segments; one for each segment and second is kept for a while.

    Of status boards one for each picture that the kiosk composes.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._lock = threading.Lock()
        self._drawn: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    def expected(self, due: Due, at: datetime) -> bytes | None:
        """Return the JPEG of what should be seen at a time, or None when nothing of a segment is due."""
        sha256, board = due.showing.sha256, due.board
        needed = [one for one in (sha256, board.sheet if board is not None else None) if one is not None]
        if sha256 is None or not all(self._blobs.exists(one) for one in needed):
            return None
        second = max(0, to_millis(at) - to_millis(due.showing.starts_at)) // 1000
        key = (sha256, second) if board is None else (board.key, 0)
        with self._lock:
            drawn = self._drawn.get(key)
        if drawn is None:
            segment = self._blobs.path(sha256)
            drawn = (
                frame_at(segment, second * 1000)
                if board is None
                else board_at(segment, self._blobs.path(board.sheet), board.laid)
            )
            with self._lock:
                self._drawn[key] = drawn
                while len(self._drawn) > _MOST_PICTURES:
                    self._drawn.popitem(last=False)
        return drawn


def until(at: datetime, seconds: int) -> datetime:
    """Return a time so many seconds later."""
    return at + timedelta(seconds=seconds)


def _views(session: Session, holdings: Holdings, panels: Sequence[Panel]) -> list[_View]:
    kiosks = repository.kiosks_of(session, [panel.id for panel in panels])
    statuses = repository.statuses(session, [kiosk.id for kiosk in kiosks.values()])
    assigned = repository.newest_manifests(session, list(kiosks.values()))
    sites = repository.sites(session, {panel.site_id for panel in panels})
    values = repository.values_of_kiosks(session, [kiosk.id for kiosk in kiosks.values()])
    resting = of_panels(session, panels, sites)
    views = []
    for panel in panels:
        kiosk = kiosks.get(panel.id)
        status = statuses.get(kiosk.id) if kiosk is not None else None
        row = assigned.get(kiosk.id) if kiosk is not None else None
        manifest = holdings.manifest(row) if row is not None else None
        said = values.get(kiosk.id, ()) if kiosk is not None else ()
        gone = resting[panel.id].digests
        views.append(_View(panel, sites[panel.site_id], kiosk, status, row, manifest, _state(status), said, gone))
    return views


def _state(status: KioskStatus | None) -> State | None:
    if status is None or not status.state:
        return None
    try:
        return State.model_validate(status.state)
    except ValidationError:
        return None


def _installed(state: State | None) -> InstalledShown | None:
    if state is None:
        return None
    return InstalledShown(
        seq=state.installed_seq,
        sha256=state.installed_sha256,
        phase=state.phase,
        stored_segments=state.stored_segments,
        wanted_segments=state.wanted_segments,
        stored_bytes=state.stored_bytes,
        wanted_bytes=state.wanted_bytes,
        error=state.error,
        clock_trusted=state.clock_trusted,
        player=state.player,
        said_at=state.at,
    )


def _wall_panel(view: _View, faults: dict[UUID, int], agency_name: str, at: datetime) -> WallPanel:
    panel, kiosk, state = view.panel, view.kiosk, view.state
    planned = view.planned(at)
    captured = view.status is not None and view.status.capture_sha256 is not None
    return WallPanel.model_validate(
        {
            "panel_id": panel.id,
            "slug": panel.slug,
            "name": panel.name,
            "site_id": view.site.id,
            "site_name": view.site.name,
            "agency_id": panel.agency_id,
            "agency_name": agency_name,
            "width": panel.width,
            "height": panel.height,
            "kiosk_id": kiosk.id if kiosk is not None else None,
            "enrolled": kiosk is not None,
            "planned": PlannedShown.of(planned) if planned is not None else None,
            "on_screen": state.on_screen if state is not None else None,
            "assigned_seq": view.assigned.seq if view.assigned is not None else 0,
            "installed_seq": state.installed_seq if state is not None else 0,
            "open_faults": faults.get(kiosk.id, 0) if kiosk is not None else 0,
            "expected_url": f"/api/v1/panels/{panel.id}/expected.jpg",
            "capture_url": f"/api/v1/panels/{panel.id}/capture.jpg" if captured else None,
            "capture_at": view.status.capture_at if view.status is not None else None,
            **view.words(at),
        }
    )
