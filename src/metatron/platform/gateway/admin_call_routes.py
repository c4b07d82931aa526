"""`/admin/calls`: which tenants' applications call most, this month and the one before."""

from datetime import UTC, date, datetime
from uuid import UUID

from pydantic import BaseModel

from metatron.kernel.clock import utc_now
from metatron.kernel.database.database import Database
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.platform.tenancy.interface import limits_of, tenants_by_id, tenants_in_reach

router = Router(door="system", prefix="/admin", tags=["admin"])
READ = "tenants:read"
MOST = 50
_CALLS = """
select tenant_id, coalesce(sum(calls) filter (where month = $1), 0)::bigint as calls,
  coalesce(sum(calls) filter (where month = $2), 0)::bigint as calls_before
from gateway.month_calls
where month in ($1, $2) and ($3::uuid[] is null or tenant_id = any($3))
group by tenant_id order by 2 desc, 3 desc, tenant_id limit $4
"""


class TenantCalls(BaseModel):
    """Calls of a tenant's applications; without `allowed` there is no bound."""

    tenant_id: UUID
    name: str
    calls: int
    calls_before: int
    allowed: int | None


class CallReport(BaseModel):
    """The fifty that call most; `month` is its first day (UTC)."""

    month: date
    items: list[TenantCalls]


@router.get("/calls")
@operator(READ)
async def get_calls(database: Db, context: Who, account_id: UUID | None = None) -> CallReport:
    """Report the calls of this month and of the last, within the caller's scope."""
    reach = await tenants_in_reach(database, context, READ, account_id=account_id)
    return await report(database, reach, now=utc_now())


async def report(database: Database, reach: list[UUID] | None, *, now: datetime) -> CallReport:
    """Return the report for the tenants in reach; None stands for all."""
    month, before = months_at(now)
    rows = await database.system.fetch(_CALLS, month, before, reach, MOST)
    tenants = await tenants_by_id(database, (UUID(str(row["tenant_id"])) for row in rows))
    items = [
        TenantCalls(
            tenant_id=tenant.id,
            name=tenant.name,
            calls=row["calls"],
            calls_before=row["calls_before"],
            allowed=limits_of(tenant.tier, dict(tenant.own_limits)).calls_per_month,
        )
        for row in rows
        if (tenant := tenants.get(UUID(str(row["tenant_id"])))) is not None
    ]
    return CallReport(month=month, items=items)


def months_at(now: datetime) -> tuple[date, date]:
    """Return the first day of the month (UTC) and that of the month before."""
    month = now.astimezone(UTC).date().replace(day=1)
    before = (
        month.replace(year=month.year - 1, month=12)
        if month.month == 1
        else month.replace(month=month.month - 1)
    )
    return month, before
