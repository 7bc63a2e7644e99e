"""Where kiosks find the broker, as enrolment and `GET /kiosk/settings` tell them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BrokerAddress:
    """The broker as a kiosk sees it. `shared_password` is the embedded broker's, new at every start, else None."""

    host: str
    port: int
    tls: bool = False
    ca_pem: str | None = None
    shared_password: str | None = None
