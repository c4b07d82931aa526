"""A segment's figures: made of its result by the engine, kept as plain numbers."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.collections.outcomes import announce, bear_failure, call_collecting
from metatron.apps.amc.collections.tables import PROVISIONAL, RUNNING, SETTLED, Segment
from metatron.apps.amc.runs.errors import NoResult, ResultGone
from metatron.apps.amc.runs.records import load as load_run
from metatron.apps.amc.runs.results import engine, figures
from metatron.apps.amc.runs.results.reading import Result, kept_result
from metatron.apps.amc.runs.tables import Run
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database

_FORGET = text(
    "delete from amc.segment_figure where tenant_id = :tenant_id and segment_id = :segment_id"
)
_KEEP = text("""
insert into amc.segment_figure (tenant_id, segment_id, name, sum, count, minimum, maximum)
select cast(:tenant_id as uuid), cast(:segment_id as uuid), x.name, x.sum, x.count, x.low, x.high
from unnest(cast(:names as text[]), cast(:sums as numeric[]), cast(:counts as bigint[]),
  cast(:lows as numeric[]), cast(:highs as numeric[])) x (name, sum, count, low, high)
""")


@dataclass(frozen=True, slots=True)
class Made:
    """What a segment's run came to, or why it came to nothing."""

    run: Run
    figures: list[figures.ColumnFigures]
    problem: str | None = None


async def keep_figures(
    database: Database, context: Context, *, segment_id: UUID, run_id: UUID, now: datetime
) -> None:
    """Keep what a segment's run came to; again and again, it has one effect."""
    async with database.transaction(context) as session:
        if await _segment(session, context, segment_id, run_id) is None:
            return
        run = await load_run(session, context, run_id)
    made = await _make(context, run)
    async with database.transaction(context) as session:
        segment = await _segment(session, context, segment_id, run_id)
        if segment is None:
            return
        if made.problem is None:
            await _keep(session, segment, made)
            await announce(session, context, segment, now=now)
        else:
            await bear_failure(session, context, segment, reason=made.problem, now=now)
        await call_collecting(session, context, segment)


async def _segment(
    session: AsyncSession, context: Context, segment_id: UUID, run_id: UUID
) -> Segment | None:
    """Return the segment, locked, if it still waits for this run's figures."""
    key = (context.tenant_id, segment_id)
    found = await session.get(Segment, key, with_for_update=True, populate_existing=True)
    if found is None or (found.state, found.run_id) != (RUNNING, run_id):
        return None
    return found


async def _make(context: Context, run: Run) -> Made:
    try:
        result: Result = kept_result(context, run)
        return Made(run, await figures.figures_of(result))
    except (NoResult, ResultGone) as error:
        return Made(run, [], error.title)
    except engine.Failed as error:
        return Made(run, [], f"The figures could not be made: {error}")


async def _keep(session: AsyncSession, segment: Segment, made: Made) -> None:
    key: dict[str, Any] = {"tenant_id": segment.tenant_id, "segment_id": segment.id}
    await session.execute(_FORGET, key)
    columns: list[list[Decimal | None]] = [
        [getattr(each, name) for each in made.figures] for name in ("sum", "minimum", "maximum")
    ]
    rows = {
        "names": [each.name for each in made.figures],
        "counts": [each.count for each in made.figures],
        "sums": columns[0], "lows": columns[1], "highs": columns[2],
    }  # fmt: skip
    await session.execute(_KEEP, key | rows)
    # By the instant it was asked for: what is asked for early was answered early.
    is_early = made.run.created_at < segment.settles_at
    segment.state = PROVISIONAL if is_early else SETTLED
    segment.due_at = segment.settles_at if is_early else None
    segment.kept_run_id, segment.kept_provisional = made.run.id, is_early
    segment.row_count = made.run.row_count
    segment.tries, segment.problem = 0, None
    segment.version += 1
    await session.flush()
