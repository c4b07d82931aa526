"""The twin's SMTP server."""

import asyncio
import os
import signal
import sys
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from functools import partial
from pathlib import Path
from typing import Any

import uvloop
from aiosmtpd.smtp import SMTP, Envelope

from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from metatron.platform.notifications.mailbox.store import MailboxFolder, ReceivedMail

LARGEST_BYTES = 2_000_000
MOST_RECIPIENTS = 20


class _Keeper:
    """aiosmtpd's handler: takes every mail and keeps it."""

    def __init__(self, folder: MailboxFolder) -> None:
        self._folder = folder

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        try:
            mail = read_mail(content, envelope.mail_from or "", tuple(envelope.rcpt_tos))
        except (MessageError, LookupError, ValueError):
            return "554 Not a message I can read"
        try:
            await asyncio.to_thread(self._folder.add, mail)
        except OSError:
            # A full disk is no reason to refuse for good: the sender tries again.
            return "452 No room for it now"
        return "250 Kept"


def read_mail(content: bytes, sender: str, to: tuple[str, ...]) -> ReceivedMail:
    """Read an RFC 5322 message; its Message-ID is the mail's id, or a new one without."""
    parsed = message_from_bytes(content, policy=default)
    assert isinstance(parsed, EmailMessage)
    text = parsed.get_body(("plain",))
    html = parsed.get_body(("html",))
    return ReceivedMail(
        id=str(parsed.get("Message-ID", "")).strip(" <>") or str(new_id()),
        sender=str(parsed.get("From", sender)),
        to=to,
        subject=str(parsed.get("Subject", "")),
        received_at=utc_now(),
        text=str(text.get_content()) if text is not None else "",
        html=str(html.get_content()) if html is not None else None,
    )


async def run_mailbox(folder: Path, *, host: str = "127.0.0.1", port: int = 2525) -> None:
    """Serve SMTP on `host:port` into `folder` until cancelled or told to stop by a signal."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    server = await open_mailbox(folder, host=host, port=port)
    async with server:
        await stop.wait()


async def open_mailbox(folder: Path, *, host: str, port: int) -> asyncio.Server:
    """Start listening; port 0 takes any free one."""
    keeper = _Keeper(MailboxFolder(folder))
    protocol = partial(
        SMTP,
        keeper,
        data_size_limit=LARGEST_BYTES,
        enable_SMTPUTF8=True,
        hostname="mailbox.localhost",
        timeout=30,
    )
    return await asyncio.get_running_loop().create_server(protocol, host, port)


def serve_mailbox(port: int = 2525) -> None:
    """Run the local mail twin: an SMTP server that keeps mails in METATRON_MAILBOX_DIR.

    Raises:
        SystemExit: that is not set.
    """
    # Read without the suite's settings: their library would be half of this process.
    folder = os.environ.get("METATRON_MAILBOX_DIR")
    if not folder:
        sys.exit("set METATRON_MAILBOX_DIR to the folder that shall hold the mails")
    uvloop.run(run_mailbox(Path(folder), port=port))
