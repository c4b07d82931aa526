"""What all tenants of a client account use together, of what was agreed for each."""

from collections import Counter
from typing import Any
from uuid import UUID

import orjson

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.unit import Read
from metatron.platform.tenancy.admin_attended_schemas import (
    AccountUsage,
    AccountUsageItem,
    MoneyUnderWay,
)
from metatron.platform.tenancy.limits import limits_of
from metatron.platform.tenancy.meters import measured
from metatron.platform.tenancy.rights import rights
from metatron.platform.tenancy.seats import SEATS

MOST_TENANTS = 200
ADDED_UP = ("users", "storage_gb", "calls_per_month")
"""A rate a minute or an hour is each application's own: a sum of rates would say nothing."""
_TENANTS = f"""{BOUND} select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select t.id, t.tier, t.limits, t.is_sandbox, ({SEATS}) as users from tenancy.tenant t
  where t.account_id = $2 and t.deleted_at is null order by t.created_at, t.id limit $3) r"""


async def usage_of_account(read: Read, database: Database, account_id: UUID) -> AccountUsage:
    """Add up what its tenants use and may use; the oldest 200 of them.

    Without a bound for one of them there is none for all, and what nothing measures stays null.
    """
    raw = await read.direct.json(read.context, _TENANTS, account_id, MOST_TENANTS + 1)
    found: list[dict[str, Any]] = orjson.loads(raw or b"[]")
    tenants = found[:MOST_TENANTS]
    used: dict[str, float] = dict.fromkeys(ADDED_UP, 0.0)
    allowed: dict[str, int | None] = dict.fromkeys(ADDED_UP, 0)
    money: Counter[str] = Counter()
    for tenant in tenants:
        if not tenant["is_sandbox"]:
            money.update(await _money_under_way(database, UUID(tenant["id"])))
        uses = {"users": tenant["users"], **await measured(database, UUID(tenant["id"]))}
        limits = limits_of(tenant["tier"], tenant["limits"]).model_dump()
        for name in ADDED_UP:
            if name in uses and name in used:
                used[name] += uses[name]
            else:
                used.pop(name, None)
            sofar, own = allowed[name], limits[name]
            allowed[name] = None if sofar is None or own is None else sofar + own
    items = [
        AccountUsageItem(name=name, used=used.get(name), allowed=allowed[name]) for name in ADDED_UP
    ]
    return AccountUsage(
        items=items,
        money_under_way=_told(money),
        tenant_count=len(tenants),
        is_whole=len(found) == len(tenants),
    )


async def _money_under_way(database: Database, tenant_id: UUID) -> Counter[str]:
    """Return what the modules tell of a tenant's money, in minor units by currency."""
    context, found = system_context(tenant_id), Counter[str]()
    tellers = [module.money_under_way for module in rights().modules]
    async with database.transaction(context) as session:
        for tell in filter(None, tellers):
            found.update(await tell(session, context))
    return found


def _told(money: Counter[str]) -> list[MoneyUnderWay] | None:
    if all(module.money_under_way is None for module in rights().modules):
        return None
    return [
        MoneyUnderWay(currency=currency, amount_minor=amount)
        for currency, amount in sorted(money.items())
    ]
