"""The daily digest: one mail of what somebody chose to read once a day."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.notifications.interface import Mail, send_mails
from metatron.platform.notifications.templates import MailTemplate, register_templates

TEMPLATE = "notifications.digest"
MOST = 200
"""Mails of one digest; more make another."""
register_templates(
    MailTemplate(
        name=TEMPLATE,
        version=1,
        subject="Your day: {{ mails | length }} message{{ '' if mails | length == 1 else 's' }}",
        text=(
            "You chose to read these once a day.\n"
            "{% for mail in mails %}\n\n{{ mail.subject }}\n{{ '-' * mail.subject | length }}\n"
            "{{ mail.text }}{% endfor %}\n"
            "\nWhat moves money, and what a campaign does, always comes at once.\n"
        ),
    )
)
_HELD = text("""
select m.id, b.address, b.subject, b.text
from notifications.message m
join notifications.message_body b on b.tenant_id = m.tenant_id and b.id = m.id
where m.tenant_id = :tenant_id and m.recipient_id = :user_id and m.state = 'held'
order by m.id limit :most for update of m
""")
_DIGESTED = text("""
update notifications.message set state = 'digested'
where tenant_id = :tenant_id and id = any(cast(:ids as uuid[]))
""")
_ERASE = text("""
update notifications.message_body set text = null
where tenant_id = :tenant_id and id = any(cast(:ids as uuid[])) and not keeps_text
""")


async def send_digest(
    session: AsyncSession, context: Context, *, user_id: UUID, now: datetime
) -> int:
    """Send a person what waits for them as one mail; returns how many it holds.

    Bears repetition: what went out in one digest waits no more.
    """
    key: dict[str, Any] = {"tenant_id": context.tenant_id, "user_id": user_id, "most": MOST}
    sent = 0
    while rows := (await session.execute(_HELD, key)).all():
        mails = [{"subject": row.subject, "text": row.text or ""} for row in rows]
        digest = Mail(context, rows[-1].address, TEMPLATE, {"mails": mails}, user_id)
        await send_mails(session, context, mails=[digest], now=now)
        ids = {"tenant_id": context.tenant_id, "ids": [row.id for row in rows]}
        await session.execute(_DIGESTED, ids)
        await session.execute(_ERASE, ids)
        sent += len(rows)
    return sent
