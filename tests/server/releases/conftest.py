"""A server that shows only what was released; its people, and a panel with a kiosk."""

from __future__ import annotations

import httpx
import pytest

from server import keys
from server.db import Database
from server.settings import Approval, SecondFactor, Settings
from tests.conftest import People
from tests.server.releases.stage import Stage
from tests.serving import Serving


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a set-up server that asks for approval."""
    data_dir = tmp_path_factory.mktemp("data")
    made = Settings(
        data_dir=data_dir,
        database_url=database_url,
        port=0,
        approval=Approval.REQUIRED,
        second_factor=SecondFactor.OFF,
    )
    keys.make_server_key(made.keys_dir)
    return made


@pytest.fixture(scope="module")
def stage(server: Serving, people: People, admin: httpx.Client, database: Database) -> Stage:
    """A site with two panels of different sizes, an author, three signers, and a root that knows them."""
    return Stage(server, people, admin, database)
