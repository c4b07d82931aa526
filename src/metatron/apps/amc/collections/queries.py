"""Collections and segments by the direct door."""

from functools import lru_cache
from typing import Annotated

from sqlalchemy import text

from metatron.apps.amc.connections.grants import granted
from metatron.apps.amc.sorting import Ordered, ordered
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.sorting import sort_query
from metatron.kernel.paging import Kind

_CURSOR = "json_build_array({keys}) cursor_"
# Whoever sees one of its clients sees a collection, with what it has of these.
SEEN = (
    """({viewer} is null or exists (select from amc.collection_client k
    where k.tenant_id = c.tenant_id and k.collection_id = c.id and """
    + granted("k.instance_id", "{viewer}")
    + "))"
)
_COUNTS = """(select count(*) total, count(*) filter (where s.state = 'waiting') waiting,
    count(*) filter (where s.state = 'running') running,
    count(*) filter (where s.state = 'provisional') provisional,
    count(*) filter (where s.state = 'settled') settled,
    count(*) filter (where s.state = 'failed') failed
  from amc.collection_segment cs
  join amc.segment s on s.tenant_id = cs.tenant_id and s.id = cs.segment_id
  where cs.tenant_id = c.tenant_id and cs.collection_id = c.id
    and ({viewer} is null or s.instance_id = any(array(
      select k.instance_id from amc.collection_client k
      where k.tenant_id = c.tenant_id and k.collection_id = c.id and {client_seen})))) n"""
_STATE = """case when c.paused_at is not null then 'paused' when n.failed > 0 then 'failing'
    when not c.continuing and n.settled = n.total then 'complete' else 'collecting' end"""
_COLLECTION = (
    """
  select c.id, c.name,
    json_build_object('id', w.id, 'name', w.name, 'number', c.workflow_version) workflow,
    (select coalesce(json_agg(json_build_object('id', i.id, 'name', i.name)
      order by i.name_key, i.id), '[]')
      from amc.collection_client k
      join amc.instance i on i.tenant_id = k.tenant_id and i.id = k.instance_id
      where k.tenant_id = c.tenant_id and k.collection_id = c.id and {client_seen}) clients,
    json_build_object('unit', c.unit, 'from', c.from_on, 'to', c.to_on,
      'week_starts_on', c.week_starts_on) segments,
    c.continuing, c.time_zone, c.destination_ids, c.pause_reason, """
    + _STATE
    + """ state, to_json(n) counts, c.created_by, c.created_at, c.version{cursor}
  from amc.collection c
  join amc.workflow w on w.tenant_id = c.tenant_id and w.id = c.workflow_id
  cross join lateral """
    + _COUNTS
    + """
  where c.tenant_id = {tenant} and c.archived_at is null and """
    + SEEN
)


def _collection(tenant: str, viewer: str, cursor: str = "") -> str:
    whole = _COLLECTION.replace("{client_seen}", granted("k.instance_id", viewer))
    whole = whole.replace("{tenant}", tenant).replace("{viewer}", viewer)
    return whole.replace("{cursor}", cursor)


_COLLECTIONS = (
    BOUND
    + " select coalesce(json_agg(r), '[]')::text from bound, lateral ("
    + _collection("bound.t::uuid", "$7::uuid[]", ", {cursor}")
    + " and ($2::text is null or "
    + _STATE
    + """ = $2)
    and ($3::text is null or concat_ws(' ', c.name, w.name)
      ilike '%' || replace(replace(replace($3, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
    and {beyond}
  order by {order} limit $6) r"""
)
_SORTS: dict[str, tuple[str, Kind]] = {
    "name": ("c.name_key", "text"),
    "unit": ("c.unit", "text"),
    "created_at": ("c.created_at", "timestamptz"),
}
Sort = Annotated[str, sort_query(_SORTS)]


@lru_cache(maxsize=12)
def collections(sort: str, *, deep: bool = False) -> Ordered:
    """Return the statement of a page in this order, and what its cursor holds.

    $2 state, $3 words, $4 and $5 the cursor, $6 the limit, $7 the viewer.
    """
    return ordered(_COLLECTIONS, _SORTS, sort, "c.id", ("$4", "$5"), deep=deep)


COLLECTION = (
    BOUND
    + " select row_to_json(r)::text from bound, lateral ("
    + _collection("bound.t::uuid", "$3::uuid[]")
    + " and c.id = $2 limit 1) r"
)
"""$2 the collection, $3 the viewer."""
COLLECTION_NOW = text(
    "select row_to_json(r)::text from ("
    + _collection("cast(:tenant_id as uuid)", "cast(:viewer as uuid[])")
    + " and c.id = cast(:id as uuid)) r"
)
"""The same as a transaction leaves it."""
IS_THERE = (
    BOUND
    + """ select '1' from bound, lateral (select c.id from amc.collection c
  where c.tenant_id = bound.t::uuid and c.id = $2 and c.archived_at is null and """
    + SEEN.replace("{viewer}", "$3::uuid[]")
    + " limit 1) r"
)
"""$2 the collection, $3 the viewer."""

SEGMENTS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select s.id, json_build_object('id', i.id, 'name', i.name) instance, s.starts as start,
    s.ends as "end", s.state, s.tries, s.run_id, s.row_count as rows,
    s.kept_provisional as is_provisional,
    coalesce(s.ends <= i.data_first_on or s.starts >= i.data_last_on + 1, false) as beside_data,
    s.problem, s.due_at as next_try_at, s.settles_at,
    s.version, """
    + _CURSOR.replace("{keys}", "s.starts::text, s.id")
    + """
  from amc.collection_segment cs
  join amc.segment s on s.tenant_id = cs.tenant_id and s.id = cs.segment_id
  join amc.instance i on i.tenant_id = s.tenant_id and i.id = s.instance_id
  where cs.tenant_id = bound.t::uuid and cs.collection_id = $2
    and ($3::uuid is null or s.instance_id = $3) and ($4::text is null or s.state = $4)
    and ($5::text is null or (s.starts, s.id) < ($5::text::timestamp, $6::uuid))
    and """
    + granted("s.instance_id", "$8::uuid[]")
    + " order by s.starts desc, s.id desc limit $7) r"
)
"""$2 the collection, $3 client, $4 state, $5 and $6 the cursor, $7 the limit, $8 the viewer."""

PARTS = (
    BOUND
    + """ select json_build_object(
  'parts', (select coalesce(json_agg(p order by p.client, p.instance_id, p.start), '[]') from (
    select r.id run_id, i.name client, i.id instance_id, s.starts as start, s.ends as "end",
      s.row_count
    from amc.collection_segment cs
    join amc.segment s on s.tenant_id = cs.tenant_id and s.id = cs.segment_id
    join amc.run r on r.tenant_id = s.tenant_id and r.id = s.kept_run_id
    join amc.instance i on i.tenant_id = s.tenant_id and i.id = s.instance_id
    where cs.tenant_id = bound.t::uuid and cs.collection_id = $2 and r.result_gone_at is null
      and s.row_count > 0 and {seen} limit 100000) p),
  'columns', (select coalesce(json_agg(d.columns), '[]') from (
    select distinct r.columns
    from amc.collection_segment cs
    join amc.segment s on s.tenant_id = cs.tenant_id and s.id = cs.segment_id
    join amc.run r on r.tenant_id = s.tenant_id and r.id = s.kept_run_id
    where cs.tenant_id = bound.t::uuid and cs.collection_id = $2 and r.result_gone_at is null
      and {seen} limit 100000) d)
)::text from bound""".replace("{seen}", granted("s.instance_id", "$3::uuid[]"))
)
"""$2 the collection, $3 the viewer: its results, and which columns these have, each set once."""
