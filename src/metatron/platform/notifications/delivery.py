"""Delivers messages: read, hand over, note the outcome. Each step is a transaction of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.notifications.compose import compose
from metatron.platform.notifications.smtp import Handed, hand_over
from metatron.platform.notifications.tables import DeliveryAttempt, Message, MessageBody

log = structlog.get_logger(__name__)


class MailPutOff(RuntimeError):
    """The server did not take the mail now; the job is tried again."""


class NoMailServer(RuntimeError):
    """METATRON_SMTP_URL is not set: mails wait as retryable jobs until it is."""


@dataclass(frozen=True, slots=True)
class _Pending:
    address: str
    subject: str
    text: str


class PostOffice:
    """The process's way out for mail; `open` is called with the settings at start."""

    def __init__(self) -> None:
        """Begin closed."""
        self._settings: Settings | None = None

    def open(self, runtime: Any) -> None:
        """Take the settings of the process (a module start-up hook)."""
        self._settings = runtime.settings

    async def deliver(
        self, database: Database, context: Context, *, now: datetime, message_id: str
    ) -> None:
        """Deliver one message; bears repetition.

        Raises:
            MailPutOff: a temporary refusal.
            NoMailServer: none is configured.
        """
        settings = self._settings
        if settings is None or settings.smtp_url is None:
            raise NoMailServer
        key = UUID(message_id)
        pending = await _pending(database, context, key)
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
        handed = await hand_over(settings.smtp_url.get_secret_value(), mail)
        await _note(database, context, key, handed, now)
        if handed.outcome == "deferred":
            raise MailPutOff(handed.error or handed.smtp_code)


async def _pending(database: Database, context: Context, message_id: UUID) -> _Pending | None:
    """Return what to send, or None when it was sent, refused or erased."""
    async with database.transaction(context) as session:
        message = await session.get(Message, (context.tenant_id, message_id))
        body = await session.get(MessageBody, (context.tenant_id, message_id))
        if message is None or message.state != "queued":
            return None
        if body is None or body.text is None:
            message.state = "failed"
            return None
        return _Pending(body.address, body.subject, body.text)


async def _note(
    database: Database, context: Context, message_id: UUID, handed: Handed, now: datetime
) -> None:
    async with database.transaction(context) as session:
        message = await session.get(Message, (context.tenant_id, message_id), with_for_update=True)
        assert message is not None, "messages are never deleted"
        session.add(
            DeliveryAttempt(
                tenant_id=context.tenant_id,
                id=new_id(),
                message_id=message_id,
                attempted_at=now,
                outcome=handed.outcome,
                smtp_code=handed.smtp_code,
                error=handed.error,
            )
        )
        if handed.outcome == "deferred":
            return
        message.state = "sent" if handed.outcome == "sent" else "failed"
        message.sent_at = now if handed.outcome == "sent" else None
        body = await session.get(MessageBody, (context.tenant_id, message_id))
        if body is not None and not body.keeps_text:
            body.text = None
    log.info("mail_handed_over", message_id=str(message_id), outcome=handed.outcome)
