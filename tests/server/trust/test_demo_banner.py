"""Under a demo root every page says that its keys are software keys; under a real one none does."""

from __future__ import annotations

import httpx
import pytest
from sqlmodel import delete

from server.db import Database
from server.tables import RootDocument
from server.tables.accounts import Role
from tests.conftest import People
from tests.server.trust import network
from tests.serving import Serving

WORDS = {"vi": "khóa phần mềm", "en": "software keys", "zh": "软件密钥"}


@pytest.mark.parametrize("demo", [True, False])
def test_every_page_says_whether_it_is_a_demo(
    server: Serving, people: People, admin: httpx.Client, database: Database, demo: bool
) -> None:
    with database.write() as session:
        session.exec(delete(RootDocument))
    answer = network.install(admin, network.root(server.app.state.parts.server_public_key, demo=demo))
    assert answer.status_code == 201, answer.text
    client = people.person(Role.ADMINISTRATOR).client
    for language, words in WORDS.items():
        assert client.patch("/api/v1/me", json={"language": language}).status_code == 200
        for path in ("/", "/boards", "/notices", "/trust"):
            page = client.get(path)
            assert page.status_code == 200, path
            assert (words in page.text) is demo, (path, language)
