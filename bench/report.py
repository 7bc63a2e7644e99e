"""What a benchmark returns, and how it is printed: for people, or as one JSON object on the last line."""

from __future__ import annotations

import json
import operator
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

Figure = int | float | str | None
_COMPARE: dict[str, Callable[[float, float], bool]] = {"==": operator.eq, "<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure is meant to reach: `op` is one of ==, <=, >=."""

    figure: str
    op: str
    limit: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one run (units stand in their names) and the aims they are held against."""

    figures: dict[str, Figure]
    aims: tuple[Aim, ...] = ()
    machine: dict[str, Figure] = field(default_factory=dict)

    def met(self, aim: Aim) -> bool:
        """Tell whether a figure reaches its aim; a figure that is missing does not."""
        value = self.figures.get(aim.figure)
        return isinstance(value, int | float) and _COMPARE[aim.op](value, aim.limit)

    @property
    def ok(self) -> bool:
        """Tell whether all aims are met."""
        return all(self.met(aim) for aim in self.aims)

    def as_json(self, name: str) -> str:
        """Return the run as one line of JSON."""
        aims = [{"figure": a.figure, "op": a.op, "limit": a.limit, "met": self.met(a)} for a in self.aims]
        about = {"machine": machine() | self.machine, "figures": self.figures, "aims": aims, "ok": self.ok}
        return json.dumps({"bench": name, **about})

    def as_text(self, name: str) -> str:
        """Return the run as lines for people."""
        width = max(map(len, self.figures), default=0)
        lines = [f"{name}:"] + [f"  {key:<{width}}  {value}" for key, value in self.figures.items()]
        lines += [
            f"  aim {aim.figure} {aim.op} {aim.limit:g}: {'met' if self.met(aim) else 'NOT met'}" for aim in self.aims
        ]
        return "\n".join(lines)


def machine() -> dict[str, Figure]:
    """Return what the figures were measured on."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_1min": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in text.splitlines() if line.startswith(("model name", "Model")))
    return next(names, platform.machine())


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share (0 to 1) of the values lies, by nearest rank."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
