"""Mails about schedules that rest: to their makers, and without one to who can take them over."""

from datetime import datetime
from uuid import UUID

from metatron.apps.amc.connections.site import site
from metatron.apps.amc.connections.telling import RESTING, able_to_take_over, mail
from metatron.apps.amc.recurring.tables import DRY_RUN_FAILED, MAKER_GONE, PAUSED, Schedule
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.notifications.interface import MailTemplate, register_templates

TEMPLATE = "amc_schedule_rests"
LEFT_TEMPLATE = "amc_schedule_without_maker"
DRY_TEMPLATE = "amc_schedule_dry_run_failed"

register_templates(
    MailTemplate(
        name=TEMPLATE,
        version=1,
        kind=RESTING,
        subject="The schedule {{ schedule }} rests",
        text=(
            "The schedule {{ schedule }} has been paused: its last {{ failures }} runs failed.\n\n"
            "Look at the newest one, mend what stands in its way and resume the schedule.\n\n"
            "{{ link }}\n"
        ),
        keeps_text=True,
    ),
    MailTemplate(
        name=DRY_TEMPLATE,
        version=1,
        kind=RESTING,
        subject="The schedule {{ schedule }} has not begun",
        text=(
            "The schedule {{ schedule }} has been paused before it fired: the dry run of its "
            "query failed.\n\n"
            "The newest run of its workflow tells why. Mend the query and resume the "
            "schedule.\n\n{{ link }}\n"
        ),
        keeps_text=True,
    ),
    MailTemplate(
        name=LEFT_TEMPLATE,
        version=1,
        kind=RESTING,
        subject="The schedule {{ schedule }} needs somebody",
        text=(
            "The schedule {{ schedule }} has been paused: whoever made it has left, or may not "
            "run queries on its client any more.\n\n"
            "Somebody who may run queries there can take it over.\n\n{{ link }}\n"
        ),
        keeps_text=True,
    ),
)


async def tell(database: Database, context: Context, *, schedule_id: UUID, now: datetime) -> None:
    """Mail the maker of a schedule that rests, or those who set up clients when that one left."""
    async with database.transaction(context) as session:
        schedule = await session.get(Schedule, (context.tenant_id, schedule_id))
    if schedule is None or schedule.state != PAUSED:
        return
    template, told = TEMPLATE, [schedule.created_by] if schedule.created_by else []
    if schedule.pause_reason == MAKER_GONE:
        template, told = LEFT_TEMPLATE, await able_to_take_over(database, context)
    elif schedule.pause_reason == DRY_RUN_FAILED:
        template = DRY_TEMPLATE
    variables = {
        "schedule": schedule.name,
        "failures": schedule.failures_in_a_row,
        "link": site().page(f"/amc/runs/schedules/{schedule_id}"),
    }
    await mail(database, context, told, template=template, variables=variables, now=now)
