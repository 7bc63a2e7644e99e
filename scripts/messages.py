"""Brings the console's message catalogues up to date with what its pages and modules say.

`python scripts/messages.py` writes the `.po` files anew, keeps every translation that is still used, and names what
lacks one. `--check` writes nothing and ends with status 1 when something is missing or left over.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "server" / "console"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"say": None, "mark": None, "gettext": None, "ngettext": (1, 2), "count": (1, 2)}
LANGUAGES = ("vi", "en", "zh")
DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Headers carry this time, so that nothing but words changes a file."""


def said() -> Catalog:
    """Every message that the console can say, without translations."""
    catalogue = Catalog()
    options = {"templates/**.html": {"trimmed": "false", "silent": "false"}}
    found = extract_from_dir(str(CONSOLE), method_map=METHODS, options_map=options, keywords=KEYWORDS)
    for _file, _line, message, _comments, _context in sorted(found, key=lambda one: str(one[2])):
        catalogue.add(message)
    return catalogue


def catalogue_of(language: str) -> Catalog:
    """The catalogue of one language as it lies in the repository."""
    path = _path(language)
    return read_po(BytesIO(path.read_bytes()), locale=language) if path.is_file() else Catalog(locale=language)


def missing(catalogue: Catalog) -> list[str]:
    """Message ids without a complete translation."""
    return [str(message.id) for message in catalogue if message.id and not _is_translated(message.string)]


def _is_translated(string: str | list[str] | tuple[str, ...] | None) -> bool:
    return bool(string) and (isinstance(string, str) or all(string or ()))


def _path(language: str) -> Path:
    return CONSOLE / "locale" / language / "LC_MESSAGES" / "messages.po"


def refreshed(language: str) -> Catalog:
    """The catalogue of a language with exactly the messages that are said now."""
    old, fresh = (
        catalogue_of(language),
        Catalog(language, project="bangtin", creation_date=DATE, revision_date=DATE, fuzzy=False),
    )
    for message in said():
        if not message.id:
            continue
        known = old.get(message.id if isinstance(message.id, str) else message.id[0])
        string = known.string if known is not None else ""
        if not _is_translated(string) and language == "en":
            string = message.id
        fresh.add(message.id, string)
    return fresh


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 when a catalogue is not complete")
    check = parser.parse_args().check
    status = 0
    for language in LANGUAGES:
        fresh = refreshed(language)
        lacking = missing(fresh)
        if check:
            wanted = {str(message.id) for message in fresh if message.id}
            left = {str(message.id) for message in catalogue_of(language) if message.id} - wanted
            lacking += [f"(no longer said) {message}" for message in sorted(left)]
        else:
            path = _path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as target:
                write_po(target, fresh, width=120, omit_header=False, sort_output=True, no_location=True)
        for message in lacking:
            print(f"{language}: {message}")
        status = status or int(bool(lacking))
    return status


if __name__ == "__main__":
    sys.exit(main())
