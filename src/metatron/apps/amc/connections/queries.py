"""Lists and details by the direct door: one statement that binds the tenant and answers JSON."""

from functools import lru_cache
from typing import Annotated

from sqlalchemy import text

from metatron.apps.amc.connections.grants import granted
from metatron.apps.amc.sorting import Ordered, ordered
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.sorting import sort_query
from metatron.kernel.paging import Kind

_CURSOR = "json_build_array({key}, {id}) cursor_"

_CONNECTION = """
  select c.id, c.name, c.region, c.state, c.state_reason, c.is_twin, c.access_expires_at,
    c.refreshed_at, c.connected_by, c.created_at, c.version,
    c.state = 'healthy' and c.refresh_failures > 0
      and c.access_expires_at < now() + interval '10 minutes'
      + make_interval(secs => coalesce((select k.offset_seconds from kernel.tenant_clock k
        where k.tenant_id = c.tenant_id), 0)) as expires_soon,
    (select count(*) from amc.account a
     where a.tenant_id = c.tenant_id and a.connection_id = c.id) accounts,
    (select count(*) from amc.instance i where i.tenant_id = c.tenant_id
       and i.connection_id = c.id and i.gone_at is null and {granted}) instances
    {cursor}
  from amc.connection c where c.tenant_id = bound.t::uuid
"""

CONNECTION_BY_ID = (
    BOUND
    + " select row_to_json(r)::text from bound, lateral ("
    + _CONNECTION.replace("{cursor}", "").replace("{granted}", granted("i.id", "$3::uuid[]"))
    + " and c.id = $2 limit 1) r"
)
"""$2 the connection, $3 the viewer: hidden clients are not counted."""
CONNECTIONS = (
    BOUND
    + " select coalesce(json_agg(r), '[]')::text from bound, lateral ("
    + _CONNECTION.replace(
        "{cursor}", "," + _CURSOR.replace("{key}", "c.created_at").replace("{id}", "c.id")
    ).replace("{granted}", granted("i.id", "$5::uuid[]"))
    + """ and ($2::text is null or (c.created_at, c.id) > ($2::timestamptz, $3::uuid))
  order by c.created_at, c.id limit $4) r"""
)
"""$2 and $3 are the cursor, $4 the limit, $5 the viewer."""

_INSTANCE = """
  select i.id, i.amc_instance_id, i.name, i.status, i.advertiser_types, i.time_zone, i.brands,
    i.active, i.data_first_on, i.data_last_on, i.synced_at, i.gone_at, i.version, i.listed_at,
    json_build_object('filtered', i.extra_columns ->> 'filtered', 'users',
      i.extra_columns ->> 'users', 'reason', i.extra_columns ->> 'reason') extra_columns,
    i.is_sandbox,
    (i.listed ->> 'count')::int tables_listed,
    coalesce(i.listed -> 'missing', '[]') tables_missing,
    exists (select from amc.instance_favourite f where f.tenant_id = i.tenant_id
      and f.instance_id = i.id and f.user_id = $2) as favourite,
    json_build_object('id', a.id, 'amc_account_id', a.amc_account_id, 'name', a.name,
      'marketplace_id', a.marketplace_id) account,
    json_build_object('id', c.id, 'name', c.name, 'state', c.state, 'is_twin', c.is_twin)
      connection
    {cursor}
  from amc.instance i
  join amc.account a on a.tenant_id = i.tenant_id and a.id = i.account_id
  join amc.connection c on c.tenant_id = i.tenant_id and c.id = i.connection_id
  where i.tenant_id = bound.t::uuid
"""

INSTANCE_BY_ID = (
    BOUND
    + " select row_to_json(r)::text from bound, lateral ("
    + _INSTANCE.replace("{cursor}", "")
    + " and i.id = $3 and "
    + granted("i.id", "$4::uuid[]")
    + " limit 1) r"
)
"""$2 who asks, $4 the viewer. The limit keeps the binding before the reading, as in every list."""
_INSTANCES = (
    BOUND
    + " select coalesce(json_agg(r), '[]')::text from bound, lateral ("
    + _INSTANCE.replace("{cursor}", ", {cursor}")
    + """
    and ($3::text is null or concat_ws(' ', i.name, i.amc_instance_id, a.name, i.brands::text)
      ilike '%' || replace(replace(replace($3, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
    and ($4::uuid is null or i.connection_id = $4)
    and ($5::boolean is null or i.active = $5)
    and ($6::boolean is null or $6 = exists (select from amc.instance_favourite f
      where f.tenant_id = i.tenant_id and f.instance_id = i.id and f.user_id = $2))
    and ($7::text is null or $7 = any(i.brands))
    and {beyond}
    and """
    + granted("i.id", "$11::uuid[]")
    + " order by {order} limit $10) r"
)
_SORTS: dict[str, tuple[str, Kind]] = {
    "name": ("i.name_key", "text"),
    "account": ("lower(a.name)", "text"),
    "synced_at": ("i.synced_at", "timestamptz"),
}
Sort = Annotated[str, sort_query(_SORTS)]


@lru_cache(maxsize=12)
def instances(sort: str, *, deep: bool = False) -> Ordered:
    """Return the statement of a page of clients in this order, and what its cursor holds.

    $3 to $7 are filters, $8 and $9 the cursor, $10 the limit, $11 the viewer.
    """
    return ordered(_INSTANCES, _SORTS, sort, "i.id", ("$8", "$9"), deep=deep)


INSTANCE_ROW = text(
    "select row_to_json(r) from ("
    + _INSTANCE.replace("{cursor}", "")
    .replace("bound.t::uuid", "cast(:tenant_id as uuid)")
    .replace("$2", "cast(:user_id as uuid)")
    + " and i.id = cast(:id as uuid)) r"
)
"""The same inside a transaction, as that leaves it; for those who set up clients."""
