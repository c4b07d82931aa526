"""HTTP edge of tenants and their onboarding, for operators."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Header, Query, Response

from metatron.kernel.errors import NotFound, VersionConflict
from metatron.kernel.etag import etag
from metatron.kernel.http.access import Access, declare, operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Read, Unit
from metatron.platform.tenancy import admin_schemas as schemas
from metatron.platform.tenancy.errors import AddressTaken, TransitionRefused
from metatron.platform.tenancy.onboarding import (
    load_onboarding,
    retry_onboarding,
    reveal_key,
    start_onboarding,
    steps_of,
    undo_onboarding,
)
from metatron.platform.tenancy.onboarding_steps import Wishes
from metatron.platform.tenancy.pages import Page, paged
from metatron.platform.tenancy.reach import reach_of
from metatron.platform.tenancy.tables import Onboarding, Tenant
from metatron.platform.tenancy.tenants import (
    ask_for_move,
    change_tenant,
    delete_tenant,
    load_for_operator,
    step_tenant,
)

router = Router(door="system", prefix="/admin", tags=["admin"])
IfMatch = Annotated[str | None, Header()]
JSON = "application/json"

_TENANTS = paged(
    """t.id, t.account_id, t.name, t.slug, t.state, t.placement, t.environment, t.app_kind, t.tier,
       t.subdomain, t.custom_domain, t.limits, t.is_sandbox, t.version, t.created_at""",
    """tenancy.tenant t where bound.t is not null and t.deleted_at is null
       and ($6::bool or t.account_id = any($7::uuid[]) or t.id = any($8::uuid[]))
       and ($9::text is null or t.state = $9) and ($10::uuid is null or t.account_id = $10)
       and ($11::text is null or position(lower($11) in lower(t.name || ' ' || t.slug)) > 0)""",
    ("t.created_at", "t.id"),
    ("timestamptz", "uuid"),
)
State = Literal["provisioning", "active", "migrating", "suspended", "moving", "failed"]


@router.get("/tenants", response_model=schemas.TenantPage)
@operator("tenants:read")
async def get_tenants(
    unit: Unit,
    read: Read,
    page: Page,
    *,
    state: State | None = None,
    account_id: UUID | None = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """List the tenants within the operator's reach."""
    reach = await reach_of(unit.session, unit.context, "tenants:read")
    found = await read.direct.json(
        read.context, _TENANTS, *page.arguments(), *reach.arguments(), state, account_id, q
    )
    return Response(found, media_type=JSON)


@router.post("/tenants", status_code=202)
@operator("onboarding:write")
async def post_tenant(body: Wishes, unit: Unit) -> schemas.OnboardingStarted:
    """Start bringing a tenant into being."""
    process = await start_onboarding(unit.session, unit.context, wishes=body, now=unit.now)
    return schemas.OnboardingStarted(
        onboarding_id=process.id, tenant_id=process.tenant_id, state=process.state
    )


@router.get("/tenants/{tenant_id}")
@operator("tenants:read", raises=(NotFound,))
async def get_tenant(tenant_id: UUID, unit: Unit, response: Response) -> schemas.TenantItem:
    """Show a tenant."""
    return _shown(await load_for_operator(unit.session, unit.context, tenant_id), response)


@router.patch("/tenants/{tenant_id}")
@operator("tenants:write", raises=(NotFound, VersionConflict, AddressTaken))
async def patch_tenant(
    tenant_id: UUID,
    body: schemas.TenantChange,
    unit: Unit,
    response: Response,
    if_match: IfMatch = None,
) -> schemas.TenantItem:
    """Change a tenant."""
    fields = body.model_dump(exclude_unset=True)
    if fields.get("name") is None:
        fields.pop("name", None)
    tenant = await change_tenant(
        unit.session,
        unit.context,
        tenant_id=tenant_id,
        fields=fields,
        if_match=if_match,
        now=unit.now,
    )
    return _shown(tenant, response)


@router.delete("/tenants/{tenant_id}", status_code=204)
@operator("tenants:write", raises=(NotFound, TransitionRefused))
async def delete_tenant_route(tenant_id: UUID, unit: Unit) -> None:
    """Take a tenant away; its rows stay."""
    await delete_tenant(unit.session, unit.context, tenant_id=tenant_id, now=unit.now)


@router.post("/tenants/{tenant_id}/suspend")
@operator("tenants:write", raises=(NotFound, TransitionRefused))
async def post_suspension(tenant_id: UUID, unit: Unit, response: Response) -> schemas.TenantItem:
    """Suspend a tenant: people and keys are refused at once."""
    return await _step(unit, response, tenant_id, "suspend")


@router.post("/tenants/{tenant_id}/activate")
@operator("tenants:write", raises=(NotFound, TransitionRefused))
async def post_activation(tenant_id: UUID, unit: Unit, response: Response) -> schemas.TenantItem:
    """Activate a suspended tenant."""
    return await _step(unit, response, tenant_id, "activate")


@router.post("/tenants/{tenant_id}/move", status_code=202)
@operator("tenants:move", raises=(NotFound, TransitionRefused))
async def post_move(
    tenant_id: UUID, body: schemas.Move, unit: Unit, response: Response
) -> schemas.TenantItem:
    """Move a tenant's rows to a database of their own, or back."""
    tenant = await ask_for_move(
        unit.session, unit.context, tenant_id=tenant_id, to=body.to, now=unit.now
    )
    return _shown(tenant, response)


async def _step(unit: Unit, response: Response, tenant_id: UUID, step: str) -> schemas.TenantItem:
    tenant = await step_tenant(
        unit.session, unit.context, tenant_id=tenant_id, step=step, now=unit.now
    )
    return _shown(tenant, response)


def _shown(tenant: Tenant, response: Response) -> schemas.TenantItem:
    response.headers["etag"] = etag(tenant.version)
    return schemas.TenantItem(
        **{name: getattr(tenant, name) for name in schemas.TenantItem.model_fields}
    )


@router.get("/onboarding/{onboarding_id}")
@operator("onboarding:read", raises=(NotFound,))
async def get_onboarding(onboarding_id: UUID, unit: Unit) -> schemas.OnboardingItem:
    """Show how far a process is."""
    return await _progress(unit, await load_onboarding(unit.session, unit.context, onboarding_id))


@router.post("/onboarding/{onboarding_id}/retry", status_code=202)
@operator("onboarding:write", raises=(NotFound, TransitionRefused))
async def post_onboarding_retry(onboarding_id: UUID, unit: Unit) -> schemas.OnboardingItem:
    """Go on where a failed process stopped."""
    process = await retry_onboarding(
        unit.session, unit.context, onboarding_id=onboarding_id, now=unit.now
    )
    return await _progress(unit, process)


@router.post("/onboarding/{onboarding_id}/undo")
@operator("onboarding:write", raises=(NotFound, TransitionRefused))
async def post_onboarding_undo(onboarding_id: UUID, unit: Unit) -> schemas.OnboardingItem:
    """Take back what a failed process made."""
    process = await undo_onboarding(
        unit.session, unit.context, onboarding_id=onboarding_id, now=unit.now
    )
    return await _progress(unit, process)


@router.post("/onboarding/{onboarding_id}/reveal-key")
@declare(
    Access("operator", "onboarding:write", (NotFound,), idempotency="ignored", rate_class="admin")
)
async def post_onboarding_key(onboarding_id: UUID, unit: Unit) -> schemas.RevealedKey:
    """Show the first API key's text, this once."""
    text = await reveal_key(unit.session, unit.context, onboarding_id=onboarding_id, now=unit.now)
    return schemas.RevealedKey(key=text)


async def _progress(unit: Unit, process: Onboarding) -> schemas.OnboardingItem:
    steps: list[Any] = await steps_of(unit.session, process.id)
    return schemas.OnboardingItem(
        id=process.id,
        tenant_id=process.tenant_id,
        account_id=process.account_id,
        state=process.state,
        created_at=process.created_at,
        finished_at=process.finished_at,
        steps=[
            schemas.StepItem(
                **{name: getattr(step, name) for name in schemas.StepItem.model_fields}
            )
            for step in steps
        ],
    )
