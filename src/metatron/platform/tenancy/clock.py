"""The test clock of a sandbox organisation: it only ever moves forward."""

from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.session import at_home
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.events.event import publish
from metatron.platform.tenancy.announce import tell
from metatron.platform.tenancy.errors import NotSandbox
from metatron.platform.tenancy.events import ClockAdvanced
from metatron.platform.tenancy.tables import Tenant

MOST_SECONDS = 10 * 366 * 86_400
_ADVANCE = text("""
insert into kernel.tenant_clock (tenant_id, offset_seconds) values (:tenant_id, :seconds)
on conflict (tenant_id) do update
set offset_seconds = kernel.tenant_clock.offset_seconds + excluded.offset_seconds
returning offset_seconds
""")


async def advance_clock(
    session: AsyncSession, context: Context, *, seconds: int, now: datetime
) -> int:
    """Move the organisation's clock forward by `seconds`; returns its offset in seconds.

    Jobs that fall due are taken up by the relay as soon as this commits.

    Raises:
        NotSandbox: only sandbox organisations have such a clock.
        InvalidInput: not a positive number of seconds, or more than ten years in all.
    """
    context.demand("tenancy:clock")
    async with at_home(session) as home:
        is_sandbox = await home.scalar(
            select(Tenant.is_sandbox).where(
                Tenant.id == context.tenant_id, Tenant.deleted_at.is_(None)
            )
        )
    if is_sandbox is None:
        raise NotFound
    if not is_sandbox:
        raise NotSandbox
    if not 0 < seconds <= MOST_SECONDS:
        raise _too_far()
    values = {"tenant_id": context.tenant_id, "seconds": seconds}
    offset = int((await session.execute(_ADVANCE, values)).scalar_one())
    if offset > MOST_SECONDS:
        raise _too_far()
    event = ClockAdvanced(aggregate_id=context.tenant_id, seconds=seconds, offset_seconds=offset)
    await publish(session, context, event, now=now)
    async with at_home(session) as home:
        await home.execute(
            update(Tenant).where(Tenant.id == context.tenant_id).values(clock_offset_seconds=offset)
        )
        await tell(home, f"tenant:{context.tenant_id}")
    return offset


def _too_far() -> InvalidInput:
    hint = "Advance by 1 second or more, ten years in all at most."
    return InvalidInput.field("body.seconds", "out_of_range", hint)
