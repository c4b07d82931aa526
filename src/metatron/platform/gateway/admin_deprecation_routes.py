"""`/admin/deprecations`: which routes are on their way out, and who still calls them."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request

from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.platform.gateway.deprecations import report
from metatron.platform.tenancy.interface import ScopeTooNarrow, demand_everything

router = Router(door="system", prefix="/admin", tags=["admin"])
READ = "status:read"


class DeprecatedCaller(BaseModel):
    """Who called; without an application it was a person, or nobody in particular."""

    tenant_id: UUID
    tenant_name: str | None
    application_id: UUID | None
    calls: int
    last_called_at: datetime


class DeprecatedRoute(BaseModel):
    """A route on its way out; calls are those of the last thirty days."""

    method: str
    route: str
    since: date
    sunset: date
    link: str | None
    calls: int
    callers: list[DeprecatedCaller]


class DeprecationReport(BaseModel):
    """All of them, the one that ends first on top."""

    items: list[DeprecatedRoute]
    next_cursor: None = None


@router.get("/deprecations")
@operator(READ, raises=(ScopeTooNarrow,))
async def get_deprecations(request: Request, database: Db, context: Who) -> DeprecationReport:
    """Report deprecated routes and their callers; for operators over everything."""
    await demand_everything(database, context, READ)
    found = await report(request.app, database)
    return DeprecationReport.model_validate({"items": found})
