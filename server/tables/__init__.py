"""Every table of the database. Shapes of the API are never tables."""

from server.tables.accounts import Agency, LoginSession, User
from server.tables.changes import Change, Mark
from server.tables.content import Notice, Revision, Segment, Variant
from server.tables.faults import Fault, FaultEvent, PlayRow
from server.tables.fleet import EnrolmentCode, Kiosk, KioskStatus, Panel, PanelTag, Site
from server.tables.jobs import Job
from server.tables.media import Media
from server.tables.publishing import AssignedManifest, Publication
from server.tables.scheduling import (
    CalendarFeed,
    DaypartRow,
    EntryTarget,
    EssentialOnlyRow,
    EssentialOnlySite,
    OverrideRow,
    OverrideTarget,
    PanelQuota,
    PlaylistItemRow,
    PlaylistRow,
    ScheduleEntryRow,
    SpecialCalendar,
    SpecialYear,
)
from server.tables.uploads import MediaTag, UploadSession

__all__ = [
    "Agency",
    "AssignedManifest",
    "CalendarFeed",
    "Change",
    "DaypartRow",
    "EnrolmentCode",
    "EntryTarget",
    "EssentialOnlyRow",
    "EssentialOnlySite",
    "Fault",
    "FaultEvent",
    "Job",
    "Kiosk",
    "KioskStatus",
    "LoginSession",
    "Mark",
    "Media",
    "MediaTag",
    "Notice",
    "OverrideRow",
    "OverrideTarget",
    "Panel",
    "PanelQuota",
    "PanelTag",
    "PlayRow",
    "PlaylistItemRow",
    "PlaylistRow",
    "Publication",
    "Revision",
    "ScheduleEntryRow",
    "Segment",
    "Site",
    "SpecialCalendar",
    "SpecialYear",
    "UploadSession",
    "User",
    "Variant",
]
