"""Mail over SMTP: TLS from the first byte, or STARTTLS, or (for a relay on the same machine) none."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, parseaddr
from enum import StrEnum

from server.channels.port import LONGEST_S, Letter, NotSent, Takes, Why

_REFUSED = range(500, 600)


class Security(StrEnum):
    """How the connection is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True)
class Mail:
    """A mail server that takes our letters."""

    name: str
    label: str
    host: str
    port: int
    security: Security
    sender: str
    username: str = ""
    password: Callable[[], str] = str
    ca_file: str | None = None
    takes: Takes = Takes.MAIL
    is_plain: bool = False

    def send(self, address: str, letter: Letter, at: datetime) -> str:
        """Send one letter; its Message-ID is the same at every try."""
        message = _message(self.sender, address, letter, at)
        try:
            with self._connected() as server:
                if self.username:
                    server.login(self.username, self.password())
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            said = next(iter(error.recipients.values()), (0, b""))
            raise NotSent(f"{self.host} refused the address: {_said(said)}", is_refused=said[0] in _REFUSED) from error
        except smtplib.SMTPAuthenticationError as error:
            raise NotSent(
                f"{self.host} refused our user name or password ({error.smtp_code}).", why=Why.LOGIN
            ) from error
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"{self.host} answered {_said((error.smtp_code, error.smtp_error))}") from error
        except smtplib.SMTPException as error:
            raise NotSent(f"{self.host} did not take the letter ({type(error).__name__}).") from error
        except OSError as error:
            raise NotSent(f"{self.host} could not be reached ({type(error).__name__}).", why=Why.UNREACHABLE) from error
        return f"{self.host} took it."

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.security is Security.TLS:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=LONGEST_S, context=context)
        server = smtplib.SMTP(self.host, self.port, timeout=LONGEST_S)
        if self.security is Security.STARTTLS:
            try:
                server.starttls(context=context)
            except (smtplib.SMTPException, OSError):
                server.close()
                raise
        return server


def _message(sender: str, address: str, letter: Letter, at: datetime) -> MIMEText:
    # EmailMessage of Python 3.11 loses spaces between encoded words: https://github.com/python/cpython/issues/92081
    message = MIMEText(letter.body, "plain", "utf-8")
    name, own = parseaddr(sender)
    subject = Header(" ".join(letter.subject.split()), "utf-8", header_name="Subject")
    message["Subject"] = subject  # type: ignore[assignment]  # typeshed knows of text only
    message["From"] = formataddr((name, own), "utf-8")
    message["To"] = address
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{letter.id}@bangtin.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Bangtin-Message"] = letter.id
    return message


def _said(answer: tuple[int, bytes | str]) -> str:
    code, text = answer
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())[:200]}"
