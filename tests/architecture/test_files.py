import re

import pytest

from tests.architecture.tree import ROOT, text_files

LONGEST = 600
# Written by tools, or not ours to shorten.
LONG_BY_NATURE = re.compile(r"(\.lock|package-lock\.json|LICENSE|\.po|migrations/versions/[^/]+\.py)$")
# Put together here, so that this file does not name them itself.
REGISTRIES = tuple(f"{name}.{end}" for name in ("pypi", "pythonhosted", "npmjs") for end in ("org", "com"))
MACHINE_PATH = re.compile(r"(?<![\w.$}/])/(?:work|root|home|Users|mnt)/\w")
LOCKS = sorted(path.name for path in [*(ROOT / "requirements").glob("*.lock"), ROOT / "package-lock.json"])


def test_no_file_is_too_long() -> None:
    lengths = {name: text.count("\n") for name, text in text_files() if not LONG_BY_NATURE.search(name)}

    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_file_names_a_package_registry() -> None:
    assert [name for name, text in text_files() if any(host in text for host in REGISTRIES)] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert [(name, found[0]) for name, text in text_files() if (found := MACHINE_PATH.search(text))] == []


@pytest.mark.parametrize("top", ["work", "root", "home", "Users"])
@pytest.mark.parametrize("before", ["", "cd ", "'", "path="])
def test_a_path_of_one_machine_is_recognised(before: str, top: str) -> None:
    assert MACHINE_PATH.search(f"{before}/{top}/anna")


@pytest.mark.parametrize("line", ["/api/v1/home/orders", "${HOME}/root/x", "server/home/page.py", "/var/lib/bangtin"])
def test_other_paths_are_left_alone(line: str) -> None:
    assert MACHINE_PATH.search(line) is None


def test_there_are_locks() -> None:
    assert LOCKS == ["demo.lock", "dev.lock", "kiosk.lock", "package-lock.json", "server.lock"]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_holds_an_address(lock: str) -> None:
    text = next(text for name, text in text_files() if name.endswith(f"/{lock}") or name == lock)

    assert "://" not in text
    assert "resolved" not in text
    assert "--index-url" not in text
    assert "sha256:" in text or "sha512-" in text
