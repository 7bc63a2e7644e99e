"""What the demo sets up through the web API: agency, sites, panels, notices in three languages, playlists, schedule."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from playlists.card import Level, Template
from playlists.language import Language
from playlists.notice import ContentClass
from simulator.demo import boards
from simulator.demo.api import Api, Document
from simulator.demo.clips import SECONDS, ClipName, make_clip
from simulator.demo.notices import NOTICES, QUEUE, SAMPLE_MARK, WELCOME, SampleNotice, Site
from simulator.demo.processes import Processes
from simulator.demo.scenery import waterfall

NOTICE_MS = 5_000
BOARD_MS = 10_000
CLIP_MS = 6_000
ACCENTS: Mapping[ContentClass, str] = {
    ContentClass.SERVICE: "#38b0ea",
    ContentClass.PROMOTION: "#40cc92",
    ContentClass.ESSENTIAL: "#ffba1c",
}
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
    site_ids: dict[str, str] = field(default_factory=dict)
    notice_ids: dict[str, list[str]] = field(default_factory=dict)
    """What each panel's playlist plays."""
    board_id: str = ""
    """The status board of the gate."""


def begin(api: Api) -> Stage:
    """Make the agency that owns everything."""
    agency = api.post("/agencies", {"slug": "trung-tam-thong-tin", "name": "Trung tâm Thông tin (dữ liệu mẫu)"})
    api.post("/glossary/starter", {})
    return Stage(agency["id"])


def publish(api: Api, stage: Stage, *places: Place) -> Document:
    """Press "Publish" for these places' panels; the answer is the publication."""
    return api.post("/publications", {"panel_ids": [stage.panel_ids[place.panel_slug] for place in places]})


def add_card(api: Api, stage: Stage, notice: SampleNotice) -> Document:
    """Write a notice as a card in three languages and return it."""
    asked = {"agency_id": stage.agency_id, "title": notice.wordings[Language.VI].title}
    asked |= {"content_class": notice.content_class, **card(notice, _scene(api, stage, notice))}
    return api.post("/notices", asked)


def card(notice: SampleNotice, picture_id: str | None = None) -> Document:
    """Return the content of a sample notice and its words, as the API takes them."""
    look: Document = {"template": notice.template, "corner": SAMPLE_MARK, "picture_id": picture_id}
    look["colours"] = {"accent": ACCENTS[notice.content_class]}
    if notice.template is Template.WEATHER_WARNING:
        look["level"] = Level.WARNING
    variants = {one: {"words": wording.words(), "finished": True} for one, wording in notice.wordings.items()}
    return {"content": {"kind": "card", "look": look}, "variants": variants}


def _scene(api: Api, stage: Stage, notice: SampleNotice) -> str | None:
    """Upload the picture of a welcome and return its id."""
    if notice.template is not Template.WELCOME:
        return None
    held = io.BytesIO()
    waterfall(1280, 800).save(held, "PNG")
    scene_id: str = api.upload(stage.agency_id, f"{notice.slug}.png", held.getvalue())["id"]
    return scene_id


def enrol(
    api: Api,
    stage: Stage,
    processes: Processes,
    place: Place,
    folder: Path,
    server: str,
    environment: dict[str, str],
) -> None:
    """Give a kiosk its one-time code and let it enrol, as a technician would on site."""
    kiosk_id = stage.kiosk_ids[place.panel_slug]
    code = api.post(f"/kiosks/{kiosk_id}/enrolment-code", {})["code"]
    arguments = ["kiosk_agent.cli", "enrol", "--server", server, "--code", code, "--data-dir", str(folder)]
    processes.run(f"enrol-{place.panel_slug}", arguments, environment)


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
    items = [_sample_item(api, stage, notice) for notice in place.notices]
    if place.site is Site.GATE:
        items.insert(0, _board_item(api, stage, site["id"]))
    items.append(_clip_item(api, stage, place))
    playlist = api.post(
        "/playlists", {"agency_id": stage.agency_id, "name": f"{place.site_name}: hằng ngày", "items": items}
    )
    stage.playlist_ids[place.panel_slug] = playlist["id"]
    stage.site_ids[place.panel_slug] = site["id"]
    stage.notice_ids[place.panel_slug] = [item["notice_id"] for item in items]
    schedule = {
        "default_playlist_id": playlist["id"],
        "entries": [
            {"playlist_id": playlist["id"], "weekdays": ALL_DAYS, "start": "07:00", "end": "17:00", "priority": 50}
        ],
    }
    api.put(f"/panels/{panel['id']}/schedule", schedule)


def picture_of(api: Api, made: Document, place: Place) -> bytes:
    """Return the Vietnamese card of a saved notice as a place's panel should show it, as a PNG."""
    words = {one["language"]: {"words": one["words"]} for one in made["variants"]}
    asked = {"agency_id": made["agency_id"], "content": made["content"], "variants": words, "language": Language.VI}
    return api.post_for_bytes("/notices/preview.png", {**asked, "width": place.width, "height": place.height})


def _sample_item(api: Api, stage: Stage, notice: SampleNotice) -> Document:
    made = add_card(api, stage, notice)
    return {"notice_id": made["id"], "languages": list(Language), "on_air_ms": NOTICE_MS}


def _board_item(api: Api, stage: Stage, site_id: str) -> Document:
    """Make the gate's status board and return its place in the playlist; until values are stated its hours speak."""
    boards.write_phrases(api, stage.agency_id)
    made = boards.make_board(api, stage.agency_id, site_id)
    stage.board_id = made["id"]
    return {"notice_id": made["notice_id"], "languages": list(Language), "on_air_ms": BOARD_MS}


def _clip_item(api: Api, stage: Stage, place: Place) -> Document:
    """Upload one clip for all languages, with what it says written under it in each."""
    clip = api.upload(stage.agency_id, f"{place.clip}.mp4", make_clip(place.clip, place.width, place.height))
    said = {
        one: {"media_id": clip["id"], "subtitles": [subtitle(place.clip, one)], "finished": True} for one in Language
    }
    title = f"{place.clip_title} ({place.site_name})"
    made = api.post(
        "/notices", {"agency_id": stage.agency_id, "title": title, "content": {"kind": "clip"}, "variants": said}
    )
    return {"notice_id": made["id"], "languages": ["vi"], "on_air_ms": CLIP_MS}


def subtitle(name: ClipName, language: Language) -> Document:
    """Return the one subtitle of a clip, which stands as long as the clip."""
    words = WELCOME if name is ClipName.WELCOME else QUEUE
    return {"start_ms": 0, "end_ms": SECONDS * 1000, "text": words[language]}
