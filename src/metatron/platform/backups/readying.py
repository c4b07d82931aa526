"""The last steps on a recovered server: keys, and addresses of databases beside the home one."""

from pathlib import Path

from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.server_roles import APPLICATION, SYSTEM
from metatron.platform.backups.installation import KEYS_FILE
from metatron.platform.backups.server import connected
from metatron.platform.backups.state import private_folder, write_private
from metatron.platform.tenancy.interface import readdress_placements


async def make_ready(superuser_dsn: str, folder: Path, *, final: Path, secret_keys: str) -> None:
    """Put keys and addresses right, for a folder that will be called `final`.

    Raises:
        ProcessError: there are addresses to seal, and no keys.
    """
    keys = folder / "secrets" / KEYS_FILE
    if not keys.exists() and secret_keys:
        private_folder(keys.parent)
        write_private(keys, secret_keys.encode())
    # A server's address follows from its folder, so from where the folder will be.
    here = EmbeddedPostgres(folder)
    old = str(here.socket_directory)
    new = str(EmbeddedPostgres(final).socket_directory)
    async with connected(superuser_dsn) as connection:
        try:
            await readdress_placements(
                connection,
                app_dsn=here.dsn(APPLICATION).replace(old, new),
                system_dsn=here.dsn(SYSTEM).replace(old, new),
                secret_keys=keys.read_text().strip() if keys.exists() else "",
            )
        except ValueError as error:
            raise ProcessError(
                "some organisations have databases of their own, and no key seals their addresses",
                "set METATRON_SECRET_KEYS to the keys of the installation that was backed up",
            ) from error
