"""A process that asks for accounts twelve times at once; prints how often it was told both."""

import asyncio
import json
import sys
from uuid import UUID

from pydantic import SecretStr

from metatron.apps.amc.connections import site
from metatron.apps.amc.connections.access import connection_client
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.registry import Registry
from metatron.kernel.settings import Settings
from metatron.processes import Runtime, all_modules

AT_ONCE = 12


async def main(order: dict[str, str]) -> int:

    settings = Settings(
        database_url=SecretStr(order["database_url"]),
        database_system_url=SecretStr(order["database_system_url"]),
        secret_keys=SecretStr(order["secret_keys"]),
        amazon_stand_in_url=order["amazon_stand_in_url"],
        amazon_stand_in_secret=SecretStr(order["amazon_stand_in_secret"]),
    )
    database = await Database.open(settings)
    modules = all_modules()
    site.prepare(Runtime(settings, database, Registry(modules), modules))
    context = system_context(UUID(order["tenant_id"]))

    async def ask() -> int:
        client = await connection_client(
            database, context, UUID(order["connection_id"]), now=utc_now()
        )
        return len(await client.accounts())

    try:
        told = await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
    finally:
        await site.site().http.aclose()
        await database.close()
    return told.count(2)


if __name__ == "__main__":
    print(asyncio.run(main(json.loads(sys.argv[1]))))
