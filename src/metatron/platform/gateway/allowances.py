"""Allowances of windows that have passed are of no use to anybody, nor are months long ago."""

from datetime import datetime

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database

FORGET = "gateway.forget_allowances"
_PASSED = "delete from gateway.allowance where (number + 2) * seconds < extract(epoch from now())"

_OLD_MONTHS = "delete from gateway.month_calls where month < current_date - 400"


async def forget_allowances(database: Database, context: Context, *, now: datetime) -> None:  # noqa: ARG001 - every job is told
    """Delete them; runs hourly as a job. They go by the real clock, whatever `now` is."""
    assert context.actor_kind == "system", "tidying is the system's own work"
    await database.system.execute(_PASSED)
    await database.system.execute(_OLD_MONTHS)
