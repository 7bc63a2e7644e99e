"""The command: what asks for my signature, and signing one document after everything was read again."""

from __future__ import annotations

import getpass
import shutil
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playlists.trust import Untrusted
from playlists.trust.emergency import Emergency
from playlists.trust.envelope import written_signature
from playlists.trust.fingerprint import in_words
from playlists.trust.key import key_id, public_key, signature_of
from playlists.trust.release import Release, ReleasedSegment
from playlists.trust.shape import Document
from server.media.render import RenderFault
from server.offline.root import MOST_PASSPHRASE, NotDone, Pen, private_key
from server.offline.sign import sheets
from server.offline.sign.api import Api, connected
from server.offline.sign.reading import Reading, check_now, read

Answer = dict[str, Any]


@dataclass(frozen=True)
class Who:
    """How to log in: a name with a password (asked for, or in a file) and a code, or a login's token in a file."""

    username: str | None
    password_file: Path | None
    code: str | None
    token_file: Path | None


@dataclass(frozen=True)
class How:
    """Where pictures are put (None: a temporary folder that is shown and removed), and whether people are asked."""

    out: Path | None
    yes: bool
    quiet: bool


def list_asking(url: str, ca: Path | None, who: Who) -> Answer:
    """Tell what waits for the caller's signature.

    Raises:
        NotDone: the server refuses or does not answer.
    """
    with connected(url, ca) as api:
        _log_in(api, who)
        found = api.asking()
        _log_out(api, who)
    lines = [f"{one.get('id')}  {one.get('kind')}  {', '.join(one.get('sites') or [])}" for one in found]
    text = "\n".join(lines) or "Nothing waits for your signature."
    return {"asking": found, "text": text}


def sign(url: str, ca: Path | None, who: Who, document_id: str, pen: Pen, how: How) -> Answer:
    """Read a document and all its files again, show them, and sign with a key file when the person says yes.

    Raises:
        NotDone: the server lies or refuses, the clocks differ, the person says no.
        Untrusted: the document or a file is not what it should be.
    """
    with signing(url, ca, who, pen, how) as (api, folder):
        return sign_one(api, document_id, pen, how, folder)


@contextmanager
def signing(url: str, ca: Path | None, who: Who, pen: Pen, how: How) -> Iterator[tuple[Api, Path]]:
    """Log in and yield the server and a folder for what is read, until the end of the block.

    Raises:
        NotDone: there is not one key, or the server refuses or does not answer.
    """
    if len(pen.keys) != 1:
        raise NotDone("Give the one key file to sign with (--key).")
    folder = how.out or Path(tempfile.mkdtemp(prefix="bangtin-sign-"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with connected(url, ca) as api:
            _log_in(api, who)
            try:
                yield api, folder
            finally:
                _log_out(api, who)
    finally:
        if how.out is None:
            shutil.rmtree(folder, ignore_errors=True)


def sign_one(
    api: Api, document_id: str, pen: Pen, how: How, folder: Path, accept: Callable[[Document], None] | None = None
) -> Answer:
    """Read a document again, show it, sign it and send the signature; `accept` may refuse what was read.

    Raises:
        NotDone: as `sign`.
    """
    reading = _read(api, document_id)
    if accept is not None:
        accept(reading.document)
    check_now(reading, datetime.now(UTC))
    pictures = _fetch(api, document_id, reading, folder)
    page = sheets.write_page(folder, reading.lines, pictures)
    _show(reading, page, how)
    if not how.yes and _answer("Sign this? Type yes: ") != "yes":
        raise NotDone("Nothing was signed.")
    private = private_key(pen.keys[0], pen)
    made = signature_of(reading.payload, type(reading.document).payload_type, private)
    told = api.send(reading.sign_path, written_signature(made))
    state = str(told.get("state", ""))
    lacking = told.get("lacking") if isinstance(told.get("lacking"), dict) else {}
    return {
        "document": document_id,
        "digest": reading.digest,
        "words": in_words(reading.digest),
        "keyid": key_id(public_key(private)),
        "files": len(reading.files),
        "bytes": sum(one.size for one in reading.files),
        "state": state,
        "lacking": lacking,
        "sheets": [str(one) for one in pictures] if how.out is not None else [],
        "text": f"Signed {in_words(reading.digest)}. The server says: {state}.",
    }


def _read(api: Api, document_id: str) -> Reading:
    listed = next((one for one in api.asking() if one.get("id") == document_id), None)
    told = api.document(document_id)
    payload = api.payload(document_id, Release.most_bytes)
    return read(told, payload, str(listed.get("digest")) if listed is not None else None)


def _fetch(api: Api, document_id: str, reading: Reading, folder: Path) -> list[Path]:
    for one in reading.files:
        target = folder / one.sha256
        target.unlink(missing_ok=True)
        try:
            api.download(document_id, one, target)
        except Untrusted as error:
            raise NotDone(f"The server lies: {error}. Tell the others. Sign nothing.") from error
    try:
        return sheets.draw(_segments(reading), folder)
    except RenderFault as error:
        raise NotDone(f"What is to be signed cannot be shown, so it is not signed. {error}") from error


def _segments(reading: Reading) -> Sequence[ReleasedSegment]:
    match reading.document:
        case Release(segments=segments):
            return segments
        case Emergency(pictures=pictures):
            return pictures
        case _:
            return ()


def _show(reading: Reading, page: Path, how: How) -> None:
    if how.quiet:
        return
    print("\n".join(reading.lines), file=sys.stderr)
    print(f"{len(reading.files)} files were read again and hashed. Look at {page}", file=sys.stderr)
    if not how.yes:
        webbrowser.open(page.as_uri())


def _log_in(api: Api, who: Who) -> None:
    if who.token_file is not None:
        api.use_token(_first_line(who.token_file))
        return
    if who.username is None:
        raise NotDone("Say who you are (--user), or give a login's token (--token-file).")
    password = _first_line(who.password_file) if who.password_file is not None else getpass.getpass("Password: ")
    ways = api.log_in(who.username, password, who.code)
    if not ways:
        return
    if who.code is not None or api.log_in(who.username, password, _answer("Code of your authenticator app: ")):
        raise NotDone(f"The server asks for a second factor ({', '.join(ways)}). Give its code with --code.")


def _log_out(api: Api, who: Who) -> None:
    if who.token_file is None:
        api.log_out()


def _answer(question: str) -> str:
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline(100).strip()


def _first_line(file: Path) -> str:
    with file.open("rb") as source:
        return source.read(MOST_PASSPHRASE).decode().splitlines()[0].strip()
