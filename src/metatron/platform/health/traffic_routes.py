"""`/admin/traffic`: a month of requests by day, from the samples."""

from datetime import date

from pydantic import BaseModel, TypeAdapter

from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.platform.tenancy.interface import ScopeTooNarrow, demand_everything

router = Router(tags=["health"])
READ = "status:read"
DAYS = 30
_BY_DAY = """
select (d.day at time zone 'UTC')::date as day, sum(s.requests)::bigint as requests,
  sum(s.errors)::bigint as errors,
  sum(s.p95_ms * s.requests) / nullif(sum(s.requests) filter (where s.p95_ms is not null), 0)
    as p95_ms
from generate_series(date_trunc('day', now(), 'UTC') - make_interval(days => $1::int - 1),
    now(), interval '1 day') d(day)
left join health.sample s on s.taken_at >= d.day and s.taken_at < d.day + interval '1 day'
group by 1 order by 1
"""


class Day(BaseModel):
    """A day (UTC); figures are null where nothing was measured."""

    day: date
    requests: int | None
    errors: int | None
    p95_ms: float | None
    """The mean of what 95 of 100 requests stayed below, weighed by requests."""


class Traffic(BaseModel):
    """Thirty days, the oldest first."""

    items: list[Day]


@router.get("/admin/traffic")
@operator(READ, raises=(ScopeTooNarrow,))
async def get_traffic(database: Db, context: Who) -> Traffic:
    """Show requests and errors by day; for operators over everything."""
    await demand_everything(database, context, READ)
    rows = await database.system.fetch(_BY_DAY, DAYS)
    return Traffic(items=TypeAdapter(list[Day]).validate_python([dict(row) for row in rows]))
