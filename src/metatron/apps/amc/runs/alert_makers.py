"""An alert tells what its maker may read by then: nothing once they have left.

It rests then, people who can make another are told of it once, and it goes on by itself when its
maker is back.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from metatron.apps.amc.connections.acting import in_name_of
from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.grants import demand_client
from metatron.apps.amc.connections.site import site
from metatron.apps.amc.connections.telling import able_to_take_over, mail
from metatron.apps.amc.permissions import READ
from metatron.apps.amc.runs.events import AlertRested
from metatron.apps.amc.runs.tables import Alert, Run
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.platform.notifications.interface import MailTemplate, register_templates

TELL_JOB = "amc.tell_of_resting_alert"
LEFT_TEMPLATE = "amc_alert_without_maker"
register_templates(
    MailTemplate(
        name=LEFT_TEMPLATE,
        version=1,
        subject="The alert {{ alert }} needs somebody",
        text=(
            "The alert {{ alert }} rests: whoever made it has left, or may not see runs any more, "
            "so nobody is told of new results.\n\n"
            "Somebody who is to go on with it can open it with Change and keep it: it is theirs "
            "then.\n\n"
            "{{ link }}\n"
        ),
        keeps_text=True,
    )
)


@dataclass(frozen=True, slots=True)
class Maker:
    """Whether an alert's maker is there, with a right to read AMC, and sees a run's client."""

    is_there: bool
    sees_client: bool


async def maker_now(database: Database, context: Context, alert: Alert, run: Run) -> Maker:
    """Tell how an alert's maker stands now: only where they see the client it may be told.

    Somebody has to be there: a member with the right to read AMC, or a key that holds, who sees
    the run's client. An alert that names no maker is the system's.
    """
    maker = await in_name_of(database, context, alert.created_by)
    if alert.created_by is not None and not maker.allows(READ):
        return Maker(is_there=False, sees_client=False)
    async with database.transaction(context) as session:
        try:
            await demand_client(session, maker, run.instance_id)
        except InstanceNotFound:
            return Maker(is_there=True, sees_client=False)
    return Maker(is_there=True, sees_client=True)


async def rest_or_wake(
    database: Database, context: Context, alert: Alert, *, is_there: bool, now: datetime
) -> None:
    """Let an alert rest while its maker may read nothing, and have people told when it begins."""
    if is_there == (alert.rests_since is None):
        return
    async with database.transaction(context) as session:
        found = await session.get(Alert, (context.tenant_id, alert.id), with_for_update=True)
        if found is None or is_there == (found.rests_since is None):
            return
        found.rests_since = None if is_there else now
        await session.flush()
        await publish(
            session, context, AlertRested(aggregate_id=alert.id, rests=not is_there), now=now
        )
        if not is_there:
            await enqueue(session, context, TELL_JOB, alert_id=alert.id)


async def tell(database: Database, context: Context, *, alert_id: UUID, now: datetime) -> None:
    """Mail those who see every client and may change what stands on it, while the alert rests."""
    async with database.transaction(context) as session:
        alert = await session.get(Alert, (context.tenant_id, alert_id))
    if alert is None or alert.rests_since is None:
        return
    told = {"alert": alert.name, "link": site().page("/amc/runs/alerts")}
    people = await able_to_take_over(database, context)
    await mail(database, context, people, template=LEFT_TEMPLATE, variables=told, now=now)
