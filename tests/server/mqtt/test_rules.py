"""The small decisions of the link: waits, marks, which word counts, what is said once a minute, who may enter."""

from __future__ import annotations

import subprocess
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from playlists.wire.messages import Epoch, Presence, PresenceWord, encode
from server.db import new_id, now
from server.mqtt.admitted import Admitted
from server.mqtt.backoff import FullJitter
from server.mqtt.broker import BrokerFailed, steady_port, write_private
from server.mqtt.choose import make_broker
from server.mqtt.embedded import EmbeddedBroker
from server.mqtt.epoch import GRACE_S, EpochWatch
from server.mqtt.external import ExternalBroker
from server.mqtt.inbox import SAY_EVERY_S, Tally
from server.mqtt.mosquitto import MosquittoBroker
from server.mqtt.passwords import password_line
from server.mqtt.presence import is_newer, is_stale
from server.settings import BrokerKind, Settings


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_waits_grow_to_a_ceiling_and_begin_anew_after_a_success() -> None:
    backoff = FullJitter(1, 10, draw=lambda: 1.0)
    assert [backoff.next_s() for _ in range(6)] == [1, 2, 4, 8, 10, 10]
    backoff.reset()
    assert backoff.next_s() == 1
    assert FullJitter(1, 10, draw=lambda: 0.0).next_s() == 0


def mark() -> tuple[Epoch, bytes]:
    message = Epoch(id=uuid4(), at=now(), epoch=new_id())
    return message, encode(message)


def test_a_mark_that_comes_is_found_once() -> None:
    watch = EpochWatch(Clock())
    message, payload = mark()
    watch.subscribed()
    assert watch.found() is None
    watch.hear(payload)
    assert watch.found() == frozenset({message.epoch})
    assert watch.found() is None


def test_a_broker_without_a_mark_has_forgotten_after_the_grace() -> None:
    clock = Clock()
    watch = EpochWatch(clock)
    watch.subscribed()
    watch.hear(b"no mark of ours")
    clock.at += GRACE_S - 0.1
    assert watch.found() is None
    clock.at += 0.2
    assert watch.found() == frozenset()


def test_a_new_connection_looks_anew() -> None:
    watch = EpochWatch(Clock())
    watch.subscribed()
    watch.hear(mark()[1])
    watch.subscribed()
    assert watch.found() is None


@pytest.mark.parametrize(
    ("said", "known", "birth_sid", "newer"),
    [
        ((1, 2), (1, 1), 1, True),
        ((1, 1), (1, 1), 1, False),
        ((1, 1), (1, 2), 1, False),
        ((2, 1), (1, 9), 1, True),
        ((1, 9), (2, 1), 2, False),
        ((1, 1), (2, 1), 1, True),
    ],
)
def test_which_snapshot_replaces_which(
    said: tuple[int, int], known: tuple[int, int], birth_sid: int, newer: bool
) -> None:
    assert is_newer(said, known, birth_sid) is newer


def test_only_the_will_of_an_older_connection_is_stale() -> None:
    lost = Presence(id=uuid4(), at=now(), sid=5, state=PresenceWord.LOST)
    assert is_stale(lost, 6)
    assert not is_stale(lost, 5)


def test_what_is_dropped_is_said_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    tally = Tally(clock)
    for _ in range(5):
        tally.note("malformed", "a message is malformed")
    clock.at += SAY_EVERY_S
    tally.note("malformed", "a message is malformed")
    assert tally.counts["malformed"] == 6
    assert [record.message for record in caplog.records] == [
        "a message is malformed (1 so far)",
        "a message is malformed (6 so far)",
    ]


def test_mosquitto_reads_our_password_lines(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(theirs), "kiosk", "secret"], check=True, capture_output=True)
    form, iterations, salt, _ = theirs.read_text().strip().split(":")[1].lstrip("$").split("$")
    import base64

    assert (form, iterations) == ("7", "101")
    assert password_line("kiosk", "secret", base64.b64decode(salt)) == theirs.read_text().strip()


@pytest.mark.parametrize("name", ["", "a:b", "a\nb"])
def test_a_user_name_that_would_break_the_file_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a user name"):
        password_line(name, "secret")


def test_a_port_is_remembered_and_another_taken_when_it_is_not_free(tmp_path: Path) -> None:
    import socket

    port = steady_port(tmp_path)
    assert steady_port(tmp_path) == port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert steady_port(tmp_path) != port


@pytest.mark.parametrize("damage", ["", "no number", "99999999", "-1"])
def test_a_damaged_port_file_costs_nothing(tmp_path: Path, damage: str) -> None:
    (tmp_path / "port").write_text(damage)
    assert 0 < steady_port(tmp_path) < 65536


def test_private_files_are_for_their_owner_only(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", "one")
    write_private(tmp_path / "secret", "two")
    assert (tmp_path / "secret").read_text() == "two"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_the_settings_choose_the_broker(tmp_path: Path) -> None:
    kinds = {kind: type(make_broker(Settings(data_dir=tmp_path, broker=kind))) for kind in BrokerKind}
    assert kinds == {
        BrokerKind.EMBEDDED: EmbeddedBroker,
        BrokerKind.MOSQUITTO: MosquittoBroker,
        BrokerKind.EXTERNAL: ExternalBroker,
    }


def test_an_external_broker_has_address_credentials_and_lists(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "ca.pem").write_text("PEM")
    settings = Settings(
        data_dir=tmp_path,
        broker=BrokerKind.EXTERNAL,
        mqtt_host="broker.example",
        mqtt_port=8883,
        mqtt_password_file=tmp_path / "password",
        mqtt_ca_file=tmp_path / "ca.pem",
        mqtt_files_dir=tmp_path,
    )
    broker = make_broker(settings)
    kiosks, server = broker.for_kiosks(), broker.for_server()
    assert (kiosks.host, kiosks.port, kiosks.tls, kiosks.ca_pem, kiosks.shared_password) == (
        "broker.example",
        8883,
        True,
        "PEM",
        None,
    )
    assert (server.username, server.password, server.tls) == ("bangtin-server", "secret", True)
    broker.authorise(Admitted(("kiosk:line",), (UUID(int=7),)))
    lines = (tmp_path / "passwords").read_text().splitlines()
    assert lines[0].startswith("bangtin-server:$7$")
    assert lines[1:] == ["kiosk:line"]
    access = (tmp_path / "acl").read_text()
    assert f"topic read bangtin/v1/k/{UUID(int=7)}/dn/#" in access
    assert "pattern" not in access


def test_a_missing_file_of_the_settings_is_named(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, broker=BrokerKind.EXTERNAL, mqtt_ca_file=tmp_path / "none.pem")
    with pytest.raises(BrokerFailed, match="BANGTIN_MQTT_CA_FILE"):
        make_broker(settings)
