"""Pins every dependency by version and digest, and checks offline that the pins belong to `pyproject.toml`.

`requirements/dev.lock` is solved first; the others take its versions, so that all agree in one environment. No lock
names a download host. `requirements/inputs.sha256` is the digest of the dependency lists that the pins were solved for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import build_frontend

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
MARK = FOLDER / "inputs.sha256"
LOCKS = {
    "dev": ("server", "kiosk", "build", "dev"),
    "demo": ("server", "kiosk", "build"),
    "server": ("server",),
    "kiosk": ("kiosk",),
}


def project() -> dict[str, Any]:
    """The `[project]` table."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def inputs_digest() -> str:
    """SHA-256 over all dependency lists; order does not count."""
    table = project()
    groups = {"": table["dependencies"], **table["optional-dependencies"]}
    lists = {name: sorted(entries) for name, entries in groups.items()} | {"python": table["requires-python"]}
    return hashlib.sha256(json.dumps(lists, sort_keys=True).encode()).hexdigest()


def pins(lock: Path) -> set[str]:
    """What one lock pins, as `name==version`; markers may differ between locks."""
    return {line.split()[0] for line in lock.read_text("utf-8").splitlines() if re.match(r"[A-Za-z0-9]", line)}


def pin(*, upgrade: bool) -> None:
    """Solves all locks; what is pinned already stays, unless all is to be brought up to date."""
    for name, extras in LOCKS.items():
        command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--generate-hashes"]
        command += ["--no-header", "--no-emit-index-url", "--no-emit-find-links", "--quiet"]
        command += ["--upgrade"] if upgrade else []
        command += [f"--extra={extra}" for extra in extras]
        command += [] if name == "dev" else ["--constraint", "requirements/dev.lock", "--no-annotate"]
        command += ["--output-file", f"requirements/{name}.lock"]
        print(f"requirements/{name}.lock …", flush=True)
        # A local folder of wheels in pip's settings must not decide what everybody gets.
        clean = {key: value for key, value in os.environ.items() if key not in {"PIP_FIND_LINKS", "UV_FIND_LINKS"}}
        subprocess.run(command, cwd=ROOT, env=clean, check=True)
    MARK.write_text(inputs_digest() + "\n", "utf-8")


def pin_npm() -> None:
    """Brings `package-lock.json` up to `package.json`, without any address in it: digests say what is meant."""
    _, npm = build_frontend.node_and_npm()
    print("package-lock.json …", flush=True)
    subprocess.run([*npm, "install", "--package-lock-only", "--ignore-scripts"], cwd=ROOT, check=True)
    lock = ROOT / "package-lock.json"
    content = json.loads(lock.read_text("utf-8"))
    for package in content["packages"].values():
        for address in ("resolved", "funding"):
            package.pop(address, None)
    lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def complaints() -> list[str]:
    """What is wrong with the locks, one sentence each; empty when nothing is."""
    found = []
    if not MARK.is_file() or MARK.read_text("utf-8").strip() != inputs_digest():
        found.append("The dependencies in pyproject.toml are not those that were pinned: run 'make lock'.")
    for name in LOCKS:
        lock = FOLDER / f"{name}.lock"
        if not lock.is_file():
            found.append(f"{lock.relative_to(ROOT)} is missing: run 'make lock'.")
            continue
        strangers = pins(lock) - pins(FOLDER / "dev.lock")
        if strangers:
            found.append(f"{lock.relative_to(ROOT)} disagrees with dev.lock on {sorted(strangers)}: run 'make lock'.")
    return found


def main() -> int:
    """Command line; `--check` only looks, and ends with status 1 when something is wrong."""
    parser = argparse.ArgumentParser(description="Pin the dependencies.")
    parser.add_argument("--check", action="store_true", help="only check that the pins are those of pyproject.toml")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions of everything")
    asked = parser.parse_args()
    if not asked.check:
        pin(upgrade=asked.upgrade)
        pin_npm()
    found = complaints()
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
