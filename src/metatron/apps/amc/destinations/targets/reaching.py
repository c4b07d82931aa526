"""Which hosts a destination may name, and the one address that is then called."""

import ipaddress
from urllib.parse import SplitResult

from metatron.apps.amc.destinations.kinds import AnySettings, PostgresqlSettings, S3Settings
from metatron.apps.amc.destinations.targets.outcome import Away, Refused
from metatron.kernel.errors import InvalidInput
from metatron.kernel.http import outward

PRIVATE = "This address leads into a private network."


def check_place(settings: AnySettings, *, allow_private: bool) -> None:
    """Refuse a place that is not called; raises `InvalidInput`. Names are looked up when used."""
    if isinstance(settings, PostgresqlSettings):
        if settings.tls == "off" and not allow_private:
            hint = "Without TLS a password could be read on its way."
            raise InvalidInput.field("body.settings.tls", "tls_needed", hint)
        if _is_private(settings.host) and not allow_private:
            raise InvalidInput.field("body.settings.host", "bad_address", PRIVATE)
    if isinstance(settings, S3Settings):
        try:
            endpoint_of(settings, allow_private=allow_private)
        except outward.NotOutward as error:
            raise InvalidInput.field("body.settings.endpoint", "bad_address", str(error)) from error


def endpoint_of(settings: S3Settings, *, allow_private: bool) -> SplitResult:
    """Return the store's address taken apart; raises `outward.NotOutward`."""
    plain = settings.endpoint or f"https://s3.{settings.region}.amazonaws.com"
    parts = outward.checked(plain, allow_private=allow_private)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise outward.NotOutward("Give the store's address without a path.")
    return parts


def _is_private(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")
    return not outward.is_public(host)


async def address_of(host: str, port: int, *, allow_private: bool) -> str:
    """Return the IP address to call: what a name leads to is decided once, before the call.

    Raises:
        Refused: it leads into a private network.
        Away: the name cannot be found.
    """
    try:
        return await outward.resolved(host, port, allow_private=allow_private)
    except outward.NotOutward as error:
        raise Refused(str(error)) from error
    except outward.NotDelivered as error:
        raise Away(str(error)) from error
