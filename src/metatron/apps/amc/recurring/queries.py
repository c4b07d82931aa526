"""Schedules and firings by the direct door."""

from functools import lru_cache
from typing import Annotated

from sqlalchemy import text

from metatron.apps.amc.connections.grants import granted
from metatron.apps.amc.sorting import Ordered, ordered
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.sorting import sort_query
from metatron.kernel.paging import Kind

_CURSOR = "json_build_array({keys}) cursor_"
# Values of a private workflow are its owner's, the maker's and the managers'.
_SCHEDULE = """
  select s.id, s.name, json_build_object('id', w.id, 'name', w.name) workflow,
    json_build_object('id', i.id, 'name', i.name, 'brands', i.brands) instance,
    case when {viewer} is null or w.shared or w.owner_id = any({viewer})
      or s.created_by = any({viewer}) then s.values else '{}' end as values,
    s.window_rule as window, s.rhythm as kind, s.time_zone, s.catch_up,
    s.auto_pause_after, s.destination_ids, s.amc_export, s.state, s.pause_reason, s.next_fire_at,
    s.failures_in_a_row,
    s.succeeded, s.failed, s.created_by, s.created_at, s.updated_at, s.version{cursor}
  from amc.schedule s
  join amc.workflow w on w.tenant_id = s.tenant_id and w.id = s.workflow_id
  join amc.instance i on i.tenant_id = s.tenant_id and i.id = s.instance_id
  where s.tenant_id = {tenant}
"""


def _schedule(tenant: str, viewer: str, cursor: str = "") -> str:
    whole = _SCHEDULE.replace("{tenant}", tenant).replace("{viewer}", viewer)
    return whole.replace("{cursor}", cursor)


_SCHEDULES = (
    BOUND
    + " select coalesce(json_agg(r), '[]')::text from bound, lateral ("
    + _schedule("bound.t::uuid", "$8::uuid[]", ", {cursor}")
    + """ and ($2::uuid is null or s.instance_id = $2) and ($3::uuid is null or s.workflow_id = $3)
    and ($4::text is null or s.state = $4)
    and {beyond} and """
    + granted("i.id", "$8::uuid[]")
    + " order by {order} limit $7) r"
)
_SORTS: dict[str, tuple[str, Kind]] = {
    "name": ("s.name_key", "text"),
    "client": ("i.name_key", "text"),
    "state": ("s.state", "text"),
    # What rests stands behind all that fires.
    "next_fire_at": ("coalesce(s.next_fire_at, 'infinity')", "timestamptz"),
    "failed": ("s.failed", "bigint"),
    "updated_at": ("s.updated_at", "timestamptz"),
}
Sort = Annotated[str, sort_query(_SORTS)]


@lru_cache(maxsize=24)
def schedules(sort: str, *, deep: bool = False) -> Ordered:
    """Return the statement of a page in this order, and what its cursor holds.

    $2 client, $3 workflow, $4 state, $5 and $6 the cursor, $7 the limit, $8 the viewer.
    """
    return ordered(_SCHEDULES, _SORTS, sort, "s.id", ("$5", "$6"), deep=deep)


SCHEDULE = (
    BOUND
    + " select row_to_json(r)::text from bound, lateral ("
    + _schedule("bound.t::uuid", "$3::uuid[]")
    + " and s.id = $2 and "
    + granted("i.id", "$3::uuid[]")
    + " limit 1) r"
)
"""$2 the schedule, $3 the viewer."""
SCHEDULE_NOW = text(
    "select row_to_json(r)::text from ("
    + _schedule("cast(:tenant_id as uuid)", "cast(:viewer as uuid[])")
    + " and s.id = cast(:id as uuid)) r"
)
"""The same as a transaction leaves it."""
SCHEDULE_SEEN = text(
    "select row_to_json(r)::text from ("
    + _schedule("cast(:tenant_id as uuid)", "cast(:viewer as uuid[])")
    + " and s.id = cast(:id as uuid) and "
    + granted("i.id", "cast(:viewer as uuid[])")
    + ") r"
)
"""The same for a viewer."""
FIRINGS = (
    BOUND
    + " select coalesce(json_agg(r), '[]')::text from bound, lateral ("
    + "select f.fire_at, f.kind, f.outcome, f.reason, f.run_id, r.state run_state, f.fired_at, "
    + _CURSOR.replace("{keys}", "f.fire_at, f.schedule_id")
    + """ from amc.firing f left join amc.run r on r.tenant_id = f.tenant_id and r.id = f.run_id
  where f.tenant_id = bound.t::uuid and f.schedule_id = $2
    and ($3::text is null or f.fire_at < $3::timestamptz)
  order by f.fire_at desc, f.kind limit $4) r"""
)
"""$2 the schedule, $3 the cursor's instant, $4 the limit."""
