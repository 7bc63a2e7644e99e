"""Where kiosks find the broker, as enrolment and `GET /kiosk/settings` tell them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BrokerAddress:
    """The broker as a kiosk sees it.

    `shared_username` and `shared_password` are the embedded broker's, new at every start; elsewhere they are None:
    a kiosk's user name is its id, and it has a password of its own.
    """

    host: str
    port: int
    tls: bool = False
    ca_pem: str | None = None
    shared_password: str | None = None
    shared_username: str | None = None
