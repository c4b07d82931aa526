"""Bringing a tenant into being: one process of eight steps that can be resumed and undone.

Each step is a transaction of its own and bears repetition: what it makes has an id that the
process fixed before. Whoever runs a step holds the process's row; a second runner waits, then
finds the step done.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.errors import TransitionRefused
from metatron.platform.tenancy.events import OnboardingChanged
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.onboarding_steps import STEPS, Wishes, undo_all
from metatron.platform.tenancy.reach import reach_of
from metatron.platform.tenancy.site import site
from metatron.platform.tenancy.tables import Onboarding, OnboardingStep, Tenant

log = structlog.get_logger(__name__)

RUN = "tenancy.onboard"
READ, WRITE = "onboarding:read", "onboarding:write"


async def start_onboarding(
    session: AsyncSession, context: Context, *, wishes: Wishes, now: datetime
) -> Onboarding:
    """Note what is wished and ask the worker to do it; returns the process.

    Raises:
        PermissionDenied: the actor may not make tenants.
    """
    (await reach_of(session, context, WRITE)).check_everything(WRITE)
    process = Onboarding(
        id=new_id(),
        tenant_id=new_id(),
        account_id=wishes.account_id or (new_id() if wishes.account_name else None),
        request=wishes.model_dump(mode="json"),
        created_at=now,
    )
    session.add(process)
    await session.flush()
    session.add_all(
        OnboardingStep(onboarding_id=process.id, name=name, position=position)
        for position, name in enumerate(STEPS, 1)
    )
    await _note(session, context, process, "", now)
    await enqueue(session, context, RUN, onboarding_id=process.id)
    return process


async def retry_onboarding(
    session: AsyncSession, context: Context, *, onboarding_id: UUID, now: datetime
) -> Onboarding:
    """Go on where a failed process stopped; raises `TransitionRefused` unless it failed."""
    process = await load_onboarding(session, context, onboarding_id, permission=WRITE)
    if process.state != "failed":
        raise TransitionRefused(f"It is {process.state}, not failed.")
    process.state = "running"
    await _note(session, context, process, "", now)
    await enqueue(session, context, RUN, onboarding_id=process.id)
    return process


async def undo_onboarding(
    session: AsyncSession, context: Context, *, onboarding_id: UUID, now: datetime
) -> Onboarding:
    """Take back what a failed process made; raises `TransitionRefused` unless it failed."""
    process = await load_onboarding(session, context, onboarding_id, permission=WRITE)
    if process.state != "failed":
        raise TransitionRefused(f"It is {process.state}, not failed.")
    await undo_all(session, process, now)
    for step in await steps_of(session, process.id):
        step.state = "undone" if step.state in {"done", "failed"} else step.state
        step.outcome = {}
    process.state, process.finished_at = "undone", now
    await _note(session, context, process, "", now)
    return process


async def reveal_key(
    session: AsyncSession, context: Context, *, onboarding_id: UUID, now: datetime
) -> str:
    """Return the first API key's text, once; raises `NotFound` before and after."""
    process = await load_onboarding(session, context, onboarding_id, permission=WRITE)
    step = await session.get(OnboardingStep, (process.id, "api_key"), with_for_update=True)
    sealed = step.outcome.get("sealed_key") if step is not None else None
    if step is None or sealed is None:
        raise NotFound
    step.outcome = {name: value for name, value in step.outcome.items() if name != "sealed_key"}
    await _note(session, context, process, "key_revealed", now)
    return site().box.open(str(sealed).encode())


async def load_onboarding(
    session: AsyncSession, context: Context, onboarding_id: UUID, *, permission: str = READ
) -> Onboarding:
    """Return a process within the actor's reach; raise `NotFound` otherwise."""
    reach = await reach_of(session, context, permission)
    process = await session.get(Onboarding, onboarding_id, with_for_update=permission == WRITE)
    if process is None:
        raise NotFound
    reach.check(process.tenant_id, process.account_id)
    return process


async def steps_of(session: AsyncSession, onboarding_id: UUID) -> list[OnboardingStep]:
    """Return the steps in order."""
    rows = await session.scalars(
        select(OnboardingStep)
        .where(OnboardingStep.onboarding_id == onboarding_id)
        .order_by(OnboardingStep.position)
    )
    return list(rows)


def _say_nothing(_step: str) -> None:
    """Take progress nobody asked for."""


async def run_onboarding(
    database: Database,
    context: Context,
    *,
    now: datetime,
    onboarding_id: UUID,
    progress: Callable[[str], None] = _say_nothing,
) -> str:
    """Run the steps that are not done; returns the process's state.

    A step that fails is noted and ends the run; `retry_onboarding` goes on from there.
    """
    process_id = onboarding_id
    for name in STEPS:
        progress(name)
        try:
            if not await _run_step(database, context, process_id, name, now):
                return "stopped"
            if name == "tenant":
                await _place(database, process_id, now)
        except Exception as error:
            log.exception("onboarding_step_failed", step=name, onboarding_id=str(process_id))
            await _fail(database, context, process_id=process_id, name=name, error=error, now=now)
            return "failed"
    async with database.transaction(context, door="system") as session:
        process = await session.get(Onboarding, process_id, with_for_update=True)
        assert process is not None, "the process is gone"
        if process.state == "running":
            process.state, process.finished_at = "succeeded", now
            await _note(session, context, process, "", now)
    return "succeeded"


async def _run_step(
    database: Database, context: Context, process_id: UUID, name: str, now: datetime
) -> bool:
    """One step in one transaction, unless it is done; tells whether to go on."""
    async with database.transaction(context, door="system") as session:
        process = await session.get(Onboarding, process_id, with_for_update=True)
        if process is None or process.state != "running":
            return False
        tenant_id, wishes = process.tenant_id, Wishes.model_validate(process.request)
        account_id = process.account_id
    inside = system_context(tenant_id, request_id=context.request_id)
    async with database.transaction(inside, door="system") as session:
        process = await session.get(Onboarding, process_id, with_for_update=True)
        step = await session.get(OnboardingStep, (process_id, name), with_for_update=True)
        assert process is not None
        assert step is not None
        if process.state != "running":
            return False
        if step.state == "done":
            return True
        step.started_at, step.attempts = now, step.attempts + 1
        step.outcome = await STEPS[name](session, inside, wishes, account_id, now)
        step.state, step.finished_at, step.last_error = "done", now, None
        process.version += 1
    return True


async def _place(database: Database, process_id: UUID, now: datetime) -> None:
    """Give a tenant its own database when that is wished; it is empty yet and moves at once."""
    async with database.transaction(system_context(), door="system") as session:
        process = await session.get(Onboarding, process_id)
        assert process is not None
        tenant = await session.get(Tenant, process.tenant_id)
        assert tenant is not None
        wished = process.request.get("placement") == "dedicated"
        tenant_id, placement = tenant.id, tenant.placement
    if wished and placement != "dedicated":
        await move_tenant(database, tenant_id=tenant_id, to="dedicated", now=now)


async def onboard(
    database: Database, context: Context, *, now: datetime, onboarding_id: str
) -> None:
    """Run the steps as a job; a failed step is noted in the process, not retried by the queue."""
    await run_onboarding(database, context, onboarding_id=UUID(onboarding_id), now=now)


async def _fail(
    database: Database,
    context: Context,
    *,
    process_id: UUID,
    name: str,
    error: Exception,
    now: datetime,
) -> None:
    async with database.transaction(context, door="system") as session:
        process = await session.get(Onboarding, process_id, with_for_update=True)
        step = await session.get(OnboardingStep, (process_id, name))
        assert process is not None
        assert step is not None
        step.state, step.last_error = "failed", f"{type(error).__name__}: {error}"[:500]
        step.finished_at = now
        process.state = "failed"
        await _note(session, context, process, name, now)


async def _note(
    session: AsyncSession, context: Context, process: Onboarding, step: str, now: datetime
) -> None:
    process.version += 1
    await session.flush()
    event = OnboardingChanged(
        aggregate_id=process.id, tenant_id=process.tenant_id, state=process.state, step=step
    )
    await publish(session, context, event, now=now)
