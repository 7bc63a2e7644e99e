"""A gateway that takes short messages over HTTP. Its form stands in the settings' file: what is sent, what is a yes.

Texts in braces are filled in: {to}, {text}, {subject}, {id}, and {secret:NAME} from a file. The gateway said yes when
its status is 2xx and every value of `accepted` stands in its JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from server.channels import web
from server.channels.plain import MOST, fitted, plain
from server.channels.port import Letter, NotSent, Takes

_SLOT = re.compile(r"\{(secret:[a-z0-9-]{1,40}|to|text|subject|id)\}")
_PHONE = re.compile(r"\+?[0-9]{6,15}")


@dataclass(frozen=True)
class Gateway:
    """One gateway. `secret` returns the content of a secret's file, read anew at each try."""

    name: str
    label: str
    url: str
    secret: Callable[[str], str]
    method: str = "POST"
    form: str = "json"
    """`json`, `form` (as a web form sends), or `query` (in the address)."""
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    accepted: Mapping[str, Any] = field(default_factory=dict)
    refused: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Values that mean: the address or text is at fault, not the gateway."""
    national: bool = False
    """Numbers are sent as `0912…` instead of `84912…`."""
    most: int = MOST
    is_plain: bool = True
    takes: Takes = Takes.PHONE

    def send(self, address: str, letter: Letter, at: datetime) -> str:  # noqa: ARG002 - the port's shape
        """Send one message."""
        text = plain(letter.short) if self.is_plain else " ".join(letter.short.split())
        filled = {
            "to": phone(address, national=self.national) if self.takes is Takes.PHONE else address,
            "text": fitted(text, letter.link, self.most),
            "subject": letter.subject,
            "id": letter.id,
        }
        body = _filled(self.body, filled, self.secret)
        headers = {key: str(_filled(value, filled, self.secret)) for key, value in self.headers.items()}
        url, content = _fill_text(self.url, {k: quote(v, safe="") for k, v in filled.items()}, self.secret), b""
        if self.form == "json":
            content, headers = json.dumps(body).encode(), {"Content-Type": "application/json"} | headers
        elif self.form == "form":
            content = urlencode(body).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"} | headers
        elif body:
            url += ("&" if "?" in url else "?") + urlencode(body)
        return self._judged(web.post(url, content, headers, self.method))

    def _judged(self, answer: web.Answer) -> str:
        said = answer.content.decode("utf-8", "replace")
        short = " ".join(said.split())[:200]
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise NotSent(f"The gateway answered {answer.status}: {short}")
        if not self.accepted and not self.refused:
            return short
        try:
            document = json.loads(said)
        except (ValueError, RecursionError) as error:
            raise NotSent(f"The gateway answered no JSON: {short}") from error
        for path, values in self.refused.items():
            if str(_at(document, path)) in {str(one) for one in values}:
                raise NotSent(f"The gateway refused this message: {short}", is_refused=True)
        if all(str(_at(document, path)) == str(value) for path, value in self.accepted.items()):
            return short
        raise NotSent(f"The gateway did not take it: {short}")


def phone(address: str, *, national: bool) -> str:
    """Return a Vietnamese number as a gateway wants it: `84912…` or `0912…`; others without their plus sign.

    Raises:
        NotSent: it is no number.
    """
    digits = re.sub(r"[ .()-]", "", address)
    if not _PHONE.fullmatch(digits):
        raise NotSent("This is no phone number.", is_refused=True)
    bare = digits.removeprefix("+")
    if bare.startswith("0"):
        bare = "84" + bare[1:]
    return "0" + bare[2:] if national and bare.startswith("84") else bare


def _filled(value: Any, filled: Mapping[str, str], secret: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return _fill_text(value, filled, secret)
    if isinstance(value, Mapping):
        return {key: _filled(inner, filled, secret) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(inner, filled, secret) for inner in value]
    return value


def _fill_text(text: str, filled: Mapping[str, str], secret: Callable[[str], str]) -> str:
    def put(match: re.Match[str]) -> str:
        name = match[1]
        return secret(name.removeprefix("secret:")) if name.startswith("secret:") else filled[name]

    return _SLOT.sub(put, text)


def _at(document: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(document, dict):
            return None
        document = document.get(part)
    return document
