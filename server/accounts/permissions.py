"""Who may do what: roles give permissions, and an object of another agency does not exist for the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from server.errors import forbidden, not_found
from server.seen import EVERYTHING, Seen
from server.tables.accounts import Role


class Permission(StrEnum):
    """What a role may be allowed."""

    SEE = "see"
    SEE_USERS = "see-users"
    SEE_AUDIT = "see-audit"
    SEE_AUDIT_HEAD = "see-audit-head"
    """Keep the audit log's newest hash, to see later that nothing was cut off."""
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
    KEEP_SHIFT_BOOK = "keep-shift-book"
    """Write into the shift book, hand a shift over and take one."""
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
    Role.APPROVER: frozenset(
        {
            Permission.SEE,
            Permission.SEE_AUDIT_HEAD,
            Permission.COMMENT,
            Permission.APPROVE,
            Permission.HOLD,
            Permission.KEEP_SHIFT_BOOK,
        }
    ),
    Role.DUTY_OFFICER: frozenset(
        {
            Permission.SEE,
            Permission.COMMENT,
            Permission.RAISE_EMERGENCY,
            Permission.HOLD,
            Permission.EDIT_ROSTER,
            Permission.KEEP_SHIFT_BOOK,
        }
    ),
    Role.STATUS_OFFICER: frozenset(
        {Permission.SEE, Permission.STATE_VALUES, Permission.SIGN_VALUES, Permission.KEEP_SHIFT_BOOK}
    ),
    Role.TECHNICIAN: frozenset(
        {
            Permission.SEE,
            Permission.ACKNOWLEDGE_FAULTS,
            Permission.COMMAND_KIOSKS,
            Permission.MANAGE_CERTIFICATES,
            Permission.KEEP_SHIFT_BOOK,
        }
    ),
    Role.AUDITOR: frozenset({Permission.SEE, Permission.SEE_USERS, Permission.SEE_AUDIT, Permission.SEE_AUDIT_HEAD}),
    Role.VIEWER: frozenset({Permission.SEE}),
}
"""What stands here is allowed; everything else is not."""

WHOLE_INSTALLATION = frozenset({Permission.EDIT_AGENCIES, Permission.EDIT_CALENDARS, Permission.EDIT_TRUST})
"""Only for people who belong to no single agency."""

WITHOUT_PLACE = frozenset(
    {
        Permission.SEE,
        Permission.SEE_AUDIT_HEAD,
        Permission.EDIT_CONTENT,
        Permission.TRANSLATE,
        Permission.REVIEW_LANGUAGE,
        Permission.COMMENT,
        Permission.EDIT_PLAYLISTS,
        Permission.SUBMIT,
    }
)
"""What a role at one site allows with things of its agency that stand at no site: they are on no panel yet."""

AT_A_PLACE = frozenset(
    {
        Permission.EDIT_FLEET,
        Permission.EDIT_SCHEDULE,
        Permission.PUBLISH,
        Permission.APPROVE,
        Permission.HOLD,
        Permission.RAISE_EMERGENCY,
        Permission.STATE_VALUES,
        Permission.SIGN_VALUES,
        Permission.ACKNOWLEDGE_FAULTS,
        Permission.COMMAND_KIOSKS,
        Permission.EDIT_ROSTER,
        Permission.KEEP_SHIFT_BOOK,
        Permission.MANAGE_CERTIFICATES,
    }
)
"""What a role at one site allows there, and with nothing whose site is not known."""


@dataclass(frozen=True)
class Grant:
    """A role somewhere: in one agency or (None) the whole installation, and there at one site only or (None) at all."""

    role: Role
    agency_id: UUID | None = None
    site_id: UUID | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What it allows somewhere."""
        allowed = ALLOWED[self.role]
        if self.agency_id is not None:
            allowed -= WHOLE_INSTALLATION
        return allowed if self.site_id is None else allowed & (WITHOUT_PLACE | AT_A_PLACE)

    def reaches(self, permission: Permission, agency_id: UUID | None, site_id: UUID | None) -> bool:
        """Tell whether it holds for an agency's object, at a site or (None) at none that is known."""
        if agency_id is not None and self.agency_id not in (None, agency_id):
            return False
        if self.site_id is None or agency_id is None:
            return True
        return self.site_id == site_id if site_id is not None else permission in WITHOUT_PLACE


@dataclass(frozen=True)
class Caller:
    """A logged-in person, as services see them: a role in their own agency, and any number of grants besides."""

    user_id: UUID
    username: str
    display_name: str
    role: Role
    """In the own agency; for being shown only."""
    agency_id: UUID | None
    """The own agency; None: the whole installation."""
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
    """What the own agency is called now."""
    address: str = ""
    """Where the request came from."""
    grants: tuple[Grant, ...] = ()
    """Besides the role in the own agency."""

    @property
    def held(self) -> tuple[Grant, ...]:
        """Every grant, the role in the own agency first."""
        return (Grant(self.role, self.agency_id), *self.grants)

    @property
    def permissions(self) -> frozenset[Permission]:
        """What this person may do somewhere."""
        allowed: frozenset[Permission] = frozenset().union(*(grant.permissions for grant in self.held))
        return allowed if self.scopes is None else allowed & self.scopes

    @property
    def seen(self) -> Seen:
        """What lists show this person."""
        if any(grant.agency_id is None for grant in self.held):
            return EVERYTHING
        whole = frozenset(grant.agency_id for grant in self.held if grant.agency_id is not None and not grant.site_id)
        places = frozenset((grant.agency_id, grant.site_id) for grant in self.held if grant.agency_id and grant.site_id)
        return Seen(whole, places)

    def agencies(self, permission: Permission) -> frozenset[UUID] | None:
        """Return the agencies in which the person may do something everywhere; None: in every one."""
        if permission not in self.permissions:
            return frozenset()
        allowing = [one for one in self.held if permission in one.permissions and one.site_id is None]
        if any(one.agency_id is None for one in allowing):
            return None
        return frozenset(one.agency_id for one in allowing if one.agency_id is not None)

    def home(self, permission: Permission) -> UUID | None:
        """Return the agency that something new belongs to where none is named: the own one if they may do it there.

        Otherwise the only other one in which they may; None: it has to be named.
        """
        if self.agency_id is not None and self.may(permission, agency_id=self.agency_id):
            return self.agency_id
        allowed = self.agencies(permission)
        if allowed is not None and len(allowed) == 1:
            return next(iter(allowed))
        return self.agency_id if not allowed else None

    def may(self, permission: Permission, *, agency_id: UUID | None = None, site_id: UUID | None = None) -> bool:
        """Tell whether the person may do something: somewhere, or with an agency's object, or with one at a site."""
        return permission in self.permissions and any(
            permission in grant.permissions and grant.reaches(permission, agency_id, site_id) for grant in self.held
        )

    def sees(self, agency_id: UUID, site_id: UUID | None = None) -> bool:
        """Tell whether an agency's object exists for this person; `site_id` where it stands at a site."""
        return any(grant.reaches(Permission.SEE, agency_id, site_id) for grant in self.held)

    def require(
        self,
        permission: Permission,
        *,
        agency_id: UUID | None = None,
        site_id: UUID | None = None,
        what: str = "object",
    ) -> None:
        """Let pass what a role allows; `agency_id` is the object's agency, `site_id` the site that it stands at.

        `what` is the object's name in the sentence.

        Raises:
            Problem: 404 for an object that the person does not see, 403 when no role allows it there.
        """
        if agency_id is not None and not self.sees(agency_id, site_id):
            raise not_found(what)
        if not self.may(permission, agency_id=agency_id, site_id=site_id):
            raise forbidden()
