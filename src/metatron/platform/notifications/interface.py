"""What other modules may use: register templates, send mail, ask whether the twin is in use."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.notifications.tables import Message, MessageBody
from metatron.platform.notifications.templates import MailTemplate, register_templates, render

__all__ = ["DELIVER", "MailTemplate", "mail_twin_in_use", "register_templates", "send_mail"]

DELIVER = "notifications.deliver"
DELIVER_FIRST = "notifications.deliver_first"
_ADDRESS = re.compile(
    r'[^\s@<>(),;:"\\\[\]\x00-\x1f\x7f]{1,64}@[^\s@<>(),;:"\\\[\]\x00-\x1f\x7f]{1,255}'
)


async def send_mail(
    session: AsyncSession,
    context: Context,
    *,
    to: str,
    template: str,
    locale: str = "en",
    variables: dict[str, Any],
    now: datetime,
    recipient_id: UUID | None = None,
) -> UUID:
    """Render a registered template and ask for its delivery; returns the message's id.

    Args:
        session: the business transaction; if it rolls back, no mail leaves.
        context: the tenant in whose name the mail is sent, and who caused it.
        to: one address, kept in the side row only.
        template: a name given to `register_templates`.
        locale: wanted language; English when there is no such text.
        variables: values of the template's places, all of them.
        now: the instant on the tenant's clock.
        recipient_id: the user behind the address, if there is one.

    Raises:
        InvalidInput: `to` is not a single plain address.
    """
    if _ADDRESS.fullmatch(to) is None:
        raise InvalidInput.field("to", "invalid_email", "Give one e-mail address.")
    mail = render(template, locale, variables)
    message_id = new_id()
    session.add(
        Message(
            tenant_id=context.tenant_id,
            id=message_id,
            recipient_id=recipient_id,
            actor_id=context.actor_id,
            template=mail.template.name,
            template_version=mail.template.version,
            locale=mail.template.locale,
            state="queued",
            created_at=now,
        )
    )
    await session.flush()
    session.add(
        MessageBody(
            tenant_id=context.tenant_id,
            id=message_id,
            address=to,
            subject=mail.subject,
            text=mail.text,
            keeps_text=mail.template.keeps_text,
            created_at=now,
        )
    )
    await session.flush()
    # What is erased once sent is what somebody waits for: links and codes to sign in.
    job = DELIVER if mail.template.keeps_text else DELIVER_FIRST
    await enqueue(session, context, job, message_id=message_id)
    return message_id


def mail_twin_in_use(settings: Settings) -> bool:
    """Tell whether mail goes to the local twin instead of a real mail server."""
    if settings.mailbox_dir is None or settings.smtp_url is None:
        return False
    host = urlsplit(settings.smtp_url.get_secret_value()).hostname
    return host in {"127.0.0.1", "::1", "localhost"}
