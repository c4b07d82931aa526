"""A new schedule is tried dry before it fires, unless its query has run there already."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.recurring.errors import ScheduleNotFound
from metatron.apps.amc.recurring.firing import ask_of
from metatron.apps.amc.recurring.outcomes import TELL_JOB
from metatron.apps.amc.recurring.setting import load, rest
from metatron.apps.amc.recurring.tables import ACTIVE, DRY_RUN_FAILED, Schedule
from metatron.apps.amc.runs.tables import Run
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

_HAS_RUN = text("""
select 1 from amc.workflow w
join amc.workflow_version v
  on v.tenant_id = w.tenant_id and v.workflow_id = w.id and v.number = w.current_version
join amc.run r on r.tenant_id = w.tenant_id and r.sql = v.sql
where w.tenant_id = :tenant_id and w.id = :workflow_id and r.instance_id = :instance_id
  and r.state = 'succeeded' and not r.dry_run
limit 1
""")
"""By the text: a run that was asked for before its query was saved counts as well."""


async def try_dry(
    session: AsyncSession, context: Context, schedule: Schedule, *, now: datetime
) -> Run | None:
    """Ask for a dry run of what a new schedule would run now; it counts in no statistics.

    None where the newest version's text has run on the client: AMC takes it. Raises what `ask`
    raises.
    """
    asked = {
        "tenant_id": context.tenant_id, "workflow_id": schedule.workflow_id,
        "instance_id": schedule.instance_id,
    }  # fmt: skip
    if (await session.execute(_HAS_RUN, asked)).first() is not None:
        return None
    return await ask_of(session, context, schedule, now, origin="trial", dry_run=True, now=now)


async def note_failed(
    session: AsyncSession, context: Context, *, schedule_id: UUID, run_id: UUID, now: datetime
) -> None:
    """Let a schedule rest whose dry run AMC refused, and its maker be told; no other trial does."""
    try:
        schedule = await load(session, context, schedule_id)
    except ScheduleNotFound:
        return
    run = await session.get(Run, (context.tenant_id, run_id))
    if run is None or not run.dry_run or schedule.state != ACTIVE:
        return
    await rest(session, context, schedule, reason=DRY_RUN_FAILED, now=now)
    await enqueue(session, context, TELL_JOB, schedule_id=schedule.id)
