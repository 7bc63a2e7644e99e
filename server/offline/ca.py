"""`bangtin ca`: the root on paper, and the intermediates with which the server signs. Works without a network."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from playlists.trust.fingerprint import in_words
from server.authority import certificates, store
from server.authority.certificates import Signer
from server.authority.leaves import names_of
from server.authority.store import Authority
from server.offline.root import NotDone

MOST_PASSPHRASE = 1024
LEAST_PASSPHRASE = 8
PAPER = (
    "Print it, or keep it on two USB sticks in two places, and its passphrase in a third; delete it here. "
    "It is needed for new intermediates only: in ten years, or when this server was broken into."
)

Answer = dict[str, Any]


def init(
    file: Path,
    network: str,
    names: Sequence[str],
    passphrase: Path | None,
    keys_dir: Path,
    data_dir: Path,
    now: datetime,
) -> Answer:
    """Make a network's authority: the root's key and certificate in `file`, the intermediates in the data folder.

    Raises:
        NotDone: there is an authority already, the file exists or lies in the data folder, no name was given.
    """
    if store.exists(keys_dir):
        raise NotDone(
            f"There is an authority in {store.folder_of(keys_dir)} already; every kiosk has pinned it. "
            "New intermediates under the same root: bangtin ca renew."
        )
    _keep_out(file, data_dir)
    if file.exists():
        raise NotDone(f"{file} exists; nothing was written. Choose another name.")
    root = certificates.new_root(network, now)
    sealed = certificates.sealed_key(root.key, _new_passphrase(file, passphrase))
    store.write_durably(file, sealed + root.pem.encode(), 0o600)
    return _installed(
        root, network, names, keys_dir, now, f"The root's key lies in {file}, under its passphrase. {PAPER}"
    )


def renew(
    file: Path, names: Sequence[str], passphrase: Path | None, keys_dir: Path, data_dir: Path, now: datetime
) -> Answer:
    """Make new intermediates under the same root; kiosks get certificates under them as they renew theirs.

    Raises:
        NotDone: the file holds no root key, or another root than the installed one.
    """
    _keep_out(file, data_dir)
    content = file.read_bytes()
    try:
        root = certificates.open_root(content, _passphrase(file, passphrase))
    except ValueError as error:
        raise NotDone(f"{file} holds no root key that this passphrase opens.") from error
    known = store.load(keys_dir)
    if known is not None and known.root_pem != root.pem:
        raise NotDone(f"{file} holds another root than the one that kiosks have pinned.")
    network = certificates.common_name(root.certificate).removeprefix("Bang Tin root of ")
    names = names or (names_of(known) if known is not None else ())
    return _installed(root, network, names, keys_dir, now, "There are new intermediates. Restart the server.")


def show(authority: Authority | None) -> Answer:
    """Tell what an authority is, with the root's fingerprint in words.

    Raises:
        NotDone: there is none.
    """
    if authority is None:
        raise NotDone("There is no authority yet. Make one with `bangtin ca init`.")
    return _told(authority, "The authority of this server.")


def _installed(root: Signer, network: str, names: Sequence[str], keys_dir: Path, now: datetime, first: str) -> Answer:
    if not names:
        raise NotDone("Say under which names or addresses the server is reached, for example --name bangtin.example.vn")
    clients = certificates.client_intermediate(root, network, now)
    servers = certificates.server_intermediate(root, network, names, now)
    store.save(keys_dir, root.pem, clients, servers)
    authority = store.load(keys_dir)
    assert authority is not None  # noqa: S101 - it was written in the line before
    return _told(authority, first)


def _told(authority: Authority, first: str) -> Answer:
    names = names_of(authority)
    ends = {
        name: signer.certificate.not_valid_after_utc.date().isoformat()
        for name, signer in (("clients", authority.clients), ("servers", authority.servers))
    }
    lines = [
        first,
        f"Root: {in_words(authority.root_sha256)}  ({authority.root_sha256})",
        f"Signs servers called {', '.join(names)}, until {ends['servers']}; kiosks until {ends['clients']}.",
    ]
    return {
        "sha256": authority.root_sha256,
        "words": in_words(authority.root_sha256),
        "names": list(names),
        "clients_until": ends["clients"],
        "servers_until": ends["servers"],
        "root_pem": authority.root_pem,
        "text": "\n".join(lines),
    }


def _keep_out(file: Path, data_dir: Path) -> None:
    if file.resolve().is_relative_to(data_dir.resolve()):
        raise NotDone(f"{file} lies in the server's data folder. The root's key never does: choose a place elsewhere.")


def _passphrase(file: Path, source: Path | None) -> str:
    if source is None:
        return getpass.getpass(f"Passphrase of {file}: ")
    with source.open("rb") as said:
        return said.read(MOST_PASSPHRASE).decode().rstrip("\r\n")


def _new_passphrase(file: Path, source: Path | None) -> str:
    said = _passphrase(file, source)
    if len(said) < LEAST_PASSPHRASE:
        raise NotDone(f"A passphrase has at least {LEAST_PASSPHRASE} characters; nothing was written.")
    if source is None and getpass.getpass("The same again: ") != said:
        raise NotDone("The two differ; nothing was written.")
    return said
