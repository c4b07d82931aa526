"""A worker of its own process: runs the organisation's money jobs, as the real runner does.

What is asked of the provider and told to people stays in the outbox: neither is measured here.
"""

import argparse
import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from pydantic import SecretStr

from metatron.apps.campaigns.module import MODULE
from metatron.apps.campaigns.money.bulk_ranges import RANGE_JOB
from metatron.apps.campaigns.money.bulk_refunds import BULK_JOB
from metatron.apps.campaigns.money.coverage import RELEASE_JOB
from metatron.apps.campaigns.money.refunding import REFUND_JOB
from metatron.apps.campaigns.supply.allocation import ALLOCATE_JOB
from metatron.kernel.database.database import Database
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.runner import Runner
from metatron.kernel.settings import Settings
from metatron.platform.payments.providers import configure_from

JOBS = [ALLOCATE_JOB, BULK_JOB, RANGE_JOB, RELEASE_JOB, REFUND_JOB]
AT_ONCE = 4
"""Jobs under way at a time: fewer than the real runner's."""
_MEASURED = "kind = 'job' and name in (" + ", ".join(f"'{name}'" for name in JOBS) + ")"
# The real queue has an index of what waits; here all that is told to people and asked of the
# provider stays in front of it.
INDEX = "create index if not exists measured_ix on kernel.outbox (tenant_id, id) where " + _MEASURED
_NEXT = (
    "select id, name, arguments from kernel.outbox where tenant_id = $1 and run_at <= now()"
    " and id <> all($2::uuid[]) and " + _MEASURED + " order by id limit 1"
)


class Worker:
    """Runs due jobs side by side, as the real runner does."""

    def __init__(self, database: Database, tenant_id: UUID) -> None:
        """Prepare to run the organisation's jobs."""
        self._database, self._tenant_id = database, tenant_id
        self._registry = Registry([MODULE])
        self._runner = Runner(database, self._registry)
        self._under_way: dict[UUID, asyncio.Task[None]] = {}

    async def work(self) -> None:
        """Run due jobs until none is left."""
        while True:
            while len(self._under_way) < AT_ONCE and await self._begin_next():
                pass
            if not self._under_way:
                return
            done, _ = await asyncio.wait(
                self._under_way.values(), return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()
            self._under_way = {
                key: task for key, task in self._under_way.items() if task not in done
            }

    async def _begin_next(self) -> bool:
        row = await self._database.system.fetchrow(_NEXT, self._tenant_id, list(self._under_way))
        if row is None:
            return False
        self._under_way[row["id"]] = asyncio.create_task(self._run(row))
        return True

    async def _run(self, row: Any) -> None:
        message = {
            "id": str(row["id"]), "tenant_id": str(self._tenant_id), "kind": "job",
            "handler": row["name"], "arguments": orjson.loads(row["arguments"]),
        }  # fmt: skip
        await self._runner.deliver(self._registry.jobs[row["name"]], message)
        await self._database.system.execute(
            "delete from kernel.outbox where tenant_id = $1 and id = $2",
            self._tenant_id, row["id"],
        )  # fmt: skip


async def work(settings: Settings, tenant_id: UUID) -> None:
    """Run due jobs until none is left."""
    configure_from(settings)
    database = await Database.open(settings)
    await Worker(database, tenant_id).work()
    await database.close()


def settings_of(app: str, system: str, owner: str, folder: Path) -> Settings:
    """Return the settings of a process on a measured database, given its addresses."""
    return Settings(
        environment="test",
        data_dir=folder,
        database_url=SecretStr(app),
        database_system_url=SecretStr(system),
        database_owner_url=SecretStr(owner),
        payments_secret=SecretStr("sandbox-secret"),
        payments_webhook_secrets=SecretStr("whsec-sandbox"),
    )


def main() -> None:
    """Read the addresses and work."""
    parser = argparse.ArgumentParser()
    for name in ("app", "system", "owner"):
        parser.add_argument(name)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tenant", type=UUID)
    given = parser.parse_args()
    settings = settings_of(given.app, given.system, given.owner, given.folder)
    asyncio.run(work(settings, given.tenant))


if __name__ == "__main__":
    main()
