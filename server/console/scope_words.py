"""What permissions are called, for the scopes of tokens."""

from __future__ import annotations

from server.accounts.permissions import Permission
from server.console.texts import Texts, mark

_NAMES = {
    Permission.SEE: mark("read everything that I see"),
    Permission.SEE_USERS: mark("see people"),
    Permission.SEE_AUDIT: mark("read the audit log"),
    Permission.EDIT_AGENCIES: mark("change agencies"),
    Permission.EDIT_CALENDARS: mark("change calendars of special days"),
    Permission.EDIT_USERS: mark("change people"),
    Permission.EDIT_FLEET: mark("change sites, panels and kiosks"),
    Permission.EDIT_CONTENT: mark("write notices and upload files"),
    Permission.EDIT_LOOK: mark("change the look of cards"),
    Permission.TRANSLATE: mark("translate"),
    Permission.REVIEW_LANGUAGE: mark("review translations"),
    Permission.COMMENT: mark("comment"),
    Permission.EDIT_PLAYLISTS: mark("change playlists"),
    Permission.EDIT_SCHEDULE: mark("change schedules"),
    Permission.PUBLISH: mark("publish"),
    Permission.SUBMIT: mark("send to approval"),
    Permission.APPROVE: mark("approve"),
    Permission.HOLD: mark("take off the air for a while"),
    Permission.RAISE_EMERGENCY: mark("raise emergencies"),
    Permission.STATE_VALUES: mark("say what status boards show"),
    Permission.SIGN_VALUES: mark("sign what status boards show"),
    Permission.ACKNOWLEDGE_FAULTS: mark("acknowledge faults"),
    Permission.COMMAND_KIOSKS: mark("command kiosks"),
    Permission.EDIT_ROUTES: mark("change approval routes"),
    Permission.EDIT_ROSTER: mark("change the duty roster"),
    Permission.KEEP_SHIFT_BOOK: mark("keep the shift book"),
    Permission.EDIT_TRUST: mark("install root documents"),
    Permission.MANAGE_TOKENS: mark("manage tokens"),
    Permission.MANAGE_CERTIFICATES: mark("manage certificates"),
}


def scope_name(texts: Texts, scope: str) -> str:
    """Return what a scope is called; one of another version stands for itself."""
    name = _NAMES.get(Permission(scope)) if scope in set(Permission) else None
    return texts.say(name) if name is not None else scope
