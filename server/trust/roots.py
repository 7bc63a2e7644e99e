"""Which root holds: installing the first one, and following to the next one as a kiosk does (V7)."""

from __future__ import annotations

from datetime import datetime

from playlists import trust
from playlists.trust.chain import read_root
from playlists.trust.envelope import Envelope, parse_envelope
from playlists.trust.fingerprint import in_words
from playlists.trust.quorum import signers
from playlists.trust.root import RoleName, Root
from playlists.trust.rules import Rule, Untrusted
from playlists.wire.topics import Down
from server.accounts.permissions import Caller
from server.audit.actions import Action
from server.audit.service import COMMAND_LINE, audit
from server.changes import note_change
from server.db import Session
from server.mqtt.desired import say
from server.tables import RootDocument
from server.trust import repository
from server.trust.refusal import older_root, other_server, unsound_root

MOST_SAID_BYTES = 16 << 10
"""A longer root is not told over MQTT: kiosks find it at their next poll."""


def current_root(session: Session, *, training: bool = False) -> Root | None:
    """Return the root that judges now, or None before the first was installed; `training`: at training sites."""
    row = repository.newest_root(session, training=training)
    return Root.read(envelope_of(row).payload) if row is not None else None


def envelope_of(row: RootDocument) -> Envelope:
    """Return a stored root's envelope."""
    return parse_envelope(row.envelope, Root.payload_type, most_bytes=Root.most_bytes)


def install_root(
    session: Session,
    content: bytes,
    server_public_key: bytes,
    at: datetime,
    by: Caller | None,
    *,
    training: bool = False,
) -> tuple[RootDocument, bool]:
    """Install a root (the bytes of its envelope); the flag says whether it is new. The newest one again does nothing.

    The first one may have any version: a network that was moved here brings its newest. `by` None: on the machine.
    `training`: into the chain of the training sites, which is one of demo roots.

    Raises:
        Problem: 422 it is not sound, not signed by enough holders under itself and under the root before it, of the
            other kind (demo or real), or without this server's key; 409 it is not the next one.
    """
    newest = repository.newest_root(session, training=training)
    try:
        envelope = parse_envelope(content, Root.payload_type, most_bytes=Root.most_bytes)
        if newest is not None and envelope.digest == newest.sha256:
            return newest, False
        root = _follow(newest, envelope, training=training)
    except Untrusted as error:
        raise unsound_root(error) from error
    if newest is not None and root.version != newest.version + 1:
        raise older_root(root.version, newest.version)
    own = trust.key_id(server_public_key)
    if own not in root.role(RoleName.SERVER).keys:
        raise other_server(in_words(own))
    row = RootDocument(
        version=root.version,
        sha256=envelope.digest,
        envelope=content,
        demo=root.demo,
        training=training,
        installed_at=at,
        installed_by=by.user_id if by is not None else None,
    )
    session.add(row)
    session.flush()
    note_change(session, "root", row.id)
    name = f"{'training root' if training else 'demo root' if root.demo else 'root'} {root.version}"
    audit(session, by or COMMAND_LINE, Action.ROOT_INSTALLED, "root", row.id, name=name, digest=row.sha256)
    if len(content) <= MOST_SAID_BYTES:
        say(session, Down.ROOT, dict.fromkeys(repository.kiosk_ids(session, training=training), content), at)
    return row, True


def _follow(newest: RootDocument | None, envelope: Envelope, *, training: bool) -> Root:
    """Return the root of an envelope that is signed under itself, and under the one before it."""
    root = read_root(envelope)
    if training and not root.demo:
        raise Untrusted(Rule.V7_ROOT, "training sites have a demo root, which every real kiosk refuses")
    if newest is None:
        return root
    old = Root.read(envelope_of(newest).payload)
    signers(envelope, old).need(RoleName.ROOT)
    if root.demo is not old.demo:
        raise Untrusted(Rule.V7_ROOT, "a real root and a demo root never follow one another")
    return root
