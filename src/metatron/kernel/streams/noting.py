"""Numbers committed events for their streams, in the transaction that takes them up.

The sequence of a tenant's events is that of their insertion (`kernel.event.position`): whatever
waited for another transaction's lock comes after what that transaction announced.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg

type Connection = (
    asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
)

# One relay at a time takes up what will be numbered: two could overtake each other.
_ALONE = "select pg_advisory_xact_lock(hashtextextended('metatron.streams', 0))"
# With the events in hand come those that were inserted before one of them and are left in the
# outbox for a later round: they had begun before it was inserted, so few rows are looked at.
_IN_SEQUENCE = """
with taken as materialized (
  select * from unnest($1::uuid[], $2::uuid[]) t(tenant_id, id)
), known as materialized (
  select e.* from taken t cross join lateral (
    select e.* from kernel.event e where e.tenant_id = t.tenant_id and e.id = t.id limit 1) e
), reach as (
  select tenant_id, max(position) as position, max(recorded_at) as recorded_at
  from known group by tenant_id
), earlier as (
  select e.* from reach r cross join lateral (
    select o.id from kernel.outbox o
    where o.tenant_id = r.tenant_id and o.kind = 'event' and o.run_at <= r.recorded_at
      and not exists (select from taken t where t.tenant_id = o.tenant_id and t.id = o.id)) o
  join kernel.event e on e.tenant_id = r.tenant_id and e.id = o.id and e.position < r.position
)
select tenant_id, id, name, aggregate_id, occurred_at, payload, position from known
union all
select tenant_id, id, name, aggregate_id, occurred_at, payload, position from earlier
order by position
"""
_KNOW = "insert into kernel.stream (module) select unnest($1::text[]) on conflict do nothing"
# The rows stay locked until the commit, so no number is seen after a higher one.
_LOCK = "select from kernel.stream where module = any($1) order by module for update"
_NOTE = """
with fresh as (
  select g.*, row_number() over (partition by g.module order by g.place) as step
  from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::timestamptz[],
    $7::text[]) with ordinality
    g(module, tenant_id, id, name, aggregate_id, occurred_at, payload, place)
  where $8 or not exists (select from kernel.stream_entry e
    where e.tenant_id = g.tenant_id and e.id = g.id and not e.replayed)
), noted as (
  insert into kernel.stream_entry (module, number, tenant_id, id, name, aggregate_id, occurred_at,
    payload, replayed)
  select f.module, s.last_number + f.step, f.tenant_id, f.id, f.name, f.aggregate_id,
    f.occurred_at, f.payload::jsonb, $8
  from fresh f join kernel.stream s on s.module = f.module
), grown as (select module, count(*) as by from fresh group by module)
update kernel.stream s set last_number = s.last_number + g.by from grown g
where g.module = s.module
"""


async def alone(connection: Connection) -> None:
    """Let no other relay take up events of this database until the transaction ends."""
    await connection.execute(_ALONE)


async def in_sequence(
    connection: Connection, taken: Iterable[asyncpg.Record]
) -> list[asyncpg.Record]:
    """Return the events among rows of the outbox, and what has to go before them."""
    events = [row for row in taken if row["kind"] == "event"]
    if not events:
        return []
    keys = [row["tenant_id"] for row in events], [row["id"] for row in events]
    found: list[asyncpg.Record] = await connection.fetch(_IN_SEQUENCE, *keys)
    return found


async def note(home: Connection, events: Sequence[Any], *, replayed: bool = False) -> None:
    """Number events in their sequence; one that was numbered before is left out, unless replayed.

    `home` is in a transaction of the home database.
    """
    if not events:
        return
    modules = [event["name"].partition(".")[0] for event in events]
    await home.execute(_KNOW, sorted(set(modules)))
    await home.execute(_LOCK, sorted(set(modules)))
    columns = ("tenant_id", "id", "name", "aggregate_id", "occurred_at", "payload")
    values = [[event[column] for event in events] for column in columns]
    await home.execute(_NOTE, modules, *values, replayed)
