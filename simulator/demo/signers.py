"""The people of the demo and their keys: software keys, made at the start, in files that everybody here may read.

A real network's keys are made by each person on their own computer and never meet (docs/trust.md). These are good
for a demo root only, which kiosks of a real root refuse.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playlists import trust
from playlists.trust.envelope import written_signature
from playlists.trust.key import Key, file_key, key_id, public_key, signature_of
from playlists.trust.keyfile import seal_key
from playlists.trust.root import Root
from playlists.trust.strict import from_base64
from simulator.demo.api import Api, Document, wait_for
from simulator.demo.processes import DemoFailed, Processes

PASSPHRASE = "khóa mẫu, không dùng thật"  # noqa: S105 (known to everybody who reads this)
ROUTE = "duyet-hai-cap"
BASIS = "Dữ liệu mẫu: lãnh đạo cơ quan, rồi cơ quan chủ quản"
ROOT_HOLDERS = ("goc-1", "goc-2", "goc-3")
PREPARED_S = 400
NOTHING_SPECIAL: Document = {
    "answers": {"symbols": False, "faces": False, "personal": False, "cleared": True, "references": {}}
}
"""What the author answers about every sample notice: no map, no face, no personal data, and all rights are there."""


@dataclass(frozen=True)
class Part:
    """A person of the demo: user name, what they are called, their role in the console and those in the root."""

    username: str
    display_name: str
    role: str
    roles: tuple[str, ...] = ()


AUTHOR = Part("nguoi-soan", "Người soạn (mẫu)", "editor")
LEADER = Part("lanh-dao", "Lãnh đạo cơ quan (mẫu)", "approver", ("approver", "leader", "duty"))
DEPARTMENT = Part("co-quan-chu-quan", "Cơ quan chủ quản (mẫu)", "approver", ("approver", "department"))
DUTY = Part("truc-ban", "Trực ban (mẫu)", "duty-officer", ("duty",))
STATUS = Part("can-bo-so-lieu", "Cán bộ số liệu (mẫu)", "status-officer", ("status",))
PARTS = (AUTHOR, LEADER, DEPARTMENT, DUTY, STATUS)


@dataclass
class Signers:
    """Everybody, logged in; `folder` holds their keys and the root."""

    folder: Path
    processes: Processes
    environment: dict[str, str]
    keys: dict[str, bytes] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    logins: dict[str, Api] = field(default_factory=dict)

    def gather(self, admin: Api, agency_id: str) -> None:
        """Invite the people into an agency, log them in, and install the root of their keys."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in PARTS:
            self.logins[part.username] = self._enter(part, admin, agency_id)
            if part.roles:
                self.keys[part.username] = self._new_key(part.username)
        root = self.folder / "root.json"
        root.write_bytes(self._root())
        self.processes.run("trust-install", ["server.start", "trust", "install", str(root), "--json"], self.environment)

    def close(self) -> None:
        """Close all connections."""
        for api in self.logins.values():
            api.close()

    def submit(self, notice_ids: Sequence[str], site_id: str) -> Document:
        """Send notices to approval for a site, as the author."""
        asked = {"notice_ids": list(notice_ids), "site_ids": [site_id], "details": NOTHING_SPECIAL}
        return self.logins[AUTHOR.username].post("/releases", asked)

    def approve(self, submission: Document, *, by_command: bool = False) -> Document:
        """Wait until a submission asks for signatures, and sign it as both approvers; the second by `bangtin sign`."""
        asking = self._prepared(submission)
        said = self.sign(LEADER, asking)
        if by_command:
            self._sign_by_command(DEPARTMENT, asking)
            said = self.logins[AUTHOR.username].get(f"/releases/{submission['id']}")
        else:
            said = self.sign(DEPARTMENT, asking)
        if said["state"] != "released":
            raise DemoFailed(f"two approvers signed, and the submission is {said['state']}: {said['lacking']}")
        return said

    def sign(self, part: Part, asking: Document) -> Document:
        """Sign what a document says now, as one person, and send the signature where it belongs."""
        api = self.logins[part.username]
        shown = api.get(f"/trust/documents/{asking['document_id']}")
        return api.post(str(shown["sign_path"]).removeprefix("/api/v1"), self.signature(part, shown))

    def signature(self, part: Part, shown: Document) -> dict[str, Any]:
        """Return a person's signature of a document as the API shows it."""
        payload = from_base64(shown["payload"])
        return written_signature(signature_of(payload, shown["payload_type"], self.keys[part.username]))

    def state(self, board_id: str, values: Document) -> int:
        """State values of a board as the status officer, signed, and return the number of the statement."""
        shown = self.logins[STATUS.username].post(f"/boards/{board_id}/values/prepare", {"set": values})
        return int(self.sign(STATUS, {"document_id": shown["id"]})["seq"])

    def _prepared(self, submission: Document) -> Document:
        def look() -> Document | None:
            found = self.logins[AUTHOR.username].get(f"/releases/{submission['id']}")
            if found["state"] == "failed":
                raise DemoFailed(f"a submission cannot be prepared: {found['error']}")
            return found if found["state"] == "asking" else None

        return wait_for("the submission to be rendered", look, timeout_s=PREPARED_S, between=self.processes.check)

    def _sign_by_command(self, part: Part, asking: Document) -> None:
        words, password = self.folder / "passphrase", self.folder / f"{part.username}.password"
        words.write_text(PASSPHRASE, "utf-8")
        password.write_text(self.passwords[part.username], "utf-8")
        arguments = [
            "server.start",
            "sign",
            str(asking["document_id"]),
            "--server",
            self.logins[part.username].base_url,
        ]
        arguments += ["--user", part.username, "--password-file", str(password)]
        arguments += ["--key", str(self._file(part.username)), "--passphrase-file", str(words), "--yes", "--json"]
        self.processes.run(f"sign-{part.username}", arguments, self.environment, timeout_s=PREPARED_S)

    def _enter(self, part: Part, admin: Api, agency_id: str) -> Api:
        """Invite a person, who chooses a password and is logged in."""
        new = {"username": part.username, "display_name": part.display_name, "role": part.role, "agency_id": agency_id}
        link = admin.post("/users", new)["invitation"]["link"]
        api, self.passwords[part.username] = Api(admin.base_url), secrets.token_urlsafe(15)
        api.take_link(link, self.passwords[part.username])
        return api

    def _new_key(self, name: str) -> bytes:
        private = trust.new_private_key()
        self._file(name).write_bytes(seal_key(private, PASSPHRASE, rounds=1))
        self._file(name).chmod(0o600)
        return private

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def _root(self) -> bytes:
        told = json.loads(
            self.processes.run("server-key", ["server.start", "root", "server-key", "--json"], self.environment)
        )
        server = Key.model_validate_json(json.dumps(told["key"]))
        holders = {name: self._new_key(name) for name in ROOT_HOLDERS}
        ids = {name: key_id(public_key(private)) for name, private in (self.keys | holders).items()}
        roles: dict[str, Any] = {
            "root": {"keys": [ids[name] for name in ROOT_HOLDERS], "threshold": 2},
            "server": {"keys": [server.id]},
        }
        for name in sorted({role for part in PARTS for role in part.roles}):
            roles[name] = {"keys": [ids[part.username] for part in PARTS if name in part.roles]}
        keys = [file_key(public_key(private), name) for name, private in (self.keys | holders).items()]
        written = {
            "v": 1,
            "version": 1,
            "demo": True,
            "issued_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "keys": [one.model_dump(mode="json") for one in (*keys, server)],
            "roles": roles,
            "routes": [{"id": ROUTE, "roles": ["leader", "department"], "file_keys": 1, "basis": BASIS}],
        }
        payload = json.dumps(written, ensure_ascii=False).encode()
        return trust.sign(payload, Root.payload_type, *(holders[name] for name in ROOT_HOLDERS[:2]))
