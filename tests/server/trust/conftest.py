"""A server whose signers need no second factor: that is asked for in the tests of accounts."""

from __future__ import annotations

import pytest

from server import keys
from server.settings import SecondFactor, Settings


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a set-up server on the module's database."""
    data_dir = tmp_path_factory.mktemp("data")
    made = Settings(data_dir=data_dir, database_url=database_url, port=0, second_factor=SecondFactor.OFF)
    keys.make_server_key(made.keys_dir)
    return made
