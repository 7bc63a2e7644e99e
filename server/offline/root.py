"""`bangtin root`: key files of people, and the root documents that say whose keys count for what.

Works on a computer without a network. Refuses key files inside the data folder: a server that was taken over must
find none.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from playlists.instant import format_instant
from playlists.trust import Untrusted, new_private_key, public_key, strict_json
from playlists.trust.chain import read_root
from playlists.trust.envelope import Envelope, parse_envelope, with_signature, write_envelope
from playlists.trust.fingerprint import in_words
from playlists.trust.key import Key, file_key, key_id, signature_of
from playlists.trust.keyfile import ROUNDS, open_key, seal_key
from playlists.trust.quorum import signers
from playlists.trust.root import RoleName, Root

MOST_PASSPHRASE = 1024

Answer = dict[str, Any]


class Pen(NamedTuple):
    """With which key files to sign, where their passphrase stands (None: ask), and the folder where none may lie."""

    keys: tuple[Path, ...]
    passphrase: Path | None
    data_dir: Path


class NotDone(Exception):
    """Why nothing was written: a sentence."""


def new_key(file: Path, holder: str, sites: Sequence[str], passphrase_file: Path | None, data_dir: Path) -> Answer:
    """Make a key file under a passphrase and return the line for the plan.

    Raises:
        NotDone: the file exists, or lies in the data folder.
    """
    _keep_out(file, data_dir)
    private = new_private_key()
    entry = file_key(public_key(private), holder, tuple(sites))
    _create(file, seal_key(private, _new_passphrase(file, passphrase_file), rounds=ROUNDS), mode=0o600)
    return _entry(
        entry, f"The key of {holder} lies in {file}. Keep it and its passphrase apart, and away from the server."
    )


def server_key(private: bytes, role: str = "server") -> Answer:
    """Return the plan's line of a key that lies on the server (32 raw private bytes); its role's name is its holder."""
    return _entry(file_key(public_key(private), role), f"The server's key, for the role `{role}`.")


def first_root(plan: Path, target: Path, pen: Pen, now: datetime) -> Answer:
    """Write the first root of a network, signed with the given keys.

    Raises:
        NotDone, Untrusted: the plan is none, or the target exists.
    """
    return _write(_planned(plan, 1, now), target, pen, None)


def next_root(old: Path, plan: Path, target: Path, pen: Pen, now: datetime) -> Answer:
    """Write the root that follows an old one, signed with the given keys.

    Raises:
        NotDone, Untrusted: as for the first; or the old one is not sound.
    """
    before = read_root(_envelope(old))
    root = _planned(plan, before.version + 1, now)
    if root.demo is not before.demo:
        raise NotDone("A real root and a demo root never follow one another. Begin a network of its own.")
    return _write(root, target, pen, before)


def add_signatures(file: Path, after: Path | None, pen: Pen) -> Answer:
    """Add signatures to a root that others have signed.

    Raises:
        NotDone, Untrusted: the root is not sound, or a key has no place in it.
    """
    envelope = _envelope(file)
    before = read_root(_envelope(after)) if after is not None else None
    root = Root.read(envelope.payload)
    envelope = _signed(envelope, root, before, pen)
    temporary = file.with_suffix(file.suffix + ".new")
    _create(temporary, write_envelope(envelope.payload_type, envelope.payload, envelope.signatures), mode=0o644)
    temporary.replace(file)
    return _told(envelope, root, before, f"Signed {file}.")


def show(file: Path, after: Path | None) -> Answer:
    """Tell what a root says and who signed it.

    Raises:
        NotDone, Untrusted: the file is no root.
    """
    envelope = _envelope(file)
    before = read_root(_envelope(after)) if after is not None else None
    return _told(envelope, Root.read(envelope.payload), before, f"The root in {file}.")


def _planned(plan: Path, version: int, now: datetime) -> Root:
    written = strict_json(_read(plan, Root.most_bytes))
    if not isinstance(written, dict):
        raise NotDone(f"{plan} is no plan; it is an object with keys, roles, routes and passkeys.")
    stamp = {"v": 1, "version": version, "issued_at": format_instant(now)}
    return Root.read(json.dumps(written | stamp).encode())


def _write(root: Root, target: Path, pen: Pen, before: Root | None) -> Answer:
    if target.exists():
        raise NotDone(f"{target} exists; nothing was written. Choose another name.")
    envelope = _signed(Envelope(Root.payload_type, root.write(), ()), root, before, pen)
    _create(target, write_envelope(envelope.payload_type, envelope.payload, envelope.signatures), mode=0o644)
    return _told(envelope, root, before, f"Root {root.version} lies in {target}.")


def _signed(envelope: Envelope, root: Root, before: Root | None, pen: Pen) -> Envelope:
    place = {key.id for one in (root, before) if one is not None for key in one.keys_of(RoleName.ROOT)}
    for file in pen.keys:
        private = private_key(file, pen)
        if key_id(public_key(private)) not in place:
            raise NotDone(f"{file} is no root key of this root or the one before it.")
        signature = signature_of(envelope.payload, envelope.payload_type, private)
        envelope = parse_envelope(with_signature(envelope, signature), Root.payload_type, most_bytes=Root.most_bytes)
    return envelope


def private_key(file: Path, pen: Pen) -> bytes:
    """Return the private key (32 raw bytes) of a person's file, which nobody else may read.

    Raises:
        NotDone: it lies in the data folder, or others can read it.
        playlists.trust.keyfile.Unreadable: another passphrase, or no key file.
    """
    _keep_out(file, pen.data_dir)
    if file.stat().st_mode & 0o077:
        raise NotDone(f"Others can read {file}. Run `chmod 600 {file}`, and ask who may have read it.")
    return open_key(_read(file, 16 << 10), _passphrase(file, pen.passphrase))


def _told(envelope: Envelope, root: Root, before: Root | None, first: str) -> Answer:
    judges = ((before, "the root before"), (root, "itself"))
    missing = [sentence for one, said in judges if (sentence := _missing(envelope, one, said)) is not None]
    keys = [_key(key, root) for key in root.keys]
    signed = signers(envelope, root).of(RoleName.ROOT)
    lines = [first, f"Fingerprint: {in_words(envelope.digest)}  ({envelope.digest})"]
    lines += ["A DEMO ROOT: kiosks of a real network refuse it."] if root.demo else []
    lines += [
        f"  {key['holder']}: {key['kind']}, {', '.join(key['roles']) or 'no role'}: {key['words']}" for key in keys
    ]
    lines += [f"Signed by {', '.join(signed) or 'nobody'}.", *(f"Not complete: {one}." for one in missing)]
    return {
        "version": root.version,
        "demo": root.demo,
        "sha256": envelope.digest,
        "words": in_words(envelope.digest),
        "keys": keys,
        "signed_by": list(signed),
        "missing": missing,
        "complete": not missing,
        "text": "\n".join(lines),
    }


def _missing(envelope: Envelope, root: Root | None, said: str) -> str | None:
    if root is None:
        return None
    try:
        signers(envelope, root).need(RoleName.ROOT)
    except Untrusted as error:
        return f"under {said}: {error}"
    return None


def _key(key: Key, root: Root) -> Answer:
    roles = [name for name, role in root.roles.items() if key.id in role.keys]
    return {"id": key.id, "holder": key.holder, "kind": str(key.kind), "roles": roles, "words": in_words(key.id)}


def _entry(key: Key, first: str) -> Answer:
    entry = key.model_dump(mode="json")
    text = f"{first}\nFingerprint: {in_words(key.id)}\nFor the plan: {json.dumps(entry, ensure_ascii=False)}"
    return {"key": entry, "words": in_words(key.id), "text": text}


def _keep_out(file: Path, data_dir: Path) -> None:
    if file.resolve().is_relative_to(data_dir.resolve()):
        raise NotDone(f"{file} lies in the server's data folder. Keys of people never do: choose a place elsewhere.")


def _envelope(file: Path) -> Envelope:
    return parse_envelope(_read(file, Root.most_bytes), Root.payload_type, most_bytes=Root.most_bytes)


def _read(file: Path, most: int) -> bytes:
    with file.open("rb") as source:
        return source.read(most + 1)


def _create(file: Path, content: bytes, *, mode: int) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise NotDone(f"{file} exists; nothing was written. Choose another name.") from error
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())


def _passphrase(file: Path, source: Path | None) -> str:
    if source is None:
        return getpass.getpass(f"Passphrase of {file}: ")
    return _read(source, MOST_PASSPHRASE).decode().rstrip("\r\n")


def _new_passphrase(file: Path, source: Path | None) -> str:
    said = _passphrase(file, source)
    if source is None and getpass.getpass("The same again: ") != said:
        raise NotDone("The two differ; nothing was written.")
    return said
