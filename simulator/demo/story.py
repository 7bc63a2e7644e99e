"""What the demo sets up through the web API: agency, sites, panels, notices in three languages, playlists, schedule."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from playlists.language import Language
from simulator.demo.api import Api, Document
from simulator.demo.clips import ClipName, make_clip
from simulator.demo.notices import NOTICES, SampleNotice, Site
from simulator.demo.processes import Processes
from simulator.demo.samples import draw

NOTICE_MS = 5_000
CLIP_MS = 6_000
ALL_DAYS = [1, 2, 3, 4, 5, 6, 7]


@dataclass(frozen=True)
class Place:
    """One site of the demo with its one panel and its clip."""

    site: Site
    site_name: str
    panel_slug: str
    panel_name: str
    width: int
    height: int
    clip: ClipName
    clip_title: str

    @property
    def notices(self) -> list[SampleNotice]:
        """The sample notices of this site."""
        return [notice for notice in NOTICES if self.site in notice.sites]


PLACES = (
    Place(Site.GATE, "Cửa khẩu Trà Lĩnh", "tra-linh-1", "Bảng cổng chính", 768, 384, ClipName.QUEUE, "Xếp hàng"),
    Place(Site.FALLS, "Thác Bản Giốc", "ban-gioc-1", "Bảng lối vào thác", 512, 768, ClipName.WELCOME, "Chào mừng"),
)


@dataclass
class Stage:
    """What stands after the set-up: ids by panel slug."""

    agency_id: str
    panel_ids: dict[str, str] = field(default_factory=dict)
    kiosk_ids: dict[str, str] = field(default_factory=dict)
    playlist_ids: dict[str, str] = field(default_factory=dict)


def begin(api: Api) -> Stage:
    """Make the agency that owns everything."""
    agency = api.post("/agencies", {"slug": "trung-tam-thong-tin", "name": "Trung tâm Thông tin (dữ liệu mẫu)"})
    api.post("/glossary/starter", {})
    return Stage(agency["id"])


def publish(api: Api, stage: Stage, *places: Place) -> Document:
    """Press "Publish" for these places' panels; the answer is the publication."""
    return api.post("/publications", {"panel_ids": [stage.panel_ids[place.panel_slug] for place in places]})


def add_notice(api: Api, stage: Stage, title: str, pictures: dict[str, tuple[str, bytes]]) -> Document:
    """Upload a picture or clip for each language and return the notice that shows them."""
    media = {language: api.upload(stage.agency_id, *named)["id"] for language, named in pictures.items()}
    return api.post("/notices", {"agency_id": stage.agency_id, "title": title, "variants": media})


def enrol(api: Api, stage: Stage, processes: Processes, place: Place, folder: Path, server: str) -> None:
    """Give a kiosk its one-time code and let it enrol, as a technician would on site."""
    kiosk_id = stage.kiosk_ids[place.panel_slug]
    code = api.post(f"/kiosks/{kiosk_id}/enrolment-code", {})["code"]
    arguments = ["kiosk_agent.cli", "enrol", "--server", server, "--code", code, "--data-dir", str(folder)]
    processes.run(f"enrol-{place.panel_slug}", arguments, {})


def first_administrator(output: bytes) -> tuple[str, str]:
    """Read user name and generated password from what `bangtin init --json` printed."""
    document = json.loads(output)
    return document["username"], document["password"]


def furnish(api: Api, stage: Stage, place: Place) -> None:
    """Make a place's site, panel, kiosk, notices, playlist and schedule."""
    site = api.post(
        "/sites",
        {
            "agency_id": stage.agency_id,
            "slug": place.site,
            "name": place.site_name,
            "time_zone": "Asia/Ho_Chi_Minh",
        },
    )
    panel = api.post(
        "/panels",
        {
            "site_id": site["id"],
            "agency_id": stage.agency_id,
            "slug": place.panel_slug,
            "name": place.panel_name,
            "width": place.width,
            "height": place.height,
        },
    )
    kiosk = api.post("/kiosks", {"slug": f"kiosk-{place.panel_slug}", "panel_id": panel["id"]})
    stage.panel_ids[place.panel_slug] = panel["id"]
    stage.kiosk_ids[place.panel_slug] = kiosk["id"]
    items = [_sample_item(api, stage, place, notice) for notice in place.notices]
    items.append(_clip_item(api, stage, place))
    playlist = api.post(
        "/playlists", {"agency_id": stage.agency_id, "name": f"{place.site_name}: hằng ngày", "items": items}
    )
    stage.playlist_ids[place.panel_slug] = playlist["id"]
    schedule = {
        "default_playlist_id": playlist["id"],
        "entries": [
            {"playlist_id": playlist["id"], "weekdays": ALL_DAYS, "start": "07:00", "end": "17:00", "priority": 50}
        ],
    }
    api.put(f"/panels/{panel['id']}/schedule", schedule)


def pictures_of(notice: SampleNotice, place: Place) -> dict[str, tuple[str, bytes]]:
    """Draw a notice for a place's panel: file name and PNG by language."""
    return {one: (f"{notice.slug}-{one}.png", draw(notice, one, place.width, place.height)) for one in Language}


def _sample_item(api: Api, stage: Stage, place: Place, notice: SampleNotice) -> Document:
    made = add_notice(api, stage, notice.wordings[Language.VI].title, pictures_of(notice, place))
    return {"notice_id": made["id"], "languages": list(Language), "on_air_ms": NOTICE_MS}


def _clip_item(api: Api, stage: Stage, place: Place) -> Document:
    clip = (f"{place.clip}.mp4", make_clip(place.clip, place.width, place.height))
    made = add_notice(api, stage, f"{place.clip_title} ({place.site_name})", dict.fromkeys(Language, clip))
    return {"notice_id": made["id"], "languages": ["vi"], "on_air_ms": CLIP_MS}
