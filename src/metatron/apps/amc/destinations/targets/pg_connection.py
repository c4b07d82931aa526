"""A connection to somebody's PostgreSQL, and what its refusals are called here."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from metatron.apps.amc.destinations.kinds import PostgresqlSettings
from metatron.apps.amc.destinations.site import site
from metatron.apps.amc.destinations.targets.outcome import Away, Refused
from metatron.apps.amc.destinations.targets.reaching import address_of

CONNECT_SECONDS = 10.0
COMMAND_SECONDS = 1_800.0
_REFUSED: dict[type[Exception], str] = {
    asyncpg.InvalidAuthorizationSpecificationError: "The server does not take this user and"
    " password.",
    asyncpg.InvalidCatalogNameError: "The server has no database of this name.",
    asyncpg.InsufficientPrivilegeError: "This user lacks a right to the schema or the table.",
    asyncpg.DependentObjectsStillExistError: "Something there depends on a column that has to"
    " change.",
    asyncpg.FeatureNotSupportedError: "Something there depends on a column that has to change.",
    ssl.SSLError: "The server's certificate is not accepted.",
}


class _Named(ssl.SSLContext):
    """Holds the certificate against the name, while the call goes to the address looked up."""

    host = ""

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        """Put the name in place of the address."""
        return super().wrap_bio(*args, **(options | {"server_hostname": self.host}))


def tls_of(settings: PostgresqlSettings) -> ssl.SSLContext | bool:
    """Return what the connection is secured with; raises `Refused` for what is no certificate."""
    if settings.tls == "off":
        return False
    context = _Named(ssl.PROTOCOL_TLS_CLIENT)
    context.host = settings.host
    if settings.tls == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        if settings.ca_certificate:
            context.load_verify_locations(cadata=settings.ca_certificate)
        else:
            context.load_default_certs()
    except ssl.SSLError as error:
        raise Refused("The certificate of the settings cannot be read.") from error
    return context


@asynccontextmanager
async def connected(settings: PostgresqlSettings, secret: str) -> AsyncIterator[Any]:
    """Give a connection; whatever the server says against it is told in words of ours.

    Its own words are not: they may repeat values.

    Raises:
        Refused, Away: it does not take this, or not now.
    """
    allow_private = site().allow_private
    address = await address_of(settings.host, settings.port, allow_private=allow_private)
    try:
        # Nothing is left to the surroundings: no password file, no variables.
        connection = await asyncpg.connect(
            host=address, port=settings.port, user=settings.user, password=secret,
            database=settings.database, ssl=tls_of(settings), timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS, statement_cache_size=0,
            server_settings={"application_name": "metatron"},
        )  # fmt: skip
        try:
            yield connection
        except BaseException:
            connection.terminate()
            raise
        await connection.close(timeout=CONNECT_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise told(error) from None


def told(error: Exception) -> Refused | Away:
    """Return what an error of the driver comes to."""
    for kind, text in _REFUSED.items():
        if isinstance(error, kind):
            return Refused(text)
    if isinstance(error, ConnectionError) and "SSL upgrade" in str(error):
        return Refused("The server offers no TLS.")
    if isinstance(error, asyncpg.PostgresConnectionError | asyncpg.InterfaceError | OSError):
        return Away("The server cannot be reached.")
    code = getattr(error, "sqlstate", None) or "unknown"
    return Away(f"The server refused it (SQLSTATE {code}).")
