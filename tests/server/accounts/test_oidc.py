"""Logging in at an OpenID provider: a small real one over HTTP with real keys, sound and hostile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Form, Request
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from sqlmodel import select

from server.accounts import service as accounts
from server.accounts.schemas import UserNew
from server.app import create_app
from server.db import Database
from server.settings import Settings
from server.tables import OutsideAccount, User
from server.tables.accounts import Role
from tests.conftest import People
from tests.serving import Serving, serving

CLIENT, SECRET = "bangtin", "a secret of the provider"


@dataclass
class FakeProvider:
    """An authorization server with one signing key; `says` changes what its ID tokens say."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    says: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    signer: Any = None
    asked: dict[str, str] = field(default_factory=dict)

    def id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "sub-1", "iat": now, "exp": now + 300}
        claims |= {"nonce": self.asked["nonce"], **self.says}
        header = {"alg": self.algorithm, "kid": "one"}
        return jwt.encode(header, claims, self.signer or self.key, algorithms=[self.algorithm])

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def configuration() -> dict[str, str]:
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return dict(KeySet([self.key]).as_dict(private=False))

        @app.post("/token", response_model=None)
        def token(
            request: Request, code: str = Form(), code_verifier: str = Form(), redirect_uri: str = Form()
        ) -> dict[str, str]:
            basic = httpx.BasicAuth(CLIENT, SECRET)._auth_header
            sound = (
                request.headers.get("authorization") == basic
                and code == "good code"
                and create_s256_code_challenge(code_verifier) == self.asked["code_challenge"]
                and redirect_uri == self.asked["redirect_uri"]
            )
            return (
                {"id_token": self.id_token(), "access_token": "x", "token_type": "Bearer"} if sound else {"error": "no"}
            )

        return app


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    made = FakeProvider()
    with serving(made.app()) as running:
        made.url = running.url
        yield made


@pytest.fixture(scope="module")
def server(provider: FakeProvider, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The module's server, which knows the provider."""
    file: Path = tmp_path_factory.mktemp("secret") / "secret"
    file.write_text(SECRET + "\n", "utf-8")
    known = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret_file": file, "worker": False}
    with serving(create_app(settings.model_copy(update=known))) as running:
        yield running


@pytest.fixture
def browser(people: People, provider: FakeProvider) -> httpx.Client:
    provider.says, provider.algorithm, provider.signer = {}, "RS256", None
    return people.stranger()


def invited(people: People, email: str, role: Role = Role.EDITOR) -> User:
    new = UserNew(
        username=f"x.{people.agency().slug}", display_name="x", role=role, agency_id=people.agency().id, email=email
    )
    with people.database.write() as session:
        return accounts.add_person(session, new)


def visit(browser: httpx.Client, provider: FakeProvider, then: str = "/faults") -> dict[str, str]:
    """Begin a login; returns what the provider was asked."""
    answer = browser.get("/api/v1/login/oidc", params={"next": then})
    assert answer.status_code == 303
    there = urlsplit(answer.headers["location"])
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{provider.url}/authorize"
    provider.asked = {name: values[0] for name, values in parse_qs(there.query).items()}
    return provider.asked


def come_back(browser: httpx.Client, **query: str) -> httpx.Response:
    answer = browser.get("/api/v1/login/oidc/return", params=query)
    assert answer.status_code == 200
    return answer


def is_in(browser: httpx.Client) -> bool:
    return browser.get("/api/v1/me").status_code == 200


def test_an_invited_person_is_linked_by_the_verified_address_and_then_by_subject(
    people: People, provider: FakeProvider, browser: httpx.Client, database: Database
) -> None:
    user = invited(people, "an@example.vn")
    asked = visit(browser, provider)
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"].split()[0] == "openid"
    provider.says = {"sub": "an", "email": "An@Example.vn", "email_verified": True}
    answer = come_back(browser, code="good code", state=asked["state"])
    assert 'content="0;url=/faults"' in answer.text
    assert browser.get("/api/v1/me").json()["username"] == user.username
    browser.cookies.delete("bangtin_session")
    asked = visit(browser, provider)
    provider.says = {"sub": "an", "email": "another@example.vn", "email_verified": False}
    come_back(browser, code="good code", state=asked["state"])
    assert browser.get("/api/v1/me").json()["username"] == user.username
    with database.read() as session:
        row = session.exec(select(OutsideAccount).where(OutsideAccount.user_id == user.id)).one()
        assert (row.issuer, row.subject) == (provider.url, "an")


def test_a_second_factor_is_asked_for_all_the_same(
    people: People, provider: FakeProvider, browser: httpx.Client, database: Database
) -> None:
    person = people.person(Role.APPROVER, people.agency().id)
    with database.write() as session:
        row = session.get(User, person.user.id)
        assert row is not None
        row.email = "duyet@example.vn"
        session.add(row)
    asked = visit(browser, provider)
    provider.says = {"sub": "duyet", "email": "duyet@example.vn", "email_verified": True}
    answer = come_back(browser, code="good code", state=asked["state"])
    assert f"/login?next=/faults#username={person.user.username}&amp;ticket=" in answer.text
    assert not is_in(browser)


@pytest.mark.parametrize(
    "says",
    [
        {"sub": "stranger", "email": "nobody@example.vn", "email_verified": True},
        {"sub": "unverified", "email": "binh@example.vn", "email_verified": False},
        {"sub": "unsaid", "email": "binh@example.vn"},
        {"sub": "word", "email": "binh@example.vn", "email_verified": "true"},
        {"sub": "nonce", "email": "binh@example.vn", "email_verified": True, "nonce": "another"},
        {"sub": "issuer", "email": "binh@example.vn", "email_verified": True, "iss": "https://evil.example"},
        {"sub": "audience", "email": "binh@example.vn", "email_verified": True, "aud": "somebody else"},
        {"sub": "old", "email": "binh@example.vn", "email_verified": True, "exp": 1, "iat": 0},
        {"sub": "", "email": "binh@example.vn", "email_verified": True},
    ],
    ids=lambda says: str(says["sub"]) or "nobody",
)
def test_what_does_not_hold_lets_nobody_in(
    people: People, provider: FakeProvider, browser: httpx.Client, says: dict[str, Any], database: Database
) -> None:
    with database.read() as session:
        known = session.exec(select(User).where(User.email == "binh@example.vn")).first()
    if known is None:
        invited(people, "binh@example.vn")
    asked = visit(browser, provider)
    provider.says = says
    answer = come_back(browser, code="good code", state=asked["state"])
    assert "/login?refused=outside" in answer.text
    assert not is_in(browser)


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_a_token_of_another_algorithm_is_none(
    people: People, provider: FakeProvider, browser: httpx.Client, algorithm: str
) -> None:
    asked = visit(browser, provider)
    provider.says = {"sub": "an", "email": "an@example.vn", "email_verified": True}
    provider.algorithm, provider.signer = algorithm, OctKey.import_key("x" * 64)
    assert "/login?refused=outside" in come_back(browser, code="good code", state=asked["state"]).text


def test_a_token_under_another_key_is_none(people: People, provider: FakeProvider, browser: httpx.Client) -> None:
    asked = visit(browser, provider)
    provider.signer = RSAKey.generate_key(2048, {"kid": "one"})
    assert "/login?refused=outside" in come_back(browser, code="good code", state=asked["state"]).text


def test_an_answer_belongs_to_the_browser_that_asked_and_counts_once(
    people: People, provider: FakeProvider, browser: httpx.Client
) -> None:
    invited(people, "mot@example.vn")
    asked = visit(browser, provider)
    provider.says = {"sub": "mot", "email": "mot@example.vn", "email_verified": True}
    other = people.stranger()
    for client, state in ((other, asked["state"]), (browser, "x" * 43)):
        assert "/login?refused=outside" in come_back(client, code="good code", state=state).text
    asked = visit(browser, provider)
    kept = dict(browser.cookies)
    assert "refused" in come_back(browser, code="bad code", state=asked["state"]).text
    browser.cookies.update(kept)
    assert "refused" not in come_back(browser, code="good code", state=asked["state"]).text
    assert is_in(browser)
    other.cookies.update(kept)
    assert "/login?refused=outside" in come_back(other, code="good code", state=asked["state"]).text


def test_the_next_page_is_one_of_this_server(people: People, provider: FakeProvider, browser: httpx.Client) -> None:
    invited(people, "hai@example.vn")
    asked = visit(browser, provider, "https://evil.example/")
    provider.says = {"sub": "hai", "email": "hai@example.vn", "email_verified": True}
    assert 'content="0;url=/"' in come_back(browser, code="good code", state=asked["state"]).text


def test_without_a_provider_there_is_no_such_login(settings: Settings) -> None:
    with serving(create_app(settings.model_copy(update={"worker": False}))) as plain:
        assert httpx.get(f"{plain.url}/api/v1/login/oidc", timeout=30).status_code == 404


def test_a_provider_that_is_gone_is_a_sentence_on_the_login(settings: Settings) -> None:
    gone = settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:1", "worker": False})
    with serving(create_app(gone)) as running:
        answer = httpx.get(f"{running.url}/api/v1/login/oidc", timeout=30)
    assert answer.headers["location"] == "/login?refused=outside"
