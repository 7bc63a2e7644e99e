"""An OpenID provider: where a login there begins, and what its answer says (OpenID Connect Core 1.0, 3.1, with PKCE).

The provider's address is a setting; it is asked over our own HTTP client, with limits of time and size. Nothing of an
ID token counts before its signature, issuer, audience, time and nonce hold.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

SCOPE = "openid email profile"
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
"""What providers sign with; never a shared secret, never nothing."""
MOST_BYTES = 1 << 20
TIMEOUT_S = 10.0
LEEWAY_S = 60
Document = dict[str, Any]


class ProviderFailed(Exception):
    """The provider's answer does not hold; the message says why, for the log."""


@dataclass(frozen=True)
class Provider:
    """A provider as the settings name it."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True)
class Visit:
    """A login at the provider that has begun: what its answer has to match."""

    redirect_uri: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Outsider:
    """Who logged in there: the provider's unchanging name, and the address that it has verified."""

    subject: str
    email: str | None


def begin(provider: Provider, visit: Visit) -> str:
    """Return the address to which the browser is sent.

    Raises:
        ProviderFailed: the provider does not answer as one.
    """
    with _client() as client:
        endpoint = _address(_discovered(client, provider), "authorization_endpoint", provider)
    challenge = create_s256_code_challenge(visit.verifier)
    uri = prepare_grant_uri(
        endpoint,
        client_id=provider.client_id,
        response_type="code",
        redirect_uri=visit.redirect_uri,
        scope=SCOPE,
        state=visit.state,
        nonce=visit.nonce,
        code_challenge=challenge,
        code_challenge_method="S256",
    )
    return str(uri)


def finish(provider: Provider, visit: Visit, code: str, now: datetime) -> Outsider:
    """Exchange the code that the browser brought back, and return who it is.

    Raises:
        ProviderFailed: the code or the ID token does not hold.
    """
    with _client() as client:
        found = _discovered(client, provider)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": visit.redirect_uri,
            "code_verifier": visit.verifier,
        }
        answer = _json(
            client,
            "POST",
            _address(found, "token_endpoint", provider),
            data=form,
            auth=(provider.client_id, provider.client_secret),
        )
        keys = _json(client, "GET", _address(found, "jwks_uri", provider))
    return _outsider(provider, visit, answer.get("id_token"), keys, now)


def _outsider(provider: Provider, visit: Visit, token: object, keys: Document, now: datetime) -> Outsider:
    if not isinstance(token, str):
        raise ProviderFailed("the provider gave no ID token")
    try:
        read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        claims = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
            },
            {"nonce": visit.nonce, "client_id": provider.client_id},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderFailed(f"the ID token does not hold ({type(error).__name__}: {error})") from error
    subject, email = claims["sub"], claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise ProviderFailed("the ID token names nobody")
    is_verified = claims.get("email_verified") is True and isinstance(email, str)
    return Outsider(subject, str(email).strip().lower() if is_verified else None)


def _discovered(client: httpx.Client, provider: Provider) -> Document:
    found = _json(client, "GET", provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != provider.issuer:
        raise ProviderFailed(f"{provider.issuer} says that it is {str(found.get('issuer'))[:100]}")
    return found


def _address(found: Document, name: str, provider: Provider) -> str:
    address = found.get(name)
    if not isinstance(address, str) or not address.startswith(provider.issuer.partition("://")[0] + "://"):
        raise ProviderFailed(f"the provider names no sound {name}")
    return address


def _json(client: httpx.Client, method: str, address: str, **sent: Any) -> Document:
    try:
        with client.stream(method, address, **sent) as answer:
            content = b""
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > MOST_BYTES:
                    raise ProviderFailed(f"{address} answers with more than {MOST_BYTES} bytes")
        document = json.loads(content)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        raise ProviderFailed(f"{address} does not answer soundly ({type(error).__name__})") from error
    if not answer.is_success or not isinstance(document, dict):
        raise ProviderFailed(f"{address} answers {answer.status_code}")
    return document


def _client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, headers={"Accept": "application/json"})
