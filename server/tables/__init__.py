"""Every table of the database. Shapes of the API are never tables."""

from server.tables.access import ApiToken, Invitation, OutsideAccount, ResetRequest
from server.tables.accounts import Agency, LoginSession, RoleGrant, User
from server.tables.agencies import AgencyName, AgencyPlan, FormerOwner
from server.tables.alarms import Alarm, AlarmEvent, ExpectedWindow
from server.tables.alerts import AlertFeed, AlertHost, AlertPanel, IncomingAlert, SiteAlertCode
from server.tables.audit import AuditEntry
from server.tables.boards import Board, BoardChange, BoardSheet, BoardSource, KioskBoard, Phrase
from server.tables.certificates import Certificate
from server.tables.changes import Change, Mark
from server.tables.commands import KioskCommand, KioskLog
from server.tables.content import (
    Comment,
    Confirmation,
    DismissedAdvice,
    Notice,
    Revision,
    RevisionMedia,
    Segment,
    Subject,
    UserLanguage,
    Variant,
)
from server.tables.emergencies import EmergencyAck, EmergencyRow, EmergencyStep, WarningTemplate
from server.tables.factors import DeviceCode, KnownDevice, Passkey, RecoveryCode, SpentTicket, TotpSecret
from server.tables.faults import Fault, FaultEvent, PlayRow, PowerCut, ReadingSpan
from server.tables.fleet import EnrolmentCode, Kiosk, KioskStatus, Panel, PanelTag, Site
from server.tables.glossary import GlossaryNote, GlossaryTerm
from server.tables.holds import HoldList, NoticeHold, NoticeWithdrawal
from server.tables.jobs import Job
from server.tables.media import Media
from server.tables.notify import (
    NotifyAddress,
    NotifyAttempt,
    NotifyChannel,
    NotifyMessage,
    NotifyPerson,
    NotifyRule,
)
from server.tables.orders import (
    SparePart,
    WorkOrder,
    WorkOrderAlarm,
    WorkOrderEntry,
    WorkOrderForm,
    WorkOrderPart,
    WorkOrderPhoto,
    WorkOrderTick,
)
from server.tables.publishing import AiredRevision, AssignedManifest, DesiredMessage, Publication
from server.tables.releases import RouteRule, Submission, SubmissionItem, SubmittedSegment
from server.tables.roster import DutyAbsence, DutyFeed, DutyRule, DutyShift
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
from server.tables.shiftbook import ShiftHandover, ShiftNote
from server.tables.signing import SigningKey
from server.tables.swaps import Swap
from server.tables.trust import DocumentSignature, RootDocument, SignedDocument
from server.tables.uploads import MediaTag, UploadSession

__all__ = [
    "Agency",
    "AgencyName",
    "AgencyPlan",
    "AiredRevision",
    "Alarm",
    "AlarmEvent",
    "AlertFeed",
    "AlertHost",
    "AlertPanel",
    "ApiToken",
    "AssignedManifest",
    "AuditEntry",
    "Board",
    "BoardChange",
    "BoardSheet",
    "BoardSource",
    "CalendarFeed",
    "Certificate",
    "Change",
    "Comment",
    "Confirmation",
    "DaypartRow",
    "DesiredMessage",
    "DeviceCode",
    "DismissedAdvice",
    "DocumentSignature",
    "DutyAbsence",
    "DutyFeed",
    "DutyRule",
    "DutyShift",
    "EmergencyAck",
    "EmergencyRow",
    "EmergencyStep",
    "EnrolmentCode",
    "EntryTarget",
    "EssentialOnlyRow",
    "EssentialOnlySite",
    "ExpectedWindow",
    "Fault",
    "FaultEvent",
    "FormerOwner",
    "GlossaryNote",
    "GlossaryTerm",
    "HoldList",
    "IncomingAlert",
    "Invitation",
    "Job",
    "Kiosk",
    "KioskBoard",
    "KioskCommand",
    "KioskLog",
    "KioskStatus",
    "KnownDevice",
    "LoginSession",
    "Mark",
    "Media",
    "MediaTag",
    "Notice",
    "NoticeHold",
    "NoticeWithdrawal",
    "NotifyAddress",
    "NotifyAttempt",
    "NotifyChannel",
    "NotifyMessage",
    "NotifyPerson",
    "NotifyRule",
    "OutsideAccount",
    "OverrideRow",
    "OverrideTarget",
    "Panel",
    "PanelQuota",
    "PanelTag",
    "Passkey",
    "Phrase",
    "PlayRow",
    "PlaylistItemRow",
    "PlaylistRow",
    "PowerCut",
    "Publication",
    "ReadingSpan",
    "RecoveryCode",
    "ResetRequest",
    "Revision",
    "RevisionMedia",
    "RoleGrant",
    "RootDocument",
    "RouteRule",
    "ScheduleEntryRow",
    "Segment",
    "ShiftHandover",
    "ShiftNote",
    "SignedDocument",
    "SigningKey",
    "Site",
    "SiteAlertCode",
    "SparePart",
    "SpecialCalendar",
    "SpecialYear",
    "SpentTicket",
    "Subject",
    "Submission",
    "SubmissionItem",
    "SubmittedSegment",
    "Swap",
    "TotpSecret",
    "UploadSession",
    "User",
    "UserLanguage",
    "Variant",
    "WarningTemplate",
    "WorkOrder",
    "WorkOrderAlarm",
    "WorkOrderEntry",
    "WorkOrderForm",
    "WorkOrderPart",
    "WorkOrderPhoto",
    "WorkOrderTick",
]
