"""Hands a mail to the configured server."""

import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal
from urllib.parse import unquote, urlsplit

import aiosmtplib

SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Handed:
    """What the server made of a mail: taken, put off, or refused for good."""

    outcome: Literal["sent", "deferred", "refused"]
    smtp_code: int | None = None
    error: str | None = None


async def hand_over(url: str, mail: EmailMessage) -> Handed:
    """Send `mail` to the server at `url` within twenty seconds.

    Args:
        url: `smtp://`, `smtp+starttls://` or `smtps://`, with `user:password@` where needed.
        mail: the composed message; its headers name sender and recipient.
    """
    parts = urlsplit(url)
    assert parts.scheme in {"smtp", "smtps", "smtp+starttls"}, "METATRON_SMTP_URL is no SMTP URL"
    implicit = parts.scheme == "smtps"
    try:
        refused, _ = await aiosmtplib.send(
            mail,
            hostname=parts.hostname,
            port=parts.port or (465 if implicit else 587 if "starttls" in parts.scheme else 25),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=implicit,
            start_tls=parts.scheme == "smtp+starttls",
            timeout=SECONDS,
            tls_context=None if parts.scheme == "smtp" else ssl.create_default_context(),
        )
    except aiosmtplib.SMTPResponseException as error:
        return _judged(error.code, type(error).__name__)
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [refusal.code for refusal in error.recipients]
        return _judged(codes[0] if codes else 450, "SMTPRecipientsRefused")
    except (aiosmtplib.SMTPException, OSError) as error:
        return Handed("deferred", None, type(error).__name__)
    assert not refused, "one recipient is either taken or refused"
    return Handed("sent", 250)


def _judged(code: int, error: str) -> Handed:
    return Handed("refused" if 500 <= code < 600 else "deferred", code, error)
