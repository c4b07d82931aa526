"""Delivers messages: read, hand over, note the outcome. Each step is a transaction of its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.notifications.compose import compose
from metatron.platform.notifications.records import Attempt, Records
from metatron.platform.notifications.smtp import MailLines

log = structlog.get_logger(__name__)


class MailPutOff(RuntimeError):
    """The server did not take the mail now; the job is tried again."""


class NoMailServer(RuntimeError):
    """METATRON_SMTP_URL is not set: mails wait as retryable jobs until it is."""


class PostOffice:
    """The process's way out for mail; `open` is called with the settings at start."""

    def __init__(self) -> None:
        """Begin closed."""
        self._settings: Settings | None = None
        self._lines: MailLines | None = None

    def open(self, runtime: Any) -> None:
        """Take the settings of the process (a module start-up hook)."""
        self._settings = runtime.settings
        url = runtime.settings.smtp_url
        self._lines = None if url is None else MailLines(url.get_secret_value())

    async def deliver(
        self, database: Database, context: Context, *, now: datetime, message_id: str
    ) -> None:
        """Deliver one message; bears repetition.

        Raises:
            MailPutOff: a temporary refusal.
            NoMailServer: none is configured.
        """
        settings = self._settings
        if settings is None or self._lines is None:
            raise NoMailServer
        key, records = UUID(message_id), database.keep(Records)
        pending = await records.pending.submit(context.tenant_id, key)
        if pending is None:
            return
        mail = compose(
            sender=settings.mail_from,
            address=pending.address,
            subject=pending.subject,
            text=pending.text,
            message_id=key,
            sent_at=utc_now(),
        )
        handed = await self._lines.hand_over(mail)
        await records.attempts.submit(context.tenant_id, Attempt(key, handed, now))
        log.info("mail_handed_over", message_id=message_id, outcome=handed.outcome)
        if handed.outcome == "deferred":
            raise MailPutOff(handed.error or handed.smtp_code)
