"""Hands mails to the configured server, over connections that are kept while there are mails."""

import asyncio
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal
from urllib.parse import unquote, urlsplit

import aiosmtplib

SECONDS = 20.0
MOST_LINES = 8
PATIENCE_SECONDS = 5.0
"""How long a mail waits for a connection: with a server that hangs, other work is to go on."""
IDLE_SECONDS = 2.0
"""An unused connection is closed after this time, before a server would be tired of it."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What the server made of a mail: taken, put off, or refused for good."""

    outcome: Literal["sent", "deferred", "refused"]
    smtp_code: int | None = None
    error: str | None = None


class MailLines:
    """The connections of one process to its mail server.

    Args:
        url: `smtp://`, `smtp+starttls://` or `smtps://`, with `user:password@` where needed.
    """

    def __init__(self, url: str) -> None:
        """Prepare; the first mail opens a connection."""
        parts = urlsplit(url)
        assert parts.scheme in {"smtp", "smtps", "smtp+starttls"}, (
            "METATRON_SMTP_URL is no SMTP URL"
        )
        self._parts = parts
        self._tls = None if parts.scheme == "smtp" else ssl.create_default_context()
        self._seats = asyncio.Semaphore(MOST_LINES)
        self._free: list[tuple[aiosmtplib.SMTP, float]] = []
        self._sweep: asyncio.TimerHandle | None = None

    async def hand_over(self, mail: EmailMessage) -> Handed:
        """Send a mail within twenty seconds, once a connection is free; its headers name whom."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._seats.acquire()
        except TimeoutError:
            return Handed("deferred", None, "NoLineFree")
        try:
            return await self._over_kept(mail) or await self._over_new(mail)
        finally:
            self._seats.release()

    async def _over_kept(self, mail: EmailMessage) -> Handed | None:
        """Send over a kept connection; None when there is none that still works."""
        while self._free:
            line, _ = self._free.pop()
            if not line.is_connected:
                continue
            handed = await self._send(line, mail)
            # The server may close what it has kept long enough just when we use it. Should it have
            # taken the mail nevertheless, the second has the same Message-ID.
            if handed.error != aiosmtplib.SMTPServerDisconnected.__name__:
                return handed
        return None

    async def _over_new(self, mail: EmailMessage) -> Handed:
        parts, implicit = self._parts, self._parts.scheme == "smtps"
        starts = parts.scheme == "smtp+starttls"
        line = aiosmtplib.SMTP(
            hostname=parts.hostname,
            port=parts.port or (465 if implicit else 587 if starts else 25),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=implicit,
            start_tls=starts,
            timeout=SECONDS,
            tls_context=self._tls,
        )
        return await self._send(line, mail)

    async def _send(self, line: aiosmtplib.SMTP, mail: EmailMessage) -> Handed:
        handed = await _conversation(line, mail)
        if handed.outcome == "sent":
            loop = asyncio.get_running_loop()
            self._free.append((line, loop.time()))
            if self._sweep is None:
                self._sweep = loop.call_later(IDLE_SECONDS, self._close_idle)
        else:
            line.close()
        return handed

    def _close_idle(self) -> None:
        loop = asyncio.get_running_loop()
        used = [one for one in self._free if one[1] > loop.time() - IDLE_SECONDS]
        for line, since in self._free:
            if (line, since) not in used:
                line.close()
        self._free = used
        self._sweep = loop.call_later(IDLE_SECONDS, self._close_idle) if used else None


async def _conversation(line: aiosmtplib.SMTP, mail: EmailMessage) -> Handed:
    try:
        if not line.is_connected:
            await line.connect()
        refused, _ = await line.send_message(mail)
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
