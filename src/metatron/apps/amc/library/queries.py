"""The library by the direct door. `a.actor` is who asks: private workflows are their owner's.

`a.viewer` is who asks as grants name them: of the runs of hidden clients nothing is told, not even
how many there are.
"""

from functools import lru_cache
from typing import Annotated

from metatron.apps.amc.connections.grants import granted
from metatron.apps.amc.sorting import Ordered, ordered
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.sorting import sort_query
from metatron.kernel.paging import Kind

_SEEN = "(w.shared or w.owner_id = a.actor)"
_PERSON = """case when {id} is not null then json_build_object('id', {id}, 'display_name',
    (select u.display_name from identity.pub_user u where u.id = {id})) end"""
# The counters are of all runs; where clients are granted, those of one's own are counted.
_ALL_SEEN = """a.viewer is null or not exists (
    select 1 from amc.instance_grant g where g.tenant_id = w.tenant_id limit 1)"""
_OF_RUNS = (
    """(select {all} from (
    select r.tenant_id, r.instance_id, count(*) runs, max(r.created_at) last_at from amc.run r
    where r.tenant_id = w.tenant_id and r.workflow_id = w.id group by r.tenant_id, r.instance_id) c
    where """
    + granted("c.instance_id", "a.viewer")
    + ")"
)
_RUNS = (
    f"case when {_ALL_SEEN} then w.runs else "
    + _OF_RUNS.replace("{all}", "coalesce(sum(c.runs), 0)::bigint")
    + f""" end as runs,
  case when {_ALL_SEEN} then w.last_run_at else """
    + _OF_RUNS.replace("{all}", "max(c.last_at)")
    + " end as last_run_at"
)
_ABOUT = (
    """w.id, w.name, w.description, w.folder, w.tags, w.category, w.shared, """
    + _PERSON.replace("{id}", "w.owner_id")
    + """ as owner, exists (select from amc.workflow_favourite f where f.tenant_id = w.tenant_id
    and f.user_id = a.actor and f.workflow_id = w.id) as favourite,
  w.current_version as number, w.guide, w.forked_from, w.archived_at, w.created_at, w.updated_at,
  w.version, """
    + _RUNS
)
_WORKFLOWS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text
from bound, (select $2::uuid actor, $12::uuid[] viewer) a, lateral (select """
    + _ABOUT
    + """, {cursor}
  from amc.workflow w
  where w.tenant_id = bound.t::uuid and w.archived_at is {archived} and """
    + _SEEN
    + """
    and ($3::text is null or concat_ws(' ', w.name, w.description, array_to_string(w.tags, ' '))
         ilike '%' || replace(replace(replace($3, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
    and ($4::text is null or w.folder = $4 or starts_with(w.folder, $4 || '/'))
    and ($5::text is null or $5 = any (w.tags))
    and ($6::text is null or w.category = $6)
    and ($7::boolean is not true or w.owner_id = a.actor)
    and ($8::boolean is null or $8 = exists (select from amc.workflow_favourite f
         where f.tenant_id = w.tenant_id and f.user_id = a.actor and f.workflow_id = w.id))
    and {beyond}
  order by {order} limit $11) r"""
)
_SORTS: dict[str, tuple[str, Kind]] = {
    "name": ("w.name_key", "text"),
    "category": ("w.category", "text"),
    "folder": ("lower(w.folder)", "text"),
    "number": ("w.current_version", "bigint"),
    "updated_at": ("w.updated_at", "timestamptz"),
}
Sort = Annotated[str, sort_query(_SORTS)]


@lru_cache(maxsize=40)
def workflows(sort: str, *, archived: bool, deep: bool = False) -> Ordered:
    """Return the statement of a page in this order, and what its cursor holds.

    $2 who asks, $3 to $8 the filters, $9 and $10 the cursor, $11 the limit, $12 the viewer.
    """
    statement = _WORKFLOWS.replace("{archived}", "not null" if archived else "null")
    return ordered(statement, _SORTS, sort, "w.id", ("$9", "$10"), deep=deep)


WORKFLOWS, _ = workflows("-updated_at", archived=False)
_WHOLE = (
    "(select "
    + _ABOUT
    + """, v.sql, v.parameters, v.privacy from amc.workflow w
  join amc.workflow_version v on v.tenant_id = w.tenant_id and v.workflow_id = w.id
    and v.number = w.current_version """
)
WORKFLOW = (
    BOUND
    + " select to_json(r)::text from bound, (select $2::uuid actor, $4::uuid[] viewer) a, lateral "
    + _WHOLE
    + "where w.tenant_id = bound.t::uuid and w.id = $3 and "
    + _SEEN
    + " limit 1) r"
)
WORKFLOW_NOW = (
    "select to_json(r)::text from (select cast(:actor as uuid) actor,"
    " cast(:viewer as uuid[]) viewer) a, lateral "
    + _WHOLE
    + "where w.tenant_id = :tenant_id and w.id = :workflow_id) r"
)
"""The same as a transaction leaves it; its binding names the tenant."""
_OF_WORKFLOW = (
    "exists (select from amc.workflow w where w.tenant_id = bound.t::uuid and w.id = $3 and "
    + _SEEN
    + ")"
)
_VERSION = "v.number, v.privacy, v.note, v.saved_at, " + (
    _PERSON.replace("{id}", "v.saved_by") + " as saved_by"
)
VERSIONS = (
    BOUND
    + " select case when "
    + _OF_WORKFLOW
    + """ then coalesce((select json_agg(r) from lateral (select """
    + _VERSION
    + """, json_build_array(v.number) as cursor_
  from amc.workflow_version v where v.tenant_id = bound.t::uuid and v.workflow_id = $3
    and ($4::bigint is null or v.number < $4) order by v.number desc limit $5) r), '[]')::text end
from bound, (select $2::uuid actor) a"""
)
"""Null where nobody who asks may see the workflow."""
TEXTS = (
    BOUND
    + " select case when "
    + _OF_WORKFLOW
    + """ then coalesce((select json_object_agg(r.number, r) from lateral (select """
    + _VERSION
    + """, v.sql, v.parameters, (select w.current_version from amc.workflow w
      where w.tenant_id = v.tenant_id and w.id = v.workflow_id) as newest
  from amc.workflow_version v where v.tenant_id = bound.t::uuid and v.workflow_id = $3
    and v.number = any ($4::bigint[]) limit 2) r), '{}')::text end
from bound, (select $2::uuid actor) a"""
)
NEWEST = (
    BOUND
    + """ select w.current_version from bound, (select $2::uuid actor) a, lateral (
  select w.current_version from amc.workflow w
  where w.tenant_id = bound.t::uuid and w.id = $3 and """
    + _SEEN
    + " limit 1) w"
)
PARAMETER_SETS = (
    BOUND
    + " select case when "
    + _OF_WORKFLOW
    + """ then (select json_build_object('items', coalesce(json_agg(r), '[]'), 'next_cursor', null)
  from lateral (select s.id, s.name, s.values, s.saved_at, """
    + _PERSON.replace("{id}", "s.saved_by")
    + """ as saved_by from amc.parameter_set s
    where s.tenant_id = bound.t::uuid and s.workflow_id = $3 order by s.name limit 200) r)::text end
from bound, (select $2::uuid actor) a"""
)
FOLDERS = (
    BOUND
    + """ select json_build_object('items', coalesce(json_agg(r), '[]'), 'next_cursor', null)::text
from bound, (select $2::uuid actor) a, lateral (
  select w.folder as name, count(*) as workflows from amc.workflow w
  where w.tenant_id = bound.t::uuid and w.archived_at is null and w.folder <> '' and """
    + _SEEN
    + " group by w.folder order by w.folder limit 2000) r"
)
TAGS = (
    BOUND
    + """ select json_build_object('items', coalesce(json_agg(r), '[]'), 'next_cursor', null)::text
from bound, (select $2::uuid actor) a, lateral (
  select tag as name, count(*) as workflows
  from amc.workflow w cross join lateral unnest(w.tags) as tag
  where w.tenant_id = bound.t::uuid and w.archived_at is null and """
    + _SEEN
    + " group by tag order by count(*) desc, tag limit 2000) r"
)
