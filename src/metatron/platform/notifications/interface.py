"""What other modules may use: register templates, send mail, ask whether the twin is in use."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.jobs import enqueue, enqueue_all
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.notifications.preferences import chosen
from metatron.platform.notifications.templates import (
    MailKind,
    MailTemplate,
    register_kinds,
    register_templates,
    render,
)

__all__ = [
    "DELIVER", "Mail", "MailKind", "MailTemplate", "mail_twin_in_use", "register_kinds",
    "register_templates", "send_mail", "send_mails",
]  # fmt: skip

DELIVER = "notifications.deliver"
DELIVER_FIRST = "notifications.deliver_first"
DIGEST = "notifications.digest"
_STATES = {"at_once": "queued", "daily": "held", "off": "withheld"}
_ADDRESS = re.compile(
    r'[^\s@<>(),;:"\\\[\]\x00-\x1f\x7f]{1,64}@[^\s@<>(),;:"\\\[\]\x00-\x1f\x7f]{1,255}'
)


_KEEP = text("""
with mail as (
  select * from jsonb_to_recordset(cast(:mails as jsonb)) x (id uuid, recipient_id uuid,
    actor_id uuid, template text, template_version bigint, locale text, address text,
    subject text, text text, keeps_text boolean, state text)
), kept as (
  insert into notifications.message (tenant_id, id, recipient_id, actor_id, template,
    template_version, locale, state, created_at)
  select cast(:tenant_id as uuid), m.id, m.recipient_id, m.actor_id, m.template,
    m.template_version, m.locale, m.state, cast(:now as timestamptz) from mail m
)
insert into notifications.message_body (tenant_id, id, address, subject, text, keeps_text,
  created_at)
select cast(:tenant_id as uuid), m.id, m.address, m.subject, m.text, m.keeps_text,
  cast(:now as timestamptz) from mail m where m.state <> 'withheld'
""")


@dataclass(frozen=True, slots=True)
class Mail:
    """One of many mails to be sent; the fields are those of `send_mail`."""

    context: Context
    to: str
    template: str
    variables: dict[str, Any]
    recipient_id: UUID | None = None
    locale: str = "en"


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
    mail = Mail(context, to, template, variables, recipient_id, locale)
    [message_id] = await send_mails(session, context, mails=[mail], now=now)
    return message_id


async def send_mails(
    session: AsyncSession, context: Context, *, mails: Sequence[Mail], now: datetime
) -> list[UUID]:
    """Ask for the delivery of many mails of the context's tenant, each as by `send_mail`.

    The number of statements does not grow with that of the mails. What its reader chose to read
    once a day waits for the digest, what they chose not to read is noted without a text.

    Raises:
        InvalidInput: an address is not a single plain one; no mail leaves.
    """
    rows = [_row(mail) for mail in mails]
    await _as_chosen(session, context, rows)
    values = {
        "tenant_id": context.tenant_id,
        "now": now,
        "mails": orjson.dumps(rows, default=str).decode(),
    }
    await session.execute(_KEEP, values)
    # What is erased once sent is what somebody waits for: links and codes to sign in.
    for job, keeps_text in ((DELIVER, True), (DELIVER_FIRST, False)):
        wanted = [
            {"message_id": row["id"]}
            for row in rows
            if row["state"] == "queued" and row["keeps_text"] is keeps_text
        ]
        await enqueue_all(session, context, job, wanted)
    for reader in {row["recipient_id"] for row in rows if row["state"] == "held"}:
        await enqueue(session, context, DIGEST, run_at=next_digest(now), user_id=reader)
    return [row["id"] for row in rows]


async def _as_chosen(session: AsyncSession, context: Context, rows: list[dict[str, Any]]) -> None:
    """Set each mail's state to what its reader chose for its kind."""
    readers = {row["recipient_id"] for row in rows if row["kind"]} - {None}
    if not readers:
        return
    wishes = await chosen(session, context, readers)
    for row in rows:
        wish = wishes.get((row["recipient_id"], row["kind"]), "at_once")
        row["state"] = _STATES[wish]


def next_digest(now: datetime) -> datetime:
    """Return the next 07:00 UTC after `now`."""
    at = datetime.combine(now.astimezone(UTC).date(), time(7), UTC)
    return at if at > now else at + timedelta(days=1)


def _row(mail: Mail) -> dict[str, Any]:
    if _ADDRESS.fullmatch(mail.to) is None:
        raise InvalidInput.field("to", "invalid_email", "Give one e-mail address.")
    rendered = render(mail.template, mail.locale, mail.variables)
    return {
        "id": new_id(),
        "recipient_id": mail.recipient_id,
        "actor_id": mail.context.actor_id,
        "template": rendered.template.name,
        "template_version": rendered.template.version,
        "locale": rendered.template.locale,
        "address": mail.to,
        "subject": rendered.subject,
        "text": rendered.text,
        "keeps_text": rendered.template.keeps_text,
        "kind": rendered.template.kind,
        "state": "queued",
    }


def mail_twin_in_use(settings: Settings) -> bool:
    """Tell whether mail goes to the local twin instead of a real mail server."""
    if settings.mailbox_dir is None or settings.smtp_url is None:
        return False
    host = urlsplit(settings.smtp_url.get_secret_value()).hostname
    return host in {"127.0.0.1", "::1", "localhost"}
