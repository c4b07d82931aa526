"""Requests over all organisations: asked of every database that has any, and put in one order."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import asyncpg
import orjson
import structlog

from metatron.kernel.database.database import Database
from metatron.kernel.database.holdings import Holdings
from metatron.kernel.database.lost import PASSED_OVER
from metatron.kernel.paging import cursor_instant, encode_cursor
from metatron.platform.personal_data.tables import OPEN
from metatron.platform.tenancy.interface import tenants_by_id

log = structlog.get_logger(__name__)
Shown = Literal["open", "done", "withdrawn"]

_HOLDS = "select exists (select from personal_data.request)"
# What a move left at home for a week is somebody's older state.
_REQUESTS = """
select q.tenant_id, q.id, q.kind, q.user_id, q.requested_at, q.due_at, q.state, q.ended_at,
  q.obstacles::text as obstacles,
  (q.requested_at at time zone 'utc' + interval '1 month') at time zone 'utc' as answer_by,
  now() + make_interval(secs => coalesce(c.offset_seconds, 0)) as local_now
from personal_data.request q left join kernel.tenant_clock c using (tenant_id)
where ($1::uuid[] is null or q.tenant_id = any($1)) and ($2::text is null or q.kind = $2)
  and q.state = any($3::text[])
  and ($4::timestamptz is null or (q.requested_at, q.id) {behind} ($4, $5::uuid))
  and not exists (select from kernel.tenant_hold h
                  where h.tenant_id = q.tenant_id and h.reason = 'moved')
order by q.requested_at {way}, q.id {way} limit $6
"""
_OLDEST_FIRST = _REQUESTS.format(behind=">", way="asc")
_NEWEST_FIRST = _REQUESTS.format(behind="<", way="desc")
_PEOPLE = "select id, email, display_name from identity.pub_user where id = any($1::uuid[])"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which requests, and from where on; `reach` None stands for every organisation."""

    reach: list[UUID] | None
    kind: str | None
    shown: Shown
    limit: int
    cursor: str | None


async def attended_requests(database: Database, asked: Asked) -> dict[str, Any]:
    """Return a page: what is open oldest first, for that is due first; what has ended newest first.

    Raises:
        InvalidInput: a cursor that no such list gives.
    """
    rows, is_complete = await _rows(database, asked)
    rows.sort(key=lambda row: (row["requested_at"], row["id"]), reverse=asked.shown != "open")
    page = rows[: asked.limit]
    more = None
    if len(rows) > asked.limit:
        last = page[-1]
        more = encode_cursor([last["requested_at"].isoformat(), str(last["id"])])
    items = await _named(database, page)
    return {"items": items, "next_cursor": more, "is_complete": is_complete}


async def _rows(database: Database, asked: Asked) -> tuple[list[asyncpg.Record], bool]:
    place = cursor_instant(asked.cursor) or (None, None)
    statement = _OLDEST_FIRST if asked.shown == "open" else _NEWEST_FIRST
    states = list(OPEN) if asked.shown == "open" else [asked.shown]
    arguments = (asked.reach, asked.kind, states, *place, asked.limit + 1)
    found: list[asyncpg.Record] = []
    is_complete = True
    if asked.reach is None:
        pools = await database.keep(Holdings).sources(_HOLDS)
    else:
        pools = await database.outboxes(asked.reach)
    for pool in pools:
        try:
            found += await pool.fetch(statement, *arguments)
        except PASSED_OVER as error:
            if pool is database.system:
                raise
            log.warning("requests_of_a_database_not_told", error=type(error).__name__)
            is_complete = False
    return found, is_complete


async def _named(database: Database, rows: list[asyncpg.Record]) -> list[dict[str, Any]]:
    tenants = await tenants_by_id(database, (UUID(str(row["tenant_id"])) for row in rows))
    names = {tenant_id: tenant.name for tenant_id, tenant in tenants.items()}
    wanted = [row["user_id"] for row in rows]
    people = {row["id"]: row for row in await database.system.fetch(_PEOPLE, wanted)}
    return [_shown(row, names, people.get(row["user_id"])) for row in rows]


def _shown(
    row: asyncpg.Record, names: dict[UUID, str], person: asyncpg.Record | None
) -> dict[str, Any]:
    is_open, is_erasure = row["state"] in OPEN, row["kind"] == "erasure"
    # Their account may go on in another organisation; here they have no name any more.
    gone = person is None or (is_erasure and row["state"] == "done")
    obstacles = orjson.loads(row["obstacles"])
    told = ("kind", "requested_at", "due_at", "state", "ended_at", "answer_by")
    return {
        **{name: row[name] for name in told},
        **{name: UUID(str(row[name])) for name in ("id", "tenant_id", "user_id")},
        "tenant_name": names.get(UUID(str(row["tenant_id"])), ""),
        "display_name": None if gone or person is None else person["display_name"],
        "email": None if gone or person is None else person["email"],
        "is_late": is_open and row["answer_by"] < row["local_now"],
        "obstacles": obstacles,
        "can_retry": is_open and not (is_erasure and row["state"] == "waiting" and not obstacles),
        "can_withdraw": is_erasure and row["state"] == "waiting",
    }
