"""What tenancy needs to know of the process it runs in: keys, addresses, folders."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from metatron.kernel.database.migrations import KERNEL_FOLDER
from metatron.kernel.secrets import SecretBox
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.errors import OwnerAccessMissing
from metatron.platform.tenancy.rights import rights


@dataclass(frozen=True, slots=True)
class Site:
    """The process's settings, read once."""

    settings: Settings
    box: SecretBox

    @property
    def public_url(self) -> str:
        """The page's address without a trailing slash."""
        return self.settings.public_url.rstrip("/")

    @property
    def payments_are_real(self) -> bool:
        """Whether money moves outside: the payment provider is not the local one."""
        return self.settings.payments_provider != "sandbox"

    def owner_dsn(self, database_name: str | None = None) -> str:
        """Return the owner's address of the home database, or of another on that server.

        Raises:
            OwnerAccessMissing: this process was not given it.
        """
        dsn = self.settings.database_owner_url.get_secret_value()
        if not dsn:
            raise OwnerAccessMissing
        return dsn if database_name is None else on_database(dsn, database_name)

    def role_dsns(self, database_name: str) -> tuple[str, str]:
        """Return the application's and the system's address of a database on the home server."""
        return (
            on_database(self.settings.database_url.get_secret_value(), database_name),
            on_database(self.settings.database_system_url.get_secret_value(), database_name),
        )

    def as_ourselves(self, dsn: str, *, system: bool = False) -> str:
        """Return a tenant's address with our own role where services run apart.

        The registry keeps the role of the process that made the database; another service's rights
        are not ours.
        """
        if not self.settings.service:
            return dsn
        ours = self.settings.database_system_url if system else self.settings.database_url
        who, at, _ = urlsplit(ours.get_secret_value()).netloc.rpartition("@")
        parts = urlsplit(dsn)
        return urlunsplit(parts._replace(netloc=f"{who}{at}{parts.netloc.rpartition('@')[2]}"))


_site: Site | None = None


def prepare_site(settings: Settings) -> None:
    """Take note of the process's settings; called once when it starts."""
    global _site
    _site = Site(settings, SecretBox(settings.secret_keys.get_secret_value()))


def site() -> Site:
    """Return what `prepare_site` noted."""
    assert _site is not None, "call prepare_site(settings) first"
    return _site


def migration_folders() -> list[Path]:
    """Return the migration folders of kernel and modules, the kernel's first."""
    return [KERNEL_FOLDER, *(m.migrations for m in rights().modules if m.migrations)]


def on_database(dsn: str, database_name: str) -> str:
    """Return a libpq address with another database on the same server."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{database_name}"))
