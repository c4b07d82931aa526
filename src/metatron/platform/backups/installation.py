"""Which installation a command or a worker means: its data folder, its addresses, its backups."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.server_roles import APPLICATION, BACKUP, OWNER, SYSTEM
from metatron.kernel.settings import Settings

KEYS_FILE = "secret-keys"


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation that is backed up, or that a backup is brought back into."""

    settings: Settings

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.settings.data_dir

    @property
    def backups(self) -> Path:
        """The folder of the backups and of the archived log."""
        return self.settings.backups_dir or self.data / "backups"

    @property
    def backup_dsn(self) -> str:
        """The address of a role with REPLICATION.

        Raises:
            ProcessError: none is configured.
        """
        if self.settings.database_backup_url is None:
            raise ProcessError(
                "there is no address under which the database lets itself be copied",
                "set METATRON_DATABASE_BACKUP_URL to a role with LOGIN and REPLICATION",
            )
        return self.settings.database_backup_url.get_secret_value()


def installation_at(data: Path) -> Installation:
    """Return the installation a command is about.

    The settings of the environment win; without them it is the folder `data`, as `metatron up`
    runs it.

    Raises:
        ProcessError: the folder holds no installation.
    """
    given = Settings()
    if given.database_url.get_secret_value():
        return Installation(given)
    return Installation(settings_of_folder(data.resolve(), given))


def settings_of_folder(data: Path, given: Settings | None = None) -> Settings:
    """Return the settings under which `metatron up` runs a data folder; changes nothing in it.

    Raises:
        ProcessError: the folder holds no installation of ours.
    """
    given = given or Settings()
    if not (data / "postgres" / "PG_VERSION").exists():
        raise ProcessError(
            f"there is no installation in {data}",
            "name its folder with --data DIR, or set METATRON_DATABASE_URL and its sisters",
        )
    server = EmbeddedPostgres(data)
    keys = data / "secrets" / KEYS_FILE
    more = {} if given.secret_keys.get_secret_value() else {"secret_keys": _text(keys)}
    return given.model_copy(
        update={
            "data_dir": data,
            "database_url": SecretStr(server.dsn(APPLICATION)),
            "database_system_url": SecretStr(server.dsn(SYSTEM)),
            "database_owner_url": SecretStr(server.dsn(OWNER)),
            # Not "metatron": that database is not there before the roles are.
            "database_backup_url": SecretStr(server.dsn(BACKUP, "postgres")),
            "database_pooler": False,
            "signing_key_dir": data / "keys",
            **more,
        }
    )


def _text(file: Path) -> SecretStr:
    return SecretStr(file.read_text().strip() if file.exists() else "")
