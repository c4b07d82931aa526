"""`/admin/personal-data`: copies and erasures of all organisations, for operators."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.kernel.paging import MAX_PAGE
from metatron.platform.personal_data.admin_queries import Asked, Shown, attended_requests
from metatron.platform.personal_data.admin_requests import retry_request, withdraw_for_person
from metatron.platform.personal_data.admin_schemas import AttendedRequestPage
from metatron.platform.personal_data.errors import (
    NothingToRetry,
    RequestClosed,
    RequestNotFound,
)
from metatron.platform.tenancy.interface import tenants_in_reach

router = Router(door="system", prefix="/admin", tags=["admin"])
READ, WRITE = "personal_data:read", "personal_data:write"
_OF_ONE = "/tenants/{tenant_id}/personal-data/{request_id}"


@router.get("/personal-data")
@operator(READ)
async def get_attended_requests(
    *,
    database: Db,
    context: Who,
    state: Shown = "open",
    kind: Literal["export", "erasure"] | None = None,
    account_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> AttendedRequestPage:
    """List requests for copies and erasures of the organisations in the operator's scope.

    What is open comes oldest first, what has ended newest first.
    """
    reach = await tenants_in_reach(database, context, READ, account_id=account_id)
    found = await attended_requests(database, Asked(reach, kind, state, limit, cursor))
    return AttendedRequestPage.model_validate(found)


@router.post(f"{_OF_ONE}/retry", status_code=204)
@operator(WRITE, raises=(NotFound, RequestNotFound, NothingToRetry))
async def post_retry_request(tenant_id: UUID, request_id: UUID, database: Db, context: Who) -> None:
    """Try a request again at once: what was put off, or what the worker gave up."""
    theirs = await _theirs(database, context, tenant_id)
    async with database.transaction(theirs) as session:
        now = await session_now(session)
        await retry_request(session, theirs, request_id=request_id, now=now)


@router.post(f"{_OF_ONE}/withdraw", status_code=204)
@operator(WRITE, raises=(NotFound, RequestNotFound, RequestClosed))
async def post_withdraw_request(
    tenant_id: UUID, request_id: UUID, database: Db, context: Who
) -> None:
    """Withdraw an erasure that has not begun, for a person who asked for that; they are told."""
    theirs = await _theirs(database, context, tenant_id)
    async with database.transaction(theirs) as session:
        now = await session_now(session)
        await withdraw_for_person(session, theirs, request_id=request_id, now=now)


async def _theirs(database: Database, context: Context, tenant_id: UUID) -> Context:
    """Return the caller acting in an organisation within their scope; `NotFound` for others."""
    reach = await tenants_in_reach(database, context, WRITE)
    if reach is not None and tenant_id not in reach:
        raise NotFound
    return context.for_tenant(tenant_id)
