"""Whose address a request comes from, behind proxies we trust or without them."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.requests import Request
from starlette.types import Scope

PROXY = "a proxy of ours"


class ClientAddress:
    """Reads the peer's address, or X-Forwarded-For from the right as far as proxies are ours."""

    def __init__(self, trusted: Iterable[str]) -> None:
        """Trust these addresses and networks (CIDR)."""
        self._trusted = [ip_network(item, strict=False) for item in trusted]
        self.direct = lru_cache(maxsize=10_000)(self._direct)

    def of(self, request: Request) -> str | None:
        """Return the caller's address, None when the server does not know it."""
        return self.of_scope(request.scope)

    def of_scope(self, scope: Scope) -> str | None:
        """Return the same from what the server says of a request."""
        peer = (scope.get("client") or ("",))[0]
        direct = self.direct(peer)
        if direct is not PROXY:
            return direct
        found = _parse(peer)
        told = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        for hop in reversed(b",".join(told).split(b",")):
            address = _parse(hop.decode("latin-1").strip())
            if address is None:
                break
            found = address
            if not self._is_trusted(address):
                break
        return str(found)

    def _direct(self, peer: str) -> str | None:
        """Return the address of a peer that speaks for itself, `PROXY` for one of our proxies."""
        found = _parse(peer)
        if found is None:
            return None
        return PROXY if self._is_trusted(found) else str(found)

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)


@lru_cache(maxsize=10_000)
def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
