"""Alerts by the direct door: those of clients and workflows that the viewer may see."""

from functools import lru_cache
from typing import Annotated

from sqlalchemy import text

from metatron.apps.amc.connections.grants import granted
from metatron.apps.amc.sorting import Ordered, ordered
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.sorting import sort_query
from metatron.kernel.paging import Kind

# Where a webhook leads is a secret of its maker's and the managers'.
_CHANNELS = """case when {viewer} is null or a.created_by = any({viewer}) then a.channels
  else (select jsonb_agg(case when c.value ->> 'kind' = 'webhook'
      then c.value || '{"url": null}' else c.value end order by c.ordinality)
    from jsonb_array_elements(a.channels) with ordinality c) end as channels"""
_AWAITED = """(select coalesce(jsonb_agg(jsonb_build_object('to', c.value ->> 'to', 'standing',
      case when d.refused_at is null then 'asked' else 'refused' end) order by c.ordinality), '[]')
    from jsonb_array_elements(a.channels) with ordinality c
    join amc.alert_address d on d.tenant_id = a.tenant_id
      and d.address_key = lower(c.value ->> 'to') and d.confirmed_at is null) awaited"""
_FIRING = (
    """(select json_build_object('run_id', f.run_id, 'value', f.value,
    'fired_at', f.fired_at, 'not_sent', f.not_sent) from amc.alert_firing f
    join amc.run r on r.tenant_id = f.tenant_id and r.id = f.run_id
    where f.tenant_id = a.tenant_id and f.alert_id = a.id
      and """
    + granted("r.instance_id", "{viewer}")
    + " order by f.fired_at desc, f.run_id desc limit 1) last_firing"
)
_FROM = """from amc.alert a
  left join amc.schedule s on s.tenant_id = a.tenant_id and s.id = a.schedule_id
  left join amc.workflow w on w.tenant_id = a.tenant_id
    and w.id = coalesce(a.workflow_id, s.workflow_id)"""


def _seen(viewer: str) -> str:
    """Return the test of what a viewer may know: the schedule's client, the workflow if private."""
    return f"""(s.id is null or {granted("s.instance_id", viewer)})
    and ({viewer} is null or coalesce(w.shared, true) or w.owner_id = any({viewer})
      or a.created_by = any({viewer}))"""


_ALERT = (
    """ select a.id, a.name, a.workflow_id, a.schedule_id, coalesce(s.name, w.name) about,
  coalesce(a.workflow_id, s.workflow_id) about_workflow_id, a.condition, a.created_by,
  {viewer} is null or a.created_by = any({viewer}) as can_change, a.created_at, a.paused_at,
  a.rests_since,
  a.version,
  """
    + _CHANNELS
    + f", {_AWAITED}, "
    + _FIRING
    + "{cursor} "
    + _FROM
    + " where a.tenant_id = {tenant} and "
    + _seen("{viewer}")
)


def _alert(tenant: str, viewer: str, cursor: str = "") -> str:
    whole = _ALERT.replace("{tenant}", tenant).replace("{viewer}", viewer)
    return whole.replace("{cursor}", cursor)


_ALERTS = (
    BOUND
    + " select coalesce(json_agg(x), '[]')::text from bound, lateral ("
    + _alert("bound.t::uuid", "$7::uuid[]", ", {cursor}")
    + """
    and ($2::uuid is null or a.workflow_id = $2)
    and ($3::uuid is null or a.schedule_id = $3)
    and {beyond} order by {order} limit $6) x"""
)
_SORTS: dict[str, tuple[str, Kind]] = {
    "name": ("a.name_key", "text"),
    "about": ("coalesce(s.name_key, w.name_key, '')", "text"),
    "created_at": ("a.created_at", "timestamptz"),
}
Sort = Annotated[str, sort_query(_SORTS)]


@lru_cache(maxsize=12)
def alerts(sort: str, *, deep: bool = False) -> Ordered:
    """Return the statement of a page in this order, and what its cursor holds.

    $2 workflow, $3 schedule, $4 and $5 the cursor, $6 the limit, $7 the viewer.
    """
    return ordered(_ALERTS, _SORTS, sort, "a.id", ("$4", "$5"), deep=deep)


ALERT_NOW = text(
    "select to_json(x)::text from ("
    + _alert("cast(:tenant_id as uuid)", "cast(:viewer as uuid[])")
    + " and a.id = cast(:id as uuid)) x"
)
"""One of them, as a transaction leaves it."""
SEEN = text(
    "select a.id "
    + _FROM
    + " where a.tenant_id = :tenant_id and a.id = :id and "
    + _seen("cast(:viewer as uuid[])")
)
"""One row for an alert that the viewer may see."""
CLIENT_OF_SCHEDULE = text(
    "select instance_id from amc.schedule where tenant_id = :tenant_id and id = :id"
)
