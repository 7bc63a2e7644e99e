"""A person with a passkey that a root names, and the window of their browser with the passkey in it."""

from __future__ import annotations

import base64
import json
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, Page

from playlists.trust.strict import to_base64
from server import keys
from server.accounts import service as accounts
from server.accounts.calling import COOKIE
from server.accounts.schemas import UserNew
from server.tables import Passkey
from server.tables.accounts import Role
from tests.browser.stage import Stage
from tests.entering import enrol_app, open_login
from tests.playlists.trust.authenticator import Authenticator
from tests.server.trust import network

CREDENTIAL = base64.urlsafe_b64encode(b"a passkey of the officer").decode().rstrip("=")


class Officer:
    """A person of a new agency; the root that is installed names their passkey in the role `signs_as`."""

    def __init__(self, stage: Stage, role: Role, signs_as: str) -> None:
        self.stage = stage
        self.complaints: list[str] = []
        self.origin = stage.url.replace("127.0.0.1", "localhost")
        agency = stage.post("/api/v1/agencies", {"slug": "bien-phong", "name": "Ban quản lý cửa khẩu"})
        self.agency_id = UUID(str(agency["id"]))
        with stage.database.write() as session:
            new = UserNew(username="truc.ban", display_name="Trần Thị Trực", role=role, agency_id=self.agency_id)
            user, _ = accounts.add_user(session, new, temporary=False)
            self.passkey = Authenticator(user.username)
            key = self.passkey.key
            row = Passkey(
                user_id=user.id, credential_id=CREDENTIAL, cose_key="x", public_key=key.public, keyid=key.id, name="Máy"
            )
            session.add(row)
            self.user_id = user.id
            enrol_app(session, keys.load_server_key(stage.settings.keys_dir), user.id)
        self._install(signs_as)

    def _install(self, signs_as: str) -> None:
        public = self.stage.app.state.parts.server_public_key
        roles = {"approver": ["an", "binh"], "leader": ["an"], "department": ["binh"], signs_as: ["truc.ban"]}
        passkeys = {"rp_id": "localhost", "origins": [self.origin]}
        content = network.root(public, roles, passkeys=[self.passkey], passkeys_of=passkeys)
        installed = self.stage.client.post("/api/v1/trust/roots", json=json.loads(content))
        assert installed.status_code == 201, installed.text

    def window(self, browser: Browser, size: tuple[int, int]) -> Page:
        """Open a window of the officer's, with their passkey in it."""
        with self.stage.database.write() as session:
            token = open_login(session, self.user_id)
        context = browser.new_context(
            base_url=self.origin, viewport={"width": size[0], "height": size[1]}, locale="vi-VN"
        )
        context.set_default_timeout(40_000)
        context.add_cookies([{"name": COOKIE, "value": token, "url": self.origin}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._plug_in(page)
        return page

    def _plug_in(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        private = self.passkey._private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        raw = base64.urlsafe_b64decode(CREDENTIAL + "=" * (-len(CREDENTIAL) % 4))
        credential = {
            "credentialId": to_base64(raw),
            "isResidentCredential": True,
            "rpId": "localhost",
            "privateKey": to_base64(private),
            "userHandle": to_base64(self.user_id.bytes),
            "signCount": 0,
        }
        session.send("WebAuthn.addCredential", {"authenticatorId": made["authenticatorId"], "credential": credential})
