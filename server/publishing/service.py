"""From a press of Publish to a signed manifest: what is needed, whether it is rendered, and the assignment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

import tzdata

from playlists import trust
from playlists.board import Board as HeldBoard
from playlists.ids import sha256_hex
from playlists.language import SegmentLanguage
from playlists.legibility import MOST_FLASHES, FindingCode
from playlists.manifest import Manifest, OutputWindow, PanelSpec
from playlists.manifest import Segment as HeldSegment
from playlists.playlist import Item, Playlist, Take
from playlists.profile import Profile
from playlists.special_day import Calendar
from server.accounts.permissions import Caller, Permission
from server.audit.actions import Action
from server.audit.service import audit
from server.changes import note_change
from server.content import repository as contents
from server.content.boards.repository import hold
from server.content.faces.repository import calendars as special_calendars
from server.content.faces.service import Undrawable, calendars_of, held_boards
from server.content.notices.artworks import ageing
from server.content.notices.rows import Airs
from server.content.service import Wanted, ensure_segments
from server.db import Session, Wake, ring_after_commit
from server.errors import Problem, conflict, invalid, not_found
from server.fleet.service import place_of
from server.jobs import repository as jobs
from server.publishing import repository
from server.publishing.ageing import in_time, renewed
from server.publishing.build import Content, Urgent, build_manifest, content_digest, opened, seal, with_urgent
from server.publishing.judging import Judged, Reading, Shown, judge, reading_of
from server.publishing.refusal import CannotPublish, not_rendered, unreadable, unsound
from server.publishing.released.service import in_force, on_air
from server.scheduling.entries.words import daypart_of
from server.scheduling.plans import repository as plans
from server.scheduling.plans import shapes
from server.scheduling.plans.repository import Gathered
from server.seen import EVERYTHING
from server.settings import Approval
from server.tables import AssignedManifest, Kiosk, Panel, PlaylistItemRow, Publication, Segment
from server.tables.content import SegmentState
from server.tables.publishing import PublicationState

JOB_KIND = "publish"
URGENCY = 10
"""Publishing only looks and assigns; it goes before the rendering that it waits for, so that its progress shows."""
MOST_KEY = 80


Needed = Mapping[Shown, Segment]
"""Segments by notice and language."""


@dataclass(frozen=True)
class Tally:
    """How many of the segments that a publication needs are rendered."""

    ready: int = 0
    needed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.ready + other.ready, self.needed + other.needed)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to wait for."""
        return self.ready == self.needed


def publish(
    session: Session,
    caller: Caller,
    panel_ids: Sequence[UUID] | None,
    key: str | None,
    at: datetime,
    approval: Approval = Approval.OFF,
) -> tuple[Publication, bool]:
    """Take a publication up, in a job; the same key again returns the same one. The flag says whether it is new.

    Raises:
        Problem: 403, 404 for a panel that is not the caller's, 409 for a key that meant something else, 422 for a
            playlist that names a picture which is not there.
    """
    caller.require(Permission.PUBLISH)
    if key is not None and not 1 <= len(key) <= MOST_KEY:
        raise invalid("invalid-idempotency-key", f"An Idempotency-Key has 1 to {MOST_KEY} characters.")
    panels = _panels(session, caller, panel_ids)
    wanted = sorted(str(panel.id) for panel in panels)
    own_key = f"{caller.user_id}:{key}" if key is not None else None
    row = Publication(requested_by=caller.user_id, panel_ids=wanted, idempotency_key=own_key)
    earlier = repository.publication_by_key(session, own_key) if own_key is not None else None
    if earlier is None and not repository.add_publication(session, row) and own_key is not None:
        earlier = repository.publication_by_key(session, own_key)
    if earlier is not None:
        if panel_ids is not None and earlier.panel_ids != wanted:
            raise conflict("idempotency-key-used", "This Idempotency-Key was used for other panels. Take a new one.")
        return earlier, False
    for panel in panels:
        said = _warnings(session, panel, at, approval)
        row.warnings = [*row.warnings, *(one for one in said if one not in row.warnings)]
    start(session, row, panels[0].agency_id if len({panel.agency_id for panel in panels}) == 1 else None)
    audit(
        session,
        caller,
        Action.PUBLICATION_ASKED,
        "publication",
        row.id,
        name=", ".join(panel.name for panel in panels[:5]),
        agency_id=panels[0].agency_id,
        after={"panels": [panel.slug for panel in panels]},
    )
    return row, True


def _warnings(session: Session, panel: Panel, at: datetime, approval: Approval) -> list[dict[str, str]]:
    """Return what people are told about a panel that is to be published, and have what is missing rendered."""
    items = plans.items_needed(session, panel, at)
    if approval is Approval.REQUIRED:
        return on_air(session, panel, items, at).warnings
    try:
        judged = judge(session, panel, items, at)
        _rendered(session, panel, judged, afresh=True, profile=None)
    except CannotPublish as error:
        raise invalid("cannot-publish", str(error), sentences=error.sentences) from error
    return judged.warnings


def start(session: Session, row: Publication, agency_id: UUID | None) -> None:
    """Enqueue the job that carries a new publication out."""
    job = jobs.enqueue(session, JOB_KIND, {"publication_id": str(row.id)}, agency_id=agency_id, urgency=URGENCY)
    row.job_id = job.id
    session.add(row)
    note_change(session, "publication", row.id)


def publication_of(session: Session, caller: Caller, publication_id: UUID) -> Publication:
    """Return a publication of which the caller may see every panel.

    Raises:
        Problem: 404.
    """
    row = repository.publication(session, publication_id)
    if row is None:
        raise not_found("publication")
    panels = repository.panels(session, EVERYTHING, [UUID(text) for text in row.panel_ids])
    if row.requested_by != caller.user_id and not all(caller.sees(panel.agency_id, panel.site_id) for panel in panels):
        raise not_found("publication")
    return row


def reading(session: Session, panel_id: UUID, at: datetime, approval: Approval = Approval.OFF) -> Reading | None:
    """Return what would go out to a panel, to be measured outside of the transaction; None without a panel.

    What is released was measured before people signed it: then None as well.

    Raises:
        CannotPublish: a language is missing or not finished.
    """
    panel = repository.panel(session, panel_id)
    if panel is None or approval is Approval.REQUIRED:
        return None
    return reading_of(session, panel, plans.items_needed(session, panel, at), at)


def prepare(session: Session, panel_id: UUID, at: datetime, approval: Approval = Approval.OFF) -> Tally:
    """See that every segment of a panel's playlists is rendered or on its way; what is released is.

    Raises:
        CannotPublish: one is missing or could not be rendered.
    """
    panel = repository.panel(session, panel_id)
    if panel is None or approval is Approval.REQUIRED:
        return Tally()
    judged = judge(session, panel, plans.items_needed(session, panel, at), at)
    segments = _rendered(session, panel, judged, afresh=False, profile=None)
    ready = sum(segment.state == SegmentState.READY for segment in segments.values())
    return Tally(ready, len(segments))


def assign(
    session: Session,
    panel_id: UUID,
    kiosk_id: UUID,
    private_key: bytes,
    publication_id: UUID | None,
    at: datetime,
    approval: Approval = Approval.OFF,
) -> bool | None:
    """Give a panel's kiosk a manifest when it differs from the one it has; False when it does not.

    Returns None when a segment is still being rendered, so that nothing could be assigned.

    Raises:
        CannotPublish: something is missing, could not be rendered, or does not fit together.
    """
    kiosk = repository.kiosk(session, kiosk_id, lock=True)
    panel = repository.panel(session, panel_id)
    if panel is None or kiosk is None or kiosk.revoked_at is not None or kiosk.panel_id != panel.id:
        return False
    content = content_of(session, panel, kiosk, at, approval)
    if content is None:
        return None
    try:
        manifest = build_manifest(content, kiosk.assigned_seq + 1, at)
        envelope = seal(manifest, private_key)
    except ValueError as error:
        raise unsound(panel.name, f"{error}.") from error
    return _assign(session, kiosk, manifest, envelope, publication_id)


@dataclass(frozen=True)
class Shows:
    """What a manifest names of what is rendered: segments of items, boards, and the releases that allow them."""

    needed: Needed
    airs: Mapping[UUID, Airs]
    boards: Sequence[HeldBoard]
    held: Sequence[HeldSegment]
    releases: Sequence[str] = ()


def content_of(
    session: Session, panel: Panel, kiosk: Kiosk, at: datetime, approval: Approval = Approval.OFF
) -> Content | None:
    """Return what a kiosk should hold and play, or None while a segment of it is still being rendered.

    Raises:
        CannotPublish: a segment is missing or could not be rendered.
    """
    plan = plans.gather(session, panel, at)
    shows = _shows(session, panel, plan, at, approval)
    if shows is None:
        return None
    calendars = _calendars(session, shows.boards, plan.calendars)
    return Content(
        kiosk_id=kiosk.id,
        site=plan.site.slug,
        time_zone=plan.site.time_zone,
        tzdata=tzdata.IANA_VERSION,
        place=place_of(plan.site),
        panel=panel_spec(panel, plan.quotas, training=plan.site.training),
        releases=shows.releases,
        segments=shows.held,
        playlists=_playlists(plan, shows.airs, shows.needed),
        dayparts=[daypart_of(row) for row in plan.dayparts.values()],
        calendars=[*plan.calendars, *calendars],
        schedule=[shapes.entry(row) for row in plan.entries],
        overrides=[shapes.override(row) for row in plan.overrides],
        essential_only=[shapes.essential_only(row) for row in plan.essential_only],
        default_playlist_id=panel.default_playlist_id,
        boards=shows.boards,
    )


def assign_at_once(
    session: Session,
    panel_id: UUID,
    kiosk_id: UUID,
    private_key: bytes,
    at: datetime,
    approval: Approval = Approval.OFF,
) -> bool | None:
    """Give a panel's kiosk the manifest that it has, with the overrides of now; nothing else is published by it.

    A manifest of which a release is no longer in force would be refused by its kiosk: then all is published.

    Returns False when nothing changes or nothing was published yet, None when a segment is still being rendered.

    Raises:
        CannotPublish: something is missing, could not be rendered, or does not fit together.
    """
    kiosk = repository.kiosk(session, kiosk_id, lock=True)
    panel = repository.panel(session, panel_id)
    if panel is None or kiosk is None or kiosk.revoked_at is not None or kiosk.panel_id != panel.id:
        return False
    newest = repository.newest_manifest(session, kiosk.id)
    if newest is None:
        return False
    base = _renewed(session, opened(newest, trust.public_key(private_key)))
    plan = plans.gather(session, panel, at).urgent()
    if approval is Approval.REQUIRED and not set(base.releases) <= _digests_in_force(session, panel, at):
        return assign(session, panel_id, kiosk_id, private_key, None, at, approval)
    shows = _shows(session, panel, plan, at, approval, profile=base.panel.profile)
    if shows is None:
        return None
    urgent = Urgent(
        boards=shows.boards,
        calendars=_calendars(session, shows.boards, ()),
        releases=shows.releases,
        segments=shows.held,
        playlists=_playlists(plan, shows.airs, shows.needed),
        overrides=[shapes.override(row) for row in plan.overrides],
        essential_only=[shapes.essential_only(row) for row in plan.essential_only],
    )
    try:
        manifest = with_urgent(base, urgent, kiosk.assigned_seq + 1, at)
        envelope = seal(manifest, private_key)
    except ValueError as error:
        raise unsound(panel.name, f"{error}.") from error
    return _assign(session, kiosk, manifest, envelope, None)


def _renewed(session: Session, base: Manifest) -> Manifest:
    """Return a manifest with the times of what people have said since to be still right."""
    shown = {item.notice_id: item.revision for one in base.playlists for item in one.items if item.revision is not None}
    airs = ageing(session, shown)
    playlists = tuple(renewed(one, airs) for one in base.playlists)
    return base if playlists == base.playlists else base.model_copy(update={"playlists": playlists})


def panel_spec(panel: Panel, quotas: Mapping[UUID, int] | None = None, *, training: bool = False) -> PanelSpec:
    """Return a panel as its kiosk needs it."""
    return PanelSpec(
        id=panel.id,
        slug=panel.slug,
        name=panel.name,
        width=panel.width,
        height=panel.height,
        fps=panel.fps,
        window=OutputWindow.model_validate(panel.output_window),
        training=training,
        quotas={str(agency): permille for agency, permille in (quotas or {}).items()},
        **shapes.hours(panel),
    )


def fail(session: Session, publication_id: UUID, sentence: str, sentences: dict[str, str] | None = None) -> None:
    """Write why a publication failed, in English and, where known, in every language; the first reason stays."""
    row = repository.publication(session, publication_id)
    if row is not None and row.state != PublicationState.FAILED:
        row.state, row.error, row.sentences = PublicationState.FAILED, sentence, sentences or {}
        session.add(row)
        note_change(session, "publication", row.id)


def finish(session: Session, publication_id: UUID, at: datetime) -> None:
    """Write that every kiosk of a publication has its manifest."""
    row = repository.publication(session, publication_id)
    if row is not None:
        row.state, row.assigned_at, row.error = PublicationState.ASSIGNED, at, None
        session.add(row)
        note_change(session, "publication", row.id)


def catch_up(session: Session) -> int:
    """Publish, for kiosks that came to a published panel, what that panel was published for; return how many."""
    newcomers = repository.newcomers(session)
    if not newcomers:
        return 0
    earlier = repository.publications_naming(session, {one.panel_id for one in newcomers})
    started = 0
    for one in newcomers:
        last = earlier.get(one.panel_id)
        if last is None or last.state != PublicationState.ASSIGNED:
            continue
        key = f"newcomer:{one.kiosk_id}:{last.id}"
        row = Publication(requested_by=last.requested_by, panel_ids=[str(one.panel_id)], idempotency_key=key)
        if repository.publication_by_key(session, key) is None and repository.add_publication(session, row):
            panel = repository.panel(session, one.panel_id)
            start(session, row, panel.agency_id if panel is not None else None)
            started += 1
    return started


def _panels(session: Session, caller: Caller, panel_ids: Sequence[UUID] | None) -> list[Panel]:
    if panel_ids is None:
        panels = [
            panel
            for panel in repository.panels(session, caller.seen)
            if caller.may(Permission.PUBLISH, agency_id=panel.agency_id, site_id=panel.site_id)
        ]
        if not panels:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "no-panels", "You have no panel to publish. Add one first.")
        return panels
    panels = repository.panels(session, EVERYTHING, panel_ids)
    if len(panels) != len(set(panel_ids)):
        raise not_found("panel")
    for panel in panels:
        caller.require(Permission.PUBLISH, agency_id=panel.agency_id, site_id=panel.site_id, what="panel")
    return panels


def _rendered(session: Session, panel: Panel, judged: Judged, *, afresh: bool, profile: Profile | None) -> Needed:
    profile = profile or panel_spec(panel).profile
    wanted = {one: Wanted.of(artwork, SegmentLanguage(one.language)) for one, artwork in judged.artworks.items()}
    keys = {one: wanted[one].key(profile) for one in wanted}
    rows = contents.segments_by_key(session, list(keys.values()))
    lacking = [wanted[one] for one in wanted if afresh or keys[one] not in rows]
    asked = ensure_segments(session, lacking, profile, agency_id=panel.agency_id)
    found = {one: asked.get(wanted[one]) or rows[keys[one]] for one in wanted}
    for one, segment in found.items():
        if segment.state == SegmentState.FAILED:
            why = (segment.error or "The renderer gave no reason.").strip()
            raise not_rendered(judged.titles[one.notice_id], one.language, why)
        if (segment.flashes or 0) > MOST_FLASHES:
            title = judged.titles[one.notice_id]
            raise unreadable(title, one.language, panel.name, FindingCode.FLASHING, plated=one.plated)
    return found


def _shows(
    session: Session,
    panel: Panel,
    plan: Gathered,
    at: datetime,
    approval: Approval,
    *,
    profile: Profile | None = None,
) -> Shows | None:
    """Return what goes out of a plan: what is released where that is required, else the newest; None: not rendered."""
    if approval is Approval.REQUIRED:
        found = on_air(session, panel, plan.items, at)
        held = [_held(segment) for segment in found.segments.values()]
        bases = [HeldSegment.model_validate(one.model_dump()) for one in (*found.bases, *found.ahead)]
        return Shows(found.segments, found.airs, found.boards, [*held, *bases], found.releases)
    judged = judge(session, panel, plan.items, at)
    segments = _rendered(session, panel, judged, afresh=False, profile=profile)
    if any(segment.state != SegmentState.READY for segment in segments.values()):
        return None
    boards = _boards(session, panel, segments)
    return Shows(segments, judged.airs, boards, [_held(segment) for segment in segments.values()])


def _digests_in_force(session: Session, panel: Panel, at: datetime) -> set[str]:
    return {one.digest for one in in_force(session, panel, at) if not one.is_withdrawn}


def _boards(session: Session, panel: Panel, segments: Needed) -> list[HeldBoard]:
    """Return the status boards that the playlists show, each with the faces that they ask for."""
    rows = {segment.id: segment for segment in segments.values()}
    try:
        return held_boards(session, list(rows.values()))
    except Undrawable as error:
        raise unsound(panel.name, str(error)) from error


def _calendars(session: Session, boards: Sequence[HeldBoard], known: Sequence[Calendar]) -> list[Calendar]:
    """Return the calendars that boards' opening hours name besides the known ones."""
    return special_calendars(session, calendars_of(boards) - {one.id for one in known})


def _held(segment: Segment) -> HeldSegment:
    return HeldSegment(
        sha256=segment.sha256 or "",
        size=segment.size or 0,
        profile=segment.profile,
        language=SegmentLanguage(segment.language),
        duration_ms=segment.duration_ms or 0,
    )


def _playlists(plan: Gathered, airs: Mapping[UUID, Airs], segments: Needed) -> list[Playlist]:
    items: dict[UUID, list[Item]] = {playlist_id: [] for playlist_id in plan.playlists}
    for row in plan.items:
        takes = _takes(row, segments, plated=False)
        if takes:
            items[row.playlist_id] += in_time(row, airs[row.notice_id], takes, _takes(row, segments, plated=True))
    ordered = sorted(plan.playlists.values(), key=lambda row: row.id)
    return [
        Playlist.model_validate(
            {
                "id": row.id,
                "name": row.name,
                "rotation": row.rotation,
                "language_weights": row.language_weights,
                "items": items[row.id],
            }
        )
        for row in ordered
    ]


def _takes(row: PlaylistItemRow, segments: Needed, *, plated: bool) -> tuple[Take, ...]:
    found = [(one, segments.get(Shown(row.notice_id, one, plated))) for one in row.languages]
    return tuple(
        Take(language=SegmentLanguage(one), sha256=segment.sha256 or "")
        for one, segment in found
        if segment is not None
    )


def _assign(session: Session, kiosk: Kiosk, manifest: Manifest, envelope: bytes, publication_id: UUID | None) -> bool:
    content = content_digest(manifest)
    newest = repository.newest_manifest(session, kiosk.id)
    if newest is not None and newest.content_sha256 == content:
        return False
    kiosk.assigned_seq = manifest.seq
    session.add(kiosk)
    hold(session, kiosk.id, [board.id for board in manifest.boards])
    session.add(
        AssignedManifest(
            kiosk_id=kiosk.id,
            seq=manifest.seq,
            sha256=sha256_hex(envelope),
            content_sha256=content,
            envelope=envelope,
            publication_id=publication_id,
        )
    )
    repository.note_aired(session, manifest)
    session.flush()
    note_change(session, "manifest", kiosk.id)
    note_change(session, "panel", manifest.panel.id)
    ring_after_commit(session, Wake.POINTERS)
    return True
