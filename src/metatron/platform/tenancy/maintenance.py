"""Maintenance of one organisation: its people wait outside while operators work on it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.tenancy.errors import TransitionRefused
from metatron.platform.tenancy.events import TenantChanged
from metatron.platform.tenancy.suspension import load_for_change, tell_of
from metatron.platform.tenancy.tables import Tenant


async def begin_maintenance(
    session: AsyncSession, context: Context, *, tenant_id: UUID, note: str, now: datetime
) -> Tenant:
    """Let nobody but operators in until it ends; `note` tells its people why.

    What runs by itself goes on: jobs, deadlines, what a payments provider reports.

    Args:
        session: a transaction of the system role.
        context: the operator, in the platform's tenant.
        tenant_id: which.
        note: 1-500 characters, in the operator's words.
        now: the instant on the real clock.

    Raises:
        NotFound: unknown or deleted.
        TransitionRefused: it is not active, or under maintenance already.
    """
    tenant = await load_for_change(session, tenant_id)
    if tenant.state != "active":
        raise TransitionRefused(f"The organisation is {tenant.state}.")
    if tenant.maintenance_note is not None:
        raise TransitionRefused("The organisation is under maintenance already.")
    return await _set(session, context, tenant, note, now)


async def end_maintenance(
    session: AsyncSession, context: Context, *, tenant_id: UUID, now: datetime
) -> Tenant:
    """Let its people in again; raises `NotFound`, or `TransitionRefused` when it is over."""
    tenant = await load_for_change(session, tenant_id)
    if tenant.maintenance_note is None:
        raise TransitionRefused("The organisation is not under maintenance.")
    return await _set(session, context, tenant, None, now)


async def _set(
    session: AsyncSession, context: Context, tenant: Tenant, note: str | None, now: datetime
) -> Tenant:
    tenant.maintenance_note = note
    tenant.version += 1
    await session.flush()
    event = TenantChanged(
        aggregate_id=tenant.id, state=tenant.state, fields=["maintenance_note"], reason=note
    )
    await tell_of(session, context, tenant, event, now)
    return tenant
