"""Everything sealed in the whole installation, put under the newest key."""

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.resealing import Resealed, Sealed, reseal
from metatron.platform.tenancy.rights import rights
from metatron.platform.tenancy.site import site

_TENANTS = "select id from tenancy.tenant where deleted_at is null order by id"


async def reseal_everything(database: Database) -> Resealed:
    """Put the sealed columns of all modules and tenants under the newest key; bears repetition.

    Nobody has to sign in anew, and nothing stands still meanwhile: old and new keys both open.
    """
    found = Resealed()
    every = [each for module in rights().modules for each in module.sealed]
    for door in ("home", "system"):
        shared = [each for each in every if each.door == door]
        async with database.transaction(system_context(), door=door) as session:
            await reseal(session, site().box, shared, found)
    await _of_tenants(database, [each for each in every if each.door == "tenant"], found)
    return found


async def _of_tenants(database: Database, every: list[Sealed], found: Resealed) -> None:
    for row in await database.system.fetch(_TENANTS):
        async with database.transaction(system_context(row["id"])) as session:
            await reseal(session, site().box, every, found)
