"""Renders the systemd units of `deploy/ansible` with the example's values and lets systemd judge them.

`systemd-analyze verify` also wants every program to be there, so `/bin/true` stands in for each one that this
machine lacks, in the copy that is verified. A unit with a word that systemd does not know, or a wrong value, fails.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import jinja2
import yaml

ANSIBLE = Path(__file__).resolve().parent.parent / "deploy" / "ansible"
SUFFIXES = (".service", ".path", ".timer", ".socket")
PROGRAM = re.compile(r"^(?P<key>Exec\w+=[-@:+!]*)(?P<program>/\S+)", re.MULTILINE)


def example_values(role: Path) -> dict[str, object]:
    """The role's defaults, overlaid with the example inventory's values for all hosts."""
    values: dict[str, object] = {"ansible_managed": "Ansible managed"}
    for source in (role / "defaults" / "main.yml", ANSIBLE / "inventories" / "example" / "group_vars" / "all.yml"):
        values |= yaml.safe_load(source.read_text("utf-8"))
    return values


def render(template: Path) -> str:
    """One template of a role, as Ansible would write it with the example's values; an unknown name is an error."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    return environment.from_string(template.read_text("utf-8")).render(example_values(template.parent.parent))


def units() -> dict[str, str]:
    """Every unit of every role: its name and its rendered text."""
    templates = sorted(ANSIBLE.glob("roles/*/templates/*.j2"))
    return {path.stem: render(path) for path in templates if path.stem.endswith(SUFFIXES)}


def with_programs_of_here(text: str) -> str:
    """The unit with every program that this machine lacks replaced by one that it has."""
    return PROGRAM.sub(lambda m: m["key"] + (m["program"] if shutil.which(m["program"]) else "/bin/true"), text)


def complaints(rendered: dict[str, str]) -> str:
    """What systemd says about these units; empty when it has nothing to say."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in rendered.items():
            (Path(folder) / name).write_text(with_programs_of_here(text), "utf-8")
        paths = [str(Path(folder) / name) for name in rendered]
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *paths],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    said = (done.stdout + done.stderr).strip()
    return said or ("" if done.returncode == 0 else f"systemd-analyze ended with status {done.returncode}")


def main() -> int:
    """Command line: names the units and passes on what systemd says."""
    rendered = units()
    print("Verified:", ", ".join(sorted(rendered)))
    said = complaints(rendered)
    if said:
        print(said, file=sys.stderr)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
