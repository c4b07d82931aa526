"""Whose address a request comes from, behind proxies we trust or without them."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import Request


class ClientAddress:
    """Reads the peer's address, or X-Forwarded-For from the right as far as proxies are ours."""

    def __init__(self, trusted: Iterable[str]) -> None:
        """Trust these addresses and networks (CIDR)."""
        self._trusted = [ip_network(item, strict=False) for item in trusted]

    def of(self, request: Request) -> str | None:
        """Return the caller's address, None when the server does not know it."""
        peer = request.scope.get("client")
        found = _parse(peer[0] if peer else "")
        if found is None or not self._is_trusted(found):
            return None if found is None else _text(found)
        hops = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
        for hop in reversed(hops):
            address = _parse(hop.strip())
            if address is None:
                break
            found = address
            if not self._is_trusted(address):
                break
        return str(found)

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)


@lru_cache(maxsize=10_000)
def _text(address: IPv4Address | IPv6Address) -> str:
    return str(address)


@lru_cache(maxsize=10_000)
def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
