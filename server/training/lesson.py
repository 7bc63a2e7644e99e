"""What a training site begins with: two notices in three languages, and the playlist that its panels play."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from playlists.language import Language
from server.accounts.permissions import Caller
from server.content.notices.schemas import NoticeNew
from server.content.notices.service import create_notice
from server.db import Session
from server.scheduling.schemas import PlaylistNew
from server.scheduling.service import create_playlist
from server.tables import PlaylistRow

VI, EN, ZH = Language.VI, Language.EN, Language.ZH
ON_AIR_MS = 8000


class Prepared(NamedTuple):
    """A notice of the lesson: title and text by language."""

    words: Mapping[Language, tuple[str, str]]


NOTICES = (
    Prepared(
        {
            VI: ("Chào mừng quý khách", "Xin chuẩn bị giấy tờ và xếp hàng một lượt."),
            EN: ("Welcome", "Please have your papers ready and form one line."),
            ZH: ("欢迎光临", "请备好证件，排成一队。"),
        }
    ),
    Prepared(
        {
            VI: ("Giờ làm việc", "Sáng 07:30 đến 11:30, chiều 13:30 đến 17:00."),
            EN: ("Opening hours", "07:30 to 11:30 and 13:30 to 17:00."),
            ZH: ("办公时间", "上午07:30至11:30，下午13:30至17:00。"),
        }
    ),
)
PLAYLIST = "Bài tập huấn"


def lay_out(session: Session, caller: Caller, agency_id: UUID, at: datetime) -> PlaylistRow:
    """Make the lesson's notices and their playlist, all of them finished and none of them released."""
    made = [create_notice(session, caller, _notice(agency_id, one), at).notice for one in NOTICES]
    items = [{"notice_id": one.id, "languages": list(Language), "on_air_ms": ON_AIR_MS} for one in made]
    new = PlaylistNew.model_validate({"name": PLAYLIST, "agency_id": agency_id, "items": items})
    return create_playlist(session, caller, new)


def _notice(agency_id: UUID, one: Prepared) -> NoticeNew:
    return NoticeNew.model_validate(
        {
            "agency_id": agency_id,
            "title": one.words[VI][0],
            "content": {"kind": "card", "look": {"template": "headline_body"}},
            "variants": {
                language: {"words": {"title": title, "body": body}, "finished": True}
                for language, (title, body) in one.words.items()
            },
        }
    )
