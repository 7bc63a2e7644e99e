"""The whole agent against a real small server and a real broker, with a player that obeys the port."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from kiosk_agent.agent import Agent
from kiosk_agent.cli import main
from kiosk_agent.settings import Settings
from kiosk_agent.store import credential
from kiosk_agent.store.snapshot import Snapshot, read_snapshot
from playlists.fault import FaultCode
from playlists.ids import sha256_hex
from playlists.timeline import Layer
from playlists.wire import topics
from playlists.wire.messages import (
    Ack,
    Command,
    CommandName,
    Faults,
    Health,
    Log,
    MessageT,
    Phase,
    Plays,
    Pointer,
    PresenceWord,
    State,
    decode,
    encode,
)
from playlists.wire.topics import Down, Up
from tests.kiosk_agent.fake_player import JPEG, FakePlayer
from tests.kiosk_agent.fake_server import CODE, FakeServer
from tests.kiosk_agent.making import KIOSK, OTHER_PRIVATE, PUBLIC, content, digest, document, envelope, sealed
from tests.kiosk_agent.test_mqtt import Observer, free_port, mosquitto, wait_for

ROOT = Path(__file__).parents[2]
BIG = 2_000_000


class Stage:
    """An enrolled kiosk, a broker, a server and somebody who listens."""

    def __init__(self, folder: Path, server: FakeServer, observer: Observer) -> None:
        self.folder, self.server, self.observer = folder, server, observer
        self.player = FakePlayer()

    def said(self, leaf: Up, kind: type[MessageT]) -> list[MessageT]:
        topic = topics.up(KIOSK, leaf)
        return [decode(kind, payload) for where, payload, _ in self.observer.heard if where == topic]

    def publish(self, made: bytes, seq: int, *contents: bytes) -> None:
        self.server.assign(made, *contents)
        pointer = Pointer(id=UUID(int=seq), at=datetime.now(UTC), seq=seq, sha256=sha256_hex(made))
        self.observer.client.publish(topics.down(KIOSK, Down.MANIFEST), encode(pointer), 1, retain=True)

    def state(self) -> State | None:
        return next(reversed(self.said(Up.STATE, State)), None)

    def plays(self, seq: int) -> bool:
        state = self.state()
        return state is not None and state.phase is Phase.PLAYING and state.installed_seq == seq

    @contextmanager
    def running(self, **settings: object) -> Iterator[Agent]:
        made = Settings(data_dir=self.folder, **settings)  # type: ignore[arg-type]
        agent = Agent(made, credential.load(self.folder), lambda: self.player)
        thread = threading.Thread(target=agent.run)
        thread.start()
        try:
            yield agent
        finally:
            agent.stop()
            thread.join(20)
            assert not thread.is_alive()

    @contextmanager
    def child(self) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "tests.kiosk_agent.agent_child", str(self.folder)]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as child:
            try:
                yield child
            finally:
                child.kill()

    def held(self) -> Snapshot:
        return read_snapshot(self.folder, KIOSK, PUBLIC)


def codes(stage: Stage) -> set[str]:
    told = stage.said(Up.FAULTS, Faults)
    return {line.code for line in told[-1].active} if told else set()


@pytest.fixture
def stage(tmp_path: Path, server: FakeServer) -> Iterator[Stage]:
    port = free_port()
    with mosquitto(tmp_path, port):
        server.mqtt = {"host": "127.0.0.1", "port": port, "password": "x"}
        assert main(["enrol", "--server", server.url, "--code", CODE.lower(), "--data-dir", str(tmp_path / "k")]) == 0
        observer = Observer(port)
        yield Stage(tmp_path / "k", server, observer)
        observer.close()


def test_from_enrolment_to_a_playing_panel_and_a_clean_goodbye(stage: Stage) -> None:
    with stage.running(health_interval_s=1):
        wait_for(lambda: stage.observer.words() == [PresenceWord.READY])
        stage.publish(envelope(1), 1, content(1), content(2))
        wait_for(lambda: stage.plays(1))
        state = stage.state()
        assert state is not None
        assert (state.stored_segments, state.wanted_segments, state.stored_bytes) == (2, 2, 6000)
        assert state.on_screen is not None
        assert state.on_screen.match_permille == 990
        wait_for(lambda: stage.server.captures == [JPEG])
        assert [panel.width for panel in stage.player.panels] == [320]
        for cue in stage.player.shown:
            assert cue.path is not None
            assert sha256_hex(cue.path.read_bytes()) == cue.key
        wait_for(lambda: stage.said(Up.HEALTH, Health))
        stage.publish(envelope(2, (3,)), 2, content(3))
        wait_for(lambda: stage.plays(2))
        assert stage.player.shown[-1].key == digest(3)
    wait_for(lambda: stage.observer.words()[-1] is PresenceWord.DISCONNECTED)
    assert PresenceWord.LOST not in stage.observer.words()
    assert stage.player.stopped


def test_a_log_is_sent_to_who_asks_and_holds_no_secret(stage: Stage) -> None:
    logging.getLogger("kiosk_agent").setLevel(logging.INFO)
    token = credential.load(stage.folder).token
    assert token is not None
    with stage.running():
        wait_for(lambda: stage.observer.words() == [PresenceWord.READY])
        stage.publish(envelope(1), 1, content(1), content(2))
        wait_for(lambda: stage.plays(1))
        at = datetime.now(UTC)
        asked = Command(id=UUID(int=5), at=at, name=CommandName.SEND_LOG, expires_at=at + timedelta(60), seconds=60)
        stage.observer.client.publish(topics.down(KIOSK, Down.COMMAND), encode(asked), 1)
        wait_for(lambda: stage.said(Up.LOG, Log))
        logging.getLogger("kiosk_agent.link.mqtt").warning("refused with %s", token)
        wait_for(lambda: any("refused" in line.text for said in stage.said(Up.LOG, Log) for line in said.lines))
    lines = [line for said in stage.said(Up.LOG, Log) for line in said.lines]
    assert "agent: manifest 1 is installed" in [line.text for line in lines]
    assert not any(token in line.text for line in lines)
    assert {said.command_id for said in stage.said(Up.LOG, Log)} == {UUID(int=5)}
    assert [line.number for line in lines] == sorted({line.number for line in lines})


def test_before_the_first_manifest_the_safe_picture_is_shown_in_the_told_size(stage: Stage) -> None:
    with stage.running(panel_size="96x160"):
        wait_for(lambda: stage.player.shown)
        assert (stage.player.panels[0].width, stage.player.panels[0].height) == (96, 160)
        assert stage.player.shown[0].key == Layer.SAFE_LOOP
        stage.publish(envelope(1), 1, content(1), content(2))
        wait_for(lambda: stage.plays(1))
        assert [panel.width for panel in stage.player.panels] == [96, 320]


def test_a_hostile_manifest_is_refused_and_the_panel_goes_on(stage: Stage) -> None:
    with stage.running():
        stage.publish(envelope(1), 1, content(1), content(2))
        wait_for(lambda: stage.plays(1))
        stage.publish(sealed(document(2, (9,)), OTHER_PRIVATE), 2, content(9))
        wait_for(lambda: (found := stage.state()) is not None and found.phase is Phase.REJECTED)
        faults = stage.said(Up.FAULTS, Faults)[-1]
        assert [line.code for line in faults.active] == [FaultCode.MANIFEST_REJECTED]
        state = stage.state()
        assert state is not None
        assert state.installed_seq == 1
        assert all(cue.key in (digest(1), digest(2)) for cue in stage.player.shown)
        stage.publish(envelope(3, (4,)), 3, content(4))
        wait_for(lambda: stage.plays(3))


def test_wrong_bytes_are_never_shown(stage: Stage) -> None:
    with stage.running(poll_s=1):
        stage.publish(envelope(1), 1, content(1), content(2))
        wait_for(lambda: stage.plays(1))
        made = envelope(2, (3,))
        stage.publish(made, 2, content(3))
        stage.server.segments = {digest(3): content(3)[:-1] + b"!"}
        wait_for(lambda: (found := stage.state()) is not None and "SHA-256" in (found.error or ""))
        assert stage.held().installed is not None
        assert digest(3) not in {cue.key for cue in stage.player.shown}
        stage.server.segments = {digest(3): content(3)}
        wait_for(lambda: stage.plays(2))


def test_damage_on_the_disk_is_noticed_when_it_is_due_and_repaired(stage: Stage) -> None:
    with stage.running():
        stage.publish(envelope(1, (1,)), 1, content(1))
        wait_for(lambda: stage.plays(1))
        path = next((stage.folder / "segments").rglob("*.mp4"))
        path.write_bytes(b"damage" * 500)
        wait_for(lambda: len(stage.player.shown) > 1 and stage.player.shown[-1].key != digest(1))
        assert stage.player.shown[-1].path is None
        wait_for(lambda: stage.player.shown[-1].key == digest(1))
        assert path.read_bytes() == content(1)


def test_a_segment_that_kills_the_player_is_left_out(stage: Stage) -> None:
    with stage.running():
        stage.player.killers = {digest(1)}
        stage.publish(envelope(1), 1, content(1), content(2))
        wait_for(lambda: FaultCode.SEGMENT_QUARANTINED in codes(stage))
        (line,) = [
            line for line in stage.said(Up.FAULTS, Faults)[-1].active if line.code == FaultCode.SEGMENT_QUARANTINED
        ]
        assert line.subject == digest(1)
        asked = len(stage.player.shown)
        wait_for(lambda: len(stage.player.shown) >= asked + 2)
        assert {cue.key for cue in stage.player.shown[asked + 1 :]} == {digest(2)}
        stage.player.killers = set()
        stage.publish(envelope(2), 2)
        wait_for(lambda: FaultCode.SEGMENT_QUARANTINED not in codes(stage))
        asked = len(stage.player.shown)
        wait_for(lambda: digest(1) in {cue.key for cue in stage.player.shown[asked:]})


def test_plays_wait_for_the_server_over_runs(stage: Stage) -> None:
    stage.publish(envelope(1), 1, content(1), content(2))
    with stage.running():
        wait_for(lambda: stage.plays(1))
    with stage.running() as agent:
        wait_for(lambda: stage.said(Up.PLAYS, Plays))
        batch = stage.said(Up.PLAYS, Plays)[0]
        assert [play.seq for play in batch.plays] == list(range(1, len(batch.plays) + 1))
        assert batch.plays[0].seen
        ack = Ack(id=UUID(int=9), at=datetime.now(UTC), plays_upto=batch.plays[-1].seq)
        stage.observer.client.publish(topics.down(KIOSK, Down.ACK), encode(ack), 1).wait_for_publish(10)
        wait_for(lambda: agent.state.plays.waiting < agent.state.plays.next_seq - batch.plays[-1].seq)
    count = len(stage.said(Up.PLAYS, Plays))
    with stage.running():
        wait_for(lambda: len(stage.said(Up.PLAYS, Plays)) > count)
        assert stage.said(Up.PLAYS, Plays)[-1].plays[0].seq > batch.plays[-1].seq


def test_killed_in_the_middle_of_a_download_it_goes_on_from_there(stage: Stage) -> None:
    made = envelope(1, (1,), size=BIG)
    stage.server.pause_s = 0.05
    stage.publish(made, 1, content(1, BIG))
    incoming = stage.folder / "incoming" / f"{digest(1, BIG)}.part"
    with stage.child() as child:
        wait_for(lambda: incoming.exists() and incoming.stat().st_size > 500_000)
        child.send_signal(signal.SIGKILL)
    stage.server.pause_s = 0.0
    with stage.child():
        wait_for(lambda: stage.held().installed is not None)
    ranges = [asked for _, path, asked in stage.server.asked if path.startswith("/segments/")]
    assert ranges[0] is None
    assert ranges[-1] is not None
    assert int(ranges[-1][len("bytes=") : -1]) > 500_000
    assert stage.held().stored == {digest(1, BIG)}


def test_without_any_broker_polling_brings_the_manifest(stage: Stage, tmp_path: Path) -> None:
    stage.server.mqtt = {"host": "127.0.0.1", "port": 9, "password": "x"}
    kept = credential.load(stage.folder)
    credential.save(stage.folder, kept.model_copy(update={"mqtt": kept.mqtt.model_copy(update={"port": 9})}))
    with stage.running(poll_s=1):
        stage.server.assign(envelope(1), content(1), content(2))
        wait_for(lambda: stage.player.shown and stage.player.shown[-1].key in (digest(1), digest(2)))
    assert stage.observer.words() == []


def test_a_hot_processor_is_reported_as_a_fault(stage: Stage, tmp_path: Path) -> None:
    zone = tmp_path / "tree/sys/class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "type").write_text("cpu-thermal\n")
    (zone / "temp").write_text("95000\n")
    with stage.running(sysfs_root=tmp_path / "tree", health_interval_s=1):
        wait_for(
            lambda: any(line.code == "cpu_temperature" for f in stage.said(Up.FAULTS, Faults) for line in f.active)
        )
        (zone / "temp").write_text("45000\n")
        wait_for(lambda: "cpu_temperature" not in codes(stage))


def test_status_tells_what_is_held_while_the_agent_runs(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    with stage.running():
        stage.publish(envelope(1), 1, content(1), content(2))
        wait_for(lambda: stage.plays(1))
        capsys.readouterr()
        assert main(["status", "--json", "--data-dir", str(stage.folder)]) == 0
        printed = capsys.readouterr().out
    assert '"installed_seq": 1' in printed
    assert "Thông báo" in printed
    assert (stage.folder / "credential.json").stat().st_mode & 0o777 == 0o600
