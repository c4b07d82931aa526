"""What became of a schedule's runs: counted, and too many failures in a row make it rest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.site import site
from metatron.apps.amc.recurring.errors import ScheduleNotFound
from metatron.apps.amc.recurring.setting import load, rest, wake
from metatron.apps.amc.recurring.tables import (
    ACTIVE,
    CONNECTION_ENDED,
    PAUSED,
    TOO_MANY_FAILURES,
    Schedule,
)
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import enqueue
from metatron.platform.notifications.interface import (
    MailTemplate,
    register_templates,
    send_mail,
)

TELL_JOB = "amc.tell_of_resting_schedule"
TEMPLATE = "amc_schedule_rests"
_ADDRESS = "select email from identity.pub_user where id = $1"
_OF_CONNECTION = text("""
select s.id from amc.schedule s
join amc.instance i on i.tenant_id = s.tenant_id and i.id = s.instance_id
where s.tenant_id = :tenant_id and i.connection_id = :connection_id order by s.id
""")

register_templates(
    MailTemplate(
        name=TEMPLATE,
        version=1,
        subject="The schedule {{ schedule }} rests",
        text=(
            "The schedule {{ schedule }} has been paused: its last {{ failures }} runs failed.\n\n"
            "Look at the newest one, mend what stands in its way and resume the schedule.\n\n"
            "{{ link }}\n"
        ),
        keeps_text=True,
    )
)


async def note_outcome(
    session: AsyncSession,
    context: Context,
    *,
    schedule_id: UUID,
    is_success: bool,
    now: datetime,
) -> None:
    """Count the end of a schedule's run."""
    try:
        schedule = await load(session, context, schedule_id)
    except ScheduleNotFound:
        return
    if not is_success:
        await count_failure(session, context, schedule, now=now)
        return
    schedule.succeeded += 1
    schedule.failures_in_a_row = 0
    await session.flush()


async def count_failure(
    session: AsyncSession, context: Context, schedule: Schedule, *, now: datetime
) -> None:
    """Count a failure; the last one that is borne makes the schedule rest and its maker told."""
    schedule.failed += 1
    schedule.failures_in_a_row += 1
    await session.flush()
    limit = schedule.auto_pause_after
    if schedule.state == ACTIVE and limit is not None and schedule.failures_in_a_row >= limit:
        await rest(session, context, schedule, reason=TOO_MANY_FAILURES, now=now)
        await enqueue(session, context, TELL_JOB, schedule_id=schedule.id)


async def tell(database: Database, context: Context, *, schedule_id: UUID, now: datetime) -> None:
    """Mail the maker of a schedule that rests."""
    async with database.transaction(context) as session:
        schedule = await session.get(Schedule, (context.tenant_id, schedule_id))
        maker = None if schedule is None else schedule.created_by
    # People live in the home database, wherever the organisation's own rows are.
    row = None if maker is None else await database.system.fetchrow(_ADDRESS, maker)
    if schedule is None or row is None:
        return
    async with database.transaction(context) as session:
        await send_mail(
            session,
            context,
            to=row["email"],
            template=TEMPLATE,
            variables={
                "schedule": schedule.name,
                "failures": schedule.failures_in_a_row,
                "link": site().page("/amc/runs"),
            },
            now=now,
            recipient_id=maker,
        )


async def connection_moved(
    session: AsyncSession, context: Context, *, connection_id: UUID, is_healthy: bool, now: datetime
) -> None:
    """Let a connection's schedules rest while it is not signed in, and wake those again."""
    asked = {"tenant_id": context.tenant_id, "connection_id": connection_id}
    for schedule_id in (await session.scalars(_OF_CONNECTION, asked)).all():
        schedule = await load(session, context, schedule_id)
        if is_healthy and (schedule.state, schedule.pause_reason) == (PAUSED, CONNECTION_ENDED):
            await wake(session, context, schedule, now=now)
        elif not is_healthy and schedule.state == ACTIVE:
            await rest(session, context, schedule, reason=CONNECTION_ENDED, now=now)
