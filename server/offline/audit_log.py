"""`bangtin audit verify` and `bangtin audit head`: the log is walked in the database; no server need run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from playlists import trust
from playlists.ids import is_sha256
from playlists.trust.fingerprint import in_words
from server.audit.chain import Head
from server.audit.service import HEAD_TYPE, head, signed_head, verify
from server.db import Database
from server.keys import load_server_key
from server.offline.root import NotDone
from server.settings import Settings

MOST_HEAD_BYTES = 16 << 10


def verified(settings: Settings, kept: Path | None) -> dict[str, Any]:
    """Walk the whole log; `kept` is a file with a head that somebody kept.

    Raises:
        NotDone: the log is broken; the sentence names the first wrong entry.
    """
    known = read_head(kept.read_bytes(), trust.public_key(load_server_key(settings.keys_dir))) if kept else None
    with _reading(settings) as database, database.read() as session:
        end, broken = verify(session, known)
    if broken is not None:
        raise NotDone(
            f"The audit log is broken at entry {broken.number}: {broken.why}. {end.number} entries are sound."
        )
    text = f"The audit log is sound: {end.number} entries, head {end.sha256}."
    if known is not None:
        text += f" It holds the kept head, entry {known.number}."
    return {"entries": end.number, "sha256": end.sha256, "kept": known.number if known else None, "text": text}


def newest(settings: Settings, at: datetime) -> dict[str, Any]:
    """Return the log's head, signed by the server's key."""
    private = load_server_key(settings.keys_dir)
    with _reading(settings) as database, database.read() as session:
        end = head(session)
    envelope = signed_head(end, private, at).decode()
    said = {"number": end.number, "sha256": end.sha256, "words": in_words(end.sha256), "envelope": envelope}
    return said | {"text": envelope}


def read_head(content: bytes, public: bytes) -> Head:
    """Return the head that a file holds: an envelope of this server, or plain JSON with number and sha256.

    Raises:
        NotDone: it is none, or another server's.
    """
    refusal = NotDone("The file holds no head of this server's audit log; take the one of `bangtin audit head`.")
    if len(content) > MOST_HEAD_BYTES:
        raise refusal
    try:
        said = json.loads(content)
        if isinstance(said, dict) and isinstance(said.get("envelope"), str):
            content, said = said["envelope"].encode(), json.loads(said["envelope"])
        if isinstance(said, dict) and "payload" in said:
            said = json.loads(trust.open_envelope(content, HEAD_TYPE, public))
    except (ValueError, RecursionError, trust.Untrusted) as error:
        raise refusal from error
    number, sha256 = (said.get("number"), said.get("sha256")) if isinstance(said, dict) else (None, None)
    if type(number) is not int or number < 0 or not isinstance(sha256, str) or not is_sha256(sha256):
        raise refusal
    return Head(number, sha256)


@contextmanager
def _reading(settings: Settings) -> Iterator[Database]:
    database = Database(settings.sqlalchemy_url)
    try:
        yield database
    finally:
        database.close()
