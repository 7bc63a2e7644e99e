"""A furnished server for browser tests: two sites, three panels, notices in three languages, a kiosk that only speaks.

The kiosks here are their database rows: what a real one says over MQTT is written as the inbox would write it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
from fastapi import FastAPI
from PIL import Image, ImageDraw, ImageFont

from playlists import timeline
from playlists.fault import CATALOGUE, FaultCode
from playlists.ids import sha256_hex
from playlists.instant import format_instant
from playlists.timeline import Facts
from server import keys
from server.accounts import service as accounts
from server.accounts.schemas import AgencyNew, UserNew
from server.app import create_app
from server.changes import note_change
from server.db import Database, new_id, now, upgrade
from server.faults.alarms import repository as alarms
from server.faults.alarms import standing
from server.fleet import captures
from server.publishing import repository as publishing
from server.settings import Settings
from server.tables import Fault, FaultEvent, Kiosk, KioskStatus, Panel, PlayRow
from server.tables.accounts import Role
from server.tables.faults import FaultSource, FaultWord
from tests.entering import code_of, enrol_app, open_login
from tests.serving import serving

COLOURS = {"vi": (23, 78, 121), "en": (28, 94, 65), "zh": (122, 36, 40)}
WORDS = {"vi": "Giờ làm việc", "en": "Opening hours", "zh": "开放时间"}
FONTS = Path(str(files("justmytype_intl_cjk"))) / "fonts" / "ofl" / "notosanssc" / "NotoSansSC[wght].ttf"


@dataclass
class Stage:
    """The running server, and what stands on it."""

    url: str
    app: FastAPI
    database: Database
    settings: Settings
    client: httpx.Client
    username: str = ""
    password: str = ""
    secret: str = ""
    """Of the administrator's authenticator app."""
    user_id: UUID | None = None
    agency_id: str = ""
    panels: dict[str, str] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    playlists: dict[str, str] = field(default_factory=dict)

    def code(self) -> str:
        """Return what the administrator's app shows."""
        assert self.user_id is not None
        return code_of(self.database, self.secret, self.user_id)

    def open_login(self) -> str:
        """Return the token of a new login of the administrator, whose second factor was given just now."""
        assert self.user_id is not None
        with self.database.write() as session:
            return open_login(session, self.user_id)

    def post(self, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
        """Send a document; it must be taken."""
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return cast("dict[str, Any]", answer.json())

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Replace a document; it must be taken."""
        answer = self.client.put(path, json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return cast("dict[str, Any]", answer.json())

    def get(self, path: str) -> Any:
        """Read a document."""
        answer = self.client.get(path)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def upload(self, name: str, content: bytes, kind: str = "image/png") -> dict[str, Any]:
        """Upload a file; it must be taken."""
        answer = self.client.post(
            "/api/v1/media",
            params={"name": name, "agency_id": self.agency_id},
            content=content,
            headers={"Content-Type": kind},
        )
        assert answer.is_success, answer.text
        return cast("dict[str, Any]", answer.json())

    def notice(self, title: str) -> str:
        """Make a notice of three pictures."""
        variants = {
            code: self.upload(f"{title} ({code}).png", picture(f"{title}\n{WORDS[code]}", COLOURS[code]))["id"]
            for code in COLOURS
        }
        body = {"title": title, "agency_id": self.agency_id, "variants": variants}
        self.notices[title] = made = str(self.post("/api/v1/notices", body)["id"])
        return made

    def playlist(self, name: str, titles: list[str], seconds: int = 8) -> str:
        """Make a playlist of notices in all languages."""
        items = [
            {"notice_id": self.notices[title], "languages": ["vi", "en", "zh"], "on_air_ms": seconds * 1000}
            for title in titles
        ]
        body = {"name": name, "agency_id": self.agency_id, "items": items}
        self.playlists[name] = made = str(self.post("/api/v1/playlists", body)["id"])
        return made

    def enrol(self, slug: str) -> UUID:
        """Make the kiosk of a panel, enrolled as if a computer had given its code."""
        made = self.post("/api/v1/kiosks", {"slug": f"kiosk-{slug}", "panel_id": self.panels[slug]})
        kiosk_id = UUID(made["id"])
        with self.database.write() as session:
            kiosk = session.get(Kiosk, kiosk_id)
            assert kiosk is not None
            kiosk.enrolled_at = now()
            kiosk.token_sha256 = kiosk_id.hex * 2
            session.add(kiosk)
        return kiosk_id

    def says(self, slug: str, *, phase: str = "playing", online: bool = True, since: datetime | None = None) -> None:
        """Let a panel's kiosk say what it holds and shows, or be gone since a time."""
        panel_id = UUID(self.panels[slug])
        with self.database.write() as session:
            kiosk = publishing.kiosks_of(session, [panel_id])[panel_id]
            row = publishing.newest_manifest(session, kiosk.id)
            status = session.get(KioskStatus, kiosk.id) or KioskStatus(kiosk_id=kiosk.id)
            status.online = online
            status.changed_at = since or status.changed_at or now()
            status.heard_at = now() if online else since
            status.agent = "0.1.0"
            status.health_at = now()
            status.health = _health(kiosk.id)
            if row is not None:
                manifest = self.app.state.holdings.manifest(row)
                showing = timeline.at(manifest, Facts(), now())
                status.state = {
                    "id": str(new_id()),
                    "at": format_instant(now()),
                    "seq": row.seq,
                    "installed_seq": row.seq,
                    "installed_sha256": row.sha256,
                    "phase": phase,
                    "player": "VLC 3.0.21",
                    "stored_segments": len(manifest.segments),
                    "wanted_segments": len(manifest.segments),
                    "on_screen": {
                        "layer": str(showing.layer),
                        "starts_at": format_instant(showing.starts_at),
                        "ends_at": format_instant(showing.ends_at),
                        "title": showing.title,
                        "language": showing.language,
                        "sha256": showing.sha256,
                    },
                }
            session.add(status)
            note_change(session, "panel", panel_id)

    def captured(self, slug: str) -> None:
        """Leave a capture of 64x32 pixels, taken just now, as a kiosk's upload would."""
        panel_id = UUID(self.panels[slug])
        with self.database.write() as session:
            kiosk = publishing.kiosks_of(session, [panel_id])[panel_id]
            path = captures.path_of(self.app.state.parts.captures_dir, kiosk.id)
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (64, 32), (200, 120, 10)).save(path, "JPEG")
            status = session.get(KioskStatus, kiosk.id)
            assert status is not None
            status.capture_at = now()
            status.capture_sha256 = sha256_hex(path.read_bytes())
            session.add(status)

    def fault(self, slug: str, code: FaultCode, detail: str = "", *, cleared: bool = False) -> UUID:
        """Raise a fault of a panel's kiosk, 47 minutes ago; returns its alarm."""
        panel_id = UUID(self.panels[slug])
        with self.database.write() as session:
            kiosk = publishing.kiosks_of(session, [panel_id])[panel_id]
            row = Fault(
                kiosk_id=kiosk.id,
                panel_id=panel_id,
                code=code,
                severity=CATALOGUE[code].severity,
                detail=detail,
                source=FaultSource.KIOSK,
                since_at=now() - timedelta(minutes=47),
                cleared_at=now() - timedelta(minutes=5) if cleared else None,
            )
            session.add(row)
            session.flush()
            session.add(FaultEvent(fault_id=row.id, at=row.since_at, what=FaultWord.RAISED))
            standing.raised(session, row, row.since_at)
            if row.cleared_at is not None:
                standing.cleared(session, row, row.cleared_at)
            standing.sweep(session, now() - timedelta(days=1), now())
            alarm = alarms.newest(session, kiosk.id, code, "")
            assert alarm is not None
            return alarm.id

    def played(self, slug: str, title: str) -> None:
        """Report three plays of a notice."""
        panel_id = UUID(self.panels[slug])
        with self.database.write() as session:
            kiosk = publishing.kiosks_of(session, [panel_id])[panel_id]
            for number, code in enumerate(COLOURS, start=1):
                session.add(
                    PlayRow(
                        kiosk_id=kiosk.id,
                        seq=number,
                        panel_id=panel_id,
                        notice_id=UUID(self.notices[title]),
                        sha256="0" * 64,
                        language=code,
                        started_at=now() - timedelta(seconds=60 - 8 * number),
                        ended_at=now() - timedelta(seconds=52 - 8 * number),
                    )
                )


def _health(kiosk_id: UUID) -> dict[str, Any]:
    return {
        "id": str(kiosk_id),
        "at": format_instant(now()),
        "readings": [
            {"check": "cpu_temperature", "result": "ok", "value_milli": 51_200, "unit": "celsius"},
            {"check": "power_under_voltage", "result": "unknown"},
            {"check": "memory_low", "result": "ok", "value_milli": 612_000, "unit": "MB"},
            {"check": "storage_low", "result": "fault", "value_milli": 4_000, "unit": "percent"},
            {"check": "clock_untrusted", "result": "ok"},
        ],
    }


def picture(text: str, colour: tuple[int, int, int], size: tuple[int, int] = (768, 384)) -> bytes:
    """Return a PNG with words on a colour."""
    image = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(image)
    draw.multiline_text((30, size[1] // 3), text, font=ImageFont.truetype(FONTS, 34), fill="white", spacing=14)
    draw.rectangle((8, 8, size[0] - 9, size[1] - 9), outline=(255, 255, 255), width=3)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@contextmanager
def empty_stage(folder: Path, **more: Any) -> Iterator[Stage]:
    """A server on a fresh SQLite database with one administrator and nothing else; `more` are settings."""
    settings = Settings(data_dir=folder, port=0, **more)
    keys.make_server_key(settings.keys_dir)
    upgrade(settings.sqlalchemy_url)
    database = Database(settings.sqlalchemy_url)
    with database.write() as session:
        new = UserNew(username="quan.tri", display_name="Nguyễn Thị Quản Trị", role=Role.ADMINISTRATOR)
        user, password = accounts.add_user(session, new, temporary=False)
        secret = enrol_app(session, keys.load_server_key(settings.keys_dir), user.id)
    app = create_app(settings)
    with serving(app) as running, httpx.Client(base_url=running.url, timeout=30) as client:
        stage = Stage(running.url, app, database, settings, client, "quan.tri", password, secret, user.id)
        client.headers["Authorization"] = f"Bearer {stage.open_login()}"
        yield stage
    database.close()


def furnish(stage: Stage) -> None:
    """Put two sites, three panels, notices, a playlist and a first publication onto an empty stage."""
    with stage.database.write() as session:
        agency = accounts.add_agency(session, AgencyNew(slug="tra-linh", name="Ban quản lý cửa khẩu Trà Lĩnh"))
        stage.agency_id = str(agency.id)
    gate = _site(stage, "tra-linh", "Cửa khẩu Trà Lĩnh")
    falls = _site(stage, "ban-gioc", "Thác Bản Giốc")
    _panel(stage, gate, "tra-linh-1", "Bảng cổng chính", (768, 384))
    _panel(stage, gate, "tra-linh-2", "Bảng nhà kiểm soát liên hợp", (512, 256))
    _panel(stage, falls, "ban-gioc-1", "Bảng lối vào thác", (256, 384))
    for title in ("Giờ làm việc cửa khẩu Trà Lĩnh", "Chuẩn bị giấy tờ trước khi làm thủ tục", "Không tự ý bay flycam"):
        stage.notice(title)
    stage.playlist("Cửa khẩu, ngày thường", list(stage.notices))
    for slug in ("tra-linh-1", "tra-linh-2"):
        stage.enrol(slug)
    for slug in ("tra-linh-1", "ban-gioc-1"):
        body = {"default_playlist_id": stage.playlists["Cửa khẩu, ngày thường"], "entries": []}
        stage.put(f"/api/v1/panels/{stage.panels[slug]}/schedule", body)


def _site(stage: Stage, slug: str, name: str) -> str:
    body = {"agency_id": stage.agency_id, "slug": slug, "name": name, "time_zone": "Asia/Ho_Chi_Minh"}
    return str(stage.post("/api/v1/sites", body)["id"])


def _panel(stage: Stage, site_id: str, slug: str, name: str, size: tuple[int, int]) -> None:
    body = {"site_id": site_id, "slug": slug, "name": name, "width": size[0], "height": size[1]}
    stage.panels[slug] = str(stage.post("/api/v1/panels", body)["id"])


def panel_of(stage: Stage, slug: str) -> Panel:
    """Return a panel's row."""
    with stage.database.read() as session:
        row = session.get(Panel, UUID(stage.panels[slug]))
    assert row is not None
    return row
