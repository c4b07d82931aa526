"""A move asked for by an operator: announced now, done by a worker, announced again when done."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.platform.tenancy.announce import announce
from metatron.platform.tenancy.errors import MoveUnderWay, TransitionRefused
from metatron.platform.tenancy.events import TenantChanged, TenantMoved
from metatron.platform.tenancy.mover import Moved, Where
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.suspension import load_for_change, tell_of

log = structlog.get_logger(__name__)
MOVE = "tenancy.move"


async def ask_for_move(
    session: AsyncSession, context: Context, *, tenant_id: UUID, to: Where, now: datetime
) -> None:
    """Queue a move and note in the tenant's log who asked for it.

    Raises:
        NotFound: unknown or deleted.
        TransitionRefused: it is there already, or in a state that cannot move.
    """
    tenant = await load_for_change(session, tenant_id)
    # One whose mover has died may be asked for again: it begins anew.
    if tenant.placement == to or tenant.state not in {"active", "suspended", "moving"}:
        raise TransitionRefused(f"The organisation is {tenant.state} and {tenant.placement}.")
    event = TenantChanged(aggregate_id=tenant.id, state=tenant.state, fields=["placement"])
    await tell_of(session, context, tenant, event, now)
    # The platform's own job: the tenant's outbox stands still while its rows travel.
    platform = context.for_tenant(PLATFORM_TENANT_ID)
    await enqueue(session, platform, MOVE, tenant_id=tenant_id, to=to)


async def move_and_tell(
    database: Database,
    *,
    tenant_id: UUID,
    to: Where,
    now: datetime,
    progress: Callable[[str], None] = lambda _step: None,
) -> Moved:
    """Move a tenant and announce it in its log; raises as `move_tenant`."""
    moved = await move_tenant(database, tenant_id=tenant_id, to=to, now=now, progress=progress)
    context = system_context(tenant_id)
    event = TenantMoved(aggregate_id=tenant_id, placement=to, tables=moved.tables, rows=moved.rows)
    async with database.transaction(context, door="home") as session:
        await announce(session, context, event, now=now)
    return moved


async def move_as_job(
    database: Database, context: Context, *, now: datetime, tenant_id: str, to: Where
) -> None:
    """Do a queued move; a repetition finds the tenant where it should be and does nothing."""
    assert context.tenant_id == PLATFORM_TENANT_ID, "moving is the platform's own work"
    assert now is not None
    try:
        # The time of grace runs on the real clock, whatever clock the job was bound to.
        await move_and_tell(database, tenant_id=UUID(tenant_id), to=to, now=utc_now())
    except (NotFound, TransitionRefused, MoveUnderWay) as refusal:
        log.info("move_not_needed", tenant_id=tenant_id, to=to, reason=refusal.code)
