"""`/admin/audit`: every log for operators, its export, its seals, and the check of its chain."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.http.access import operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Who
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.paging import cursor_id
from metatron.platform.audit import export, queries
from metatron.platform.audit.filters import (
    Cursor,
    Filters,
    Form,
    Limit,
    labelled,
    page_of,
)
from metatron.platform.audit.interface import verify_tenant
from metatron.platform.audit.schemas import AttendedPage, SealStatus, VerifyReport
from metatron.platform.tenancy.interface import (
    acting_operator,
    tenant_by_id,
    tenants_by_id,
    tenants_in_reach,
)

router = Router(tags=["audit"])
OPERATE = "audit:read"


@router.get("/admin/audit", response_model=AttendedPage)
@operator(OPERATE, raises=(NotFound,))
async def read_all_logs(
    request: Request,
    *,
    database: Db,
    context: Who,
    wanted: Filters,
    tenant_id: UUID | None = None,
    account_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Show the audit log of one organisation, or of all, newest first.

    An operator whose grants name organisations or accounts asks for one of those. All of them, and
    all of a client account, means those that live in the home database; one with a database of its
    own is asked for alone.
    """
    whose = await _whose(database, context, tenant_id, account_id)
    pool, sql = await _log_of(request, database, tenant_id)
    arguments = (whose, cursor_id(cursor), *wanted.arguments(), limit)
    found = await pool.fetchval(sql, *arguments)
    page = page_of(found.encode() if found else None, limit)
    tenants = await tenants_by_id(database, {UUID(item["tenant_id"]) for item in page["items"]})
    names = {str(id_): facts.name for id_, facts in tenants.items()}
    for item in page["items"]:
        item["tenant_name"] = names.get(item["tenant_id"])
    return Response(orjson.dumps(page), media_type="application/json")


@router.get("/admin/audit/export", response_class=StreamingResponse)
@operator(OPERATE, raises=(NotFound,))
async def export_all_logs(
    request: Request,
    *,
    database: Db,
    context: Who,
    wanted: Filters,
    tenant_id: UUID | None = None,
    account_id: UUID | None = None,
    format: Form = "csv",  # noqa: A002
) -> StreamingResponse:
    """Download what `/admin/audit` shows: the newest 100,000 entries that fit."""
    whose = await _whose(database, context, tenant_id, account_id)
    pool, sql = await _log_of(request, database, tenant_id)
    arguments = wanted.arguments()

    async def fetch(before: str | None, limit: int) -> list[dict[str, Any]]:
        place = UUID(before) if before else None
        found = await pool.fetchval(sql, whose, place, *arguments, limit)
        items: list[dict[str, Any]] = orjson.loads(found or b"{}").get("items", [])
        return items

    return export.answer(fetch, format)


@router.get("/admin/audit/status", response_model=SealStatus)
@operator(OPERATE, raises=(NotFound,))
async def read_seals_of(
    *, database: Db, context: Who, tenant_id: UUID = PLATFORM_TENANT_ID
) -> Response:
    """Tell how far an organisation's log, or the platform's own, is sealed and signed for."""
    await _check_reach(database, context, tenant_id)
    pool = await _pool_of(database, tenant_id)
    found = await pool.fetchval(queries.STATUS, str(tenant_id))
    return Response(found, media_type="application/json")


@router.post("/admin/audit/verify")
@operator(OPERATE, raises=(NotFound,))
async def verify_log(
    request: Request, *, database: Db, context: Who, tenant_id: UUID = PLATFORM_TENANT_ID
) -> VerifyReport:
    """Walk an organisation's chain, or the platform's own, and name what does not fit."""
    await _check_reach(database, context, tenant_id)
    pool = await _pool_of(database, tenant_id)
    report = await verify_tenant(pool, tenant_id, data_dir=request.app.state.settings.data_dir)
    return VerifyReport(
        tenant_id=tenant_id,
        is_intact=report.intact,
        sealed=report.sealed,
        unsealed=report.unsealed,
        checkpoints=report.checkpoints,
        findings=[asdict(finding) for finding in report.findings],
    )


async def _check_reach(database: Database, context: Context, tenant_id: UUID | None) -> None:
    """Refuse an operator what their grants do not reach; the admin key reaches everything."""
    facts = await acting_operator(database, context)
    everything, _, _ = facts.scope_of(OPERATE)
    if everything:
        return
    if tenant_id is None:
        hint = "Name one of the organisations you look after."
        raise InvalidInput.field("query.tenant_id", "out_of_reach", hint)
    tenant = await tenant_by_id(database, tenant_id)
    if tenant is None or not facts.covers_tenant(tenant, OPERATE):
        raise NotFound


async def _pool_of(database: Database, tenant_id: UUID | None) -> "asyncpg.Pool[asyncpg.Record]":
    """Return the system pool of the database in which the tenant's log is."""
    if tenant_id is None:
        return database.system
    return (await database.outboxes([tenant_id]))[-1]


async def _log_of(
    request: Request, database: Database, tenant_id: UUID | None
) -> tuple["asyncpg.Pool[asyncpg.Record]", str]:
    pool = await _pool_of(database, tenant_id)
    sql = queries.ALL_LOGS if tenant_id is None else queries.LOG
    # The directory of people stays at home.
    if pool is not database.system:
        return pool, queries.with_labels(sql, directory=False)
    return pool, labelled(request, sql, names_operators=True)


async def _whose(
    database: Database, context: Context, tenant_id: UUID | None, account_id: UUID | None
) -> str | list[UUID] | None:
    """Return the first argument of the log's statement: one tenant, those of an account, or all."""
    if account_id is None:
        await _check_reach(database, context, tenant_id)
        return None if tenant_id is None else str(tenant_id)
    reach = await tenants_in_reach(database, context, OPERATE, account_id=account_id)
    if tenant_id is None:
        return reach
    if reach is None or tenant_id not in reach:
        raise NotFound
    return str(tenant_id)
