"""Client accounts: business customers above tenants, with their contracts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.errors import AccountInUse
from metatron.platform.tenancy.events import AccountDeleted, AccountSaved
from metatron.platform.tenancy.organisations import checked_name
from metatron.platform.tenancy.suspension import restore_with_account, suspend_with_account
from metatron.platform.tenancy.tables import ClientAccount

_TENANTS = text("select count(*) from tenancy.tenant where account_id = :id and deleted_at is null")


async def create_account(
    session: AsyncSession,
    context: Context,
    *,
    name: str,
    contract: dict[str, Any],
    account_id: UUID | None = None,
    now: datetime,
) -> ClientAccount:
    """Make a client account.

    Args:
        session: a transaction of the system role.
        context: who makes it, in the platform's tenant.
        name: 1-200 characters.
        contract: any of kind, value_minor, currency, starts_on, ends_on.
        account_id: its id, when the caller has chosen one.
        now: the instant.

    Raises:
        InvalidInput: the contract does not fit together.
    """
    account = ClientAccount(id=account_id or new_id(), name=checked_name(name), created_at=now)
    _write_contract(account, contract)
    session.add(account)
    await session.flush()
    event = AccountSaved(aggregate_id=account.id, fields=["name", *_columns(contract)])
    await publish(session, context, event, now=now)
    return account


async def change_account(
    session: AsyncSession,
    context: Context,
    *,
    account_id: UUID,
    changes: dict[str, Any],
    if_match: str | None = None,
    now: datetime,
) -> ClientAccount:
    """Change name, state or contract; `changes` holds what shall differ.

    Suspending an account (or ending it) suspends its active tenants; activating it restores those,
    and none that were suspended for themselves.

    Raises:
        NotFound: unknown or deleted.
        InvalidInput: the contract does not fit together.
        VersionConflict: it has changed since it was read.
    """
    account = await _load(session, account_id)
    check_if_match(if_match, account.version)
    before = _facts(account)
    contract = changes.get("contract", {})
    if "name" in changes:
        account.name = checked_name(changes["name"])
    if "state" in changes:
        account.state = changes["state"]
    _write_contract(account, contract)
    fields = [name for name, value in _facts(account).items() if value != before[name]]
    if fields:
        account.version += 1
        await session.flush()
        event = AccountSaved(aggregate_id=account.id, fields=fields)
        await publish(session, context, event, now=now)
    if before["state"] == "active" != account.state:
        await suspend_with_account(session, context, account_id=account.id, now=now)
    elif before["state"] != "active" == account.state:
        await restore_with_account(session, context, account_id=account.id, now=now)
    return account


async def delete_account(
    session: AsyncSession, context: Context, *, account_id: UUID, now: datetime
) -> None:
    """Take an account off every list; its rows stay.

    Raises:
        NotFound: unknown, or deleted before.
        AccountInUse: tenants belong to it.
    """
    account = await _load(session, account_id)
    if (await session.execute(_TENANTS, {"id": account_id})).scalar_one():
        raise AccountInUse
    account.deleted_at = now
    account.version += 1
    await session.flush()
    await publish(session, context, AccountDeleted(aggregate_id=account.id), now=now)


async def _load(session: AsyncSession, account_id: UUID) -> ClientAccount:
    account = await session.get(ClientAccount, account_id, with_for_update=True)
    if account is None or account.deleted_at is not None:
        raise NotFound
    return account


def _columns(contract: dict[str, Any]) -> list[str]:
    return [f"contract_{name}" for name in contract]


def _facts(account: ClientAccount) -> dict[str, Any]:
    names = ("kind", "value_minor", "currency", "starts_on", "ends_on")
    return {
        "name": account.name,
        "state": account.state,
        **{f"contract_{name}": getattr(account, f"contract_{name}") for name in names},
    }


def _write_contract(account: ClientAccount, contract: dict[str, Any]) -> None:
    for name, value in contract.items():
        setattr(account, f"contract_{name}", value)
    if (account.contract_value_minor is None) != (account.contract_currency is None):
        hint = "Give a value and its currency, or neither."
        raise InvalidInput.field("body.contract", "value_without_currency", hint)
    starts, ends = account.contract_starts_on, account.contract_ends_on
    if isinstance(starts, date) and isinstance(ends, date) and ends < starts:
        hint = "A contract ends on or after the day it starts."
        raise InvalidInput.field("body.contract.ends_on", "ends_before_start", hint)
