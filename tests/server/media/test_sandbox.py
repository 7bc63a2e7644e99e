from __future__ import annotations

from server.media.child import Request, ask_child
from server.media.sandbox import Confinement

LIMITS = Confinement(memory_bytes=256 << 20, cpu_s=5, file_bytes=100_000)


def test_the_walls_stand() -> None:
    found = ask_child("tests.server.media.bad_children.prisoner", Request(confinement=LIMITS), timeout_s=30)
    assert found == {
        "connection": "PermissionError",
        "program": "PermissionError",
        "memory": "MemoryError",
        "large_file": "OSError",
        "home": None,
        "token": None,
    }


def test_two_children_can_run_side_by_side() -> None:
    heard: list[int] = []

    def also(permille: int) -> None:
        heard.append(permille)
        nested = ask_child("tests.server.media.bad_children.steps", Request(confinement=LIMITS), timeout_s=30)
        assert nested == {"done": True}

    request = Request(confinement=LIMITS)
    assert ask_child("tests.server.media.bad_children.steps", request, timeout_s=30, progress=also) == {"done": True}
    assert heard == [0, 500, 1000]
