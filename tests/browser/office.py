"""An office with passkeys: people whose browsers hold a virtual authenticator, and a root of what they registered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from playwright.sync_api import Browser, BrowserContext, Page

from playlists import trust
from playlists.trust.key import file_key, public_key
from playlists.trust.root import Root
from playlists.trust.shape import Reader
from server import keys
from server.accounts import service as accounts
from server.accounts.calling import COOKIE
from server.accounts.schemas import UserNew
from server.tables.accounts import Role
from tests.browser.stage import Stage
from tests.entering import enrol_app, open_login
from tests.server.releases.stage import Kiosk
from tests.server.trust.network import secret

REGISTER = """async () => {
  const asked = await (await fetch("/api/v1/me/passkeys/options", {method: "POST"})).json();
  const options = asked.publicKey ?? asked;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const made = await navigator.credentials.create({publicKey});
  const body = JSON.stringify({name: "Điện thoại", credential: made.toJSON()});
  const headers = {"Content-Type": "application/json"};
  const answer = await fetch("/api/v1/me/passkeys", {method: "POST", body, headers});
  return [answer.status, await answer.text()];
}"""


@dataclass
class Worker:
    """Somebody of the office with a browser of their own and an API client."""

    username: str
    name: str
    user_id: UUID
    context: BrowserContext
    page: Page
    client: httpx.Client

    def signs(self, text: str = "bằng khóa truy cập") -> None:
        """Wait until the page says that somebody signed."""
        self.page.get_by_text(text).first.wait_for()


def address(stage: Stage) -> str:
    """Return the server's address under a name: browsers make no passkeys for numbers."""
    return stage.url.replace("127.0.0.1", "localhost")


def worker(
    stage: Stage,
    browser: Browser,
    name: str,
    role: Role,
    *,
    passkey: bool = False,
    language: str = "vi",
    size: tuple[int, int] = (1280, 900),
) -> Worker:
    """Make a person of the stage's agency, logged in with a second factor given just now."""
    username = f"{role}.{name.split()[-1].lower()}".encode("ascii", "ignore").decode()
    new = UserNew(username=username, display_name=name, role=role, agency_id=UUID(stage.agency_id))
    with stage.database.write() as session:
        user, _ = accounts.add_user(session, new, temporary=False)
        user.language = language
        enrol_app(session, keys.load_server_key(stage.settings.keys_dir), user.id)
        tokens = [open_login(session, user.id), open_login(session, user.id)]
        user_id = user.id
    context = browser.new_context(
        base_url=address(stage), viewport={"width": size[0], "height": size[1]}, locale="vi-VN"
    )
    context.set_default_timeout(40_000)
    context.add_cookies(
        [{"name": COOKIE, "value": tokens[0], "url": address(stage), "httpOnly": True, "sameSite": "Strict"}]
    )
    page = context.new_page()
    client = httpx.Client(base_url=stage.url, timeout=60, headers={"Authorization": f"Bearer {tokens[1]}"})
    made = Worker(username, name, user_id, context, page, client)
    if passkey:
        session_ = context.new_cdp_session(page)
        session_.send("WebAuthn.enable")
        told = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        session_.send("WebAuthn.addVirtualAuthenticator", {"options": told})
        page.goto("/trust")
        status, text = page.evaluate(REGISTER)
        assert status == 201, text
    return made


def install_root(stage: Stage, *holders: Worker) -> dict[str, Any]:
    """Make the root of what is registered, by the plan that the server gives, and install it."""
    for one in holders[:2]:
        line = json.dumps(file_key(public_key(secret(one.username)), one.username).model_dump(mode="json"))
        answer = one.client.post("/api/v1/trust/keys", json={"line": line, "for_root": True})
        assert answer.status_code == 201, answer.text
    plan = stage.get("/api/v1/trust/plan.json")
    plan["demo"] = True
    plan["passkeys"] = {"rp_id": "localhost", "origins": [address(stage)]}
    for route in plan["routes"]:
        route["file_keys"] = 0
    stamp = {"v": 1, "version": 1, "issued_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    payload = json.dumps(plan | stamp, ensure_ascii=False).encode()
    envelope = trust.sign(payload, Root.payload_type, *(secret(one.username) for one in holders[:2]))
    return stage.post("/api/v1/trust/roots", json.loads(envelope))


def kiosk_of(stage: Stage, slug: str, site: str, root: bytes) -> Kiosk:
    """Return a panel's kiosk with a verifier, enrolled by a code."""
    panel = stage.panels[slug]
    made = stage.post("/api/v1/kiosks", {"slug": f"may-{slug}", "panel_id": panel})
    code = stage.post(f"/api/v1/kiosks/{made['id']}/enrolment-code", {})["code"]
    client = httpx.Client(base_url=stage.url, timeout=60)
    told = client.post("/api/v1/kiosk/enrol", json={"code": code, "agent": "0.1.0"}).json()
    client.headers["Authorization"] = f"Bearer {told['token']}"
    return Kiosk(client, Reader(UUID(made["id"]), UUID(panel), site), root, demo=True)
