"""Every table of the database. Shapes of the API are never tables."""

from server.tables.accounts import Agency, LoginSession, User
from server.tables.changes import Change, Mark
from server.tables.content import Media, Notice, Revision, Segment, Variant
from server.tables.faults import Fault, FaultEvent, PlayRow
from server.tables.fleet import EnrolmentCode, Kiosk, KioskStatus, Panel, Site
from server.tables.jobs import Job
from server.tables.publishing import AssignedManifest, Publication
from server.tables.scheduling import PlaylistItemRow, PlaylistRow, ScheduleEntryRow

__all__ = [
    "Agency",
    "AssignedManifest",
    "Change",
    "EnrolmentCode",
    "Fault",
    "FaultEvent",
    "Job",
    "Kiosk",
    "KioskStatus",
    "LoginSession",
    "Mark",
    "Media",
    "Notice",
    "Panel",
    "PlayRow",
    "PlaylistItemRow",
    "PlaylistRow",
    "Publication",
    "Revision",
    "ScheduleEntryRow",
    "Segment",
    "Site",
    "User",
    "Variant",
]
