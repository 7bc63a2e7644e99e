"""The people of `emergency` and their keys: an author, two approvers and a duty officer, under a demo root."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from playlists import trust
from playlists.trust.envelope import written_signature
from playlists.trust.key import Key, file_key, key_id, public_key, signature_of
from playlists.trust.root import Root
from playlists.trust.strict import from_base64
from simulator.demo.api import Api, Document, wait_for
from simulator.demo.processes import Processes

AUTHOR, LEADER, DEPARTMENT, DUTY = "author", "leader", "department", "duty"
CONSOLE = {AUTHOR: "editor", LEADER: "approver", DEPARTMENT: "approver", DUTY: "duty-officer"}
ROLES = {
    "approver": (LEADER, DEPARTMENT),
    "leader": (LEADER,),
    "department": (DEPARTMENT,),
    "duty": (DUTY,),
}
ROOT_HOLDERS = ("root-1", "root-2", "root-3")
PREPARED_S = 200
NOTHING_SPECIAL: Document = {
    "answers": {"symbols": False, "faces": False, "personal": False, "cleared": True, "references": {}}
}


@dataclass
class People:
    """Everybody, logged in; the keys live in memory."""

    processes: Processes
    environment: dict[str, str]
    keys: dict[str, bytes] = field(default_factory=dict)
    logins: dict[str, Api] = field(default_factory=dict)

    def gather(self, api: Api, agency: str) -> None:
        """Make the accounts in an agency (its short name), log in, and install the root of their keys."""
        for name, role in CONSOLE.items():
            self.logins[name] = self._enter(name, role, api.base_url, agency)
        self.keys = {name: trust.new_private_key() for name in (*CONSOLE, *ROOT_HOLDERS)}
        api.post("/trust/roots", json.loads(self._root()))

    def close(self) -> None:
        """Close all connections."""
        for api in self.logins.values():
            api.close()

    def release(self, notice_id: str, site_id: str, template: str | None) -> None:
        """Send a notice to approval for a site, and sign its release as both approvers."""
        asked: Document = {"notice_ids": [notice_id], "site_ids": [site_id], "details": NOTHING_SPECIAL}
        author = self.logins[AUTHOR]
        made = author.post("/releases", asked | ({"template": template} if template is not None else {}))

        def look() -> Document | None:
            found = author.get(f"/releases/{made['id']}")
            if found["state"] == "failed":
                raise RuntimeError(f"a release cannot be prepared: {found['error']}")
            return found if found["state"] == "asking" else None

        asking = wait_for("the pictures of a release", look, timeout_s=PREPARED_S, between=self.processes.check)
        self.sign(LEADER, asking)
        self.sign(DEPARTMENT, asking)

    def sign(self, name: str, asking: Document) -> Document:
        """Sign what a document says now, as one person, and send the signature where it belongs."""
        api = self.logins[name]
        shown = api.get(f"/trust/documents/{asking['document_id']}")
        made = signature_of(from_base64(shown["payload"]), shown["payload_type"], self.keys[name])
        return api.post(str(shown["sign_path"]).removeprefix("/api/v1"), written_signature(made))

    def _enter(self, name: str, role: str, base_url: str, agency: str) -> Api:
        arguments = ["server.start", "user", "add", name, "--name", name, "--role", role, "--agency", agency, "--json"]
        told = json.loads(self.processes.run(f"user-{name}", arguments, self.environment))
        api = Api(base_url)
        api.take_link(told["link"], secrets.token_urlsafe(24))
        return api

    def _root(self) -> bytes:
        told = json.loads(
            self.processes.run("server-key", ["server.start", "root", "server-key", "--json"], self.environment)
        )
        server = Key.model_validate_json(json.dumps(told["key"]))
        ids = {name: key_id(public_key(private)) for name, private in self.keys.items()}
        roles: dict[str, Any] = {
            "root": {"keys": [ids[name] for name in ROOT_HOLDERS], "threshold": 2},
            "server": {"keys": [server.id]},
        }
        roles |= {name: {"keys": [ids[holder] for holder in holders]} for name, holders in ROLES.items()}
        keys = [file_key(public_key(private), name) for name, private in self.keys.items() if name != AUTHOR]
        written = {
            "v": 1,
            "version": 1,
            "demo": True,
            "issued_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "keys": [one.model_dump(mode="json") for one in (*keys, server)],
            "roles": roles,
            "routes": [{"id": "notice", "roles": ["leader", "department"], "file_keys": 1, "basis": "bench"}],
        }
        signing = [self.keys[name] for name in ROOT_HOLDERS[:2]]
        return trust.sign(json.dumps(written).encode(), Root.payload_type, *signing)
