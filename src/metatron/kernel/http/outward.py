"""Calls to addresses that people type in: to public places only, looked up once, never redirected.

What the name leads to is decided before the call and the call goes exactly there, so that a name
that changes its mind between look and call (DNS rebinding) leads nowhere inside.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import httpx

from metatron.kernel.http.trust import authorities

LONGEST_ADDRESS = 2_000
_ASCII = "".join(map(chr, range(33, 127)))
MOST_READ_BYTES = 65_536
_INTERNET_6 = ipaddress.ip_network("2000::/3")
"""All of IPv6 that was ever given out; what is elsewhere is reserved, local, or leads to IPv4."""
_NOT_GLOBAL = tuple(
    # Of the Internet by number, but relays, carriers of other addresses, or for documents only.
    ipaddress.ip_network(each)
    for each in ("2002::/16", "2001::/23", "2001:db8::/32", "3fff::/20", "192.88.99.0/24")
)


class NotOutward(ValueError):
    """An address that we do not call; the text says why, for who typed it."""


class NotDelivered(Exception):
    """The other side gave no answer, or not a success. The text holds no address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `excerpt` is the beginning of its body, as far as it was asked for."""

    status: int
    excerpt: bytes = b""


def checked(address: str, *, allow_private: bool = False) -> SplitResult:
    """Return an address taken apart; raises `NotOutward` for one that cannot be called.

    A name in other letters than ASCII becomes what name servers know it by (IDNA).

    With `allow_private` plain HTTP and addresses inside are called as well: for tests, and for
    installations that choose to.
    """
    if len(address) > LONGEST_ADDRESS or any(sign <= " " or sign == "\x7f" for sign in address):
        raise NotOutward("This is not an address.")
    try:
        parts = _spelled(urlsplit(address))
        port = parts.port
    except (ValueError, httpx.InvalidURL) as error:
        raise NotOutward("This is not an address.") from error
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise NotOutward("Give an address that begins with https://.")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise NotOutward("Give an address with a host and without a password.")
    if port == 0:
        raise NotOutward("Nothing listens at port 0.")
    literal = _literal(parts.hostname)
    if literal is not None and not allow_private and not is_public(literal):
        raise NotOutward("This address leads into a private network.")
    return parts


def _spelled(parts: SplitResult) -> SplitResult:
    """Return the address in ASCII; raises `InvalidURL` for a host that is none."""
    path, query = (quote(part, safe=_ASCII) for part in (parts.path, parts.query))
    parts = parts._replace(path=path, query=query)
    host = parts.hostname or ""
    if host.isascii():
        return parts
    # The client's own spelling: it refuses what only looks like digits or dots.
    name = httpx.URL(scheme="https", host=host).raw_host.decode()
    user, at, _ = parts.netloc.rpartition("@")
    port = "" if parts.port is None else f":{parts.port}"
    return parts._replace(netloc=f"{user}{at}{name}{port}")


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open Internet."""
    found = ipaddress.ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None:
        found = mapped
    if found.version == 6 and found not in _INTERNET_6:
        return False
    if any(found in network for network in _NOT_GLOBAL if network.version == found.version):
        return False
    return found.is_global and not found.is_multicast


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return None


async def resolved(host: str, port: int, *, allow_private: bool = False) -> str:
    """Return one IP address of a host; raises `NotOutward` when any of them is not public.

    One inside is enough to refuse: who answers so is up to something.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotDelivered("The host's name cannot be found.") from error
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not addresses:
        raise NotDelivered("The host's name cannot be found.")
    if not allow_private and not all(is_public(each) for each in addresses):
        raise NotOutward("This address leads into a private network.")
    return addresses[0]


async def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allow_private: bool = False,
    timeout_seconds: float = 10.0,
    excerpt_bytes: int = 0,
) -> Answer:
    """Post to an address and return its answer's status, whichever it is.

    Of the answer's body the first `excerpt_bytes` are kept.

    Raises:
        NotOutward: it is not an address that we call.
        NotDelivered: nobody answered in time.
    """
    parts = checked(address, allow_private=allow_private)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(timeout_seconds):
            ip = await resolved(host, port, allow_private=allow_private)
            place = f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
            answer = await _sent(parts, place, body, headers, timeout_seconds)
            return Answer(answer.status, answer.excerpt[:excerpt_bytes])
    except TimeoutError as error:
        raise NotDelivered("There was no answer in time.") from error


async def _sent(
    parts: SplitResult, place: str, body: bytes, headers: Mapping[str, str], timeout_seconds: float
) -> Answer:
    target = httpx.URL(f"{parts.scheme}://{place}{parts.path or '/'}").copy_with(
        query=parts.query.encode() if parts.query else None
    )
    sent = {**headers, "host": parts.netloc.rpartition("@")[2]}
    # The certificate is the name's; the connection goes to the address that was looked at.
    names = {"sni_hostname": parts.hostname or ""}
    async with httpx.AsyncClient(
        timeout=timeout_seconds, trust_env=False, follow_redirects=False, verify=authorities()
    ) as client:
        try:
            async with client.stream(
                "POST", target, content=body, headers=sent, extensions=names
            ) as answer:
                read = bytearray()
                async for part in answer.aiter_raw():
                    read += part
                    if len(read) > MOST_READ_BYTES:
                        break
                return Answer(answer.status_code, bytes(read))
        except httpx.HTTPError as error:
            # Without its cause, which holds the address: it may carry a secret of its own.
            raise NotDelivered(f"There was no answer: {type(error).__name__}.") from None
