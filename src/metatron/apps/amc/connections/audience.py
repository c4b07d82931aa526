"""Who hears of a change as it happens: nobody is told of what they could not open.

A record of clients is for who sees one of them (`grants`), a private workflow and what alerts on it
for its owner. What is gone already cannot be looked up: where clients are granted at all,
its end is told to those alone who see every client.
"""

from collections.abc import Sequence
from uuid import UUID

import orjson

from metatron.kernel.context import Context
from metatron.kernel.database.direct import BOUND, DirectDoor
from metatron.kernel.events.audience import Announced

KINDS = {
    "instance": "instance", "mapping": "instance", "run": "run", "result": "run",
    "schedule": "schedule", "alert": "alert", "collection": "collection", "segment": "segment",
    "board": "board", "snapshot": "board", "delivery": "delivery", "workflow": "workflow",
    "parameter": "workflow",
}  # fmt: skip
"""The noun an event begins with -> the kind of the record it is about; all others are for all."""
_CLIENTS = """
  select i.tenant_id, i.id client from amc.instance i
  where x.kind = 'instance' and i.tenant_id = bound.t::uuid and i.id = x.id
  union all select r.tenant_id, r.instance_id from amc.run r
  where x.kind = 'run' and r.tenant_id = bound.t::uuid and r.id = x.id
  union all select s.tenant_id, s.instance_id from amc.schedule s
  where x.kind = 'schedule' and s.tenant_id = bound.t::uuid and s.id = x.id
  union all select k.tenant_id, k.instance_id from amc.collection_client k
  where x.kind = 'collection' and k.tenant_id = bound.t::uuid and k.collection_id = x.id
  union all select g.tenant_id, g.instance_id from amc.segment g
  where x.kind = 'segment' and g.tenant_id = bound.t::uuid and g.id = x.id
  union all select k.tenant_id, k.instance_id from amc.board b
  join amc.collection_client k on k.tenant_id = b.tenant_id and k.collection_id = b.collection_id
  where x.kind = 'board' and b.tenant_id = bound.t::uuid and b.id = x.id
  union all select r.tenant_id, r.instance_id from amc.delivery d
  join amc.run r on r.tenant_id = d.tenant_id and r.id = d.run_id
  where x.kind = 'delivery' and d.tenant_id = bound.t::uuid and d.id = x.id
  union all select a.tenant_id, s.instance_id from amc.alert a
  left join amc.schedule s on s.tenant_id = a.tenant_id and s.id = a.schedule_id
  where x.kind = 'alert' and a.tenant_id = bound.t::uuid and a.id = x.id
  union all select w.tenant_id, null from amc.workflow w
  where x.kind = 'workflow' and w.tenant_id = bound.t::uuid and w.id = x.id"""
_PRIVATE = """
  select array[w.owner_id] from amc.workflow w
  where x.kind = 'workflow' and w.tenant_id = bound.t::uuid and w.id = x.id and not w.shared
  union all select array[w.owner_id, a.created_by] from amc.alert a
  left join amc.schedule s on s.tenant_id = a.tenant_id and s.id = a.schedule_id
  join amc.workflow w on w.tenant_id = a.tenant_id
    and w.id = coalesce(a.workflow_id, s.workflow_id)
  where x.kind = 'alert' and a.tenant_id = bound.t::uuid and a.id = x.id and not w.shared
  limit 1"""
_ANY_GRANT = "exists (select 1 from amc.instance_grant g where g.tenant_id = bound.t::uuid limit 1)"
AUDIENCES = (
    BOUND
    + """ select coalesce(json_object_agg(r.event, r.who), '{}')::text from bound, lateral (
  select x.event, coalesce(p.who, c.who, '{}') who
  from unnest($2::uuid[], $3::text[], $4::uuid[]) x (event, kind, id)
  left join lateral ("""
    + _PRIVATE
    + """) p (who) on true
  left join lateral (
    select count(*) found, bool_or(g.who is null) is_open,
      array_agg(distinct u.who) filter (where u.who is not null) who
    from ("""
    + _CLIENTS
    + """) k
    left join lateral (
      select array_agg(coalesce(g.user_id, g.role_id)) who from amc.instance_grant g
      where g.tenant_id = k.tenant_id and g.instance_id = k.client) g on true
    left join lateral unnest(g.who) u (who) on true) c on true
  where p.who is not null or (c.found > 0 and not c.is_open) or (c.found = 0 and """
    + _ANY_GRANT
    + """)
  order by x.event) r"""
)
"""$2 events, $3 kinds, $4 ids of their records: those that are not for all, with whom they are."""


async def who_may_hear(
    direct: DirectDoor, context: Context, events: Sequence[Announced]
) -> dict[UUID, frozenset[UUID]]:
    """Return who may hear of those events that are not for all: ids of people and of roles."""
    asked = [
        (event_id, kind, record_id)
        for event_id, name, record_id in events
        if (kind := KINDS.get(name.split(".")[1].partition("_")[0])) is not None
    ]
    if not asked:
        return {}
    found = await direct.json(context, AUDIENCES, *map(list, zip(*asked, strict=True)))
    told: dict[str, list[str | None]] = orjson.loads(found or b"{}")
    return {
        UUID(event): frozenset(UUID(who) for who in people if who is not None)
        for event, people in told.items()
    }
