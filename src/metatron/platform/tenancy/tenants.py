"""What operators do to tenants: change, suspend, activate, delete."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import is_slug
from metatron.platform.tenancy.accounts import load_account
from metatron.platform.tenancy.announce import tell
from metatron.platform.tenancy.errors import AddressTaken, TransitionRefused
from metatron.platform.tenancy.events import TenantChanged, TenantDeleted
from metatron.platform.tenancy.limits import checked_own_limits
from metatron.platform.tenancy.organisations import checked_name
from metatron.platform.tenancy.reach import reach_of
from metatron.platform.tenancy.tables import Tenant

READ, WRITE, MOVE = "tenants:read", "tenants:write", "tenants:move"
MOVE_JOB = "tenancy.move"
STEPS = {"suspend": ("active", "suspended"), "activate": ("suspended", "active")}


async def load_for_operator(
    session: AsyncSession, context: Context, tenant_id: UUID, *, permission: str = READ
) -> Tenant:
    """Return a tenant within the actor's reach; raise `NotFound` otherwise."""
    reach = await reach_of(session, context, permission)
    tenant = await session.get(Tenant, tenant_id, with_for_update=permission != READ)
    if tenant is None or tenant.deleted_at is not None:
        raise NotFound
    reach.check(tenant.id, tenant.account_id)
    return tenant


async def change_tenant(
    session: AsyncSession,
    context: Context,
    *,
    tenant_id: UUID,
    fields: dict[str, Any],
    if_match: str | None = None,
    now: datetime,
) -> Tenant:
    """Change the given columns: name, account, tier, limits, kind, environment, addresses.

    Raises:
        NotFound: no such tenant (or account) within the actor's reach.
        InvalidInput: an unknown limit, or a subdomain that cannot stand in an address.
        AddressTaken: another tenant has the subdomain or domain.
        VersionConflict: it changed since it was read.
    """
    tenant = await load_for_operator(session, context, tenant_id, permission=WRITE)
    check_if_match(if_match, tenant.version)
    if fields.get("account_id") is not None:
        await load_account(session, context, fields["account_id"], permission="accounts:read")
    for name, value in checked_fields(fields).items():
        setattr(tenant, name, value)
    await _save(session, context, tenant, sorted(fields), now)
    return tenant


async def step_tenant(
    session: AsyncSession, context: Context, *, tenant_id: UUID, step: str, now: datetime
) -> Tenant:
    """Suspend or activate a tenant; people and keys of a suspended one are refused at once.

    Raises:
        NotFound: no such tenant within the actor's reach.
        TransitionRefused: its state does not allow the step.
    """
    tenant = await load_for_operator(session, context, tenant_id, permission=WRITE)
    before, after = STEPS[step]
    if tenant.state != before:
        raise TransitionRefused(f"It is {tenant.state}, not {before}.")
    tenant.state = after
    await _save(session, context, tenant, ["state"], now)
    return tenant


async def delete_tenant(
    session: AsyncSession, context: Context, *, tenant_id: UUID, now: datetime
) -> None:
    """Take a tenant away from everybody; its rows stay. A second delete finds nothing.

    Raises:
        NotFound: no such tenant within the actor's reach.
        TransitionRefused: it is being moved.
    """
    tenant = await load_for_operator(session, context, tenant_id, permission=WRITE)
    if tenant.state == "moving":
        raise TransitionRefused("It is being moved.")
    tenant.deleted_at, tenant.version = now, tenant.version + 1
    await session.flush()
    await publish(session, context, TenantDeleted(aggregate_id=tenant.id), now=now)
    await tell(session, f"tenant:{tenant.id}")


async def ask_for_move(
    session: AsyncSession, context: Context, *, tenant_id: UUID, to: str, now: datetime
) -> Tenant:
    """Ask the worker to move a tenant's rows; its state shows how far that is.

    Raises:
        NotFound: no such tenant within the actor's reach.
        TransitionRefused: it is there already, or in a state that cannot move.
    """
    tenant = await load_for_operator(session, context, tenant_id, permission=MOVE)
    if tenant.placement == to or tenant.state not in {"active", "suspended", "moving"}:
        raise TransitionRefused(f"It is {tenant.placement} and {tenant.state}.")
    event = TenantChanged(aggregate_id=tenant.id, state=tenant.state, fields=[f"move_to_{to}"])
    await publish(session, context, event, now=now)
    await enqueue(session, context, MOVE_JOB, tenant_id=tenant.id, to=to)
    return tenant


def checked_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Return columns of a tenant fit to store; raise `InvalidInput` for a wrong one."""
    checked = dict(fields)
    if "name" in fields:
        checked["name"] = checked_name(fields["name"])
    if "limits" in fields:
        checked["limits"] = checked_own_limits(fields["limits"])
    if fields.get("subdomain") is not None and not is_slug(fields["subdomain"]):
        hint = "Use 1-63 of a-z, 0-9 and inner hyphens."
        raise InvalidInput.field("body.subdomain", "invalid_subdomain", hint)
    domain = fields.get("custom_domain")
    if domain is not None:
        labels = domain.lower().split(".")
        if len(labels) < 2 or len(domain) > 253 or not all(is_slug(label) for label in labels):
            hint = "Give a host name such as shop.example.com."
            raise InvalidInput.field("body.custom_domain", "invalid_domain", hint)
        checked["custom_domain"] = domain.lower()
    return checked


async def _save(
    session: AsyncSession, context: Context, tenant: Tenant, fields: list[str], now: datetime
) -> None:
    tenant.version += 1
    try:
        await session.flush()
    except IntegrityError as error:
        raise AddressTaken from error
    event = TenantChanged(aggregate_id=tenant.id, state=tenant.state, fields=fields)
    await publish(session, context, event, now=now)
    await tell(session, f"tenant:{tenant.id}")
