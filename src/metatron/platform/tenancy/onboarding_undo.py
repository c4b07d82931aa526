"""Taking an onboarding back, in one transaction: what it made is gone for everybody."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import NotFound
from metatron.platform.tenancy.accounts import delete_account
from metatron.platform.tenancy.errors import AccountInUse, TransitionRefused
from metatron.platform.tenancy.mover import GRACE
from metatron.platform.tenancy.onboarding import Onboarding, load_onboarding, set_state
from metatron.platform.tenancy.suspension import delete_tenant
from metatron.platform.tenancy.tables import Tenant

_DONE = text("""
select name, outcome from tenancy.onboarding_step where onboarding_id = :id and state = 'done'
""")
_UNDONE = text("""
update tenancy.onboarding_step
set state = 'undone', outcome = outcome - 'sealed_key', finished_at = :now
where onboarding_id = :id and state <> 'waiting'
""")
_NO_MAIL = text("delete from kernel.outbox where tenant_id = :tenant_id and id = any(:ids)")
_NO_KEYS = text("""
with ended as (
  update tenancy.api_key set state = 'revoked', revoked_at = :now, version = version + 1
  where tenant_id = :tenant_id and state = 'active')
delete from tenancy.secret_digest where tenant_id = :tenant_id
""")
_NO_APPLICATIONS = text("""
update tenancy.application set state = 'deleted', version = version + 1
where tenant_id = :tenant_id and state = 'active'
""")
_NO_MEMBERS = text("""
update tenancy.member set state = 'removed', removed_at = :now, version = version + 1
where tenant_id = :tenant_id and state = 'active'
""")
_NO_DATABASE = text("""
update tenancy.placement set is_current = false, state = 'retired', drop_after = :drop_after
where tenant_id = :tenant_id and is_current
""")


async def undo_onboarding(
    session: AsyncSession, context: Context, *, onboarding: Onboarding, now: datetime
) -> None:
    """Take back what a failed (or stuck) process has made; the person's own account stays.

    Raises:
        TransitionRefused: it has succeeded, was undone, or the tenant is being moved just now.
    """
    found = await load_onboarding(session, onboarding.id)
    if found.state not in {"failed", "running"}:
        raise TransitionRefused(f"The onboarding has {found.state}.")
    rows = await session.execute(_DONE, {"id": found.id})
    outcomes: dict[str, dict[str, Any]] = {r.name: r.outcome for r in rows}
    values = {"tenant_id": found.tenant_id, "now": now}
    mails = [
        m for name in ("welcome", "follow_ups") for m in outcomes.get(name, {}).get("mails", [])
    ]
    await session.execute(_NO_MAIL, {"tenant_id": found.tenant_id, "ids": mails})
    for statement in (_NO_KEYS, _NO_MEMBERS):
        await session.execute(statement, values)
    await session.execute(_NO_APPLICATIONS, {"tenant_id": found.tenant_id})
    await _remove_space(session, context, found, now)
    if outcomes.get("account", {}).get("kind") == "made":
        await _remove_account(session, context, found, now)
    await session.execute(_UNDONE, {"id": found.id, "now": now})
    await set_state(session, context, found, "undone", now=now)


async def _remove_space(
    session: AsyncSession, context: Context, found: Onboarding, now: datetime
) -> None:
    tenant = await session.get(Tenant, found.tenant_id)
    if tenant is None or tenant.deleted_at is not None:
        return
    await delete_tenant(session, context, tenant_id=tenant.id, now=now)
    due = now + GRACE
    await session.execute(_NO_DATABASE, {"tenant_id": tenant.id, "drop_after": due})


async def _remove_account(
    session: AsyncSession, context: Context, found: Onboarding, now: datetime
) -> None:
    assert found.account_id is not None, "an account was made"
    try:
        await delete_account(session, context, account_id=found.account_id, now=now)
    except (NotFound, AccountInUse):
        return  # somebody uses it, or has deleted it, meanwhile
