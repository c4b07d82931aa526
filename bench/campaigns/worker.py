"""A worker of its own process: runs the organisation's money jobs, as the real runner does.

What is asked of the provider and told to people stays in the outbox: neither is measured here.
"""

import argparse
import asyncio
from pathlib import Path
from uuid import UUID

import orjson
from pydantic import SecretStr

from metatron.apps.campaigns.module import MODULE
from metatron.apps.campaigns.money.bulk_refunds import BULK_JOB
from metatron.apps.campaigns.money.coverage import RELEASE_JOB
from metatron.apps.campaigns.money.refunds import REFUND_JOB
from metatron.apps.campaigns.supply.allocation import ALLOCATE_JOB
from metatron.kernel.database.database import Database
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.runner import Runner
from metatron.kernel.settings import Settings
from metatron.platform.payments.providers import configure_from

JOBS = [ALLOCATE_JOB, BULK_JOB, RELEASE_JOB, REFUND_JOB]
_NEXT = """
select id, name, arguments from kernel.outbox
where tenant_id = $1 and kind = 'job' and name = any($2) and run_at <= now() order by id limit 1
"""


async def work(settings: Settings, tenant_id: UUID) -> None:
    """Run due jobs until none is left."""
    configure_from(settings)
    database = await Database.open(settings)
    registry = Registry([MODULE])
    runner = Runner(database, registry)
    while row := await database.system.fetchrow(_NEXT, tenant_id, JOBS):
        message = {
            "id": str(row["id"]), "tenant_id": str(tenant_id), "kind": "job",
            "handler": row["name"], "arguments": orjson.loads(row["arguments"]),
        }  # fmt: skip
        await runner.deliver(registry.jobs[row["name"]], message)
        await database.system.execute(
            "delete from kernel.outbox where tenant_id = $1 and id = $2", tenant_id, row["id"]
        )
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
