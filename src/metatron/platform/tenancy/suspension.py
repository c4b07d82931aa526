"""What operators change on a tenant: plan, addresses, and whether it is active at all."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import Event
from metatron.kernel.ids import is_slug
from metatron.platform.tenancy.announce import announce, tell
from metatron.platform.tenancy.errors import AddressTaken, TransitionRefused
from metatron.platform.tenancy.events import TenantChanged, TenantDeleted
from metatron.platform.tenancy.limits import checked_own_limits
from metatron.platform.tenancy.organisations import checked_name
from metatron.platform.tenancy.tables import Tenant

_HOST = re.compile(
    r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z]"
)


async def change_tenant(
    session: AsyncSession,
    context: Context,
    *,
    tenant_id: UUID,
    changes: dict[str, Any],
    if_match: str | None = None,
    now: datetime,
) -> Tenant:
    """Change a tenant's plan and addresses, in a transaction of the system role.

    Args:
        session: a transaction of the system role.
        context: the operator, in the platform's tenant.
        tenant_id: which.
        changes: any of name, tier, environment, app_kind, limits, subdomain, custom_domain.
        if_match: the version it was read at.
        now: the instant on the real clock.

    Raises:
        NotFound: unknown or deleted.
        AddressTaken: another tenant has the subdomain or the domain.
        InvalidInput: an unknown limit, or an address that can be none.
        VersionConflict: it has changed since it was read.
    """
    tenant = await load_for_change(session, tenant_id)
    check_if_match(if_match, tenant.version)
    wanted = {name: _checked(name, value) for name, value in changes.items()}
    fields = [name for name, value in wanted.items() if getattr(tenant, name) != value]
    for name in fields:
        setattr(tenant, name, wanted[name])
    if fields:
        try:
            await _save(session, context, tenant, fields, now)
        except IntegrityError as error:
            raise AddressTaken from error
    return tenant


def _checked(name: str, value: Any) -> Any:
    if name == "name":
        return checked_name(value)
    if name == "limits":
        return checked_own_limits(value)
    if name in {"subdomain", "custom_domain"}:
        return checked_address(name, value)
    return value


def checked_address(kind: str, value: str | None) -> str | None:
    """Return a `subdomain` or `custom_domain` in its normal form; raise `InvalidInput`."""
    if value is None:
        return None
    if kind == "subdomain" and not is_slug(value):
        hint = "Use 1-63 of a-z, 0-9 and inner hyphens."
        raise InvalidInput.field("body.subdomain", "invalid_subdomain", hint)
    value = value.lower().rstrip(".")
    if kind == "custom_domain" and _HOST.fullmatch(value) is None:
        hint = "Give a host name such as shop.example.com."
        raise InvalidInput.field("body.custom_domain", "invalid_domain", hint)
    return value


async def suspend_tenant(
    session: AsyncSession,
    context: Context,
    *,
    tenant_id: UUID,
    reason: str | None = None,
    now: datetime,
) -> Tenant:
    """Let nobody in until it is activated again; its people are told `reason`.

    Raises:
        NotFound: unknown or deleted.
        TransitionRefused: it is not active.
    """
    return await _go(session, context, tenant_id, ("active", "suspended"), reason=reason, now=now)


async def activate_tenant(
    session: AsyncSession, context: Context, *, tenant_id: UUID, now: datetime
) -> Tenant:
    """End a suspension; raises `NotFound` or `TransitionRefused`."""
    return await _go(session, context, tenant_id, ("suspended", "active"), reason=None, now=now)


async def _go(
    session: AsyncSession,
    context: Context,
    tenant_id: UUID,
    states: tuple[str, str],
    *,
    reason: str | None,
    now: datetime,
) -> Tenant:
    before, after = states
    tenant = await load_for_change(session, tenant_id)
    if tenant.state != before:
        raise TransitionRefused(f"The organisation is {tenant.state}.")
    tenant.state, tenant.suspended_with_account = after, False
    tenant.suspended_reason = reason
    await _save(session, context, tenant, ["state"], now)
    return tenant


async def suspend_with_account(
    session: AsyncSession, context: Context, *, account_id: UUID, now: datetime
) -> None:
    """Suspend the active tenants of a client account, and note why.

    One that is being moved is suspended where it arrives.
    """
    for tenant in await _tenants_of(session, account_id):
        if "active" in {tenant.state, tenant.state_before_move}:
            await _set_state(session, context, tenant, "suspended", now, with_account=True)


async def restore_with_account(
    session: AsyncSession, context: Context, *, account_id: UUID, now: datetime
) -> None:
    """Activate exactly the tenants that were suspended with their client account."""
    for tenant in await _tenants_of(session, account_id):
        if tenant.suspended_with_account:
            await _set_state(session, context, tenant, "active", now, with_account=False)


async def _tenants_of(session: AsyncSession, account_id: UUID) -> list[Tenant]:
    query = select(Tenant).where(Tenant.account_id == account_id, Tenant.deleted_at.is_(None))
    return list(await session.scalars(query.order_by(Tenant.id).with_for_update()))


async def _set_state(
    session: AsyncSession,
    context: Context,
    tenant: Tenant,
    state: str,
    now: datetime,
    *,
    with_account: bool,
) -> None:
    if tenant.state == "moving":
        tenant.state_before_move = state
    else:
        tenant.state = state
    tenant.suspended_with_account, tenant.suspended_reason = with_account, None
    await _save(session, context, tenant, ["state"], now)


async def delete_tenant(
    session: AsyncSession, context: Context, *, tenant_id: UUID, now: datetime
) -> None:
    """Make a tenant vanish for everybody; its rows stay, its addresses are free again.

    Raises:
        NotFound: unknown, or deleted before.
        TransitionRefused: it is being moved.
    """
    tenant = await load_for_change(session, tenant_id)
    if tenant.state == "moving":
        raise TransitionRefused("The organisation is being moved.")
    tenant.deleted_at, tenant.state = now, "suspended"
    tenant.version += 1
    await session.flush()
    await tell_of(session, context, tenant, TenantDeleted(aggregate_id=tenant.id), now)


async def load_for_change(session: AsyncSession, tenant_id: UUID) -> Tenant:
    """Return a tenant, locked; raise `NotFound` when it is unknown or deleted."""
    tenant = await session.get(Tenant, tenant_id, with_for_update=True)
    if tenant is None or tenant.deleted_at is not None:
        raise NotFound
    return tenant


async def tell_of(
    session: AsyncSession, context: Context, tenant: Tenant, event: Event, now: datetime
) -> None:
    """Announce in the tenant's own log, on its own clock, and make every process forget it."""
    theirs = context.for_tenant(tenant.id)
    at = now + timedelta(seconds=tenant.clock_offset_seconds)
    await announce(session, theirs, event, now=at)
    await tell(session, f"tenant:{tenant.id}")


async def _save(
    session: AsyncSession, context: Context, tenant: Tenant, fields: list[str], now: datetime
) -> None:
    tenant.version += 1
    await session.flush()
    event = TenantChanged(
        aggregate_id=tenant.id, state=tenant.state, fields=fields, reason=tenant.suspended_reason
    )
    await tell_of(session, context, tenant, event, now)
