"""`POST /admin/tenants` and `/admin/onboarding`: setting tenants up, with progress and undo."""

from typing import Literal
from uuid import UUID

from fastapi import Response

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.http.access import Access, declare, operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Db, Read, Unit
from metatron.platform.tenancy import admin_onboarding_schemas as schemas
from metatron.platform.tenancy.admin_answers import JSON, one, written
from metatron.platform.tenancy.admin_scope import demand_reach, scope_arguments
from metatron.platform.tenancy.errors import (
    SandboxUnavailable,
    SlugTaken,
    TransitionRefused,
    UnknownPermission,
)
from metatron.platform.tenancy.onboarding import (
    load_onboarding,
    retry_onboarding,
    start_onboarding,
)
from metatron.platform.tenancy.onboarding_keys import take_key
from metatron.platform.tenancy.onboarding_undo import undo_onboarding
from metatron.platform.tenancy.pages import Page, paged

router = Router(door="system", tags=["admin"])
READ, WRITE = "onboarding:read", "onboarding:write"
State = Literal["running", "succeeded", "failed", "undone"]
_FIELDS = """o.id, o.tenant_id, o.account_id, o.request ->> 'name' as name, o.state, o.version,
o.created_at, o.finished_at,
exists (select from tenancy.onboarding_step s
        where s.onboarding_id = o.id and s.outcome ? 'sealed_key') as has_key"""
_LIST = paged(
    _FIELDS,
    """tenancy.onboarding o
       where ($6::bool or o.account_id = any($7::uuid[]) or o.tenant_id = any($8::uuid[]))
         and ($9::text is null or o.state = $9)
         and ($10::uuid is null or o.account_id = $10)""",
    ("o.created_at", "o.id"),
    ("timestamptz", "uuid"),
)
_ONE = f"""{BOUND} select row_to_json(f)::text from bound, lateral (
  select {_FIELDS}, (select json_agg(json_build_object('name', s.name, 'position', s.position,
      'state', s.state, 'attempts', s.attempts, 'outcome', s.outcome - 'sealed_key',
      'last_error', s.last_error, 'started_at', s.started_at, 'finished_at', s.finished_at)
    order by s.position) from tenancy.onboarding_step s where s.onboarding_id = o.id) as steps
  from tenancy.onboarding o where o.id = $2) f"""


@router.post("/admin/tenants", status_code=202)
@operator(WRITE, raises=(NotFound, SlugTaken, UnknownPermission, SandboxUnavailable))
async def post_tenant(
    body: schemas.NewTenant, database: Db, unit: Unit
) -> schemas.OnboardingStarted:
    """Set a tenant up; a worker does it, `/admin/onboarding/{id}` tells how far it is."""
    if body.account_id is not None and body.account is not None:
        hint = "Name an account or describe a new one."
        raise InvalidInput.field("body.account", "two_accounts", hint)
    await demand_reach(database, unit.context, WRITE, account_id=body.account_id)
    request = body.model_dump()
    request["theme"] = body.theme.model_dump(exclude_none=True) if body.theme else None
    made = await start_onboarding(unit.session, unit.context, request=request, now=unit.now)
    return schemas.OnboardingStarted(
        onboarding_id=made.id,
        tenant_id=made.tenant_id,
        account_id=made.account_id,
        state=made.state,
    )


@router.get("/admin/onboarding", response_model=schemas.OnboardingPage)
@operator(READ)
async def get_onboardings(
    read: Read,
    database: Db,
    page: Page,
    state: State | None = None,
    account_id: UUID | None = None,
) -> Response:
    """List the processes, the oldest first."""
    scope = await scope_arguments(database, read.context, READ)
    wanted = (state, account_id)
    found = await read.direct.json(read.context, _LIST, *page.arguments(), *scope, *wanted)
    return Response(found, media_type=JSON)


@router.get("/admin/onboarding/{onboarding_id}", response_model=schemas.OnboardingDetail)
@operator(READ, raises=(NotFound,))
async def get_onboarding(onboarding_id: UUID, read: Read, database: Db) -> Response:
    """Show a process with its steps."""
    await _demand(database, read.context, READ, onboarding_id)
    return await one(read, _ONE, onboarding_id)


@router.post("/admin/onboarding/{onboarding_id}/retry", response_model=schemas.OnboardingDetail)
@operator(WRITE, raises=(NotFound, TransitionRefused))
async def post_retry(onboarding_id: UUID, database: Db, unit: Unit) -> Response:
    """Go on where a process stopped."""
    await _demand(database, unit.context, WRITE, onboarding_id)
    await retry_onboarding(unit.session, unit.context, onboarding_id=onboarding_id, now=unit.now)
    return await written(unit, _ONE, onboarding_id)


@router.post("/admin/onboarding/{onboarding_id}/undo", response_model=schemas.OnboardingDetail)
@operator(WRITE, raises=(NotFound, TransitionRefused))
async def post_undo(onboarding_id: UUID, database: Db, unit: Unit) -> Response:
    """Take back what a process that did not succeed has made."""
    await _demand(database, unit.context, WRITE, onboarding_id)
    found = await load_onboarding(unit.session, onboarding_id)
    await undo_onboarding(unit.session, unit.context, onboarding=found, now=unit.now)
    return await written(unit, _ONE, onboarding_id)


@router.post("/admin/onboarding/{onboarding_id}/reveal-key")
@declare(Access("operator", WRITE, raises=(NotFound,), idempotency="ignored", rate_class="admin"))
async def post_take_key(onboarding_id: UUID, database: Db, unit: Unit) -> schemas.KeyTaken:
    """Show the first API key, once; after a day it is gone unseen."""
    await _demand(database, unit.context, WRITE, onboarding_id)
    return schemas.KeyTaken(key=await take_key(unit.session, onboarding_id=onboarding_id))


async def _demand(
    database: Database, context: Context, permission: str, onboarding_id: UUID
) -> None:
    row = await database.system.fetchrow(
        "select tenant_id, account_id from tenancy.onboarding where id = $1", onboarding_id
    )
    if row is None:
        raise NotFound
    await demand_reach(
        database, context, permission, tenant_id=row["tenant_id"], account_id=row["account_id"]
    )
