"""Client accounts: business customers above tenants, with their contracts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.kernel.money import is_currency
from metatron.platform.tenancy.errors import AccountInUse
from metatron.platform.tenancy.events import AccountDeleted, AccountSaved
from metatron.platform.tenancy.organisations import checked_name
from metatron.platform.tenancy.reach import reach_of
from metatron.platform.tenancy.tables import ClientAccount, Tenant

READ, WRITE = "accounts:read", "accounts:write"


async def create_account(
    session: AsyncSession, context: Context, *, fields: dict[str, Any], now: datetime
) -> ClientAccount:
    """Make an account; `fields` are its columns. Needs the right over everything.

    Raises:
        InvalidInput: an unknown currency, a value without one, an end before the start.
    """
    (await reach_of(session, context, WRITE)).check_everything(WRITE)
    account = ClientAccount(id=new_id(), created_at=now, **_checked(fields))
    _check_contract(account)
    session.add(account)
    await session.flush()
    event = AccountSaved(aggregate_id=account.id, fields=sorted(fields))
    await publish(session, context, event, now=now)
    return account


async def change_account(
    session: AsyncSession,
    context: Context,
    *,
    account_id: UUID,
    fields: dict[str, Any],
    if_match: str | None = None,
    now: datetime,
) -> ClientAccount:
    """Change the given columns of an account.

    Raises:
        NotFound: none within the actor's reach.
        InvalidInput: as for `create_account`.
        VersionConflict: it changed since it was read.
    """
    account = await load_account(session, context, account_id, permission=WRITE)
    check_if_match(if_match, account.version)
    for name, value in _checked(fields).items():
        setattr(account, name, value)
    _check_contract(account)
    account.version += 1
    await session.flush()
    event = AccountSaved(aggregate_id=account.id, fields=sorted(fields))
    await publish(session, context, event, now=now)
    return account


async def delete_account(
    session: AsyncSession, context: Context, *, account_id: UUID, now: datetime
) -> None:
    """Take an account off the lists; its row stays.

    Raises:
        NotFound: none within the actor's reach, or deleted before.
        AccountInUse: it still has tenants.
    """
    account = await load_account(session, context, account_id, permission=WRITE)
    count = await session.scalar(
        select(func.count())
        .select_from(Tenant)
        .where(Tenant.account_id == account.id, Tenant.deleted_at.is_(None))
    )
    if count:
        raise AccountInUse
    account.deleted_at, account.version = now, account.version + 1
    await publish(session, context, AccountDeleted(aggregate_id=account.id), now=now)


async def load_account(
    session: AsyncSession, context: Context, account_id: UUID, *, permission: str = READ
) -> ClientAccount:
    """Return an account within the actor's reach; raise `NotFound` otherwise."""
    reach = await reach_of(session, context, permission)
    account = await session.get(ClientAccount, account_id, with_for_update=permission == WRITE)
    if account is None or account.deleted_at is not None:
        raise NotFound
    reach.check(None, account.id)
    return account


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | ({"name": checked_name(fields["name"])} if "name" in fields else {})


def _check_contract(account: ClientAccount) -> None:
    if (account.contract_value_minor is None) != (account.contract_currency is None):
        hint = "Give value and currency together."
        raise InvalidInput.field("body.contract_currency", "value_without_currency", hint)
    if account.contract_currency is not None and not is_currency(account.contract_currency):
        hint = "Use an ISO 4217 code such as EUR."
        raise InvalidInput.field("body.contract_currency", "unknown_currency", hint)
    starts, ends = account.contract_starts_on, account.contract_ends_on
    if starts is not None and ends is not None and ends < starts:
        hint = "The contract ends before it starts."
        raise InvalidInput.field("body.contract_ends_on", "out_of_order", hint)
