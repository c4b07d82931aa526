"""Addresses of nobody here: an alert writes to one once its owner has said yes by a link.

Who says no is not asked again by the same organisation, nor written to.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.link_tokens import new_token
from metatron.apps.amc.runs.alert_mail_count import spent, take_one
from metatron.apps.amc.runs.errors import AlertAddressNotFound
from metatron.apps.amc.runs.events import AlertAddressAnswered, AlertAddressAsked
from metatron.apps.amc.runs.site import site
from metatron.apps.amc.runs.tables import AlertAddress
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.notifications.interface import MailTemplate, register_templates, send_mail

TEMPLATE = "amc_alert_address"
PAGE = "/s/amc/alerts/"
ASKED_AGAIN_AFTER = timedelta(days=1)
_ASK = text("""
insert into amc.alert_address as d
  (tenant_id, id, address, token_hash, sealed_token, asked_by, asked_at)
values (:tenant_id, :id, :address, :token_hash, :sealed_token, :asked_by, :now)
on conflict (tenant_id, address_key) do update
  set asked_at = excluded.asked_at, asked_by = excluded.asked_by
  where d.confirmed_at is null and d.refused_at is null and d.asked_at <= :before
returning d.id, d.sealed_token
""")
_FIND = text("""
select id, sealed_token, confirmed_at, refused_at from amc.alert_address
where tenant_id = :tenant_id and address_key = lower(:address)
""")
register_templates(
    MailTemplate(
        name=TEMPLATE,
        version=1,
        subject="May {{ organisation }} send alerts to this address?",
        text=(
            "Somebody at {{ organisation }} would like alerts on figures to come to this address. "
            "None comes before you say yes.\n\n"
            "Say yes or no here:\n{{ link }}\n\n"
            "Without an answer nothing is sent.\n"
        ),
    )
)


async def ask_address(
    session: AsyncSession, context: Context, *, address: str, organisation: str, now: datetime
) -> None:
    """Ask an address whether alerts may come to it; once a day, and no more once it answered.

    Raises:
        AlertMailsSpent: the organisation's alerts have sent their mails for today.
    """
    token, token_hash = new_token(context.tenant_id)
    row = {
        "tenant_id": context.tenant_id, "id": new_id(), "address": address,
        "token_hash": token_hash, "sealed_token": site().box.seal(token),
        "asked_by": context.actor_id, "now": now, "before": now - ASKED_AGAIN_AFTER,
    }  # fmt: skip
    asked = (await session.execute(_ASK, row)).one_or_none()
    if asked is None:
        return
    if not await take_one(session, context):
        raise await spent(session)
    await publish(session, context, AlertAddressAsked(aggregate_id=asked.id), now=now)
    told = {"organisation": organisation, "link": link_of(asked.sealed_token)}
    await send_mail(session, context, to=address, template=TEMPLATE, variables=told, now=now)


async def standing(session: AsyncSession, context: Context, address: str) -> Any:
    """Return what is known of an address: `sealed_token`, `confirmed_at`, `refused_at`; or None."""
    asked = {"tenant_id": context.tenant_id, "address": address}
    return (await session.execute(_FIND, asked)).one_or_none()


def link_of(sealed_token: bytes) -> str:
    """Return the page on which an address' owner says yes or no, at any time."""
    return site().page(PAGE + site().box.open(sealed_token))


async def answer(
    session: AsyncSession, context: Context, *, token_hash: bytes, says_yes: bool, now: datetime
) -> AlertAddress:
    """Note what an address' owner says; the last word holds. Raises `AlertAddressNotFound`."""
    query = select(AlertAddress).where(
        AlertAddress.tenant_id == context.tenant_id, AlertAddress.token_hash == token_hash
    )
    found = (await session.scalars(query.with_for_update())).one_or_none()
    if found is None:
        raise AlertAddressNotFound
    if (found.confirmed_at if says_yes else found.refused_at) is None:
        found.confirmed_at, found.refused_at = (now, None) if says_yes else (None, now)
        await session.flush()
        event = AlertAddressAnswered(aggregate_id=found.id, says_yes=says_yes)
        await publish(session, context, event, now=now)
    return found
