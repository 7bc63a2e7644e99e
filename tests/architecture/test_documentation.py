import json
import re
import tomllib
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from kiosk_agent.settings import Settings as KioskSettings
from server.settings import Settings as ServerSettings

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"


def rows(page: str) -> set[str]:
    """The first cells of all tables of a page, without back-quotes."""
    lines = (DOCS / page).read_text("utf-8").splitlines()
    return {line.split("|")[1].strip().strip("`") for line in lines if line.startswith("|")}


def names(settings: type[BaseSettings]) -> list[str]:
    prefix = str(settings.model_config["env_prefix"])
    return [f"{prefix}{field}".upper() for field in settings.model_fields]


@pytest.mark.parametrize("name", [*names(ServerSettings), *names(KioskSettings)])
def test_every_setting_is_documented(name: str) -> None:
    assert name in rows("settings.md"), f"docs/settings.md has no row that begins with `{name}`"


def test_no_setting_is_documented_that_is_gone() -> None:
    documented = {row for row in rows("settings.md") if row.startswith("BANGTIN_")}

    assert documented - {*names(ServerSettings), *names(KioskSettings)} == set()


def test_the_deployment_sets_only_settings_that_exist() -> None:
    templates = (ROOT / "deploy" / "ansible" / "roles").glob("*/templates/*.env.j2")
    used = {
        name for path in templates for name in re.findall(r"^(BANGTIN_\w+)=", path.read_text("utf-8"), re.MULTILINE)
    }

    assert len(used) > 10
    assert used - {*names(ServerSettings), *names(KioskSettings)} == set()


def python_packages() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    entries = [
        *project["dependencies"],
        *(entry for group in project["optional-dependencies"].values() for entry in group),
    ]
    return sorted({match[0].lower() for entry in entries if (match := re.match(r"[A-Za-z0-9._-]+", entry))})


def npm_packages() -> list[str]:
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    return sorted({**package["dependencies"], **package["devDependencies"]})


def system_packages() -> list[str]:
    lines = (ROOT / "scripts" / "system-packages.txt").read_text("utf-8").splitlines()
    return [line.split()[1] for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("package", [*python_packages(), *npm_packages(), *system_packages()])
def test_every_dependency_has_its_reason(package: str) -> None:
    assert package in rows("dependencies.md"), f"docs/dependencies.md has no row for {package}"


def test_no_dependency_is_explained_that_is_gone() -> None:
    explained = rows("dependencies.md") - {"package"} - {row for row in rows("dependencies.md") if set(row) <= {"-"}}

    assert explained - {*python_packages(), *npm_packages(), *system_packages()} == set()


def test_links_between_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []
