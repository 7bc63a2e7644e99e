"""Server and kiosk agree: whatever was released, retired, withdrawn or is over, the kiosk takes each manifest.

Stories of submissions are drawn by seed; rows are made as the renderer would leave them, the rest is the real way.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import delete, select

from playlists import trust
from playlists.ids import sha256_hex
from playlists.profile import Profile
from playlists.trust.chain import begin
from playlists.trust.envelope import parse_envelope
from playlists.trust.key import signature_of
from playlists.trust.release import Release
from playlists.trust.root import Root
from playlists.trust.shape import Audience, Reader
from playlists.trust.showing import Rest, rest
from playlists.trust.statements import Withdrawal
from playlists.trust.take import take_manifest, take_release, take_withdrawal
from playlists.trust.trusted import Clock
from server.accounts.permissions import Caller
from server.db import Database, Session, new_id
from server.publishing.build import build_manifest, seal
from server.publishing.releases import service
from server.publishing.service import content_of
from server.settings import Approval
from server.tables import (
    Agency,
    Kiosk,
    Notice,
    Panel,
    PlaylistItemRow,
    PlaylistRow,
    Revision,
    RootDocument,
    Segment,
    SignedDocument,
    Site,
    Submission,
    SubmissionItem,
    SubmittedSegment,
    User,
)
from server.tables.accounts import Role
from server.trust import service as documents
from server.trust.roots import install_root
from tests.server.trust import network

SERVER = network.secret("agreeing server")
NOW = datetime.fromisoformat("2026-11-26T01:00:00+00:00")
DAY = timedelta(days=1)
FACES = ((64, 32), (64, 32), (96, 48))


class Story:
    """Two sites, three panels, five notices; and submissions one after the other."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.rng, number = session, random.Random(seed), new_id().hex[-10:]
        self.agency = Agency(slug=f"agr-{number}", name="Cơ quan")
        self.people = [self._person(f"{name}.{number}") for name in ("author", "leader", "department")]
        self.sites = [self._site(f"site-{one}-{number}") for one in "ab"]
        self._add(self.agency)
        self._add(*self.people, *self.sites)
        self.notices = [
            Notice(
                agency_id=self.agency.id, title=f"Tin {one}", title_folded="x", kind="image", created_by=self.author.id
            )
            for one in range(5)
        ]
        self.playlist = PlaylistRow(agency_id=self.agency.id, name="x", name_folded="x")
        self._add(*self.notices, self.playlist)
        self._add(
            *(
                Revision(
                    notice_id=one.id, number=place, content={"kind": "image"}, title="x", created_by=self.author.id
                )
                for one in self.notices
                for place in (1, 2, 3)
            )
        )
        self.panels = [self._panel(face, site, number) for face, site in zip(FACES, (0, 1, 0), strict=True)]
        self._add(*self.panels)
        items = [
            PlaylistItemRow(
                playlist_id=self.playlist.id,
                position=place,
                notice_id=notice.id,
                languages=["vi", "mul"],
                on_air_ms=4000,
            )
            for place, notice in enumerate(self.notices)
        ]
        self.kiosks = [Kiosk(slug=f"k-{new_id().hex[-12:]}", panel_id=panel.id) for panel in self.panels]
        self._add(*items, *self.kiosks)
        names = [one.username for one in self.people[1:]]
        roles = {"approver": names, "leader": [*names[:1]], "department": [*names[1:]]}
        issued = (NOW - 40 * DAY).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        self.root = network.root(trust.public_key(SERVER), roles, issued_at=issued)
        install_root(session, self.root, trust.public_key(SERVER), NOW - 40 * DAY, None)
        self.withdrawals: list[bytes] = []
        self.digests: list[str] = []

    @property
    def author(self) -> User:
        return self.people[0]

    def submit(self, at: datetime) -> None:
        """Release some revisions of some notices for somebody, for some time."""
        rng = self.rng
        begins = at + rng.choice([-DAY, timedelta(), DAY])
        row = Submission(
            agency_id=self.agency.id,
            author_id=self.author.id,
            purpose="notices",
            route="notice",
            sites=[str(self.sites[0].id)] if rng.random() < 0.7 else [],
            panels=[],
            not_before=begins,
            show_until=max(begins, at) + rng.choice([1, 3, 60]) * DAY,
            time_critical=rng.random() < 0.2,
            template="flood" if rng.random() < 0.15 else None,
            retires=[one for one in self.digests if rng.random() < 0.2],
            created_at=at,
        )
        named = [one for one in self.panels if rng.random() < 0.6]
        row.panels = [str(one.id) for one in named or self.panels[1:2]]
        self._add(row)
        for notice in rng.sample(self.notices, rng.randint(1, 4)):
            revision = rng.randint(1, 3)
            notice.newest = max(notice.newest, revision)
            parts = [self._segment(row, notice, revision, width, height) for width, height in set(FACES)]
            self._add(
                notice,
                SubmissionItem(submission_id=row.id, notice_id=notice.id, revision=revision, title=notice.title),
                *(segment for segment, _ in parts),
            )
            self._add(*(part for _, part in parts))
        service.fix(self.session, row.id, at)
        self.session.refresh(row)
        document = self.session.get_one(SignedDocument, row.document_id)
        for person in self.people[1:] if rng.random() < 0.85 else self.people[2:]:
            made = signature_of(document.payload, Release.payload_type, network.secret(person.username))
            document = documents.add_signature(self.session, caller(person), document, made, at)
        if document.state == "sealed":
            service.released_by(self.session, caller(self.people[2]), row, at)
            self.digests.append(document.digest)

    def withdraw(self, at: datetime) -> None:
        """Withdraw a release, or one picture of one."""
        if not self.digests:
            return
        digest = self.rng.choice(self.digests)
        if self.rng.random() < 0.5:
            held = self.session.exec(documents_by(digest)).one()
            digest = self.rng.choice(Release.read(held.payload).segments).sha256
        said = Withdrawal(
            issued_at=at, audience=Audience(sites=tuple(one.slug for one in self.sites)), withdraws=(digest,)
        )
        row = documents.open_document(self.session, said, made_by=None, at=at)
        person = self.people[1]
        made = signature_of(row.payload, Withdrawal.payload_type, network.secret(person.username))
        row = documents.add_signature(self.session, caller(person), row, made, at)
        assert row.envelope is not None
        self.withdrawals.append(row.envelope)

    def _segment(
        self, row: Submission, notice: Notice, revision: int, width: int, height: int
    ) -> tuple[Segment, SubmittedSegment]:
        name, profile = new_id().hex, str(Profile.of(width, height, 25))
        segment = Segment(
            render_key=sha256_hex(f"key {name}".encode()),
            artwork={"kind": "media"},
            artwork_sha256="0" * 64,
            language="mul",
            profile=profile,
            state="ready",
            sha256=sha256_hex(name.encode()),
            size=5,
            duration_ms=4000,
        )
        part = SubmittedSegment(
            submission_id=row.id,
            notice_id=notice.id,
            revision=revision,
            language="mul",
            profile=profile,
            segment_id=segment.id,
        )
        return segment, part

    def _person(self, name: str) -> User:
        return User(username=name, display_name=name, password_hash="x", role="approver", agency_id=self.agency.id)

    def _site(self, slug: str) -> Site:
        return Site(slug=slug, agency_id=self.agency.id, name=slug, time_zone="Asia/Ho_Chi_Minh")

    def _panel(self, face: tuple[int, int], site: int, number: str) -> Panel:
        return Panel(
            slug=f"p-{new_id().hex[-12:]}",
            site_id=self.sites[site].id,
            agency_id=self.agency.id,
            name=number,
            width=face[0],
            height=face[1],
            output_window={"mode": "1920x1080@50", "width": face[0], "height": face[1]},
            default_playlist_id=self.playlist.id,
        )

    def _add(self, *rows: Any) -> None:
        self.session.add_all(rows)
        self.session.flush()


def documents_by(digest: str) -> Any:
    return select(SignedDocument).where(SignedDocument.digest == digest)


def caller(person: User) -> Caller:
    return Caller(
        user_id=person.id,
        username=person.username,
        display_name=person.display_name,
        role=Role.APPROVER,
        agency_id=person.agency_id,
        language="vi",
        session_id=new_id(),
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 32))
def test_a_kiosk_takes_every_manifest_of_released_content(database: Database, seed: int) -> None:
    with Session(database.engine) as session:
        try:
            session.connection(execution_options={"bangtin_write": True})
            session.exec(delete_all(RootDocument))
            _tell(session, seed)
        finally:
            session.rollback()


def delete_all(table: type[Any]) -> Any:
    return delete(table)


def _tell(session: Session, seed: int) -> None:
    story = Story(session, seed)
    pinned = parse_envelope(story.root, Root.payload_type).digest
    readers = [
        Reader(kiosk.id, panel.id, next(site.slug for site in story.sites if site.id == panel.site_id))
        for kiosk, panel in zip(story.kiosks, story.panels, strict=True)
    ]
    states = [begin(story.root, pinned, reader) for reader in readers]
    seq = 0
    for step in range(6):
        at = NOW + step * timedelta(hours=18)
        story.submit(at)
        if story.rng.random() < 0.25:
            story.withdraw(at)
        clock = Clock(at)
        for number, (panel, kiosk) in enumerate(zip(story.panels, story.kiosks, strict=True)):
            content = content_of(session, panel, kiosk, at, Approval.REQUIRED)
            assert content is not None
            seq += 1
            manifest = build_manifest(content, seq, at)
            state = states[number]
            for envelope in story.withdrawals:
                state = take_withdrawal(state, envelope, clock)
            for digest in manifest.releases:
                row = session.exec(documents_by(digest)).one()
                state = take_release(state, row.envelope or b"", clock)
            state, taken = take_manifest(state, seal(manifest, SERVER), clock)
            for segment in taken.segments:
                assert rest(state, segment.sha256, clock) in (None, Rest.NOT_YET, Rest.WITHDRAWN)
            states[number] = state


def test_the_stories_come_to_something(database: Database) -> None:
    """The property above is worth something only when manifests hold segments, and withdrawals happen."""
    with Session(database.engine) as session:
        session.connection(execution_options={"bangtin_write": True})
        session.exec(delete_all(RootDocument))
        story = Story(session, 7)
        for step in range(8):
            story.submit(NOW + step * timedelta(hours=1))
            story.withdraw(NOW + step * timedelta(hours=1))
        at = NOW + DAY
        content = content_of(session, story.panels[0], story.kiosks[0], at, Approval.REQUIRED)
        session.rollback()
    assert content is not None
    assert content.segments
    assert story.withdrawals
    assert len(story.digests) > 3
