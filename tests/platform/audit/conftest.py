"""A database with a sealed log, and somebody who may do anything to it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pydantic import Field
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import Event, publish
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.audit.interface import Report, verify_tenant
from metatron.platform.audit.sealer import Sealer


class Noted(Event):
    name = "kernel.thing_noted.v1"
    words: str = ""
    figures: dict[str, Any] = Field(default_factory=dict)


_BEHIND = "select transaction_id < $1::text::xid8 from audit.horizon"


@dataclass
class Log:
    """One tenant's log, its sealer and its enemy."""

    settings: Settings
    database: Database
    sealer: Sealer
    context: Context = field(default_factory=lambda: system_context(new_id()))

    async def note(self, words: str, context: Context | None = None, **more: Any) -> UUID:
        who = context or self.context
        event = Noted(aggregate_id=new_id(), words=words, figures=more)
        async with self.database.transaction(who) as session:
            return await publish(session, who, event, now=utc_now())

    async def fill(self, count: int = 6) -> list[UUID]:
        return [await self.note(f"event {number}") for number in range(count)]

    async def seal(self) -> None:
        """Seal all that is committed now; transactions of other tests on this server hold it up."""
        system = self.database.system
        goal = await system.fetchval("select pg_snapshot_xmax(pg_current_snapshot())::text")
        async with asyncio.timeout(30):
            while await system.fetchval(_BEHIND, goal):
                if not await self.sealer.seal():
                    await asyncio.sleep(0.01)

    async def verify(self, context: Context | None = None) -> Report:
        tenant_id = (context or self.context).tenant_id
        return await verify_tenant(self.database.system, tenant_id, data_dir=self.settings.data_dir)

    async def tamper(self, *statements: str, **values: Any) -> None:
        """Act as the owner of the tables, triggers disabled."""
        owner = await asyncpg.connect(self.settings.database_owner_url.get_secret_value())
        try:
            await owner.execute(
                "select set_config('app.tenant_id', $1, false)", str(self.context.tenant_id)
            )
            for table in ("kernel.event", "audit.seal", "audit.checkpoint"):
                await owner.execute(f"alter table {table} disable trigger user")
            for statement in statements:
                await owner.execute(statement.format(**values))
            for table in ("kernel.event", "audit.seal", "audit.checkpoint"):
                await owner.execute(f"alter table {table} enable trigger user")
        finally:
            await owner.close()

    async def count(self, table: str) -> int:
        async with self.database.transaction(self.context) as session:
            return int((await session.execute(text(f"select count(*) from {table}"))).scalar_one())


@pytest.fixture
async def log(settings: Settings, database: Database) -> Log:
    return Log(settings, database, Sealer(database.outboxes, settings.data_dir))


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings}
