"""Runs by the direct door: one statement that binds the tenant and answers JSON."""

from functools import lru_cache
from typing import Annotated

from sqlalchemy import text

from metatron.apps.amc.connections.grants import granted
from metatron.apps.amc.sorting import Ordered, ordered
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.sorting import sort_query
from metatron.kernel.paging import Kind

SUMMARY = """r.id, r.name,
  json_build_object('id', i.id, 'name', i.name, 'brands', i.brands) instance,
  case when r.workflow_id is not null then json_build_object('id', r.workflow_id, 'name', w.name,
    'number', r.workflow_version) end workflow,
  r.state, r.state_reason, r.problem, r.window_rule, r.window_start, r.window_end, r.time_zone,
  r.privacy, r.dry_run, r.origin, r.origin_id, r.amc_execution_id, r.columns, r.row_count,
  r.rows_scanned, r.size_bytes, r.created_at, r.submitted_at, r.finished_at, r.requested_by,
  r.state in ('queued', 'submitting', 'pending', 'running') and r.cancel_asked_at is null
    can_cancel,
  r.cancel_asked_at, r.result_gone_at, r.version"""
FROM = """from amc.run r
  join amc.instance i on i.tenant_id = r.tenant_id and i.id = r.instance_id
  left join amc.workflow w on w.tenant_id = r.tenant_id and w.id = r.workflow_id"""
# Of a private workflow's run its text is its owner's, the requester's and the managers' alone.
_LEGIBLE = """coalesce({viewer} is null or r.workflow_id is null or w.shared
  or w.owner_id = any({viewer}) or r.requested_by = any({viewer}), false)"""
_WHOLE = (
    "select "
    + SUMMARY
    + """, not l.legible text_is_private, case when l.legible then r.sql end as sql,
  case when l.legible then r.parameters else '[]' end parameters,
  case when l.legible then r.values else '{}' end as values,
  case when l.legible then r.value_sources else '{}' end value_sources, r.destination_ids,
  r.require_synthetic_data, r.disable_aggregation_controls """
    + FROM
    + " cross join lateral (select "
    + _LEGIBLE
    + " legible limit 1) l where r.tenant_id = {tenant} and r.id = {id} and "
    + granted("i.id", "{viewer}")
)


def _whole(tenant: str, run: str, viewer: str) -> str:
    whole = _WHOLE.replace("{tenant}", tenant).replace("{id}", run)
    return whole.replace("{viewer}", viewer)


RUN = (
    BOUND
    + " select to_json(x)::text from bound, lateral ("
    + _whole("bound.t::uuid", "$2", "$3::uuid[]")
    + " limit 1) x"
)
"""$2 the run, $3 the viewer."""
LEGIBLE = text(
    "select "
    + _LEGIBLE.replace("{viewer}", "cast(:viewer as uuid[])")
    + " "
    + FROM
    + " where r.tenant_id = :tenant_id and r.id = :id"
)
"""Whether a viewer may read a run's text."""
RESULT = (
    BOUND
    + """ select to_json(x)::text from bound, lateral (
  select r.id, r.name, r.state, r.columns, r.row_count, r.result_gone_at from amc.run r
  where r.tenant_id = bound.t::uuid and r.id = $2 and """
    + granted("r.instance_id", "$3::uuid[]")
    + " limit 1) x"
)
RUN_NOW = text(
    "select to_json(x)::text from ("
    + _whole("cast(:tenant_id as uuid)", "cast(:id as uuid)", "cast(:viewer as uuid[])")
    + ") x"
)
"""The same as a transaction leaves it."""

# $2 instance, $3 workflow, $4 state, $5 origin, $6 its id, $7 words, $8 and $9 cursor, $10 limit,
# $11 viewer, $12 and $13 the instants from and before which they were asked for.
_RUNS = (
    BOUND
    + """, words as materialized (
  select '%' || replace(replace(replace(lower($7), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%' p)
select coalesce(json_agg(x), '[]')::text from bound, words,
lateral (select array_agg(n.id) ids from amc.instance n
  where n.tenant_id = bound.t::uuid and n.name_key like words.p limit 1) clients,
lateral (select array_agg(n.id) ids from amc.workflow n
  where n.tenant_id = bound.t::uuid and n.name_key like words.p limit 1) workflows,
lateral (select """
    + SUMMARY
    + ", {cursor} "
    + FROM
    + """
  where r.tenant_id = bound.t::uuid and {by}
    and ($2::uuid is null or r.instance_id = $2)
    and ($3::uuid is null or r.workflow_id = $3)
    and ($4::text is null or r.state = $4)
    and ($5::text is null or r.origin = $5)
    and ($6::uuid is null or r.origin_id = $6)
    and ($7::text is null or r.name_key like words.p
      or r.instance_id = any (clients.ids) or r.workflow_id = any (workflows.ids))
    and {asked}
    and {beyond}
    and """
    + granted("i.id", "$11::uuid[]")
    + " order by {order} limit $10) x"
)
# Open ends are infinite, so that an index by time can be read from one to the other.
_ASKED = {
    False: "$12::timestamptz is null and $13::timestamptz is null",
    True: """r.created_at >= coalesce($12::timestamptz, '-infinity')
    and r.created_at < coalesce($13::timestamptz, 'infinity')""",
}
# A plan that serves every filter reads all runs for the few of one: each has an index of its own.
_NARROWED = {
    "": "true",
    "origin_id": "r.origin_id = $6",
    "workflow_id": "r.workflow_id = $3",
    "instance_id": "r.instance_id = $2",
    "state": "r.state = $4",
}
_SORTS: dict[str, tuple[str, Kind]] = {
    "name": ("r.name_key", "text"),
    # What has no result stands below one without rows.
    "row_count": ("r.rows_key", "bigint"),
    "size_bytes": ("r.size_key", "bigint"),
    "created_at": ("r.created_at", "timestamptz"),
}
Sort = Annotated[str, sort_query(_SORTS)]


@lru_cache(maxsize=160)
def runs(sort: str, narrowed_by: str = "", *, by_days: bool = False, deep: bool = False) -> Ordered:
    """Return the statement of a page in this order, and what its cursor holds.

    `narrowed_by`: the filter that leaves the fewest runs; `by_days`: whether days are given.
    """
    statement = _RUNS.replace("{by}", _NARROWED[narrowed_by]).replace("{asked}", _ASKED[by_days])
    return ordered(statement, _SORTS, sort, "r.id", ("$8", "$9"), deep=deep)
