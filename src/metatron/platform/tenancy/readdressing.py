"""Gives dedicated databases new addresses, when all of them came to another server together."""

from typing import Any

from metatron.kernel.secrets import SecretBox
from metatron.platform.tenancy.site import on_database

_KNOWN = "select to_regclass('tenancy.placement') is not null"
_ALL = "select database_name from tenancy.placement"
_NEW = """
update tenancy.placement set app_dsn_sealed = $2, system_dsn_sealed = $3 where database_name = $1
"""


async def readdress_placements(
    connection: Any, *, app_dsn: str, system_dsn: str, secret_keys: str
) -> int:
    """Seal the addresses of all dedicated databases anew, beside the given home database.

    Args:
        connection: to the home database, by a role that may write the registry.
        app_dsn: the application's address of the home database.
        system_dsn: the system's.
        secret_keys: the installation's keys; asked for only when there is something to seal.

    Returns:
        How many databases there are.

    Raises:
        ValueError: there is something to seal, and no key.
    """
    if not await connection.fetchval(_KNOWN):
        return 0
    names = [row["database_name"] for row in await connection.fetch(_ALL)]
    if names:
        box = SecretBox(secret_keys)
        for name in names:
            app, system = on_database(app_dsn, name), on_database(system_dsn, name)
            await connection.execute(_NEW, name, box.seal(app), box.seal(system))
    return len(names)
