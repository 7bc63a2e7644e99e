import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]

MOCK = """
[importlinter]
root_package = house

[importlinter:contract:layers]
name = down only
type = layers
layers =
    house.upper
    house.lower
"""


def test_imports_go_the_way_the_contracts_say() -> None:
    # in a process of its own, because it silences every logger of the one it runs in
    done = subprocess.run(
        [*LINT, "--config", "pyproject.toml", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_import_the_wrong_way_is_found(tmp_path: Path) -> None:
    house = tmp_path / "house"
    house.mkdir()
    (house / "__init__.py").write_text("")
    (house / "upper.py").write_text("")
    (house / "lower.py").write_text("from house import upper\n")
    (tmp_path / "contracts.ini").write_text(MOCK)

    done = subprocess.run(
        [*LINT, "--config", "contracts.ini", "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert "house.lower -> house.upper" in done.stdout
