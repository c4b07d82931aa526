"""Boards, what their figures are made of, and snapshots, by the direct door."""

from functools import lru_cache
from typing import Annotated

from sqlalchemy import text

from metatron.apps.amc.connections.grants import granted
from metatron.apps.amc.sorting import Ordered, ordered
from metatron.kernel.database.direct import BOUND
from metatron.kernel.http.sorting import sort_query
from metatron.kernel.paging import Kind

_CURSOR = "json_build_array({keys}) cursor_"
_NOW = """now() + make_interval(secs => coalesce((select k.offset_seconds from kernel.tenant_clock k
    where k.tenant_id = b.tenant_id), 0))"""
# Whoever sees one of its collection's clients sees a board, with the figures of these.
_SEEN = (
    """({viewer} is null or exists (select from amc.collection_client k
    where k.tenant_id = b.tenant_id and k.collection_id = b.collection_id and """
    + granted("k.instance_id", "{viewer}")
    + "))"
)
_BOARD = (
    """
  select b.id, b.name, json_build_object('id', c.id, 'name', c.name, 'unit', c.unit) collection,
    b.measures, b.layout, (select count(*) from amc.board_snapshot s
      where s.tenant_id = b.tenant_id and s.board_id = b.id and s.expires_at > """
    + _NOW
    + """) snapshots, b.created_by, b.updated_at, b.version{cursor}
  from amc.board b
  join amc.collection c on c.tenant_id = b.tenant_id and c.id = b.collection_id
  where b.tenant_id = {tenant} and """
    + _SEEN
)


def _board(tenant: str, viewer: str, cursor: str = "") -> str:
    whole = _BOARD.replace("{tenant}", tenant).replace("{viewer}", viewer)
    return whole.replace("{cursor}", cursor)


_BOARDS = (
    BOUND
    + " select coalesce(json_agg(r), '[]')::text from bound, lateral ("
    + _board("bound.t::uuid", "$6::uuid[]", ", {cursor}")
    + """ and ($2::uuid is null or b.collection_id = $2) and {beyond}
  order by {order} limit $5) r"""
)
_SORTS: dict[str, tuple[str, Kind]] = {
    "name": ("b.name_key", "text"),
    "collection": ("c.name_key", "text"),
    "updated_at": ("b.updated_at", "timestamptz"),
}
Sort = Annotated[str, sort_query(_SORTS)]


@lru_cache(maxsize=12)
def boards(sort: str, *, deep: bool = False) -> Ordered:
    """Return the statement of a page in this order, and what its cursor holds.

    $2 collection, $3 and $4 the cursor, $5 the limit, $6 the viewer.
    """
    return ordered(_BOARDS, _SORTS, sort, "b.id", ("$3", "$4"), deep=deep)


BOARD = (
    BOUND
    + " select row_to_json(r)::text from bound, lateral ("
    + _board("bound.t::uuid", "$3::uuid[]")
    + " and b.id = $2 limit 1) r"
)
"""$2 the board, $3 the viewer."""
BOARD_NOW = text(
    "select row_to_json(r)::text from ("
    + _board("cast(:tenant_id as uuid)", "cast(:viewer as uuid[])")
    + " and b.id = cast(:id as uuid)) r"
)
"""The same as a transaction leaves it."""

GROUND = (
    BOUND
    + """ select row_to_json(r)::text from bound, lateral (
  select b.name, b.measures, b.layout, b.collection_id, c.unit, c.week_starts_on, c.from_on,
    coalesce((select max(s.ends)::date from amc.collection_segment cs
      join amc.segment s on s.tenant_id = cs.tenant_id and s.id = cs.segment_id
      where cs.tenant_id = c.tenant_id and cs.collection_id = c.id
        and s.kept_run_id is not null and {segment_seen}), c.to_on) to_on,
    (select coalesce(json_agg(json_build_object('id', i.id, 'name', i.name)
      order by i.name_key, i.id), '[]') from amc.collection_client k
      join amc.instance i on i.tenant_id = k.tenant_id and i.id = k.instance_id
      where k.tenant_id = c.tenant_id and k.collection_id = c.id
        and ($3::uuid is null or i.id = $3) and {client_seen}) clients
  from amc.board b
  join amc.collection c on c.tenant_id = b.tenant_id and c.id = b.collection_id
  where b.tenant_id = bound.t::uuid and b.id = $2 and """.replace(
        "{segment_seen}", granted("s.instance_id", "$4::uuid[]")
    ).replace("{client_seen}", granted("i.id", "$4::uuid[]"))
    + _SEEN.replace("{viewer}", "$4::uuid[]")
    + " limit 1) r"
)
"""$2 the board, $3 a client, $4 the viewer: what it is over, from when to when it has figures."""

MATERIAL = (
    BOUND
    + """ select case when count(r) <= $10 then coalesce(json_agg(r), '[]')::text end
from bound, lateral (
  select s.id, s.instance_id, s.starts as start, s.ends as "end", s.state,
    s.kept_run_id is not null is_kept, s.kept_provisional is_provisional,
    (select json_object_agg(f.name, json_build_array(f.sum::text, f.count, f.minimum::text,
        f.maximum::text)) from amc.segment_figure f
      where f.tenant_id = s.tenant_id and f.segment_id = s.id and f.name = any($7::text[])) figures
  from amc.collection_segment cs
  join amc.segment s on s.tenant_id = cs.tenant_id and s.id = cs.segment_id
  where cs.tenant_id = bound.t::uuid and cs.collection_id = $2
    and (s.starts >= $3::date and s.ends <= $4::date or s.starts >= $5::date and s.ends <= $6::date)
    and ($8::uuid is null or s.instance_id = $8) and """
    + granted("s.instance_id", "$9::uuid[]")
    + " order by s.starts, s.instance_id limit $10::bigint + 1) r"
)
"""$2 the collection, $3 to $4 and $5 to $6 two periods, $7 columns, $8 a client, $9 viewer.

Null when there are more than $10 segments."""

SNAPSHOTS = (
    BOUND
    + """ select coalesce(json_agg(r), '[]')::text from bound, lateral (
  select s.id, s.name, s.made_by, s.made_at, s.expires_at, """
    + _CURSOR.replace("{keys}", "s.made_at, s.id")
    + """
  from amc.board_snapshot s where s.tenant_id = bound.t::uuid and s.board_id = $2
    and ($3::text is null or (s.made_at, s.id) < ($3::text::timestamptz, $4::uuid))
  order by s.made_at desc, s.id desc limit $5) r"""
)
"""$2 the board, $3 and $4 the cursor, $5 the limit."""
