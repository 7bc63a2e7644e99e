"""An attacker's workbench: keys, pictures of plain colours, a hostile server, a broker, and a panel that is watched."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image

from kiosk_agent.agent import Agent
from kiosk_agent.core.state import State
from kiosk_agent.player.encode import encode_like_server
from kiosk_agent.player.port import Player, PlayerReport
from kiosk_agent.player.safe_picture import safe_picture
from kiosk_agent.player.software_player import SoftwarePlayer
from kiosk_agent.settings import Settings
from kiosk_agent.store import credential as credentials
from playlists.ids import sha256_hex
from playlists.instant import format_instant
from playlists.manifest import PAYLOAD_TYPE
from playlists.profile import Profile
from playlists.trust.emergency import Emergency
from playlists.trust.release import Release
from playlists.trust.statements import Hold, Time, Values, Withdrawal
from playlists.wire import messages, topics
from playlists.wire.topics import DOWN_MANNER, Down, Up
from tests.kiosk_agent.fake_server import FakeServer
from tests.kiosk_agent.making import KIOSK
from tests.kiosk_agent.test_mqtt import Observer
from tests.playlists.trust import making as m

WIDTH, HEIGHT = 256, 128
PROFILE = Profile(WIDTH, HEIGHT, 25)
PANEL = UUID(int=8)
SITE = "tra-linh"
APPROVED = {"green": (20, 150, 60), "blue": (30, 70, 190)}
TEMPLATE = {"vi": (230, 120, 20), "en": (240, 170, 60), "zh": (200, 90, 10)}
FREE = {"free-vi": (20, 170, 170), "free-en": (70, 200, 200), "free-zh": (10, 130, 140)}
EVIL = {"magenta": (210, 20, 180), "violet": (110, 20, 150), "white": (245, 245, 245)}
COLOURS = APPROVED | TEMPLATE | FREE | EVIL
LANGUAGES = {"vi": "vi", "en": "en", "zh": "zh", "free-vi": "vi", "free-en": "en", "free-zh": "zh"}
TEMPLATE_NAME = "flash-flood-1"


def stamp(**offset: float) -> str:
    now = datetime.now(UTC) + timedelta(**offset)
    return format_instant(now.replace(microsecond=now.microsecond // 1000 * 1000))


class Office:
    """Documents as people (and others) would sign them, about now; numbers count up by themselves."""

    def __init__(self, folder: Path) -> None:
        self.files: dict[str, bytes] = {}
        for name, colour in COLOURS.items():
            path = folder / f"{name}.mp4"
            encode_like_server(path, PROFILE, Image.new("RGB", (WIDTH, HEIGHT), colour))
            self.files[name] = path.read_bytes()
        self.root = m.root(issued_at=stamp(days=-30))
        self.seqs = {"manifest": 0, "hold": 0}
        self.numbers = 0

    def next(self, counter: str) -> int:
        self.seqs[counter] += 1
        return self.seqs[counter]

    def digest(self, name: str) -> str:
        return sha256_hex(self.files[name])

    def name_of(self, sha256: str) -> str:
        return next(name for name, content in self.files.items() if sha256_hex(content) == sha256)

    def segment(self, name: str, **fields: Any) -> dict[str, Any]:
        return {
            "sha256": self.digest(name),
            "size": len(self.files[name]),
            "profile": str(PROFILE),
            "language": LANGUAGES.get(name, "mul"),
            "duration_ms": 1000,
        } | fields

    def release(self, *names: str, by: Sequence[Any] = ("an", m.CHI_PASSKEY), **fields: Any) -> bytes:
        plain = {
            "issued_at": stamp(hours=-1),
            "not_before": stamp(hours=-1),
            "show_until": stamp(days=30),
            "segments": [self.segment(name) for name in names],
        }
        return m.signed(Release, m.release_fields(**plain | fields), *by)

    def template(self, *names: str, **fields: Any) -> bytes:
        return self.release(*names or TEMPLATE, **{"template": TEMPLATE_NAME} | fields)

    def manifest(
        self, *names: str, releases: Sequence[bytes] = (), by: str = "server", seq: int | None = None, **fields: Any
    ) -> bytes:
        items = [
            {
                "id": str(UUID(int=100 + number)),
                "notice_id": str(UUID(int=200 + number)),
                "title": name,
                "on_air_ms": 3000,
                "takes": [{"language": LANGUAGES.get(name, "mul"), "sha256": self.digest(name)}],
            }
            for number, name in enumerate(names)
        ]
        plain = {
            "v": 1,
            "kiosk_id": str(KIOSK),
            "seq": seq or self.next("manifest"),
            "issued_at": stamp(),
            "site": SITE,
            "time_zone": "Asia/Ho_Chi_Minh",
            "tzdata": "2026.1",
            "panel": {
                "id": str(PANEL),
                "slug": "tra-linh-1",
                "name": "Cổng",
                "width": WIDTH,
                "height": HEIGHT,
                "window": {"hdmi_width": 320, "hdmi_height": 240},
            },
            "releases": [m.digest(one) for one in releases],
            "segments": [self.segment(name) for name in names],
            "playlists": [{"id": str(UUID(int=500)), "name": "ngày", "items": items}],
            "default_playlist_id": str(UUID(int=500)),
        }
        return m.signed(PAYLOAD_TYPE, plain | fields, by)

    def hold(self, *digests: str, by: str = "server", **fields: Any) -> bytes:
        plain = {"v": 1, "issued_at": stamp(), "site": SITE, "holds": list(digests)}
        plain |= fields or {}
        return m.signed(Hold, plain | ({} if "seq" in fields else {"seq": self.next("hold")}), by)

    def withdrawal(self, *digests: str, by: Sequence[Any] = ("binh",), **fields: Any) -> bytes:
        plain = {"v": 1, "issued_at": stamp(), "audience": {"sites": [SITE]}, "withdraws": list(digests)}
        return m.signed(Withdrawal, plain | fields, *by)

    def emergency(self, who: Sequence[Any] = ("dung",), **fields: Any) -> bytes:
        self.numbers += 1
        plain = {
            "id": f"flood-{self.numbers}",
            "issued_at": stamp(),
            "expires_at": stamp(hours=6),
            "release": m.digest(self.template_once),
        }
        return m.signed(Emergency, m.emergency_fields(**plain | fields), *who)

    def free(self, who: Sequence[Any] = ("dung", "em"), names: Sequence[str] = tuple(FREE), **fields: Any) -> bytes:
        pictures = [
            self.segment(name, language=language) for name, language in zip(names, ("vi", "en", "zh"), strict=True)
        ]
        return self.emergency(who, **{"text": "free", "release": None, "pictures": pictures} | fields)

    def values(self, by: str = "giang", **fields: Any) -> bytes:
        plain = {"v": 1, "issued_at": stamp(), "site": SITE, "board": str(m.BOARD), "seq": 1}
        return m.signed(Values, plain | {"expires_at": stamp(hours=8), "values": {"gate": "open"}} | fields, by)

    def time(self, nonce: str, by: str = "server", **fields: Any) -> bytes:
        return m.signed(Time, {"v": 1, "issued_at": stamp(), "nonce": nonce} | fields, by)

    @property
    def template_once(self) -> bytes:
        """The template as the stage released it."""
        if not hasattr(self, "_template"):
            self._template = self.template()
        return self._template


class WatchedPlayer(SoftwarePlayer):
    """The software player with somebody who looks at its picture from another thread."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._looking = threading.Lock()

    def report(self) -> PlayerReport:
        with self._looking:
            return super().report()

    def capture_jpeg(self) -> bytes | None:
        with self._looking:
            return super().capture_jpeg()


@dataclass
class Watch:
    """Looks at the panel all the time and remembers each colour that was ever there."""

    look: Callable[[], Image.Image | None]
    seen: dict[str, int] = field(default_factory=dict)
    newest: str = ""
    stopped: bool = False

    def __post_init__(self) -> None:
        safe = safe_picture(WIDTH, HEIGHT).getpixel((WIDTH // 2, 4))
        assert isinstance(safe, tuple)
        self.known = COLOURS | {"dark": (0, 0, 0), "safe": (safe[0], safe[1], safe[2])}
        self._thread = threading.Thread(target=self._run, daemon=True)

    def name(self, picture: Image.Image) -> str:
        """The known colour that is nearest to the middle of the panel's upper part."""
        at = picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2 - 20))
        edge = picture.convert("RGB").getpixel((picture.width // 2, 4))
        assert isinstance(at, tuple)
        assert isinstance(edge, tuple)
        safe = self.known["safe"]
        if sum(abs(a - b) for a, b in zip(edge, safe, strict=True)) < 24:
            return "safe"
        return min(self.known, key=lambda one: sum(abs(a - b) for a, b in zip(at, self.known[one], strict=True)))

    def _run(self) -> None:
        while not self.stopped:
            picture = self.look()
            if picture is not None:
                self.newest = self.name(picture)
                self.seen[self.newest] = self.seen.get(self.newest, 0) + 1
            time.sleep(0.02)

    @contextmanager
    def watching(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self.stopped = True
            self._thread.join(5)


class Stage:
    """A kiosk that was enrolled with a root, at the attacker's server and broker."""

    def __init__(self, folder: Path, server: FakeServer, observer: Observer, office: Office, player: Player) -> None:
        self.folder, self.server, self.observer, self.office, self.player = folder, server, observer, office, player
        self.watch = Watch(self.picture)
        sysfs = folder.parent / "sysfs"
        (sysfs / "run/systemd/timesync").mkdir(parents=True)
        (sysfs / "run/systemd/timesync/synchronized").touch()
        self.settings = Settings(
            data_dir=folder, sysfs_root=sysfs, require_root=True, health_interval_s=1, poll_s=2, renew_hour=23
        )
        self.server.segments = {office.digest(name): content for name, content in office.files.items()}
        self.releases: list[bytes] = []

    def picture(self) -> Image.Image | None:
        jpeg = self.player.capture_jpeg()
        return Image.open(BytesIO(jpeg)) if jpeg is not None else None

    @property
    def state(self) -> State:
        return self.agent.state

    @property
    def rules(self) -> list[str]:
        return [one.rule.value for one in self.state.trust.refusals]

    def told(self) -> messages.State | None:
        """What the kiosk said of itself last, over the broker."""
        topic = topics.up(KIOSK, Up.STATE)
        said = [payload for where, payload, _ in self.observer.heard if where == topic]
        return messages.decode(messages.State, said[-1]) if said else None

    def give(self, *releases: bytes) -> None:
        """Let the server have releases for whoever asks."""
        self.server.documents |= {m.digest(one): one for one in releases}

    def assign(self, manifest: bytes) -> None:
        """Let the server assign a manifest, and point to it."""
        self.server.envelope = manifest
        seq = self.office.seqs["manifest"] + 1000  # whatever a pointer says, it carries no authority
        pointer = messages.Pointer(id=UUID(int=seq), at=datetime.now(UTC), seq=seq, sha256=sha256_hex(manifest))
        self.say(Down.MANIFEST, messages.encode(pointer))

    def say(self, leaf: Down, body: bytes) -> None:
        manner = DOWN_MANNER[leaf]
        self.observer.client.publish(topics.down(KIOSK, leaf), body, manner.qos, manner.retain).wait_for_publish(10)

    def bundle(self, leaf: Down, *envelopes: bytes) -> None:
        """Say documents in the form of their topic."""
        if leaf in (Down.ROOT, Down.HOLD):
            self.say(leaf, envelopes[0])
            return
        kind: dict[Down, Any] = {
            Down.WITHDRAWAL: messages.Withdrawals,
            Down.EMERGENCY: messages.Emergencies,
            Down.VALUES: messages.BoardValues,
        }
        texts = tuple(one.decode("latin-1") for one in envelopes)
        self.say(leaf, messages.encode(kind[leaf](id=KIOSK, at=datetime.now(UTC), envelopes=texts)))

    def publish(self, *names: str, releases: Sequence[bytes]) -> None:
        """Put approved pictures on air, as the real server would."""
        self.give(*releases)
        self.assign(self.office.manifest(*names, releases=releases))

    def wait(self, true: Callable[[], object], what: str = "it did not come") -> None:
        until = time.monotonic() + 15
        while not true():
            assert time.monotonic() < until, (
                what,
                self.rules,
                self.watch.seen,
                self.state.error,
                len(self.state.missing),
                self.state.download,
                self.state.download_retry,
                len(self.state.resting),
                self.state.unobtainable,
            )
            time.sleep(0.02)

    def shows(self, *names: str) -> None:
        """Wait until one of these colours is on the panel."""
        self.wait(lambda: self.watch.newest in names, f"{names} are not shown")

    @contextmanager
    def running(self) -> Iterator[None]:
        self.agent = Agent(self.settings, credentials.load(self.folder), lambda: self.player)
        thread = threading.Thread(target=self.agent.run)
        thread.start()
        try:
            yield
        finally:
            self.agent.stop()
            thread.join(20)
            assert not thread.is_alive()
