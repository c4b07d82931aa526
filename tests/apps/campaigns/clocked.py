"""A stage at the database's time, as requests and jobs are: its tenant's clock is set ahead."""

from datetime import timedelta
from typing import Any

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from tests.apps.campaigns.stage import Stage

_CLOCK = """
insert into kernel.tenant_clock (tenant_id, offset_seconds) values ($1, $2)
on conflict (tenant_id) do update set offset_seconds = excluded.offset_seconds
"""


class ClockedStage(Stage):
    """What runs on it is given `now` by the database, whatever this process believes."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, now=utc_now())
        self.offset_seconds = 0

    def look_at_clock(self) -> None:
        self.now = utc_now() + timedelta(seconds=self.offset_seconds)

    async def set_ahead(self, **duration: float) -> None:
        """Move the organisation's clock; nothing is run."""
        self.offset_seconds += int(timedelta(**duration).total_seconds())
        await self.database.system.execute(_CLOCK, self.tenant_id, self.offset_seconds)
        self.look_at_clock()

    async def pass_time(self, **duration: float) -> None:
        await self.set_ahead(**duration)
        await self.settle()

    async def run(self, use_case: Any, context: Context, **arguments: Any) -> Any:
        async with self.database.transaction(context) as session:
            now = await session_now(session)
            return await use_case(session, context, now=now, **arguments)

    async def take_due(self) -> list[dict[str, Any]]:
        async with self.database.transaction(self.supplier) as session:
            self.now = await session_now(session)
        return await super().take_due()
