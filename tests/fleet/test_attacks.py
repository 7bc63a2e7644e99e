"""Attacks on a real agent over a real broker, by a hostile server: the panel is watched, and shows nothing unapproved.

One test for each rule and for each row of the threat table in docs/trust.md. The attacker may hold the server's key.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from kiosk_agent.cli import main
from kiosk_agent.core import events
from kiosk_agent.player.choose import make_player
from kiosk_agent.player.placement import Placement
from kiosk_agent.player.port import Player
from kiosk_agent.player.screen import Screen
from kiosk_agent.player.vlc_player import VlcPlayer
from playlists.board_values import Values as PlainValues
from playlists.ids import sha256_hex
from playlists.trust import sign
from playlists.trust.envelope import parse_envelope, write_envelope
from playlists.wire import messages
from playlists.wire.topics import Down
from tests.fleet.attacking import APPROVED, EVIL, FREE, PANEL, SITE, TEMPLATE, Office, Stage, WatchedPlayer, stamp
from tests.kiosk_agent.fake_server import CODE, FakeServer, serving
from tests.kiosk_agent.making import KIOSK
from tests.kiosk_agent.test_mqtt import Observer, free_port, mosquitto
from tests.playlists.trust import making as m

Attack = Callable[[Stage, Office], None]
FORBIDDEN = set(EVIL)
HOLD = "application/vnd.bangtin.hold+json;v=1"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def stage(office: Office, server: FakeServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A kiosk that shows the approved green and blue; it has the template, and nothing else was ever approved."""
    folder = tmp_path_factory.mktemp("kiosk") / "data"
    with set_up(folder, office, server, WatchedPlayer(folder / "player")) as made, made.watch.watching():
        yield made
        assert not FORBIDDEN & made.watch.seen.keys(), made.watch.seen


@contextmanager
def set_up(folder: Path, office: Office, server: FakeServer, player: Player) -> Iterator[Stage]:
    port = free_port()
    with mosquitto(folder.parent, port):
        server.mqtt = {"host": "127.0.0.1", "port": port, "password": "x"}
        server.root, server.place = office.root.decode(), {"site": SITE, "panel_id": str(PANEL)}
        server.tell_time = office.time
        assert main(["enrol", "--server", server.url, "--code", CODE, "--data-dir", str(folder)]) == 0
        one = Stage(folder, server, Observer(port), office, player)
        with one.running():
            one.releases = [office.release(*APPROVED), office.template_once]
            one.publish(*APPROVED, releases=one.releases)
            yield one
        one.observer.close()


@pytest.fixture(autouse=True)
def nothing_unapproved(request: pytest.FixtureRequest) -> Iterator[None]:
    """Look on for a while after each attack: what plays goes on playing, and no frame is a forbidden one."""
    if "stage" not in request.fixturenames:
        yield
        return
    stage: Stage = request.getfixturevalue("stage")
    stage.shows(*APPROVED)
    yield
    stage.shows(*APPROVED, *TEMPLATE)
    assert not FORBIDDEN & stage.watch.seen.keys(), stage.watch.seen


def refused(stage: Stage, rule: str, content: bytes) -> None:
    """Wait until the kiosk has told over the broker that it refused these bytes, and why."""
    digest = sha256_hex(content)

    def told() -> bool:
        state = stage.told()
        rejects = state.trust.rejects if state is not None and state.trust is not None else ()
        return (rule, digest) in {(one.rule, one.sha256) for one in rejects}

    stage.wait(told, f"{rule} was not told")


def manifest_refused(stage: Stage, rule: str, content: bytes) -> None:
    before = stage.state.installed
    stage.assign(content)
    refused(stage, rule, content)
    assert stage.state.installed is before
    stage.server.envelope = before.envelope if before is not None else None


def refetched(stage: Stage, rule: str, release: bytes, *pictures: str) -> None:
    """A manifest of the server's key names a release that does not count."""
    stage.give(release)
    manifest = stage.office.manifest(*pictures, releases=[release])
    before = stage.state.installed
    stage.assign(manifest)
    refused(stage, rule, release)
    refused(stage, "V15", manifest)
    assert stage.state.installed is before


def holds(stage: Stage, rule: str, content: bytes) -> None:
    stage.bundle(Down.HOLD, content)
    refused(stage, rule, content)


def stripped(content: bytes, keep: int) -> bytes:
    kind = json.loads(content)["payloadType"]
    envelope = parse_envelope(content, kind)
    return write_envelope(kind, envelope.payload, envelope.signatures[:keep])


def respelt(content: bytes) -> bytes:
    """The same payload in base64 that some decoders would take."""
    written = json.loads(content)
    return json.dumps(written | {"payload": written["payload"] + "\n"}).encode()


BY_RULE: dict[str, Attack] = {
    "V2 base64 in another spelling": lambda s, o: holds(s, "V2", respelt(o.hold())),
    "V3 a withdrawal as a hold": lambda s, o: holds(s, "V3", o.withdrawal(o.digest("green"))),
    "V4 no signature": lambda s, o: holds(s, "V4", m.signed(HOLD, {"v": 1})),
    "V5 a hold by a stranger": lambda s, o: holds(s, "V5", o.hold(o.digest("green"), by="outsider")),
    "V5 a release with one signature": lambda s, o: refetched(s, "V5", o.release("magenta", by=("an",)), "magenta"),
    "V5 its second signature stripped": lambda s, o: refetched(s, "V5", stripped(o.release("magenta"), 1), "magenta"),
    "V5 an author who approves": lambda s, o: refetched(s, "V5", o.release("magenta", author="an"), "magenta"),
    "V6 a key twice": lambda s, o: holds(s, "V6", sign(b'{"v":1,"v":1}', HOLD, m.secret("server"))),
    "V6 what must be understood": lambda s, o: holds(s, "V6", o.hold(must_understand=["holograms"])),
    "V8 another site's release": lambda s, o: refetched(
        s, "V8", o.release("magenta", audience={"sites": ["ban-gioc"]}), "magenta"
    ),
    "V8 another panel's manifest": lambda s, o: manifest_refused(
        s, "V8", o.manifest(*APPROVED, releases=s.releases, kiosk_id=str(m.KIOSK))
    ),
    "V8 another site's manifest": lambda s, o: manifest_refused(
        s, "V8", o.manifest(*APPROVED, releases=s.releases, site="ban-gioc")
    ),
    "V8 another site's hold": lambda s, o: holds(s, "V8", o.hold(o.digest("green"), site="ban-gioc")),
    "V9 the manifest of yesterday": lambda s, o: manifest_refused(
        s, "V9", o.manifest("green", releases=s.releases, seq=1)
    ),
    "V10 a hold from the day after tomorrow": lambda s, o: holds(
        s, "V10", o.hold(o.digest("green"), issued_at=stamp(days=2))
    ),
    "V11 a release that is over": lambda s, o: refetched(
        s, "V11", o.release("magenta", not_before=stamp(days=-9), show_until=stamp(days=-1)), "magenta"
    ),
    "V11 a release without an end": lambda s, o: refetched(
        s, "V11", o.release("magenta", show_until=stamp(days=999)), "magenta"
    ),
    "V12 a size of nothing": lambda s, o: refetched(
        s, "V12", o.release("magenta", segments=[o.segment("magenta", size=0)]), "magenta"
    ),
    "V15 a picture that nobody released": lambda s, o: manifest_refused(
        s, "V15", o.manifest("green", "magenta", releases=s.releases)
    ),
    "V15 a picture under another language": lambda s, o: manifest_refused(
        s, "V15", o.manifest("green", releases=s.releases, segments=[o.segment("green", language="vi")])
    ),
    "V15 the emergency's picture in a playlist": lambda s, o: manifest_refused(
        s, "V15", o.manifest("vi", releases=s.releases)
    ),
}


def said(stage: Stage, rule: str, *envelopes: bytes, leaf: Down = Down.EMERGENCY) -> None:
    """Say documents on their topic, and wait until the newest is refused."""
    stage.bundle(leaf, *envelopes)
    refused(stage, rule, envelopes[0])
    assert stage.state.warnings.up is None
    stage.say(leaf, b"")


TWO_PASSKEYS = (m.AN_PASSKEY, m.CHI_PASSKEY)
BY_HOLDER: dict[str, Attack] = {
    "the database: documents under a key of its own": lambda s, o: refetched(
        s, "V5", o.release("violet", by=("outsider", "root-c")), "violet"
    ),
    "one approver: half a release": lambda s, o: refetched(s, "V5", o.release("violet", by=("binh",)), "violet"),
    "one approver with file key and passkey": lambda s, o: refetched(
        s, "V5", o.release("violet", by=("an", m.AN_PASSKEY)), "violet"
    ),
    "two passkeys through a page that lies": lambda s, o: refetched(
        s, "V5", o.release("violet", by=TWO_PASSKEYS), "violet"
    ),
    "the server's key beside one approver": lambda s, o: refetched(
        s, "V5", o.release("violet", by=("an", "server")), "violet"
    ),
    "two duty officers release nothing": lambda s, o: refetched(
        s, "V5", o.release("violet", by=("dung", "em")), "violet"
    ),
    "a duty officer alone with free words": lambda s, o: said(s, "V5", o.free(("dung",), names=tuple(EVIL))),
    "the server with an emergency": lambda s, o: said(s, "V5", o.emergency(("server",))),
    "a duty officer with a template that nobody released": lambda s, o: said(
        s, "V15", o.emergency(release=m.digest(o.template(*EVIL)))
    ),
    "a duty officer for longer than a day": lambda s, o: said(s, "V16", o.emergency(expires_at=stamp(hours=25))),
    "a duty officer for another site": lambda s, o: said(s, "V8", o.emergency(audience={"sites": ["ban-gioc"]})),
    "an emergency in one language": lambda s, o: said(s, "V16", o.emergency(headlines={"vi": "Lũ"})),
    "the cap key with free words": lambda s, o: said(s, "V16", o.free(("cap",), names=tuple(EVIL), by="cap")),
    "an emergency of yesterday": lambda s, o: said(
        s, "V16", o.emergency(issued_at=stamp(hours=-20), expires_at=stamp(hours=-1))
    ),
    "a status officer of another site": lambda s, o: said(s, "V5", o.values("hoa"), leaf=Down.VALUES),
    "values that no released board allows": lambda s, o: said(s, "V15", o.values(), leaf=Down.VALUES),
    "the server with values": lambda s, o: said(s, "V5", o.values("server"), leaf=Down.VALUES),
    "an author withdraws": lambda s, o: said(
        s, "V5", o.withdrawal(o.digest("green"), by=("giang",)), leaf=Down.WITHDRAWAL
    ),
    "one root key": lambda s, o: said(s, "V5", m.root("root-a", version=2, issued_at=stamp()), leaf=Down.ROOT),
    "root keys of strangers": lambda s, o: said(
        s, "V5", m.root("outsider", "server", version=2, issued_at=stamp()), leaf=Down.ROOT
    ),
    "a root that leaps": lambda s, o: said(s, "V7", m.root(version=5, issued_at=stamp()), leaf=Down.ROOT),
    "a demo root": lambda s, o: said(s, "V7", m.root(version=2, demo=True, issued_at=stamp()), leaf=Down.ROOT),
}


@pytest.mark.parametrize("attack", BY_RULE)
def test_a_document_that_breaks_a_rule_is_refused_and_told(stage: Stage, office: Office, attack: str) -> None:
    BY_RULE[attack](stage, office)


@pytest.mark.parametrize("attack", BY_HOLDER)
def test_whoever_holds_one_key_too_few_shows_nothing(stage: Stage, office: Office, attack: str) -> None:
    BY_HOLDER[attack](stage, office)


def test_v1_what_is_too_large_is_not_even_parsed(stage: Stage, office: Office) -> None:
    stage.say(Down.HOLD, b" " * (17 << 10) + office.hold(office.digest("green")))
    stage.say(Down.WITHDRAWAL, b" " * messages.MOST_BUNDLE_BYTES + b"{}")
    big = office.release("magenta", segments=[office.segment("magenta")] * 2000) + b" " * (1 << 20)
    stage.give(big)
    stage.assign(office.manifest("magenta", releases=[big]))
    stage.wait(lambda: stage.state.trust.fetch_retry.failures > 0, "the large release was not refused")
    stage.assign(office.manifest(*APPROVED, releases=stage.releases))


def test_the_network_alters_bytes_on_their_way(stage: Stage, office: Office, server: FakeServer) -> None:
    """A middle man serves magenta for a picture that was approved, and then a picture that is cut off (V12)."""
    green = office.digest("green")
    approved = office.release("green", "vi", issued_at=stamp())
    other = office.release("free-vi", issued_at=stamp())
    name = office.digest("free-vi")
    server.segments[name] = office.files["magenta"]
    stage.publish("green", "free-vi", releases=[approved, other, *stage.releases])
    stage.wait(lambda: stage.state.download_retry.failures > 0, "the wrong bytes were not noticed")
    assert name not in stage.state.stored
    assert green in stage.state.stored
    server.segments[name] = office.files["free-vi"]
    stage.publish(*APPROVED, releases=stage.releases)


def is_whole(path: Path, content: bytes) -> bool:
    """Tell whether a segment's file has these bytes now; the kiosk may drop it while it is looked at."""
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def wait_until_healed(stage: Stage, office: Office) -> None:
    """Wait until the approved bytes of every segment are back; the error of the swap goes with the first that is."""
    for name in APPROVED:
        path = stage.folder / "segments" / office.digest(name)[:2] / f"{office.digest(name)}.mp4"
        stage.wait(partial(is_whole, path, office.files[name]), f"{name} was not healed")


def test_bytes_are_swapped_on_the_disk_after_they_were_verified(stage: Stage, office: Office) -> None:
    """In place, with the old time, while they play: the segment is noticed, dropped and fetched anew (V12)."""
    for name in APPROVED:
        path = stage.folder / "segments" / office.digest(name)[:2] / f"{office.digest(name)}.mp4"
        content = office.files["magenta"]
        with path.open("r+b") as file:  # held open: the kiosk may drop it before its time is set back
            stat = os.fstat(file.fileno())
            size = stat.st_size
            file.write((content + b"\0" * size)[:size] if len(content) < size else content)
            file.flush()
            os.utime(file.fileno(), ns=(stat.st_atime_ns, stat.st_mtime_ns))
    wait_until_healed(stage, office)
    stage.shows(*APPROVED)


def test_a_symbolic_link_takes_the_place_of_a_segment(stage: Stage, office: Office, tmp_path: Path) -> None:
    evil = tmp_path / "evil.mp4"
    evil.write_bytes(office.files["violet"])
    digest = office.digest("blue")
    path = stage.folder / "segments" / digest[:2] / f"{digest}.mp4"
    link = tmp_path / "link"
    link.symlink_to(evil)
    link.replace(path)
    stage.wait(lambda: not path.is_symlink() and is_whole(path, office.files["blue"]), "it was not healed")


def test_unsigned_values_of_the_broker_are_not_even_looked_at(stage: Stage, office: Office) -> None:
    now = datetime.now(UTC)
    forged = PlainValues(board=m.BOARD, seq=99, set_at=now, expires_at=now + timedelta(hours=1), values={})
    stage.say(Down.VALUES, messages.encode(messages.BoardValues(id=KIOSK, at=now, documents=(forged,))))
    holds(stage, "V5", office.hold(by="outsider"))  # what is said later is heard later
    assert stage.state.boards.accepted == stage.state.boards.waiting == ()
    stage.say(Down.VALUES, b"")


def test_a_lying_clock_of_the_server(stage: Stage, office: Office, server: FakeServer) -> None:
    """Time with another nonce, by another key, or from last year (V10): the panel's clock stays."""
    for lie in (
        lambda _nonce: office.time(m.NONCE),
        lambda nonce: office.time(nonce, by="an"),
        lambda nonce: office.time(nonce, issued_at=stamp(days=-400)),
    ):
        server.tell_time = lie
        stage.agent._events.put(_time_answered(lie))
    stage.wait(lambda: {"V10", "V5"} <= set(stage.rules), "the lies were not refused")
    server.tell_time = office.time


def _time_answered(lie: Callable[[str], bytes]) -> events.Event:
    nonce = "ab" * 16
    return events.TimeAnswered(nonce, lie(nonce))


def test_an_exercise_is_shown_with_the_kiosks_own_frame(stage: Stage, office: Office) -> None:
    """The cap of what a duty officer can do: a released template, visibly a drill, for so long (V16)."""
    stage.bundle(Down.EMERGENCY, office.emergency(id="drill-1", status="exercise"))
    stage.wait(lambda: stage.watch.newest in TEMPLATE, "the drill is not shown")
    picture = stage.picture()
    assert picture is not None
    edge = picture.getpixel((picture.width // 2, 1))
    assert isinstance(edge, tuple)
    assert edge[0] > 180
    assert edge[1] > 150
    assert edge[2] < 90, "the frame is yellow, whatever the template's edge was"
    stage.bundle(Down.EMERGENCY, office.emergency(id="drill-2", message="cancel", references=["drill-1"], release=None))
    stage.shows(*APPROVED)


def test_an_emergency_is_shown_acknowledged_ended_and_never_replayed(stage: Stage, office: Office) -> None:
    alarm = office.emergency(id="flood-real")
    begun = time.monotonic()
    stage.bundle(Down.EMERGENCY, alarm)
    stage.shows(*TEMPLATE)
    assert time.monotonic() - begun < 20

    def acknowledged() -> bool:
        state = stage.told()
        shown = state.trust.emergencies if state is not None and state.trust is not None else ()
        return [(one.id, one.shown_since_at is not None) for one in shown] == [("flood-real", True)]

    stage.wait(acknowledged, "it was not acknowledged")
    stage.wait(lambda: TEMPLATE.keys() <= stage.watch.seen.keys(), "the languages did not take turns")
    cap_end = office.emergency(
        ("cap",), id="cap-1", by="cap", message="cancel", references=["flood-real"], release=None
    )
    stage.bundle(Down.EMERGENCY, cap_end)
    refused(stage, "V16", cap_end)
    stage.bundle(
        Down.EMERGENCY,
        office.emergency(("em",), id="clear-1", message="cancel", references=["flood-real"], release=None),
    )
    stage.shows(*APPROVED)
    stage.bundle(Down.EMERGENCY, alarm)
    refused(stage, "V9", alarm)
    stage.say(Down.EMERGENCY, b"")


def test_free_words_of_two_officers_bring_their_own_pictures(stage: Stage, office: Office) -> None:
    stage.bundle(Down.EMERGENCY, office.free(id="free-1"))
    stage.shows(*FREE)
    end = office.emergency(id="free-1-end", message="cancel", references=["free-1"], release=None)
    stage.bundle(Down.EMERGENCY, end)
    stage.shows(*APPROVED)


def test_v9b_a_retired_release_does_not_come_back(stage: Stage, office: Office) -> None:
    old = office.release("free-zh", issued_at=stamp(minutes=-9))
    new = office.release("free-vi", issued_at=stamp(), retires=[m.digest(old)])
    stage.publish("free-zh", *APPROVED, releases=[old, *stage.releases])
    stage.wait(lambda: m.digest(old) in stage.state.trust.acted.releases, "it was not released")  # type: ignore[union-attr]
    stage.publish(*APPROVED, releases=[new, *stage.releases])
    stage.wait(lambda: m.digest(old) not in stage.state.trust.acted.releases, "it was not retired")  # type: ignore[union-attr]
    seq = stage.office.seqs["manifest"]
    stage.wait(lambda: stage.state.installed is not None and stage.state.installed.manifest.seq == seq)
    refetched(stage, "V9b", old, "free-zh")


def test_v13_what_is_held_or_withdrawn_leaves_at_once_and_a_withdrawn_picture_never_returns(
    stage: Stage, office: Office
) -> None:
    green = office.digest("green")
    stage.shows("green")
    stage.bundle(Down.HOLD, office.hold(green))
    stage.wait(lambda: green in stage.state.resting, "the hold was not taken")
    stage.shows("blue")
    stage.watch.seen.pop("green", None)
    time.sleep(4)
    assert "green" not in stage.watch.seen, "held"
    stage.bundle(Down.HOLD, office.hold())
    stage.shows("green")
    stage.bundle(Down.WITHDRAWAL, office.withdrawal(green))
    stage.wait(lambda: green in stage.state.resting, "the withdrawal was not taken")
    stage.shows("blue")
    stage.watch.seen.pop("green", None)
    again = office.release("green", "blue", issued_at=stamp())
    stage.publish("green", "blue", releases=[again, *stage.releases])
    seq = stage.office.seqs["manifest"]
    stage.wait(lambda: stage.state.installed is not None and stage.state.installed.manifest.seq == seq)
    time.sleep(4)
    assert "green" not in stage.watch.seen, "withdrawn is withdrawn, whatever is released later"


def test_after_a_restart_nothing_was_forgotten(stage: Stage, office: Office) -> None:
    """The last of this stage: the agent is stopped in the middle of everything and started again, with the link cut."""
    before = stage.state.trust.acted
    assert before is not None
    stage.agent.stop()
    time.sleep(1.5)
    copied = stage.folder.parent / "copy"
    shutil.copytree(stage.folder, copied)
    player = WatchedPlayer(copied / "player")
    again = Stage.__new__(Stage)
    again.__dict__ |= stage.__dict__ | {"folder": copied, "player": player}
    again.settings = stage.settings.model_copy(update={"data_dir": copied})
    stage.server.status = 503
    try:
        with again.running():
            again.wait(lambda: again.state.started, "it did not start")
            acted = again.state.trust.acted
            assert acted is not None
            assert acted.withdrawn == before.withdrawn
            assert acted.seqs == before.seqs
            assert acted.releases.keys() == before.releases.keys()
            again.wait(lambda: player.capture_jpeg() is not None)
            time.sleep(2)
            assert stage.watch.name(again.picture()) == "blue"  # type: ignore[arg-type]
    finally:
        stage.server.status = None


@pytest.fixture
def fresh_server() -> Iterator[FakeServer]:
    with serving() as running:
        yield running


def test_v14_when_keys_change_what_they_vouched_for_leaves(
    office: Office, fresh_server: FakeServer, tmp_path: Path
) -> None:
    player = WatchedPlayer(tmp_path / "player")
    with set_up(tmp_path / "data", office, fresh_server, player) as stage, stage.watch.watching():
        stage.shows(*APPROVED)
        roles = m.root_fields()["roles"] | {"leader": m.role("dung")}
        second = m.root(version=2, issued_at=stamp(), roles=roles)
        fresh_server.roots = {2: second}
        fresh_server.signed = {"root_version": 2}
        stage.shows("safe")
        assert stage.state.trust.acted is not None
        assert stage.state.trust.acted.releases == {}
        stage.publish(*APPROVED, releases=stage.releases)
        stage.wait(lambda: "V5" in stage.rules, "the old signatures still count")
        stage.publish("green", releases=[office.release("green", by=("dung", "binh"))])
        stage.shows("green")
        assert not FORBIDDEN & stage.watch.seen.keys()


def test_a_dead_broker_holds_nothing_up(office: Office, fresh_server: FakeServer, tmp_path: Path) -> None:
    player = WatchedPlayer(tmp_path / "player")
    with set_up(tmp_path / "data", office, fresh_server, player) as stage, stage.watch.watching():
        stage.shows(*APPROVED)
        fresh_server.signed = {
            "emergencies": [office.emergency(id="flood-by-poll").decode()],
            "withdrawals": [office.withdrawal(office.digest("blue")).decode()],
            "withdrawn": 1,
        }
        stage.shows(*TEMPLATE)
        stage.wait(lambda: office.digest("blue") in stage.state.resting)


@pytest.mark.parametrize("wrong", ["a demo root", "another site's root", "not a root", "a root by one holder"])
def test_enrolment_pins_no_wrong_root(office: Office, fresh_server: FakeServer, tmp_path: Path, wrong: str) -> None:
    roots = {
        "a demo root": m.root(demo=True, issued_at=stamp()).decode(),
        "another site's root": office.root.decode(),
        "not a root": office.hold().decode(),
        "a root by one holder": m.root("root-a", issued_at=stamp()).decode(),
    }
    fresh_server.root = roots[wrong]
    fresh_server.place = {} if wrong == "another site's root" else {"site": SITE, "panel_id": str(PANEL)}
    assert main(["enrol", "--server", fresh_server.url, "--code", CODE, "--data-dir", str(tmp_path)]) == 1
    assert not (tmp_path / "credential.json").exists()


def test_real_vlc_shows_nothing_unapproved(office: Office, fresh_server: FakeServer, tmp_path: Path) -> None:
    """The same panel through VLC under Xvfb: a swap on the disk, forged documents, a withdrawal and an emergency."""
    made = make_player("vlc", tmp_path / "player")
    assert isinstance(made, VlcPlayer)
    player = VlcPlayer(tmp_path / "player", own_display=True)
    with set_up(tmp_path / "data", office, fresh_server, player) as stage:
        stage.wait(lambda: player.display is not None and stage.state.installed is not None)
        assert stage.state.installed is not None
        eye = Screen(player.display or "", Placement.of(stage.state.installed.manifest.panel))
        stage.watch.look = eye.capture
        with stage.watch.watching():
            stage.shows(*APPROVED)
            evil = office.manifest("magenta", releases=stage.releases)
            manifest_refused(stage, "V15", evil)
            stage.bundle(Down.EMERGENCY, office.free(("dung",), names=tuple(EVIL)))
            stage.wait(lambda: "V5" in stage.rules)
            for name in APPROVED:
                path = stage.folder / "segments" / office.digest(name)[:2] / f"{office.digest(name)}.mp4"
                path.write_bytes(office.files["violet"])
            wait_until_healed(stage, office)
            stage.shows(*APPROVED)
            stage.bundle(Down.EMERGENCY, office.emergency(id="flood-vlc"))
            stage.shows(*TEMPLATE)
            end = office.emergency(id="flood-vlc-end", message="cancel", references=["flood-vlc"], release=None)
            stage.bundle(Down.EMERGENCY, end)
            stage.shows(*APPROVED)
            stage.bundle(Down.WITHDRAWAL, office.withdrawal(office.digest("green")))
            stage.wait(lambda: office.digest("green") in stage.state.resting)
            stage.shows("blue")
            time.sleep(1.5)
            stage.watch.seen.pop("green", None)
            time.sleep(4)
            assert "green" not in stage.watch.seen
            assert not FORBIDDEN & stage.watch.seen.keys(), stage.watch.seen
