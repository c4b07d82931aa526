"""Mails of alerts: to members, and to addresses outside that said yes."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.telling import members_at
from metatron.apps.amc.runs.alert_addresses import ask_address, link_of, standing
from metatron.apps.amc.runs.alert_mail_count import take_one
from metatron.apps.amc.runs.errors import AlertMailsSpent
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.notifications.interface import send_mail
from metatron.platform.tenancy.interface import tenant_by_id

Channels = Sequence[Mapping[str, Any]]
_NO_STRANGER = text("""
delete from amc.alert_address where tenant_id = :tenant_id and address_key = lower(:address)
  and confirmed_at is null
""")


@dataclass(frozen=True, slots=True)
class Readers:
    """Whom mails of an organisation's alerts reach: its members' ids by address as written."""

    organisation: str = ""
    members: Mapping[str, UUID] = field(default_factory=dict)


async def readers_of(database: Database, context: Context, channels: Channels) -> Readers:
    """Look up whose addresses the channels name."""
    addresses = [each["to"] for each in channels if each["kind"] == "mail"]
    if not addresses:
        return Readers()
    tenant = await tenant_by_id(database, context.tenant_id)
    members = await members_at(database, context.tenant_id, addresses)
    return Readers("" if tenant is None else tenant.name, members)


async def ask_strangers(
    session: AsyncSession, context: Context, channels: Channels, *, readers: Readers, now: datetime
) -> None:
    """Ask each address of nobody here whether alerts may come to it; raises `AlertMailsSpent`."""
    for each in channels:
        if each["kind"] == "mail" and each["to"] not in readers.members:
            await ask_address(
                session, context, address=each["to"], organisation=readers.organisation, now=now
            )


async def mail_alert(
    session: AsyncSession,
    context: Context,
    *,
    to: str,
    readers: Readers,
    template: str,
    variables: Mapping[str, Any],
    now: datetime,
) -> str | None:
    """Mail an address of an alert; returns None, or why not: `unconfirmed`, `refused`, `cap`.

    An address of nobody here that was never asked is asked now.
    """
    member = readers.members.get(to)
    known, stop = await standing(session, context, to), ""
    if member is not None:
        # Who was asked and has become a member since is asked no more.
        await session.execute(_NO_STRANGER, {"tenant_id": context.tenant_id, "address": to})
    elif known is not None and known.refused_at is not None:
        return "refused"
    elif known is None or known.confirmed_at is None:
        await _ask_if_any_is_left(session, context, to=to, readers=readers, now=now)
        return "unconfirmed"
    else:
        stop = link_of(known.sealed_token)
    if not await take_one(session, context):
        return "cap"
    await send_mail(
        session, context, to=to, template=template, variables={**variables, "stop": stop},
        now=now, recipient_id=member,
    )  # fmt: skip
    return None


async def _ask_if_any_is_left(
    session: AsyncSession, context: Context, *, to: str, readers: Readers, now: datetime
) -> None:
    """Ask an address; one that cannot be asked today is asked when it is next to be told."""
    with suppress(AlertMailsSpent):
        async with session.begin_nested():
            await ask_address(
                session, context, address=to, organisation=readers.organisation, now=now
            )
