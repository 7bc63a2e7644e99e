"""The commands of `bangtin` that need no server, for its parser."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from server.authority import store
from server.keys import load_cap_key, load_server_key, make_cap_key
from server.mqtt.configuration import Listening
from server.offline import audit_log, broker, ca, cap, root, timeline
from server.settings import Settings

Answer = dict[str, Any]


class Add(Protocol):
    """Adds one command to a parser."""

    def __call__(
        self, name: str, run: Callable[[Settings, argparse.Namespace], Answer | None], text: str, under: Any = ...
    ) -> argparse.ArgumentParser:
        """Return the command's own parser, to which options are added."""


def add_audit(add: Add, commands: Any) -> None:
    """Add `audit verify|head`."""
    under = commands.add_parser("audit", help="the audit log").add_subparsers(required=True, metavar="COMMAND")
    check = add("verify", _audit_verify, "walk the whole log and name the first entry that is not as written", under)
    check.add_argument("--head", type=Path, help="a head that was kept: tells, too, when the end was cut off")
    add("head", _audit_head, "tell the newest entry's number and hash, signed by the server's key", under)


def add_cap(add: Add, commands: Any) -> None:
    """Add `cap check`."""
    under = commands.add_parser("cap", help="alerts (CAP 1.2)").add_subparsers(required=True, metavar="COMMAND")
    check = add("check", _cap_check, "tell what becomes of an alert and who would see what; no server is used", under)
    check.add_argument("file", type=Path, help="a CAP file, or - for standard input")
    check.add_argument("--panels", type=Path, help="a JSON description of panels (default: the first two)")
    check.add_argument("--templates", type=Path, help="JSON: reviewed words of templates, by template and language")
    check.add_argument("--sender", action="append", help="who may send; repeatable (default: not checked)")
    check.add_argument("--after", action="append", type=Path, help="an alert that came before; repeatable, in order")
    check.add_argument("--at", help="when it is judged, with an offset (default: when it was sent)")
    check.add_argument("--lacks-ends", action="store_true", help="take an alert without an end for six hours")


def add_root(add: Add, commands: Any) -> None:
    """Add `root key|server-key|cap-key|init|rotate|sign|show`."""
    text = "root documents and key files; works without a network"
    under = commands.add_parser("root", help=text, description=text).add_subparsers(required=True, metavar="COMMAND")
    key = add("key", _key, "make a key file under a passphrase, and the line of the plan that names it", under)
    key.add_argument("file", type=Path)
    key.add_argument("--holder", required=True, help="the person: one name for all of their keys")
    key.add_argument("--site", action="append", default=[], help="a site at which the key counts (default: all)")
    add("server-key", _server_key, "tell the plan's line of the server's key", under)
    add("cap-key", _cap_key, "make the key of the role cap, and tell the plan's line of it", under)
    init = add("init", _init, "write the first root of a network from a plan", under)
    init.add_argument("plan", type=Path)
    init.add_argument("root", type=Path)
    rotate = add("rotate", _rotate, "write the root that follows another one, from a plan", under)
    rotate.add_argument("old", type=Path)
    rotate.add_argument("plan", type=Path)
    rotate.add_argument("root", type=Path)
    sign = add("sign", _sign, "add signatures to a root that others have signed", under)
    sign.add_argument("root", type=Path)
    show = add("show", _show, "tell what a root says and who signed it, with fingerprints in words", under)
    show.add_argument("root", type=Path)
    for command in (sign, show):
        command.add_argument("--after", type=Path, help="the root before it, whose holders sign too")
    for command in (init, rotate, sign):
        command.add_argument("--key", action="append", type=Path, default=[], help="a root key's file; repeatable")
    for command in (key, init, rotate, sign):
        command.add_argument("--passphrase-file", type=Path, help="read the passphrase there instead of asking")


def add_ca(add: Add, commands: Any) -> None:
    """Add `ca init|renew|show`."""
    text = "the private certificate authority; works without a network"
    under = commands.add_parser("ca", help=text, description=text).add_subparsers(required=True, metavar="COMMAND")
    init = add("init", _ca_init, "make the authority; its root's key goes to a file for paper or USB", under)
    init.add_argument("file", type=Path, help="where the root's key is written, outside the data folder")
    init.add_argument("--network", required=True, help="what this network of panels is called")
    renew = add("renew", _ca_renew, "make new intermediates under the same root", under)
    renew.add_argument("file", type=Path, help="where the root's key lies")
    for command in (init, renew):
        command.add_argument("--name", action="append", default=[], help="the server's name or address; repeatable")
        command.add_argument("--passphrase-file", type=Path, help="read the passphrase there instead of asking")
    add("show", _ca_show, "tell the root's fingerprint in words, names and ends", under)


def add_broker(add: Add, commands: Any) -> None:
    """Add `broker config`."""
    text = "a Mosquitto that runs by itself"
    under = commands.add_parser("broker", help=text, description=text).add_subparsers(required=True, metavar="COMMAND")
    config = add("config", _broker_config, "write its configuration: TLS, access list, certificates", under)
    config.add_argument("--out", type=Path, help="the folder (default: `mosquitto` in the data folder)")
    config.add_argument("--folder", type=Path, help="where Mosquitto will find the files (default: the same)")
    config.add_argument("--memory", type=Path, default=Path("/var/lib/mosquitto"), help="where it keeps its state")
    config.add_argument("--address", default="", help="address to listen on (default: all)")
    config.add_argument("--port", type=int, default=8883, help="for certificates (default: 8883)")
    config.add_argument("--password-port", type=int, default=8884, help="for passwords (default: 8884)")
    config.add_argument("--user", default="", help="the account that Mosquitto changes to")
    config.add_argument("--show", action="store_true", help="print mosquitto.conf and write nothing")
    config.add_argument("--server", action="append", help="user name of a server process; repeatable")


def _ca_init(settings: Settings, asked: argparse.Namespace) -> Answer:
    return ca.init(
        asked.file,
        asked.network,
        asked.name,
        asked.passphrase_file,
        settings.keys_dir,
        settings.data_dir,
        datetime.now(UTC),
    )


def _ca_renew(settings: Settings, asked: argparse.Namespace) -> Answer:
    keys = settings.keys_dir
    return ca.renew(asked.file, asked.name, asked.passphrase_file, keys, settings.data_dir, datetime.now(UTC))


def _ca_show(settings: Settings, _asked: argparse.Namespace) -> Answer:
    return ca.show(store.load(settings.keys_dir))


def _broker_config(settings: Settings, asked: argparse.Namespace) -> Answer:
    out = (asked.out or settings.data_dir / "mosquitto").absolute()
    listening = Listening(asked.folder or out, asked.memory, asked.address, asked.port, asked.password_port, asked.user)
    if asked.show:
        return broker.show(listening)
    servers = asked.server or [settings.mqtt_username]
    return broker.write(out, listening, store.load(settings.keys_dir), servers, datetime.now(UTC))


def add_sign(add: Add, commands: Any) -> None:
    """Add `sign`."""
    text = "read again, look at and sign what waits for you, with a key file on your own computer"
    command = add("sign", _sign_document, text, commands)
    command.add_argument("document", nargs="?", help="a document's id; without it, what waits for you is listed")
    _add_signing(command)
    command.add_argument("--out", type=Path, help="keep files and contact sheets in this folder")


def add_values(add: Add, commands: Any) -> None:
    """Add `values sign`."""
    under = commands.add_parser("values", help="status boards").add_subparsers(required=True, metavar="COMMAND")
    text = "state values of a status board, signed with your key file on your own computer"
    command = add("sign", _sign_values, text, under)
    command.add_argument("board", type=UUID, help="the board's id, as the address of its page ends")
    command.add_argument(
        "values", nargs="+", metavar="SLOT=VALUE", help="gate=closed, wait=25; gate= takes the value back"
    )
    command.add_argument("--for-minutes", type=int, help="for how long; without it until the site's day ends")
    command.add_argument("--note", default="", help="why, for the history")
    _add_signing(command)


def add_timeline(add: Add, commands: Any) -> None:
    """Add `timeline explain`."""
    under = commands.add_parser("timeline", help="what panels show").add_subparsers(required=True, metavar="COMMAND")
    told = add("explain", _explain, "tell what a document's panel shows and why; no server or database is used", under)
    told.add_argument("file", type=Path, help="a timeline document (docs/timeline.md), or - for standard input")
    told.add_argument("--from", dest="start", required=True, help="a local date or time, or one with an offset")
    told.add_argument("--to", dest="end", required=True, help="the same; a date includes that day")
    told.add_argument("--most", type=int, default=1_000, help="airings to list at most (default: 1000)")


def _add_signing(command: argparse.ArgumentParser) -> None:
    command.add_argument("--server", required=True, help="the server's https address")
    command.add_argument("--ca", type=Path, help="a private certificate authority of the server (PEM)")
    command.add_argument("--user", help="your user name")
    command.add_argument("--password-file", type=Path, help="read the password there instead of asking")
    command.add_argument("--code", help="a code of your authenticator app")
    command.add_argument("--token-file", type=Path, help="a login's token, instead of name and password")
    command.add_argument("--key", action="append", type=Path, default=[], help="your key's file")
    command.add_argument("--passphrase-file", type=Path, help="read the key's passphrase there instead of asking")
    command.add_argument("--yes", action="store_true", help="do not ask; for those who looked before")


def _sign_document(settings: Settings, asked: argparse.Namespace) -> Answer:
    from server.offline.sign import cli

    who = cli.Who(asked.user, asked.password_file, asked.code, asked.token_file)
    if asked.document is None:
        return cli.list_asking(asked.server, asked.ca, who)
    how = cli.How(asked.out, asked.yes, asked.json and asked.yes)
    return cli.sign(asked.server, asked.ca, who, asked.document, _pen(settings, asked), how)


def _sign_values(settings: Settings, asked: argparse.Namespace) -> Answer:
    from server.offline.sign import cli
    from server.offline.sign.values import Statement, state, stated

    who = cli.Who(asked.user, asked.password_file, asked.code, asked.token_file)
    how = cli.How(None, asked.yes, asked.json and asked.yes)
    wanted = Statement(asked.board, stated(asked.values), asked.for_minutes, asked.note)
    return state(asked.server, asked.ca, who, wanted, _pen(settings, asked), how)


def _cap_check(_settings: Settings, asked: argparse.Namespace) -> Answer:
    return cap.check_file(
        asked.file,
        panels=asked.panels,
        templates=asked.templates,
        senders=asked.sender,
        after=asked.after,
        at=asked.at,
        lacks_ends=asked.lacks_ends,
    )


def _key(settings: Settings, asked: argparse.Namespace) -> Answer:
    return root.new_key(asked.file, asked.holder, asked.site, asked.passphrase_file, settings.data_dir)


def _cap_key(settings: Settings, _asked: argparse.Namespace) -> Answer:
    private = load_cap_key(settings.keys_dir)
    if private is None:
        make_cap_key(settings.keys_dir)
        private = load_cap_key(settings.keys_dir)
    if private is None:
        raise root.NotDone("The key of the role cap cannot be read. Check the owner and mode of the folder of keys.")
    return root.server_key(private, "cap")


def _server_key(settings: Settings, _asked: argparse.Namespace) -> Answer:
    return root.server_key(load_server_key(settings.keys_dir))


def _init(settings: Settings, asked: argparse.Namespace) -> Answer:
    return root.first_root(asked.plan, asked.root, _pen(settings, asked), datetime.now(UTC))


def _rotate(settings: Settings, asked: argparse.Namespace) -> Answer:
    return root.next_root(asked.old, asked.plan, asked.root, _pen(settings, asked), datetime.now(UTC))


def _sign(settings: Settings, asked: argparse.Namespace) -> Answer:
    return root.add_signatures(asked.root, asked.after, _pen(settings, asked))


def _show(_settings: Settings, asked: argparse.Namespace) -> Answer:
    return root.show(asked.root, asked.after)


def _pen(settings: Settings, asked: argparse.Namespace) -> root.Pen:
    return root.Pen(tuple(asked.key), asked.passphrase_file, settings.data_dir)


def _audit_verify(settings: Settings, asked: argparse.Namespace) -> Answer:
    return audit_log.verified(settings, asked.head)


def _audit_head(settings: Settings, _asked: argparse.Namespace) -> Answer:
    return audit_log.newest(settings, datetime.now(UTC))


def _explain(_settings: Settings, asked: argparse.Namespace) -> Answer:
    return timeline.explain(asked.file, asked.start, asked.end, asked.most)
