"""The jobs of runs; thin, each calls a use case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.events import ConnectionMoved
from metatron.apps.amc.connections.tables import HEALTHY
from metatron.apps.amc.runs import (
    alert_makers,
    alert_trials,
    alerts,
    following,
    recovering,
    sweeping,
    webhooks,
)
from metatron.apps.amc.runs.results import fetching
from metatron.apps.amc.runs.statuses import FETCH_JOB
from metatron.apps.amc.runs.turns import FOLLOW_JOB, call_turn
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import DeliveredEvent, Job, Schedule, Subscription

SWEEP_JOB = "amc.sweep_results"
RECOVER_JOB = "amc.recover_runs"
_WAITING = text("""
select distinct r.instance_id from amc.run r
join amc.instance i on i.tenant_id = r.tenant_id and i.id = r.instance_id
where r.tenant_id = :tenant_id and i.connection_id = :connection_id
  and r.state not in ('succeeded', 'failed', 'cancelled')
""")


async def follow_runs(
    database: Database, context: Context, *, instance_id: str, tick_id: str, now: datetime
) -> None:
    """Look at an instance's runs."""
    await following.follow(
        database, context, instance_id=UUID(instance_id), tick_id=UUID(tick_id), now=now
    )


async def fetch_result(database: Database, context: Context, *, run_id: str, now: datetime) -> None:
    """Fetch a run's result."""
    del now  # it takes a while, and asks the clock anew
    await fetching.fetch(database, context, run_id=UUID(run_id))


async def judge_alerts(database: Database, context: Context, *, run_id: str, now: datetime) -> None:
    """Hold a new result against the alerts."""
    await alerts.judge(database, context, run_id=UUID(run_id), now=now)


async def send_webhook(
    database: Database,
    context: Context,
    *,
    alert_id: str,
    run_id: str,
    url: str,
    value: str,
    fired_at: str,
    now: datetime,
) -> None:
    """Tell an alert's webhook."""
    await webhooks.send(
        database, context, alert_id=UUID(alert_id), run_id=UUID(run_id), url=url, value=value,
        fired_at=fired_at, now=now,
    )  # fmt: skip


async def tell_of_resting_alert(
    database: Database, context: Context, *, alert_id: str, now: datetime
) -> None:
    """Mail those who can make it anew."""
    await alert_makers.tell(database, context, alert_id=UUID(alert_id), now=now)


async def try_webhook(
    database: Database, context: Context, *, alert_id: str, url: str, now: datetime
) -> None:
    """Tell an alert's webhook that this is a trial."""
    await alert_trials.send_trial(database, context, alert_id=UUID(alert_id), url=url, now=now)


async def sweep_results(database: Database, _context: Context, *, now: datetime) -> None:
    """Delete results that were kept long enough."""
    del now  # folders are dated by the machine's time
    await sweeping.sweep(database, now=utc_now())


async def wake_runs(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """A connection is signed in again: its runs need not wait any longer."""
    if event.payload.get("to_state") != HEALTHY:
        return
    asked = {"tenant_id": context.tenant_id, "connection_id": event.aggregate_id}
    for instance_id in list((await session.execute(_WAITING, asked)).scalars()):
        await call_turn(session, context, instance_id=instance_id, at=now, now=now, is_urgent=True)


async def recover_runs(database: Database, _context: Context, *, now: datetime) -> None:
    """Call for looks that were lost."""
    del now  # each tenant has a clock of its own
    await recovering.recover(database)


JOBS = (
    # It waits out an organisation's move: its attempts last for hours.
    Job(FOLLOW_JOB, follow_runs, transactional=False, most_attempts=60),
    Job(RECOVER_JOB, recover_runs, transactional=False),
    Job(FETCH_JOB, fetch_result, transactional=False),
    Job(fetching.JUDGE_JOB, judge_alerts, transactional=False),
    Job(webhooks.SEND_JOB, send_webhook, transactional=False, waits=True),
    Job(alert_makers.TELL_JOB, tell_of_resting_alert, transactional=False),
    Job(alert_trials.TRY_JOB, try_webhook, transactional=False, waits=True),
    Job(SWEEP_JOB, sweep_results, transactional=False),
)
SUBSCRIPTIONS = (Subscription(ConnectionMoved.name, "amc.wake_runs", wake_runs),)
SCHEDULES = (
    Schedule("amc_results", "41 3 * * *", SWEEP_JOB),
    Schedule("amc_lost_looks", "*/10 * * * *", RECOVER_JOB),
)
