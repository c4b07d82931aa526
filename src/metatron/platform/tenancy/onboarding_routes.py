"""HTTP edge of onboarding: bringing a tenant into being, for operators."""

from typing import Any
from uuid import UUID

from metatron.kernel.errors import NotFound
from metatron.kernel.http.access import Access, declare, operator
from metatron.kernel.http.routing import Router
from metatron.kernel.http.unit import Unit
from metatron.platform.tenancy import onboarding_schemas as schemas
from metatron.platform.tenancy.errors import TransitionRefused
from metatron.platform.tenancy.onboarding import (
    load_onboarding,
    retry_onboarding,
    reveal_key,
    start_onboarding,
    steps_of,
    undo_onboarding,
)
from metatron.platform.tenancy.onboarding_steps import Wishes
from metatron.platform.tenancy.tables import Onboarding

router = Router(door="system", prefix="/admin", tags=["admin"])


@router.post("/tenants", status_code=202)
@operator("onboarding:write")
async def post_tenant(body: Wishes, unit: Unit) -> schemas.OnboardingStarted:
    """Start bringing a tenant into being."""
    process = await start_onboarding(unit.session, unit.context, wishes=body, now=unit.now)
    return schemas.OnboardingStarted(
        onboarding_id=process.id, tenant_id=process.tenant_id, state=process.state
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
