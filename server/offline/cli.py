"""What needs no server here: the commands of `NAMES`. Exit status 0 done, 1 refused, 2 wrong use."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

from server.authority.store import NoAuthority
from server.keys import NoKey
from server.offline.commands import Add, add_broker, add_ca, add_cap, add_root, add_sign, add_timeline, add_values
from server.offline.root import NotDone
from server.settings import Settings

NAMES = ("broker", "ca", "cap", "root", "sign", "timeline", "values")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(prog="bangtin", description="The Bảng Tin server.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add = adder(commands)
    add_broker(add, commands)
    add_ca(add, commands)
    add_cap(add, commands)
    add_root(add, commands)
    add_sign(add, commands)
    add_timeline(add, commands)
    add_values(add, commands)
    asked = parser.parse_args(arguments)
    try:
        answer = asked.run(Settings(), asked)
    except (NotDone, NoKey, NoAuthority) as error:
        return failed(asked, str(error))
    except ValidationError as error:
        return failed(asked, first_fault(error))
    except (OSError, ValueError) as error:
        return failed(asked, f"{error}.")
    tell(asked, answer)
    return 0


def adder(commands: Any) -> Add:
    """Return what adds one command to a parser's subcommands, or to those under another command."""

    def add(
        name: str,
        run: Callable[[Settings, argparse.Namespace], dict[str, Any] | None],
        text: str,
        under: Any = commands,
    ) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = under.add_parser(name, help=text, description=text)
        command.add_argument("--json", action="store_true", help="answer with one JSON object")
        command.set_defaults(run=run)
        return command

    return add


def tell(asked: argparse.Namespace, answer: dict[str, Any]) -> None:
    """Print an answer: its `text`, or all the rest as JSON."""
    text = answer.pop("text")
    print(json.dumps(answer, ensure_ascii=False) if asked.json else text)


def failed(asked: argparse.Namespace, sentence: str) -> int:
    """Print why nothing was done and return the exit status."""
    print(
        json.dumps({"error": sentence}, ensure_ascii=False) if asked.json else f"bangtin: {sentence}", file=sys.stderr
    )
    return 1


def first_fault(error: ValidationError) -> str:
    """Return the first fault of values that were given, as a sentence."""
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}."
