"""Who may do what: roles give permissions, and an object of another agency does not exist for the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from server.errors import forbidden, not_found
from server.tables.accounts import Role


class Permission(StrEnum):
    """What a role may be allowed."""

    SEE = "see"
    SEE_USERS = "see-users"
    SEE_AUDIT = "see-audit"
    EDIT_AGENCIES = "edit-agencies"
    EDIT_CALENDARS = "edit-calendars"
    EDIT_USERS = "edit-users"
    EDIT_FLEET = "edit-fleet"
    EDIT_CONTENT = "edit-content"
    EDIT_LOOK = "edit-look"
    TRANSLATE = "translate"
    """Write a notice in another language than its source."""
    REVIEW_LANGUAGE = "review-language"
    """Say that a translation is right; the person must be registered for its language besides."""
    COMMENT = "comment"
    EDIT_PLAYLISTS = "edit-playlists"
    EDIT_SCHEDULE = "edit-schedule"
    PUBLISH = "publish"
    SUBMIT = "submit"
    """Send to approval."""
    APPROVE = "approve"
    """Sign releases, and withdraw for ever."""
    HOLD = "hold"
    """Take off the air at once, and let on again."""
    RAISE_EMERGENCY = "raise-emergency"
    STATE_VALUES = "state-values"
    """Say what status boards show now."""
    SIGN_VALUES = "sign-values"
    """Sign what status boards show now, where a root is installed."""
    ACKNOWLEDGE_FAULTS = "acknowledge-faults"
    COMMAND_KIOSKS = "command-kiosks"
    EDIT_ROUTES = "edit-routes"
    """Say who must approve what."""
    EDIT_ROSTER = "edit-roster"
    """Say who is on duty when."""
    EDIT_TRUST = "edit-trust"
    """Install root documents."""
    MANAGE_TOKENS = "manage-tokens"
    MANAGE_CERTIFICATES = "manage-certificates"


SIGNED_BY_OTHERS = frozenset({Permission.APPROVE, Permission.RAISE_EMERGENCY, Permission.SIGN_VALUES})
"""What administrators may not do: who gives rights puts nothing on the air. Who is both holds both roles."""

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission) - SIGNED_BY_OTHERS,
    Role.EDITOR: frozenset(
        {
            Permission.SEE,
            Permission.EDIT_CONTENT,
            Permission.TRANSLATE,
            Permission.REVIEW_LANGUAGE,
            Permission.COMMENT,
            Permission.EDIT_PLAYLISTS,
            Permission.EDIT_SCHEDULE,
            Permission.PUBLISH,
            Permission.SUBMIT,
            Permission.HOLD,
            Permission.STATE_VALUES,
        }
    ),
    Role.TRANSLATOR: frozenset({Permission.SEE, Permission.TRANSLATE, Permission.COMMENT}),
    Role.LANGUAGE_REVIEWER: frozenset({Permission.SEE, Permission.REVIEW_LANGUAGE, Permission.COMMENT}),
    Role.APPROVER: frozenset({Permission.SEE, Permission.COMMENT, Permission.APPROVE, Permission.HOLD}),
    Role.DUTY_OFFICER: frozenset(
        {Permission.SEE, Permission.COMMENT, Permission.RAISE_EMERGENCY, Permission.HOLD, Permission.EDIT_ROSTER}
    ),
    Role.STATUS_OFFICER: frozenset({Permission.SEE, Permission.STATE_VALUES, Permission.SIGN_VALUES}),
    Role.TECHNICIAN: frozenset(
        {Permission.SEE, Permission.ACKNOWLEDGE_FAULTS, Permission.COMMAND_KIOSKS, Permission.MANAGE_CERTIFICATES}
    ),
    Role.AUDITOR: frozenset({Permission.SEE, Permission.SEE_USERS, Permission.SEE_AUDIT}),
    Role.VIEWER: frozenset({Permission.SEE}),
}
"""What stands here is allowed; everything else is not."""

WHOLE_INSTALLATION = frozenset({Permission.EDIT_AGENCIES, Permission.EDIT_CALENDARS, Permission.EDIT_TRUST})
"""Only for people who belong to no single agency."""


@dataclass(frozen=True)
class Caller:
    """A logged-in person, as services see them."""

    user_id: UUID
    username: str
    display_name: str
    role: Role
    agency_id: UUID | None
    """None: the whole installation."""
    language: str
    session_id: UUID
    password_is_temporary: bool = False
    factor_at: datetime | None = None
    """When they last proved more than their password in this login."""
    is_enrolling: bool = False
    """They lack the second factor that their role needs, and may do nothing but enrol one."""
    scopes: frozenset[Permission] | None = None
    """Of a program's token: what of the person's permissions it has; None: the person themselves."""
    agency_name: str = ""
    """What the agency is called now."""
    address: str = ""
    """Where the request came from."""

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this person may do with objects of their agency."""
        allowed = ALLOWED[self.role]
        if self.scopes is not None:
            allowed &= self.scopes
        return allowed if self.agency_id is None else allowed - WHOLE_INSTALLATION

    def sees(self, agency_id: UUID) -> bool:
        """Tell whether objects of an agency exist for this person."""
        return self.agency_id is None or self.agency_id == agency_id

    def require(self, permission: Permission, *, agency_id: UUID | None = None, what: str = "object") -> None:
        """Let pass what the role allows; `agency_id` is the object's agency, `what` its name in the sentence.

        Raises:
            Problem: 404 for another agency's object, 403 when the role does not allow it.
        """
        if agency_id is not None and not self.sees(agency_id):
            raise not_found(what)
        if permission not in self.permissions:
            raise forbidden()
