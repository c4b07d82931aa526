"""Whole exchanges with an AMC, from the accounts to a result's links, as the suite makes them.

Made to be recorded: what is made is taken away again, a query of one day is run and nothing else.
"""

import asyncio
import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import suppress

from metatron.apps.amc.amazon.answers import UNFINISHED
from metatron.apps.amc.amazon.client import AmcClient
from metatron.apps.amc.amazon.drafts import (
    ExecutionDraft,
    InputParameter,
    ScheduleDraft,
    WorkflowDraft,
)
from metatron.apps.amc.amazon.errors import AmazonRefused
from metatron.apps.amc.amazon.identifiers import AmcExecutionId, AmcScheduleId, AmcWorkflowId
from metatron.apps.amc.amazon.probing import DAY, QUERY
from metatron.kernel.clock import utc_now

LONGEST_RUN_SECONDS = 3_600.0
"""A real AMC takes minutes, at times many."""
_NAMED = f"{QUERY} WHERE campaign = CUSTOM_PARAMETER('name')"
_DRAFT = WorkflowDraft(_NAMED, (InputParameter("name", description="One campaign"),))
_START, _END = (
    dt.datetime.fromisoformat(DAY[name]) for name in ("timeWindowStart", "timeWindowEnd")
)


async def play(client: AmcClient, begin: Callable[[str], None], *, look_seconds: float) -> None:
    """Make all of them; `begin` hears of what each is a part.

    Raises:
        AmazonError: one that must succeed did not; what was made may be left.
    """
    begin("accounts and instances")
    for account in await client.accounts():
        await client.instances(account)
    begin("tables")
    await client.data_sources()
    begin("a workflow")
    workflow = AmcWorkflowId(f"conformance-{uuid.uuid4()}")
    await client.create_workflow(workflow, _DRAFT)
    try:
        with suppress(AmazonRefused):
            await client.create_workflow(workflow, _DRAFT)
        await client.workflow(workflow)
        await client.put_workflow(workflow, _DRAFT)
        begin("a run")
        await _run(client, workflow, look_seconds)
        begin("a run that is cancelled")
        with suppress(AmazonRefused):
            # It may have ended already.
            await client.cancel(await _asked(client, workflow))
        begin("a schedule")
        await _schedule(client, workflow)
    finally:
        begin("the end of a workflow")
        await client.delete_workflow(workflow)
    begin("what is not there")
    with suppress(AmazonRefused):
        await client.workflow(workflow)
    with suppress(AmazonRefused):
        await client.execution(AmcExecutionId(str(uuid.UUID(int=0))))


async def _asked(client: AmcClient, workflow: AmcWorkflowId) -> AmcExecutionId:
    draft = ExecutionDraft(workflow, _START, _END, values={"name": "conformance"})
    return (await client.create_execution(draft)).execution_id


async def _run(client: AmcClient, workflow: AmcWorkflowId, look_seconds: float) -> None:
    since = utc_now() - dt.timedelta(minutes=1)
    execution = await _asked(client, workflow)
    waited, pause = 0.0, look_seconds
    while waited < LONGEST_RUN_SECONDS:
        if (await client.execution(execution)).status not in UNFINISHED:
            break
        await asyncio.sleep(pause)
        waited, pause = waited + pause, min(pause * 1.5, 15 * look_seconds)
    await client.executions(since, include_workflow=True)
    with suppress(AmazonRefused):
        await client.download_urls(execution)


async def _schedule(client: AmcClient, workflow: AmcWorkflowId) -> None:
    schedule = AmcScheduleId(f"conformance-{uuid.uuid4()}")
    draft = ScheduleDraft(schedule, workflow, "Weekly", 3, start_day="Monday")
    await client.put_schedule(draft)
    try:
        await client.put_schedule(draft)
    finally:
        await client.delete_schedule(schedule)
