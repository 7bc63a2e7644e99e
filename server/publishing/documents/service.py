"""What a kiosk may know of signed documents: over HTTPS the same as on its topics, and all withdrawals of its panel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from playlists.trust.key import sign
from playlists.trust.shape import Reader
from playlists.trust.statements import Time, Withdrawal
from playlists.wire.messages import Emergencies, Malformed, MessageT, Withdrawals, decode
from playlists.wire.signed import MOST_PAGE, Signed, WithdrawalPage
from playlists.wire.topics import Down
from server.db import Session
from server.mqtt import repository as broker
from server.publishing import repository
from server.tables import Kiosk
from server.trust import kinds, service
from server.trust import repository as trust
from server.trust.kinds import Kind
from server.trust.roots import current_root


def reader_of(session: Session, kiosk: Kiosk) -> Reader | None:
    """Return who judges documents on a kiosk; None while it drives no panel."""
    panel = repository.panel(session, kiosk.panel_id) if kiosk.panel_id is not None else None
    return Reader(kiosk.id, panel.id, repository.site_of(session, panel).slug) if panel is not None else None


def is_training(session: Session, kiosk: Kiosk) -> bool:
    """Tell whether a kiosk stands at a training site, and follows the root of these."""
    return kiosk.panel_id is not None and trust.is_training_panel(session, kiosk.panel_id)


def signed(session: Session, kiosk: Kiosk) -> Signed:
    """Return what stands now for a kiosk, as its topics say."""
    bodies = broker.desired_bodies(session, kiosk.id)
    reader = reader_of(session, kiosk)
    root = current_root(session, training=is_training(session, kiosk))
    hold = bodies.get(Down.HOLD, b"")
    emergencies = _said(Emergencies, bodies.get(Down.EMERGENCY, b""))
    newest = _said(Withdrawals, bodies.get(Down.WITHDRAWAL, b""))
    return Signed(
        root_version=root.version if root is not None else 0,
        withdrawn=len({one for each in _withdrawals(session, reader) for one in each[1].withdraws}),
        documents=repository.values_of_kiosks(session, [kiosk.id]).get(kiosk.id, ()),
        hold=hold.decode() if hold else None,
        values=repository.signed_values_of_kiosks(session, [kiosk.id]).get(kiosk.id, ()),
        emergencies=emergencies.envelopes if emergencies is not None else (),
        withdrawals=newest.envelopes if newest is not None else (),
    )


def withdrawal_page(session: Session, kiosk: Kiosk, page: int) -> WithdrawalPage:
    """Return a page of all withdrawals for a kiosk's panel, the oldest first; pages are counted from 1."""
    found = [envelope for envelope, _ in _withdrawals(session, reader_of(session, kiosk))]
    begin = (page - 1) * MOST_PAGE
    here = tuple(one.decode() for one in found[begin : begin + MOST_PAGE])
    return WithdrawalPage(envelopes=here, more=len(found) > begin + MOST_PAGE)


def time_for(nonce: str, at: datetime, private_key: bytes) -> bytes:
    """Return the signed answer to a kiosk that asks what time it is."""
    issued_at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    return sign(Time(issued_at=issued_at, nonce=nonce).write(), Time.payload_type, private_key)


def _withdrawals(session: Session, reader: Reader | None) -> Sequence[tuple[bytes, Withdrawal]]:
    found: list[tuple[bytes, Withdrawal]] = []
    for row in trust.sealed(session, Kind.WITHDRAWAL):
        document = service.read_document(row)
        is_mine = reader is not None and kinds.is_for(document, reader)
        if is_mine and row.envelope is not None and isinstance(document, Withdrawal):
            found.append((row.envelope, document))
    return found


def _said(kind: type[MessageT], body: bytes) -> MessageT | None:
    try:
        return decode(kind, body) if body else None
    except Malformed:
        return None
