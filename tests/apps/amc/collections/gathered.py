"""A collection on the stage of the runs, looked at and driven to its end."""

import asyncio
import time
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from metatron.apps.amc.collections.collecting import collect_due
from metatron.apps.amc.collections.making import make_collection
from metatron.apps.amc.collections.schemas import NewCollectionBody
from metatron.apps.amc.collections.segments import months_later
from metatron.apps.amc.collections.tables import Segment
from metatron.apps.amc.library.saving import create_workflow
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from tests.apps.amc.runs.stage import Stage

ROWS = [
    ["campaign", "clicks", "impressions", "total_cost", "reach"],
    ["Alpha", "10", "100", "5.50", "60"],
    ["Beta", "30", "100", "2.25", "40"],
]


def month_back(count: int) -> date:
    """The first day of the month that many months ago."""
    return months_later(utc_now().date().replace(day=1), -count)


async def a_workflow(stage: Stage, sql: str, parameters: tuple[dict[str, Any], ...] = ()) -> UUID:
    text = {"sql": sql, "parameters": list(parameters), "privacy": "REMOVE_ROWS"}
    async with stage.database.transaction(stage.owner) as session:
        workflow = await create_workflow(
            session, stage.owner, about={"name": "Reach"}, text=text, now=utc_now()
        )
    return workflow.id


async def a_collection(
    stage: Stage, workflow_id: UUID, *, now: datetime | None = None, **changes: Any
) -> UUID:
    """Two whole months of one client, unless told otherwise."""
    body = {
        "name": "Reach by month", "workflow_id": workflow_id,
        "instance_ids": [stage.instance_id],
        "segments": {"unit": "month", "from": month_back(2)},
    }  # fmt: skip
    wanted = NewCollectionBody.model_validate(body | changes)
    async with stage.database.transaction(stage.owner) as session:
        made = await make_collection(session, stage.owner, wanted=wanted, now=now or utc_now())
    return made.id


async def gather(stage: Stage, collection_id: UUID, *, now: datetime | None = None) -> int:
    """What a worker does for a collection."""
    context = system_context(stage.tenant_id)
    return await collect_due(
        stage.database, context, collection_id=collection_id, now=now or utc_now()
    )


async def segments(stage: Stage, collection_id: UUID) -> list[Segment]:
    rows = await stage.change(
        "select segment_id from amc.collection_segment where tenant_id = :t and collection_id = :c",
        c=collection_id,
    )
    async with stage.database.transaction(stage.owner) as session:
        found = [await session.get(Segment, (stage.tenant_id, key)) for key in rows.scalars()]
    kept = [each for each in found if each is not None]
    return sorted(kept, key=lambda each: (str(each.instance_id), each.starts))


async def states(stage: Stage, collection_id: UUID) -> list[str]:
    return [each.state for each in await segments(stage, collection_id)]


async def until(
    stage: Stage, collection_id: UUID, *wanted: str, seconds: float = 60.0
) -> list[Segment]:
    """Work until the segments' states are all among the wanted."""
    end = time.monotonic() + seconds
    while True:
        found = await segments(stage, collection_id)
        if all(each.state in wanted for each in found):
            return found
        assert time.monotonic() < end, [(each.state, each.problem) for each in found]
        await stage.step()
        await asyncio.sleep(0.05)


async def runs(stage: Stage) -> list[Any]:
    """Runs with their windows and values, in the sequence they were asked for."""
    found = await stage.change(
        "select id, instance_id, state, window_start, window_end, time_zone, values, value_sources,"
        " origin, origin_id from amc.run where tenant_id = :t order by created_at, id"
    )
    return list(found.all())


async def figures(stage: Stage, segment_id: UUID) -> dict[str, tuple[Any, ...]]:
    found = await stage.change(
        "select name, sum, count, minimum, maximum from amc.segment_figure"
        " where tenant_id = :t and segment_id = :s",
        s=segment_id,
    )
    return {row.name: tuple(row)[1:] for row in found}


async def lose_everything(stage: Stage) -> None:
    """All that waits to be done or told is gone, as when a queue is lost."""
    await stage.database.system.execute(
        "delete from kernel.outbox where tenant_id = $1", stage.tenant_id
    )


async def past(stage: Stage, run_state: str) -> None:
    """Let the runs of a state have ended some time ago."""
    await stage.change(
        "update amc.run set finished_at = finished_at - interval '1 hour'"
        " where tenant_id = :t and state = :s",
        s=run_state,
    )


def ago(**time_passed: float) -> datetime:
    return utc_now() - timedelta(**time_passed)
