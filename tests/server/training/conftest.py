"""A server with a real site under a real root, and a training site under the root of training sites."""

from __future__ import annotations

import httpx
import pytest

from server import keys
from server.db import Database
from server.settings import Approval, SecondFactor, Settings
from tests.conftest import People
from tests.server.releases.stage import Stage
from tests.server.training.school import School
from tests.serving import Serving


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a set-up server that asks for approval."""
    made = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=database_url,
        port=0,
        approval=Approval.REQUIRED,
        second_factor=SecondFactor.OFF,
    )
    keys.make_server_key(made.keys_dir)
    return made


@pytest.fixture(scope="module")
def stage(server: Serving, people: People, admin: httpx.Client, database: Database) -> Stage:
    """The real site."""
    return Stage(server, people, admin, database)


@pytest.fixture(scope="module")
def school(stage: Stage, people: People, admin: httpx.Client) -> School:
    """The training site, with a panel that a simulated kiosk plays."""
    return School(people, admin)
