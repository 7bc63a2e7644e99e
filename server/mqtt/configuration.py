"""The configuration of a Mosquitto that runs by itself: TLS, who may say and hear what, and how much.

Kiosks and the server show certificates (port 8883), other systems have passwords (port 8884). A client's name is what
its certificate or password proves, and its client id is that name, so that nobody takes over another's session. The
lists of who is let in (`acl`, `passwords`, `blocked.pem`) are rewritten by the running server; Mosquitto reads them
again on SIGHUP.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from playlists.wire.messages import MOST_PACKET_BYTES

CONFIGURATION = "mosquitto.conf"
ACCESS, PASSWORDS, BLOCKED = "acl", "passwords", "blocked.pem"
"""The lists that change while the broker runs."""
STAMP = "changed"
"""Written after every change of any of these files: whoever hands them to the broker watches this one."""
AUTHORITY = "authority.pem"
SERVER, SERVER_KEY = "server.pem", "server.key"
CLIENT, CLIENT_KEY = "client.pem", "client.key"
"""The certificate with which the server itself is a client of the broker."""


@dataclass(frozen=True)
class Listening:
    """Where the broker listens, for whom it runs, and how many it holds."""

    folder: PurePath
    """Where Mosquitto finds the files."""
    memory: PurePath
    """Where it keeps what it remembers."""
    address: str = ""
    port: int = 8883
    password_port: int = 8884
    user: str = ""
    most_connections: int = 20_000


def configuration(asked: Listening) -> str:
    """Return the text of mosquitto.conf."""
    at = f" {asked.address}" if asked.address else ""
    user = f"user {asked.user}\n" if asked.user else ""
    return f"""# Made by `bangtin broker config`.
per_listener_settings true
{user}persistence true
persistence_location {asked.memory}/
autosave_interval 30
persistent_client_expiration 14d
max_inflight_messages 100
# With the default of 1000, acknowledged messages for a slow or absent consumer are thrown away silently.
max_queued_messages 100000
max_queued_bytes 0
max_packet_size {MOST_PACKET_BYTES}
max_keepalive 300
set_tcp_nodelay true
log_type error
log_type warning
log_type notice
connection_messages false

# Kiosks and the server: the certificate's common name is user name and client id.
listener {asked.port}{at}
max_connections {asked.most_connections}
{_tls(asked.folder)}cafile {asked.folder / AUTHORITY}
crlfile {asked.folder / BLOCKED}
require_certificate true
use_identity_as_username true
use_username_as_clientid true
allow_anonymous false
acl_file {asked.folder / ACCESS}

# Other systems, and kiosks that enrolled with a password.
listener {asked.password_port}{at}
max_connections {asked.most_connections}
{_tls(asked.folder)}password_file {asked.folder / PASSWORDS}
use_username_as_clientid true
allow_anonymous false
acl_file {asked.folder / ACCESS}
"""


def _tls(folder: PurePath) -> str:
    return f"certfile {folder / SERVER}\nkeyfile {folder / SERVER_KEY}\ntls_version tlsv1.2\n"
