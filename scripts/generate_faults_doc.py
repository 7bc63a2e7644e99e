"""Writes docs/faults.md's table of codes from the catalogue: `python scripts/generate_faults_doc.py [--check]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from playlists.fault import CATALOGUE, FaultCode

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"
BEGIN, END = "<!-- codes -->\n", "<!-- end of codes -->\n"


def main() -> int:
    """Write the table, or with --check tell whether it is up to date."""
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    new = f"{head}{BEGIN}{''.join(table())}{END}{tail}"
    if "--check" in sys.argv[1:]:
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8")
    return 0


def table() -> Iterator[str]:
    """Yield the lines of the table, one code each."""
    yield "| code | name | severity | X.733 event type | NTCIP 1203 bit | means |\n|---|---|---|---|---|---|\n"
    for code in FaultCode:
        one = CATALOGUE[code]
        sign = f"{one.sign.bit} {one.sign.replace('_', ' ')}"
        yield f"| `{code}` | {one.name.vi} / {one.name.en} / {one.name.zh} | {one.severity} "
        yield f"| {one.event.replace('_', ' ')} | {sign} | {one.meaning.en} |\n"


if __name__ == "__main__":
    sys.exit(main())
