"""A schedule's instant has come: asked for once, whatever was missed by its policy."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.catalogue.mapping import settle_values
from metatron.apps.amc.connections.errors import InstanceNotFound
from metatron.apps.amc.connections.tables import Instance
from metatron.apps.amc.declarations import tables_of
from metatron.apps.amc.permissions import RUN
from metatron.apps.amc.recurring.errors import ScheduleNotFound
from metatron.apps.amc.recurring.events import ScheduleFired
from metatron.apps.amc.recurring.makers import check_maker, rest_without_maker
from metatron.apps.amc.recurring.outcomes import count_failure
from metatron.apps.amc.recurring.rhythms import next_firing
from metatron.apps.amc.recurring.setting import arm, load, rhythm_of
from metatron.apps.amc.recurring.tables import ACTIVE, Schedule
from metatron.apps.amc.runs import refusing, windows
from metatron.apps.amc.runs.asking import Origin, Wish, ask
from metatron.apps.amc.runs.sources import query_of_workflow
from metatron.apps.amc.runs.tables import Run
from metatron.kernel.context import Context
from metatron.kernel.errors import DomainError, InvalidInput, PermissionDenied
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue

EXTRA_JOB = "amc.fire_schedule_once_more"
PUNCTUAL = timedelta(minutes=15)
"""Who is no later than this has missed nothing."""
MOST_CAUGHT_UP = 100
WITHOUT_MAKER = "Whoever made this schedule may not run queries on this client any more."
SOONEST, LATEST = timedelta(minutes=5), timedelta(hours=24)
_EXTRA_FIRED = text("""
select 1 from amc.firing where tenant_id = :tenant_id and schedule_id = :schedule_id
  and fire_at = :fire_at and kind = 'extra'
""")
_RULE: TypeAdapter[windows.Explicit | windows.Rolling | windows.Calendar] = TypeAdapter(
    windows.WindowRule
)
_NOTE = text("""
insert into amc.firing (tenant_id, schedule_id, fire_at, kind, outcome, reason, run_id, fired_at)
values (:tenant_id, :schedule_id, :fire_at, :kind, :outcome, :reason, :run_id, :now)
""")


async def fire(
    session: AsyncSession,
    context: Context,
    *,
    schedule_id: UUID,
    fire_at: datetime,
    maker: Context,
    now: datetime,
) -> None:
    """Fire a schedule whose next instant is `fire_at`; anything else has been seen to already.

    `maker` is the system in the name of whoever made it, with the rights they hold now.

    Raises:
        MakerChanged: it is somebody else's by now.
    """
    try:
        schedule = await load(session, context, schedule_id)
    except ScheduleNotFound:
        return
    if schedule.state != ACTIVE or schedule.next_fire_at != fire_at:
        return
    check_maker(schedule, maker)
    due = [fire_at]
    rhythm = rhythm_of(schedule)
    following = next_firing(rhythm, zone=schedule.time_zone, after=fire_at)
    while following <= now and len(due) < MOST_CAUGHT_UP:
        due.append(following)
        following = next_firing(rhythm, zone=schedule.time_zone, after=following)
    if following <= now:  # further behind than anything is caught up
        following = next_firing(rhythm, zone=schedule.time_zone, after=now)
    schedule.next_fire_at = following
    schedule.version += 1
    await session.flush()
    await arm(session, context, schedule)
    wanted = set(_wanted(schedule.catch_up, due, now))
    for instant in due:
        if instant in wanted and schedule.state == ACTIVE:
            await _run(session, maker, schedule, instant, kind="regular", now=now)
        else:
            await _note(session, context, schedule, instant, outcome="skipped", now=now)


def _wanted(policy: str, due: list[datetime], now: datetime) -> Iterable[datetime]:
    """Return which of the instants that have come are made up for."""
    if policy == "all":
        return due
    if policy == "last":
        return due[-1:]
    return [instant for instant in due[-1:] if now - instant <= PUNCTUAL]


async def ask_for_extra(
    session: AsyncSession, context: Context, *, schedule_id: UUID, at: datetime, now: datetime
) -> None:
    """Have a schedule run once more at `at`; its own instants stay where they are.

    Raises:
        ScheduleNotFound: there is none.
        InvalidInput: `at` is not between five minutes and a day ahead.
    """
    context.demand(RUN)
    await load(session, context, schedule_id, level="run")
    if not SOONEST <= at - now <= LATEST:
        hint = "Choose an instant between five minutes and 24 hours ahead."
        raise InvalidInput.field("body.at", "out_of_range", hint)
    await enqueue(
        session, context, EXTRA_JOB, run_at=at, schedule_id=schedule_id, fire_at=at.isoformat()
    )


async def fire_extra(
    session: AsyncSession,
    context: Context,
    *,
    schedule_id: UUID,
    fire_at: datetime,
    maker: Context,
    now: datetime,
) -> None:
    """Run a schedule out of turn, once an instant.

    Raises:
        MakerChanged: it is somebody else's by now.
    """
    try:
        schedule = await load(session, context, schedule_id)
    except ScheduleNotFound:
        return
    check_maker(schedule, maker)
    key = {"tenant_id": context.tenant_id, "schedule_id": schedule_id, "fire_at": fire_at}
    if (await session.execute(_EXTRA_FIRED, key)).first() is None:
        await _run(session, maker, schedule, fire_at, kind="extra", now=now)


async def try_out(
    session: AsyncSession, context: Context, *, schedule_id: UUID, now: datetime
) -> Run:
    """Run what a schedule would run now; it counts in no statistics.

    Raises:
        ScheduleNotFound: there is none; and what `ask` raises.
    """
    context.demand(RUN)
    schedule = await load(session, context, schedule_id, level="run")
    return await ask_of(session, context, schedule, now, origin="trial", now=now)


async def _run(
    session: AsyncSession,
    maker: Context,
    schedule: Schedule,
    instant: datetime,
    *,
    kind: str,
    now: datetime,
) -> None:
    """Run an instant in the maker's name, who may have workflows that nobody else sees."""
    context = replace(maker, actor_id=None, permissions=frozenset(), role_ids=frozenset())
    note = partial(_note, session, context, schedule, instant, kind=kind, now=now)
    try:
        async with session.begin_nested():
            run = await ask_of(session, maker, schedule, instant, origin="schedule", now=now)
    except (PermissionDenied, InstanceNotFound):
        await note(outcome="refused", reason=WITHOUT_MAKER)
        await rest_without_maker(session, context, schedule, now=now)
    except DomainError as error:
        await note(outcome="refused", reason=error.detail or error.title)
        await count_failure(session, context, schedule, now=now)
    else:
        await note(outcome="run", run_id=run.id)


async def ask_of(
    session: AsyncSession,
    context: Context,
    schedule: Schedule,
    instant: datetime,
    *,
    origin: str,
    now: datetime,
    dry_run: bool = False,
) -> Run:
    """Ask for the run of an instant: its window is what the rule came to then.

    What the schedule gives no value for comes from the client's mapping as it is by now.
    """
    query = await query_of_workflow(session, context, workflow_id=schedule.workflow_id, number=None)
    place = await session.get(Instance, (context.tenant_id, schedule.instance_id))
    assert place is not None, "a schedule goes with its instance"
    rule = _RULE.validate_python(schedule.window_rule)
    values, sources = await settle_values(
        session, context, instance_id=schedule.instance_id, parameters=query.parameters,
        given=(schedule.values,),
    )  # fmt: skip
    settles = await refusing.reads_traffic_time(query.sql, tables_of(query.parameters, values))
    lag = windows.lag_days(reads_traffic_time=settles)
    span = windows.span_of(rule, zone=place.time_zone, lag=lag, now=instant)
    wish = Wish(
        schedule.instance_id, query, rule, values, sources, dry_run,
        origin=Origin(origin, schedule.id), span=span,
        destination_ids=() if origin == "trial" else tuple(map(UUID, schedule.destination_ids)),
    )  # fmt: skip
    return await ask(session, context, wish=wish, now=now)


async def _note(
    session: AsyncSession,
    context: Context,
    schedule: Schedule,
    instant: datetime,
    *,
    outcome: str,
    now: datetime,
    kind: str = "regular",
    reason: str | None = None,
    run_id: UUID | None = None,
) -> None:
    row = {
        "tenant_id": context.tenant_id, "schedule_id": schedule.id, "fire_at": instant,
        "kind": kind, "outcome": outcome, "reason": reason, "run_id": run_id, "now": now,
    }  # fmt: skip
    await session.execute(_NOTE, row)
    event = ScheduleFired(aggregate_id=schedule.id, fire_at=instant, outcome=outcome, run_id=run_id)
    await publish(session, context, event, now=now)
