"""Channels against servers on the loopback that answer as the real ones were recorded to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st

from server.channels.configured import BadChannels, channels, parsed, secret
from server.channels.gateway import Gateway, phone
from server.channels.mail import Mail, Security, _message
from server.channels.outside import Outside
from server.channels.plain import fitted, plain
from server.channels.port import MOST_ANSWER_BYTES, Letter, NotSent, Takes
from server.channels.webhook import ID, SIGNATURE, STAMP, Webhook, is_ours
from tests.conftest import free_port

AT = datetime(2026, 11, 24, 5, tzinfo=UTC)
LETTER = Letter(
    "01936f5e-8a2b-7cde-9f01-23456789abcd",
    "Nghiêm trọng: Bảng số 1, Cửa khẩu Tân Thanh: Máy phát mất kết nối",
    "Việc đầu tiên: kiểm tra nguồn điện.",
    "Nghiêm trọng: Bảng số 1, Cửa khẩu Tân Thanh: Máy phát mất kết nối. Việc đầu tiên: kiểm tra nguồn điện.",
    AT,
    {"kind": "alarm", "step": "raised"},
    "https://bangtin.example.gov.vn/faults",
)


@dataclass
class Recorder:
    """An HTTP server that answers what it is told to, and remembers what it was asked."""

    status: int = 200
    answer: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@contextmanager
def listening(recorder: Recorder) -> Iterator[Recorder]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {key.lower(): value for key, value in self.headers.items()}
            recorder.asked.append((self.command, self.path, headers, body))
            self.send_response(recorder.status)
            for key, value in recorder.headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(recorder.answer)))
            self.end_headers()
            self.wfile.write(recorder.answer)

        do_POST = do_GET = answer  # noqa: N815 - the base's names

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    recorder.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with listening(Recorder()) as one:
        yield one


def esms(url: str) -> Gateway:
    return Gateway(
        "sms",
        "SMS",
        f"{url}/MainService.svc/json/SendMultipleMessage_V4_post_json/",
        {"esms-key": "K", "esms-secret": "S"}.__getitem__,
        body={
            "ApiKey": "{secret:esms-key}",
            "SecretKey": "{secret:esms-secret}",
            "Phone": "{to}",
            "Content": "{text}",
            "SmsType": "2",
            "Brandname": "BANGTIN",
            "RequestId": "{id}",
        },
        accepted={"CodeResult": "100"},
        refused={"CodeResult": ("99", "119")},
        national=True,
    )


def speedsms(url: str) -> Gateway:
    return Gateway(
        "sms",
        "SMS",
        f"{url}/index.php/sms/send",
        {"speedsms": "dG9rZW46eA=="}.__getitem__,
        headers={"Authorization": "Basic {secret:speedsms}"},
        body={"to": ["{to}"], "content": "{text}", "sms_type": 3, "sender": "BANGTIN"},
        accepted={"status": "success", "code": "00"},
    )


def test_a_gateway_of_esms_form_is_asked_and_understood(recorder: Recorder) -> None:
    recorder.answer = b'{"CodeResult":"100","CountRegenerate":0,"SMSID":"00b3e0bb-4d2e-4f7a-9c1e"}'
    assert "100" in esms(recorder.url).send("+84 912 345 678", LETTER, AT)
    method, path, headers, body = recorder.asked[0]
    sent = json.loads(body)
    assert (method, path) == ("POST", "/MainService.svc/json/SendMultipleMessage_V4_post_json/")
    assert headers["content-type"] == "application/json"
    assert sent["Phone"] == "0912345678"
    assert (sent["ApiKey"], sent["SecretKey"], sent["RequestId"]) == ("K", "S", LETTER.id)
    assert sent["Content"].startswith("Nghiem trong: Bang so 1, Cua khau Tan Thanh: May phat mat ket noi.")
    assert sent["Content"].endswith(" https://bangtin.example.gov.vn/faults")
    assert len(sent["Content"]) <= 160


def test_a_gateways_no_is_a_failure_and_a_bad_number_a_refusal(recorder: Recorder) -> None:
    recorder.answer = b'{"CodeResult":"103","CountRegenerate":0,"ErrorMessage":"Balance not enough to send message"}'
    with pytest.raises(NotSent, match="Balance not enough") as failure:
        esms(recorder.url).send("0912345678", LETTER, AT)
    assert not failure.value.is_refused
    recorder.answer = b'{"CodeResult":"99","ErrorMessage":"Phone not valid:099"}'
    with pytest.raises(NotSent, match="refused") as failure:
        esms(recorder.url).send("0912345678", LETTER, AT)
    assert failure.value.is_refused
    with pytest.raises(NotSent, match="no phone number"):
        esms(recorder.url).send("người trực", LETTER, AT)


def test_a_gateway_of_speedsms_form_is_asked_and_understood(recorder: Recorder) -> None:
    recorder.answer = (
        b'{"status":"success","code":"00","data":{"tranId":123456,"totalSMS":1,"totalPrice":250,"invalidPhone":[]}}'
    )
    speedsms(recorder.url).send("0912345678", LETTER, AT)
    _, path, headers, body = recorder.asked[0]
    assert path == "/index.php/sms/send"
    assert headers["authorization"] == "Basic dG9rZW46eA=="
    assert json.loads(body)["to"] == ["84912345678"]
    assert json.loads(body)["sms_type"] == 3
    recorder.answer = b'{"status":"error","code":"300","message":"Your account balance not enough to send sms"}'
    with pytest.raises(NotSent, match="balance not enough"):
        speedsms(recorder.url).send("0912345678", LETTER, AT)


def test_a_phone_as_gateway_takes_a_query(recorder: Recorder) -> None:
    """As the programs for Android and GSM modems that listen on the local network do."""
    recorder.answer = b"OK queued"
    gateway = Gateway("sms", "SMS", f"{recorder.url}/send?k={{secret:k}}", {"k": "p"}.__getitem__, "GET", "query",
                      {"to": "{to}", "message": "{text}"})  # fmt: skip
    assert gateway.send("0912345678", LETTER, AT) == "OK queued"
    method, path, _, _ = recorder.asked[0]
    asked = parse_qs(urlsplit(path).query)
    assert (method, asked["k"], asked["to"]) == ("GET", ["p"], ["84912345678"])


@pytest.mark.parametrize(
    "answer", [b"", b"[]", b"null", b'"x"', b"<html>", b"\xff", b"[" * 50_000, b'{"CodeResult":{}}']
)
def test_whatever_a_gateway_answers_is_no_yes(recorder: Recorder, answer: bytes) -> None:
    recorder.answer = answer
    with pytest.raises(NotSent):
        esms(recorder.url).send("0912345678", LETTER, AT)


def test_redirections_are_not_followed_and_large_answers_are_left(recorder: Recorder) -> None:
    recorder.status, recorder.headers = 302, {"Location": "http://169.254.169.254/"}
    with pytest.raises(NotSent, match="answered 302"):
        esms(recorder.url).send("0912345678", LETTER, AT)
    assert len(recorder.asked) == 1
    recorder.status, recorder.answer = 200, b"x" * (MOST_ANSWER_BYTES + 1)
    with pytest.raises(NotSent, match="more than"):
        esms(recorder.url).send("0912345678", LETTER, AT)


def test_a_gateway_that_is_not_there_is_a_failure() -> None:
    with pytest.raises(NotSent, match="could not be reached"):
        esms("http://127.0.0.1:9").send("0912345678", LETTER, AT)


def test_numbers_are_sent_as_the_gateway_wants_them() -> None:
    assert phone("+84912345678", national=True) == "0912345678"
    assert phone("0912.345.678", national=False) == "84912345678"
    assert phone("+8613800138000", national=True) == "8613800138000"


def test_a_webhook_is_signed_and_a_receiver_can_tell(recorder: Recorder) -> None:
    Webhook("soc", "SOC", f"{recorder.url}/hook", lambda: "shared").send("", LETTER, AT)
    _, path, headers, body = recorder.asked[0]
    stamp, said = headers[STAMP.lower()], headers[SIGNATURE.lower()]
    assert path == "/hook"
    assert headers[ID.lower()] == json.loads(body)["id"] == LETTER.id
    assert is_ours("shared", stamp, body, said, AT)
    assert is_ours("shared", stamp, body, said, AT + timedelta(minutes=4))
    assert not is_ours("shared", stamp, body, said, AT + timedelta(minutes=6)), "too old: a replay"
    assert not is_ours("shared", str(int(stamp) + 1), body, said, AT), "another time"
    assert not is_ours("shared", stamp, body + b" ", said, AT), "another body"
    assert not is_ours("other", stamp, body, said, AT), "another secret"
    assert not is_ours("shared", "x", body, said, AT)
    recorder.status = 500
    with pytest.raises(NotSent, match="answered 500"):
        Webhook("soc", "SOC", f"{recorder.url}/hook", lambda: "shared").send("", LETTER, AT)


class Box:
    """Takes letters as a mail server does; one address is unknown, one is greylisted."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if address.startswith("gone@"):
            return "550 5.1.1 No such user"
        if address.startswith("later@"):
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 Message accepted for delivery"


@pytest.fixture
def box() -> Iterator[tuple[Box, Mail]]:
    handler = Box()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, Mail("mail", "Mail", "127.0.0.1", port, Security.NONE, "Bảng Tin <bangtin@example.gov.vn>")
    controller.stop()


def test_a_letter_arrives_with_its_accents_and_its_name(box: tuple[Box, Mail]) -> None:
    handler, mail = box
    mail.send("lan@example.gov.vn", LETTER, AT)
    mail.send("lan@example.gov.vn", LETTER, AT)
    first, second = handler.letters
    assert first["Subject"] == LETTER.subject
    assert first["To"] == "lan@example.gov.vn"
    assert first.get_content().strip() == LETTER.body
    assert first["Message-ID"] == second["Message-ID"], "a second copy is known as one"
    assert first["X-Bangtin-Message"] == LETTER.id


WORDS = ["Nghiêm trọng:", "Bảng", "cổng chính,", "Cửa khẩu", "LED", "không trả lời", "控制器", "无应答", "x"]


@given(st.lists(st.sampled_from(WORDS), max_size=25))
def test_a_subject_loses_no_space_on_its_way(words: list[str]) -> None:
    letter = Letter(LETTER.id, " ".join(words), "y", "y", AT, {})
    sent = _message("Bảng Tin <bangtin@example.gov.vn>", "lan@example.gov.vn", letter, AT)
    came = message_from_bytes(sent.as_bytes(), policy=policy.default)
    assert came["Subject"] == letter.subject
    assert came["From"] == "Bảng Tin <bangtin@example.gov.vn>"


def test_a_mail_servers_no_is_told_from_its_later(box: tuple[Box, Mail]) -> None:
    _, mail = box
    with pytest.raises(NotSent, match="No such user") as failure:
        mail.send("gone@example.gov.vn", LETTER, AT)
    assert failure.value.is_refused
    with pytest.raises(NotSent, match="Greylisted") as failure:
        mail.send("later@example.gov.vn", LETTER, AT)
    assert not failure.value.is_refused


def test_no_tls_where_it_was_demanded_is_a_failure(box: tuple[Box, Mail]) -> None:
    _, mail = box
    for security in (Security.STARTTLS, Security.TLS):
        with pytest.raises(NotSent):
            Mail("mail", "Mail", mail.host, mail.port, security, mail.sender).send("lan@example.gov.vn", LETTER, AT)


def test_a_subject_with_line_breaks_makes_no_headers(box: tuple[Box, Mail]) -> None:
    handler, mail = box
    evil = Letter(LETTER.id, "x\r\nBcc: all@example.vn", "y", "y", AT, {})
    mail.send("lan@example.gov.vn", evil, AT)
    assert handler.letters[0]["Bcc"] is None


def test_apprise_carries_a_message_to_its_service(recorder: Recorder) -> None:
    host = recorder.url.removeprefix("http://")
    out = Outside("chat", "Chat", lambda: f"json://{host}/{{to}}")
    out.send("lan", LETTER, AT)
    _, path, _, body = recorder.asked[0]
    assert path.startswith("/lan")
    assert LETTER.subject in json.loads(body)["title"]
    recorder.status = 500
    with pytest.raises(NotSent):
        out.send("lan", LETTER, AT)
    with pytest.raises(NotSent, match="not one that Apprise knows"):
        Outside("chat", "Chat", lambda: "nothing://x").send("lan", LETTER, AT)


def test_apprise_knows_zalo_bots() -> None:
    import apprise

    assert apprise.Apprise().add("zalo://123456789:abcdefghijKLMNOPqrst/abc.def-1")


FILE = """
[mail]
kind = "mail"
label = "Thư điện tử"
host = "mail.example.gov.vn"
sender = "bangtin@example.gov.vn"
password = "{secret:mail}"

[sms]
kind = "gateway"
url = "https://rest.esms.vn/MainService.svc/json/SendMultipleMessage_V4_post_json/"
body = { ApiKey = "{secret:key}", Phone = "{to}", Content = "{text}" }
accepted = { CodeResult = "100" }

[zalo]
kind = "apprise"
url = "zalo://{secret:zalo}/{to}"

[soc]
kind = "webhook"
url = "https://soc.example.gov.vn/hook"
secret = "{secret:soc}"
"""


def test_the_file_of_channels_is_read(tmp_path: Path) -> None:
    path = tmp_path / "channels.toml"
    path.write_text(FILE, "utf-8")
    found = channels(path)
    takes = {name: one.takes for name, one in found.items()}
    assert takes == {"mail": Takes.MAIL, "sms": Takes.PHONE, "zalo": Takes.NAME, "soc": Takes.NOBODY}
    assert found["mail"].label == "Thư điện tử"
    assert channels(None) == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("x", "no TOML"),
        ('[a]\nkind = "pigeon"', "a"),
        ('[a]\nkind = "webhook"\nurl = "http://soc.example.vn/"\nsecret = "x"', "https"),
        ('[a]\nkind = "webhook"\nurl = "https://me:pw@soc.example.vn/"\nsecret = "x"', "https"),
        ('[a]\nkind = "gateway"\nurl = "file:///etc/passwd"', "https"),
        ('[a]\nkind = "mail"\nhost = "x"\nsender = "x"\nsurprise = 1', "surprise"),
        ('["A b"]\nkind = "apprise"\nurl = "json://x"', "is no name"),
    ],
)
def test_a_wrong_file_says_where(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "channels.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadChannels, match=wrong):
        channels(path)


def test_a_missing_file_and_open_secrets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadChannels, match="cannot be read"):
        channels(tmp_path / "none.toml")
    (tmp_path / "key.secret").write_text("s3cret\n", "utf-8")
    (tmp_path / "key.secret").chmod(0o644)
    with pytest.raises(NotSent, match="600"):
        secret(tmp_path, "key")
    (tmp_path / "key.secret").chmod(0o600)
    assert secret(tmp_path, "key") == "s3cret"
    with pytest.raises(NotSent, match="cannot be read"):
        secret(tmp_path, "other")


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_stands_in_the_file_it_is_read_or_refused(content: bytes) -> None:
    with suppress(BadChannels):
        parsed(content, "channels.toml")


@given(st.text(max_size=400), st.text("abc/:.-", max_size=60), st.integers(40, 200))
def test_a_short_message_always_fits_and_holds_only_what_phones_carry(text: str, link: str, most: int) -> None:
    found = fitted(plain(text), link, most)
    assert len(found) <= most
    assert found.isascii()
    assert "\n" not in found
