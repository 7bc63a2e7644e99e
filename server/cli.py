"""`bangtin`: the server's command line. Exit status 0 done, 1 refused or failed with a sentence, 2 wrong usage."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from playlists import trust
from playlists.instant import format_instant
from playlists.trust.fingerprint import in_words
from playlists.trust.root import Root
from server import VERSION, keys
from server.accounts import repository as accounts
from server.accounts import service
from server.accounts.invitations.schemas import InvitationMade
from server.accounts.invitations.service import make_link
from server.accounts.schemas import UserNew
from server.audit.service import COMMAND_LINE
from server.authority.store import NoAuthority
from server.db import Database, now, upgrade
from server.errors import Problem
from server.fleet import repository as fleet
from server.fleet.enrolment import make_code
from server.media.cards import NoRaqm
from server.mqtt.broker import BrokerFailed
from server.offline.cli import adder, failed, first_fault, tell
from server.offline.commands import add_audit, add_broker, add_ca, add_cap, add_root, add_sign, add_timeline, add_values
from server.offline.root import NotDone
from server.settings import Settings
from server.tables.accounts import Role
from server.trust import roots

Answer = dict[str, Any]
Command = Callable[[Settings, argparse.Namespace], Answer | None]


class Refusal(Exception):
    """Why a command did nothing: a sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    asked = _parser().parse_args(arguments)
    try:
        settings = Settings()
        logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        logging.getLogger("alembic").setLevel(logging.WARNING)
        answer = asked.run(settings, asked)
    except (Refusal, NotDone, keys.NoKey, NoAuthority, BrokerFailed, NoRaqm, Problem) as error:
        return failed(asked, str(error))
    except ValidationError as error:
        return failed(asked, first_fault(error))
    except SQLAlchemyError as error:
        return failed(asked, f"The database refused: {str(getattr(error, 'orig', error)).strip().splitlines()[0]}.")
    except (OSError, ValueError) as error:
        return failed(asked, f"{error}.")
    if answer is not None:
        tell(asked, answer)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bangtin", description="The Bảng Tin server.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add = adder(commands)
    init = add("init", _init, "make the data folder, the server's key, the database and the first administrator")
    init.add_argument("--username", default="admin", help="the administrator's user name (default: admin)")
    serve = add("serve", _serve, "run the server")
    serve.add_argument("--host", help="address to listen on")
    serve.add_argument("--port", type=int, help="port to listen on; 0 takes a free one")
    add("worker", _worker, "run jobs only")
    code = add("enrol-code", _enrol_code, "make the one-time code with which a computer becomes a kiosk")
    code.add_argument("kiosk", help="the kiosk's short name")
    add("version", _version, "tell the version")
    add_audit(add, commands)
    add_broker(add, commands)
    add_ca(add, commands)
    add_cap(add, commands)
    add_root(add, commands)
    add_sign(add, commands)
    add_timeline(add, commands)
    add_values(add, commands)
    trusted = commands.add_parser("trust", help="what this server trusts").add_subparsers(
        required=True, metavar="COMMAND"
    )
    install = add(
        "install", _trust_install, "install a root that `bangtin root` wrote, or the one that follows", trusted
    )
    install.add_argument("root", type=Path)
    taught = commands.add_parser("training", help="sites for people who learn").add_subparsers(
        required=True, metavar="COMMAND"
    )
    school = add(
        "add", _training_add, "make a training site with its people, two simulated panels, and training keys", taught
    )
    school.add_argument("--slug", default="tap-huan", help="short name, on which all others are built")
    school.add_argument("--name", default="Điểm tập huấn", help="what the site is called")
    users = commands.add_parser("user", help="people with accounts").add_subparsers(required=True, metavar="COMMAND")
    new = add("add", _user_add, "make a person; prints the link with which they choose their password", users)
    new.add_argument("username")
    new.add_argument("--name", help="display name (default: the user name)")
    new.add_argument("--role", choices=[str(role) for role in Role], default=str(Role.VIEWER))
    new.add_argument("--agency", help="the agency's short name; without it, only an administrator")
    new.add_argument("--language", choices=["vi", "en", "zh"], default="vi")
    add("list", _user_list, "list everybody", users)
    reset = add(
        "reset-password",
        _user_reset,
        "let a person begin anew: prints a link; taken, it forgets password and factors",
        users,
    )
    reset.add_argument("username")
    return parser


def _init(settings: Settings, asked: argparse.Namespace) -> Answer:
    if keys.key_file(settings.keys_dir).exists() and not _is_without_users(settings):
        raise Refusal(
            f"{settings.data_dir} is set up already; nothing was changed. "
            "Start with `bangtin serve`; for a lost password use `bangtin user reset-password`."
        )
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.data_dir.chmod(0o700)
    if not keys.key_file(settings.keys_dir).exists():
        keys.make_server_key(settings.keys_dir)
    upgrade(settings.sqlalchemy_url)
    new = UserNew(username=asked.username, display_name=asked.username, role=Role.ADMINISTRATOR)
    db = Database(settings.sqlalchemy_url)
    try:
        with db.write() as session:
            user, password = service.add_user(session, new, temporary=False)
    finally:
        db.close()
    text = (
        f"The data lies in {settings.data_dir.absolute()}. Start the server with `bangtin serve`.\n"
        f"Administrator: {user.username}\nPassword (shown only now): {password}"
    )
    return {
        "username": user.username,
        "password": password,
        "data_dir": str(settings.data_dir.absolute()),
        "text": text,
    }


def _is_without_users(settings: Settings) -> bool:
    upgrade(settings.sqlalchemy_url)
    db = Database(settings.sqlalchemy_url)
    try:
        with db.read() as session:
            return accounts.is_empty(session)
    finally:
        db.close()


def _serve(settings: Settings, asked: argparse.Namespace) -> None:
    from server.running import serve

    given = {name: value for name in ("host", "port") if (value := getattr(asked, name)) is not None}
    if (why := serve(settings.model_copy(update=given), as_json=asked.json)) is not None:
        raise Refusal(why)


def _worker(settings: Settings, asked: argparse.Namespace) -> None:
    from server.running import work

    work(settings, as_json=asked.json)


def _version(_settings: Settings, _asked: argparse.Namespace) -> Answer:
    return {"version": VERSION, "text": f"bangtin {VERSION}"}


def _open(settings: Settings) -> Database:
    keys.load_server_key(settings.keys_dir)
    upgrade(settings.sqlalchemy_url)
    return Database(settings.sqlalchemy_url)


def _user_add(settings: Settings, asked: argparse.Namespace) -> Answer:
    db = _open(settings)
    try:
        with db.write() as session:
            agency = accounts.agency_by_slug(session, asked.agency) if asked.agency is not None else None
            if asked.agency is not None and agency is None:
                raise Refusal(f"There is no agency {asked.agency}.")
            new = UserNew(
                username=asked.username,
                display_name=asked.name or asked.username,
                role=asked.role,
                agency_id=agency.id if agency is not None else None,
                language=asked.language,
            )
            user = service.add_person(session, new)
            made = make_link(session, settings, user, COMMAND_LINE, now(), _address(settings))
    finally:
        db.close()
    return _shown_once(user.username, made)


def _user_list(settings: Settings, _asked: argparse.Namespace) -> Answer:
    db = _open(settings)
    try:
        with db.read() as session:
            rows = accounts.all_users(session)
    finally:
        db.close()
    users = [{"username": row.username, "role": row.role, "disabled": row.disabled_at is not None} for row in rows]
    text = "\n".join(f"{user['username']}  {user['role']}{'  (closed)' if user['disabled'] else ''}" for user in users)
    return {"users": users, "text": text}


def _user_reset(settings: Settings, asked: argparse.Namespace) -> Answer:
    db = _open(settings)
    try:
        with db.write() as session:
            user = accounts.user_by_name(session, asked.username)
            if user is None:
                raise Refusal(f"There is nobody called {asked.username}.")
            made = make_link(session, settings, user, COMMAND_LINE, now(), _address(settings), is_reset=True)
    finally:
        db.close()
    return _shown_once(user.username, made)


def _enrol_code(settings: Settings, asked: argparse.Namespace) -> Answer:
    from server.app import create_parts

    upgrade(settings.sqlalchemy_url)
    parts = create_parts(settings)
    try:
        with parts.db.write() as session:
            kiosk = fleet.kiosk_by_slug(session, asked.kiosk)
            if kiosk is None:
                raise Refusal(f"There is no kiosk {asked.kiosk}.")
            made = make_code(session, parts, kiosk)
    finally:
        parts.db.close()
    until = format_instant(made.row.expires_at)
    text = f"Code for {asked.kiosk}: {made.code} (works once, until {until})"
    return {"kiosk": asked.kiosk, "code": made.code, "expires_at": until, "text": text}


def _training_add(settings: Settings, asked: argparse.Namespace) -> Answer:
    from server.app import create_parts
    from server.training import starting

    parts = create_parts(settings)
    upgrade(settings.sqlalchemy_url)
    try:
        with parts.db.write() as session:
            made = starting.add(session, parts, asked.slug, asked.name, _address(settings))
    finally:
        parts.db.close()
    people = "\n".join(f"  {one.username}: {one.link}" for one in made.people)
    kiosks = "\n".join(f"  {one.kiosk}: {one.code}" for one in made.kiosks)
    return {
        "site": made.site,
        "people": [one._asdict() for one in made.people],
        "kiosks": [one._asdict() for one in made.kiosks],
        "text": f"Training site: {made.site}\nLinks (each works once):\n{people}\n"
        f"Codes (60 minutes; enrol with BANGTIN_KIOSK_DEMO_ROOT=true):\n{kiosks}",
    }


def _trust_install(settings: Settings, asked: argparse.Namespace) -> Answer:
    with asked.root.open("rb") as source:
        content = source.read(Root.most_bytes + 1)
    public = trust.public_key(keys.load_server_key(settings.keys_dir))
    db = _open(settings)
    try:
        with db.write() as session:
            row, is_new = roots.install_root(session, content, public, now(), None)
    finally:
        db.close()
    said = "is installed now" if is_new else "was installed already"
    demo = "\nA DEMO ROOT: kiosks of a real network refuse it." if row.demo else ""
    return {
        "version": row.version,
        "sha256": row.sha256,
        "words": in_words(row.sha256),
        "demo": row.demo,
        "new": is_new,
        "text": f"Root {row.version} {said}.\nFingerprint: {in_words(row.sha256)}  ({row.sha256}){demo}",
    }


def _address(settings: Settings) -> str:
    return settings.base_url or f"http://{settings.host}:{settings.port}"


def _shown_once(username: str, made: InvitationMade) -> Answer:
    until = format_instant(made.expires_at)
    text = f"User: {username}\nLink to choose a password (works once, until {until}):\n{made.link}"
    return {"username": username, "link": made.link, "expires_at": until, "text": text}


if __name__ == "__main__":
    sys.exit(main())
