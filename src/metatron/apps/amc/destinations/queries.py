"""Destinations and deliveries by the direct door."""

from functools import lru_cache
from typing import Annotated

from sqlalchemy import text

from metatron.apps.amc.connections.grants import granted
from metatron.apps.amc.sorting import Ordered, ordered
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.sorting import sort_query
from metatron.kernel.paging import Kind

_CURSOR = ", json_build_array({keys}) cursor_"
_DESTINATION = """
  select d.id, d.name, d.kind, d.settings, d.created_by, d.created_at, d.updated_at,
    d.version{cursor}
  from amc.destination d where d.tenant_id = {tenant} and d.archived_at is null
"""
_DELIVERY = """
  select v.id, json_build_object('id', d.id, 'name', d.name, 'kind', d.kind) destination,
    v.run_id, v.state, v.tries, v.rows, v.problem, v.next_at, v.created_at, v.delivered_at,
    v.version{cursor}
  from amc.delivery v
  join amc.destination d on d.tenant_id = v.tenant_id and d.id = v.destination_id
  join amc.run r on r.tenant_id = v.tenant_id and r.id = v.run_id
  where v.tenant_id = {tenant}
"""


def _bound(statement: str, keys: str = "") -> str:
    cursor = _CURSOR.replace("{keys}", keys) if keys else ""
    return statement.replace("{tenant}", "bound.t::uuid").replace("{cursor}", cursor)


def _now(statement: str, name: str) -> str:
    plain = statement.replace("{tenant}", "cast(:tenant_id as uuid)").replace("{cursor}", "")
    of_one = plain + " and " + name + ".id = cast(:id as uuid)"
    return "select row_to_json(x)::text from (" + of_one + ") x"


_DESTINATIONS = (
    BOUND
    + " select coalesce(json_agg(x), '[]')::text from bound, lateral ("
    + _DESTINATION.replace("{tenant}", "bound.t::uuid").replace("{cursor}", ", {cursor}")
    + " and {beyond} order by {order} limit $4) x"
)
_SORTS: dict[str, tuple[str, Kind]] = {
    "name": ("d.name_key", "text"),
    "kind": ("d.kind", "text"),
    "created_at": ("d.created_at", "timestamptz"),
}
Sort = Annotated[str, sort_query(_SORTS)]


@lru_cache(maxsize=12)
def destinations(sort: str, *, deep: bool = False) -> Ordered:
    """Return the statement of a page in this order, and what its cursor holds.

    $2 and $3 are the cursor, $4 the limit.
    """
    return ordered(_DESTINATIONS, _SORTS, sort, "d.id", ("$2", "$3"), deep=deep)


DESTINATION = (
    BOUND
    + " select row_to_json(x)::text from bound, lateral ("
    + _bound(_DESTINATION)
    + " and d.id = $2 limit 1) x"
)
DESTINATION_NOW = text(_now(_DESTINATION, "d"))
DELIVERIES = (
    BOUND
    + " select coalesce(json_agg(x), '[]')::text from bound, lateral ("
    + _bound(_DELIVERY, "v.created_at, v.id")
    + """ and ($2::uuid is null or v.run_id = $2) and ($3::uuid is null or v.destination_id = $3)
    and ($4::text is null or v.state = $4)
    and ($5::text is null or (v.created_at, v.id) < ($5::text::timestamptz, $6::uuid))
    and """
    + granted("r.instance_id", "$8::uuid[]")
    + " order by v.created_at desc, v.id desc limit $7) x"
)
"""$2 run, $3 destination, $4 state, $5 and $6 the cursor, $7 the limit, $8 the viewer."""
DELIVERY_NOW = text(_now(_DELIVERY, "v"))
