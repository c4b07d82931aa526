"""Handing a schedule to Amazon, and taking it back: intention, call, outcome.

What Amazon keeps is a copy as it was: query, values and clock. Ours goes on beside it.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.amazon.drafts import InputParameter, ScheduleDraft, WorkflowDraft
from metatron.apps.amc.amazon.errors import AmazonError, NotAtAmazon
from metatron.apps.amc.amazon.identifiers import AmcScheduleId, AmcWorkflowId
from metatron.apps.amc.amazon.one_line import NotOneLine
from metatron.apps.amc.catalogue.mapping import settle_values
from metatron.apps.amc.connections.access import client_of
from metatron.apps.amc.connections.errors import AmazonAway
from metatron.apps.amc.connections.putting_off import NOT_NOW
from metatron.apps.amc.permissions import EDIT, RUN
from metatron.apps.amc.recurring.errors import ScheduleNotFound, ScheduleNotPossible
from metatron.apps.amc.recurring.events import ScheduleExported
from metatron.apps.amc.recurring.native import native_of
from metatron.apps.amc.recurring.setting import TAKE_BACK_JOB, load, rhythm_of
from metatron.apps.amc.recurring.tables import Schedule
from metatron.apps.amc.runs.parameters import bind, filled
from metatron.apps.amc.runs.sources import Place, place_of, query_of_workflow
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue

EXPORT_JOB = "amc.export_schedule"
ASKED, KEPT, FAILED, LEAVING = "asked", "kept", "failed", "leaving"


type Export = dict[str, Any]


def name_at_amazon(schedule_id: UUID) -> str:
    """Return the id of workflow and schedule there: the same however often it is handed over."""
    return f"metatron-{schedule_id.hex}"


async def ask_for_export(
    session: AsyncSession, context: Context, *, schedule_id: UUID, now: datetime
) -> None:
    """Have Amazon fire a schedule's query by itself, with the values of now.

    Raises:
        ScheduleNotFound: there is none.
        ScheduleDoesNotFit: Amazon has no schedule like it.
        WorkflowNotFound, InstanceGone, InstanceUnusable: nothing can run there.
        InvalidInput: the values do not fit the query any more.
    """
    context.demand(EDIT)
    context.demand(RUN)
    schedule = await load(session, context, schedule_id, level="edit")
    native = native_of(rhythm_of(schedule), schedule.window_rule, zone=schedule.time_zone, now=now)
    place = await place_of(session, context, schedule.instance_id)
    await _draft(session, context, schedule, place)
    told: Export = native.as_json() | {
        "state": ASKED, "reason": None, "amc_schedule_id": name_at_amazon(schedule_id),
        "instance_id": str(schedule.instance_id), "asked_at": now.isoformat(),
    }  # fmt: skip
    former = schedule.amc_export
    if former is not None and former["instance_id"] != told["instance_id"]:
        await _call_back(session, context, schedule_id, former)
    await _note(session, context, schedule, told, now=now)
    await enqueue(session, context, EXPORT_JOB, schedule_id=schedule_id)


async def ask_to_take_back(
    session: AsyncSession, context: Context, *, schedule_id: UUID, now: datetime
) -> None:
    """Have Amazon forget its schedule; what it has run stays.

    Raises:
        ScheduleNotFound: there is none.
        ScheduleNotPossible: Amazon has none of it.
    """
    context.demand(EDIT)
    schedule = await load(session, context, schedule_id, level="edit")
    if schedule.amc_export is None:
        raise ScheduleNotPossible("Amazon has no schedule of it.")
    told = schedule.amc_export | {"state": LEAVING, "reason": None}
    await _note(session, context, schedule, told, now=now)
    await _call_back(session, context, schedule_id, told)


async def export(
    database: Database,
    context: Context,
    *,
    schedule_id: UUID,
    maker: Context,
    now: datetime,
    waits: bool = False,
) -> None:
    """Bring what was asked for to Amazon; the same again does no harm.

    Raises:
        Throttled, AmazonAway: Amazon has no time now, and the export `waits` for it.
    """
    async with database.transaction(context) as session:
        try:
            schedule = await load(session, context, schedule_id)
        except ScheduleNotFound:
            return
        told = schedule.amc_export
    if told is None or told["state"] != ASKED:
        return
    reason = None
    try:
        await _bring(database, context, schedule, told, maker, now=now)
    except (AmazonError, AmazonAway, DomainError, NotOneLine) as error:
        if waits and isinstance(error, NOT_NOW):
            raise
        reason = str(error)
    async with database.transaction(context) as session:
        found = await _in_state(session, context, schedule_id, ASKED)
        if found is None:
            # Taken back or removed meanwhile: what has just been made goes, too.
            await _call_back(session, context, schedule_id, told)
            return
        outcome = {"state": KEPT if reason is None else FAILED, "reason": reason}
        await _note(session, context, found, told | outcome, now=now)


async def _bring(
    database: Database,
    context: Context,
    schedule: Schedule,
    told: Export,
    maker: Context,
    *,
    now: datetime,
) -> None:
    async with database.transaction(context) as session:
        place = await place_of(session, maker, schedule.instance_id)
        draft = await _draft(session, maker, schedule, place)
    workflow_id = AmcWorkflowId(told["amc_schedule_id"])
    client = await client_of(database, context, UUID(told["instance_id"]), now=now)
    try:
        await client.put_workflow(workflow_id, draft)
    except NotAtAmazon:
        await client.create_workflow(workflow_id, draft)
    schedule_id = AmcScheduleId(told["amc_schedule_id"])
    wanted = ScheduleDraft(
        schedule_id, workflow_id, told["period"], told["hour_utc"], told["start_day"],
        require_synthetic_data=place.is_sandbox,
    )  # fmt: skip
    await client.put_schedule(wanted)


async def take_back(
    database: Database,
    context: Context,
    *,
    schedule_id: UUID,
    instance_id: UUID,
    now: datetime,
    waits: bool = False,
) -> None:
    """Delete what Amazon keeps of a schedule, which may be gone here.

    Raises:
        Throttled, AmazonAway: Amazon has no time now, and the matter `waits` for it.
    """
    name, reason = name_at_amazon(schedule_id), None
    try:
        client = await client_of(database, context, instance_id, now=now)
        with suppress(NotAtAmazon):
            await client.delete_schedule(AmcScheduleId(name))
        with suppress(NotAtAmazon):
            await client.delete_workflow(AmcWorkflowId(name))
    except (AmazonError, AmazonAway, DomainError) as error:
        if waits and isinstance(error, NOT_NOW):
            raise
        reason = str(error)
    async with database.transaction(context) as session:
        found = await _in_state(session, context, schedule_id, LEAVING)
        if found is not None and found.amc_export is not None:
            left = found.amc_export | {"state": FAILED, "reason": reason}
            await _note(session, context, found, left if reason else None, now=now)


async def _draft(
    session: AsyncSession, context: Context, schedule: Schedule, place: Place
) -> WorkflowDraft:
    """Return the query as Amazon keeps it; a schedule of Amazon's takes values only as defaults."""
    query = await query_of_workflow(session, context, workflow_id=schedule.workflow_id, number=None)
    values, _ = await settle_values(
        session, context, instance_id=schedule.instance_id, parameters=query.parameters,
        given=(schedule.values,),
    )  # fmt: skip
    bound = bind(query.parameters, values)
    declared = [
        InputParameter(each.name, each.data_type, each.list, default=bound.values[each.name])
        for each in query.parameters
        if each.name in bound.declared
    ]
    return WorkflowDraft(
        filled(query.sql, bound), declared, query.privacy, extra_columns=place.extra_columns
    )


async def _in_state(
    session: AsyncSession, context: Context, schedule_id: UUID, state: str
) -> Schedule | None:
    """Return a schedule, locked, if its export is in this state."""
    try:
        schedule = await load(session, context, schedule_id)
    except ScheduleNotFound:
        return None
    told = schedule.amc_export
    return schedule if told is not None and told["state"] == state else None


async def _call_back(
    session: AsyncSession, context: Context, schedule_id: UUID, told: Export
) -> None:
    await enqueue(
        session, context, TAKE_BACK_JOB, schedule_id=schedule_id, instance_id=told["instance_id"]
    )


async def _note(
    session: AsyncSession,
    context: Context,
    schedule: Schedule,
    told: Export | None,
    *,
    now: datetime,
) -> None:
    schedule.amc_export = told
    schedule.version += 1
    schedule.updated_at = now
    await session.flush()
    state = None if told is None else told["state"]
    event = ScheduleExported(aggregate_id=schedule.id, state=state)
    await publish(session, context, event, now=now)
