"""Seals committed events, one chain a tenant, in an order nothing can slip into later."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import asyncpg

from metatron.kernel.events.log_tenants import WITH_TENANTS
from metatron.platform.audit.canonical import COLUMNS, GENESIS, seal_hash

MOST_EVENTS = 5_000
"""Events sealed in one transaction."""
_LOCK = "select pg_try_advisory_xact_lock(7130)"
_WAIT = "select pg_advisory_xact_lock(7130)"
_HORIZON = """
select h.transaction_id::text as transaction_id, h.position,
       pg_snapshot_xmin(pg_current_snapshot())::text as oldest, now() as sealed_at
from audit.horizon h
"""
_ADVANCE = "update audit.horizon set transaction_id = $1::text::xid8, position = $2"
_COLUMNS = ", ".join(f"o.{name}" for name in COLUMNS)
# A loose index scan over the tenants, then the few new rows of each, already in order.
_NEW = f"""
{WITH_TENANTS}
select {_COLUMNS}, o.transaction_id::text as transaction_id
from tenant cross join lateral (
  select e.* from kernel.event e
  where e.tenant_id = tenant.tenant_id
    and (e.transaction_id, e.position) > ($1::text::xid8, $2)
    and e.transaction_id < $3::text::xid8
  order by e.transaction_id, e.position limit $4) o
where tenant.tenant_id is not null
order by o.transaction_id, o.position limit $4
"""
_UNSEALED = f"""
{WITH_TENANTS}
select exists (select from audit.horizon h cross join tenant cross join lateral (
  select from kernel.event e
  where e.tenant_id = tenant.tenant_id
    and (e.transaction_id, e.position) > (h.transaction_id, h.position) limit 1) o)
"""
_LEFT_OVER = f"""
select {_COLUMNS}, o.transaction_id::text as transaction_id from kernel.event o
where o.tenant_id = $1 and not exists (
  select from audit.seal s where s.tenant_id = o.tenant_id and s.event_id = o.id)
order by o.transaction_id, o.position limit $2
"""
_HEADS = """
select t.id as tenant_id, s.sequence, s.hash from unnest($1::uuid[]) t(id)
cross join lateral (select sequence, hash from audit.seal s
                    where s.tenant_id = t.id order by sequence desc limit 1) s
"""
_SEALED = """
select s.tenant_id, s.event_id from audit.seal s
join unnest($1::uuid[], $2::uuid[]) k(tenant_id, id) on k.tenant_id = s.tenant_id
 and k.id = s.event_id
"""
_INSERT = """
insert into audit.seal (tenant_id, sequence, event_id, previous_hash, hash, sealed_at)
select k.*, $6 from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[], $5::bytea[])
  k(tenant_id, sequence, event_id, previous_hash, hash)
"""
Connection = Any


async def seal_round(
    pool: "asyncpg.Pool[asyncpg.Record]", most: int = MOST_EVENTS, *, quietly: bool = False
) -> int:
    """Seal up to `most` committed events of one database; returns how many.

    Another sealer at work makes this one return 0. An event is taken once no transaction that
    could still commit an earlier one is in flight. `quietly` writes nothing where nothing is to be
    sealed: such a database counts as quiet (`kernel.database.stirred`).
    """
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(_LOCK):
            return 0
        horizon = await connection.fetchrow(_HORIZON)
        if horizon["transaction_id"] == horizon["oldest"]:
            return 0
        events = await connection.fetch(
            _NEW, horizon["transaction_id"], horizon["position"], horizon["oldest"], most
        )
        await _append(connection, events, horizon["sealed_at"])
        if len(events) == most:
            last = events[-1]
            await connection.execute(_ADVANCE, last["transaction_id"], last["position"])
        elif events or not quietly:
            await connection.execute(_ADVANCE, horizon["oldest"], 0)
    return len(events)


async def is_unsealed(pool: "asyncpg.Pool[asyncpg.Record]") -> bool:
    """Tell whether a database holds events that no round has come to yet."""
    return bool(await pool.fetchval(_UNSEALED))


async def seal_left_over(pool: "asyncpg.Pool[asyncpg.Record]", tenant_id: UUID) -> int:
    """Seal every committed event of a tenant whose writes are frozen; returns how many."""
    total = 0
    while True:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(_WAIT)
            events = await connection.fetch(_LEFT_OVER, tenant_id, MOST_EVENTS)
            await _append(connection, events, await connection.fetchval("select now()"))
        total += len(events)
        if len(events) < MOST_EVENTS:
            return total


async def _append(connection: Connection, events: list[Any], sealed_at: Any) -> None:
    if not events:
        return
    keys = [event["tenant_id"] for event in events], [event["id"] for event in events]
    known = {tuple(row) for row in await connection.fetch(_SEALED, *keys)}
    heads = await _heads(connection, {event["tenant_id"] for event in events})
    rows = []
    for event in events:
        tenant_id = event["tenant_id"]
        if (tenant_id, event["id"]) in known:
            continue  # sealed before the tenant moved here
        count, head = heads.get(tenant_id, (0, GENESIS))
        sealed = seal_hash(event, sequence=count + 1, previous=head, sealed_at=sealed_at)
        rows.append((tenant_id, count + 1, event["id"], head, sealed))
        heads[tenant_id] = (count + 1, sealed)
    if rows:
        await connection.execute(
            _INSERT, *(list(column) for column in zip(*rows, strict=True)), sealed_at
        )


async def _heads(connection: Connection, tenants: Iterable[UUID]) -> dict[UUID, tuple[int, bytes]]:
    found = await connection.fetch(_HEADS, list(tenants))
    return {row["tenant_id"]: (row["sequence"], row["hash"]) for row in found}
