"""The acknowledgement board: who shows an emergency since when, who does not yet, and why. From values."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from playlists.wire.messages import State
from server.emergencies.audience import Place
from server.emergencies.schemas import AckShown, AckWord
from server.tables import EmergencyAck, EmergencyRow, Kiosk, KioskStatus
from server.tables.emergencies import EmergencyState

Stands = tuple[AckWord, datetime | None]


def ack_shown(
    row: EmergencyRow,
    place: Place,
    behind: tuple[Kiosk, KioskStatus | None] | None,
    ack: EmergencyAck | None,
    *,
    has_pictures: bool,
) -> AckShown:
    """Return how an emergency stands on one panel."""
    panel, site = place
    kiosk = behind[0] if behind is not None else None
    word, since = _stands(row, behind, ack, has_pictures=has_pictures)
    return AckShown(
        panel_id=panel.id,
        panel_name=panel.name,
        site_id=site.id,
        site_name=site.name,
        time_zone=site.time_zone,
        kiosk_id=kiosk.id if kiosk is not None else None,
        word=word,
        since_at=since,
        rule=ack.refused if ack is not None else "",
    )


def _stands(
    row: EmergencyRow,
    behind: tuple[Kiosk, KioskStatus | None] | None,
    ack: EmergencyAck | None,
    *,
    has_pictures: bool,
) -> Stands:
    if behind is None:
        return AckWord.NO_KIOSK, None
    status = behind[1]
    if ack is not None and ack.gone_at is None and ack.accepted_at is not None:
        return _held(status, ack)
    if ack is not None and ack.refused:
        return AckWord.REFUSED, None
    if row.state != EmergencyState.RUNNING:
        return AckWord.GONE, ack.gone_at if ack is not None else None
    if not has_pictures:
        return AckWord.NO_TEMPLATE, None
    if status is None or not status.online:
        return AckWord.OFFLINE, status.changed_at if status is not None else None
    return (AckWord.TOLD, row.began_at) if _checks(status) else (AckWord.NO_ROOT, None)


def _held(status: KioskStatus | None, ack: EmergencyAck) -> Stands:
    if ack.shown_since_at is None:
        return AckWord.HELD, ack.accepted_at
    if status is None or not status.online:
        return AckWord.SILENT, status.changed_at if status is not None else None
    return AckWord.SHOWN, ack.shown_since_at


def _checks(status: KioskStatus) -> bool:
    """Tell whether a kiosk holds a root; one that has said nothing yet is given the benefit of the doubt."""
    if not status.state:
        return True
    try:
        return State.model_validate(status.state).trust is not None
    except ValidationError:
        return False
