"""docs/api-tour.md is run as it stands, against a real server and a real kiosk."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.demo.processes import Processes
from tests.fleet.conftest import World, picture

TOUR = Path(__file__).parents[2] / "docs" / "api-tour.md"


def shell_script() -> str:
    blocks: list[str] = re.findall(r"^```bash\n(.*?)^```", TOUR.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 10
    started = 'touch "$PICTURES/enrolled"\n'
    enrolled = next(index for index, block in enumerate(blocks) if "bangtin-kiosk enrol" in block)
    blocks[enrolled] += started
    return "set -euo pipefail\n" + "\n".join(blocks)


def hot_tree(root: Path) -> Path:
    """A device tree whose processor is 95 °C hot."""
    zone = root / "sys/class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "type").write_text("cpu-thermal\n")
    (zone / "temp").write_text("95000\n")
    return root


@pytest.mark.timeout(240)
def test_the_tour_holds(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    world = World(tmp_path, processes, sysfs=hot_tree(tmp_path / "tree"))
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for index, language in enumerate(("vi", "en", "zh")):
        (pictures / f"{language}.png").write_bytes(picture(("navy", "teal", "maroon")[index], index))
    environment = os.environ | {
        "SERVER": world.base_url,
        "PICTURES": str(pictures),
        "KIOSK_DIR": str(world.kiosk_folder),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    try:
        world.init()
        world.start_server()
        script = ["bash", "-c", shell_script()]
        tour = subprocess.Popen(
            script, env=environment | {"PASSWORD": world.password}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        while tour.poll() is None and not (pictures / "enrolled").exists():
            processes.check()
        world.start_kiosk()
        said, complaints = tour.communicate(timeout=200)
    finally:
        world.close()
    assert tour.returncode == 0, complaints.decode()[-2000:]
    assert '"seen"' in said.decode()
    assert '"code": "cpu_temperature"' in said.decode()
    assert '"acknowledged"' in said.decode()
    assert (pictures / "expected.jpg").read_bytes().startswith(b"\xff\xd8")
