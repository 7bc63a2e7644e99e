"""Making a training site in one go: its agency, people, two simulated panels with their codes, keys, and the lesson."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from server.accounts import service as accounts
from server.accounts.invitations.service import make_link
from server.accounts.permissions import Caller
from server.accounts.schemas import AgencyNew, UserNew
from server.audit.service import COMMAND_LINE
from server.db import Session, new_id
from server.fleet import enrolment
from server.fleet import service as fleet
from server.fleet.schemas import KioskNew, PanelNew, SiteNew
from server.parts import Parts
from server.tables.accounts import Role
from server.training import lesson, roots

PANELS = ((512, 256), (256, 128))


class Part(NamedTuple):
    """A person of the training site: how their user name ends, what they are called, and their role."""

    ending: str
    name: str
    role: Role


TRAINER = Part("giao-vien", "Người hướng dẫn (tập huấn)", Role.ADMINISTRATOR)
PEOPLE = (
    TRAINER,
    Part("soan", "Người soạn (tập huấn)", Role.EDITOR),
    Part("duyet-1", "Người duyệt 1 (tập huấn)", Role.APPROVER),
    Part("duyet-2", "Người duyệt 2 (tập huấn)", Role.APPROVER),
    Part("truc-1", "Trực ban 1 (tập huấn)", Role.DUTY_OFFICER),
    Part("truc-2", "Trực ban 2 (tập huấn)", Role.DUTY_OFFICER),
    Part("so-lieu", "Cán bộ số liệu (tập huấn)", Role.STATUS_OFFICER),
    Part("ky-thuat", "Kỹ thuật viên (tập huấn)", Role.TECHNICIAN),
)


class Invited(NamedTuple):
    """A person's user name, and the link with which they choose their password."""

    username: str
    link: str


class Coded(NamedTuple):
    """A kiosk's short name and its enrolment code."""

    kiosk: str
    code: str


class Started(NamedTuple):
    """What was made: links and codes are shown this once."""

    site: str
    people: list[Invited]
    kiosks: list[Coded]


def add(session: Session, parts: Parts, slug: str, name: str, address: str) -> Started:
    """Make a training site under a short name, on which all others are built.

    Raises:
        Problem: 409 one of the short names is taken.
    """
    at = parts.clock()
    agency = accounts.add_agency(session, AgencyNew(slug=slug, name=name))
    users = [accounts.add_person(session, _new(slug, part, agency.id)) for part in PEOPLE]
    people = [
        Invited(user.username, make_link(session, parts.settings, user, COMMAND_LINE, at, address).link)
        for user in users
    ]
    trainer = users[PEOPLE.index(TRAINER)]
    caller = Caller(
        trainer.id, trainer.username, trainer.display_name, Role.ADMINISTRATOR, agency.id, "vi", session_id=new_id()
    )
    site = fleet.create_site(session, caller, SiteNew(agency_id=agency.id, slug=slug, name=name, training=True))
    playlist = lesson.lay_out(session, caller, agency.id, at)
    kiosks = []
    for number, (width, height) in enumerate(PANELS, 1):
        face = PanelNew(
            site_id=site.id, slug=f"{slug}-{number}", name=f"Bảng tập huấn {number}", width=width, height=height
        )
        panel = fleet.create_panel(session, caller, face)
        panel.default_playlist_id = playlist.id
        session.add(panel)
        kiosk = fleet.create_kiosk(session, caller, KioskNew(slug=f"{slug}-may-{number}", panel_id=panel.id))
        kiosks.append(Coded(kiosk.slug, enrolment.make_code(session, parts, kiosk).code))
    roots.renew(session, parts.settings.keys_dir, parts.server_public_key, at, None)
    return Started(site.slug, people, kiosks)


def _new(slug: str, part: Part, agency_id: UUID) -> UserNew:
    username = f"{slug}.{part.ending}"
    return UserNew(username=username, display_name=part.name, role=part.role, agency_id=agency_id)
