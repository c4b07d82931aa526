"""Calls to an S3-like store: signed, to the one address that was looked up, never redirected."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import SplitResult

import httpx

from metatron.apps.amc.destinations.kinds import S3Settings
from metatron.apps.amc.destinations.site import site
from metatron.apps.amc.destinations.targets.outcome import Away, Refused
from metatron.apps.amc.destinations.targets.reaching import address_of, endpoint_of
from metatron.apps.amc.destinations.targets.s3_signing import (
    EMPTY_SHA256,
    Signer,
    encoded_path,
    encoded_query,
)
from metatron.kernel.clock import utc_now
from metatron.kernel.http import outward
from metatron.kernel.http.trust import authorities

MOST_READ_BYTES = 4_000_000
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
PASSING = {408, 429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a store said."""

    text: str
    headers: httpx.Headers

    def all(self, element: str) -> list[str]:
        """Return the texts of an element of its XML."""
        return [unescape(each) for each in re.findall(f"<{element}>([^<]*)</{element}>", self.text)]

    def one(self, element: str) -> str:
        """Return the text of an element; raises `Away` when the answer has none."""
        found = self.all(element)
        if not found:
            raise Away("The store's answer cannot be read.")
        return found[0]


@dataclass(frozen=True, slots=True)
class Wire:
    """An open connection to a store's bucket."""

    client: httpx.AsyncClient
    place: str
    scheme: str
    host: str
    base: str
    signer: Signer = field(repr=False)

    async def call(
        self,
        method: str,
        key: str,
        query: Mapping[str, str] | None = None,
        *,
        content: bytes | AsyncIterator[bytes] = b"",
        length: int = 0,
        sha256: str = EMPTY_SHA256,
    ) -> Reply:
        """Send a signed request about a key; raises `Refused` and `Away`."""
        path, asked = encoded_path(f"{self.base}/{key}"), encoded_query(query or {})
        given = {"host": self.host, "content-length": str(length)}
        headers = self.signer.headers(
            method, path, asked, given, payload_sha256=sha256, at=utc_now()
        )
        target = httpx.URL(f"{self.scheme}://{self.place}").copy_with(
            raw_path=(f"{path}?{asked}" if asked else path).encode()
        )
        names = {"sni_hostname": self.host.partition(":")[0]}
        try:
            async with self.client.stream(
                method, target, content=content, headers=headers, extensions=names
            ) as answer:
                read = b""
                async for part in answer.aiter_raw():
                    read += part
                    if len(read) > MOST_READ_BYTES:
                        raise Away("The store's answer is too long.")
        except httpx.HTTPError as error:
            # Without its cause, which holds addresses and headers.
            raise Away(f"The store did not answer: {type(error).__name__}.") from None
        return _judged(answer.status_code, Reply(read.decode(errors="replace"), answer.headers))


def _judged(status: int, reply: Reply) -> Reply:
    codes = [each for each in reply.all("Code") if re.fullmatch(r"[A-Za-z0-9]{1,64}", each)]
    told = f"{status} {codes[0]}" if codes else str(status)
    if status in PASSING or (status < 300 and "<Error>" in reply.text):
        raise Away(f"The store could not do it now ({told}).")
    if status >= 300:
        raise Refused(f"The store does not take it ({told}).")
    return reply


@asynccontextmanager
async def wired(settings: S3Settings, secret: str) -> AsyncIterator[Wire]:
    """Give the wire to a bucket; raises `Refused` and `Away`."""
    allow_private = site().allow_private
    try:
        parts = endpoint_of(settings, allow_private=allow_private)
    except outward.NotOutward as error:
        raise Refused(str(error)) from error
    host, port = _host_of(settings, parts), _port_of(parts)
    ip = await address_of(host, port, allow_private=allow_private)
    place = f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
    signer = Signer(settings.access_key_id, secret, settings.region)
    shown = host if parts.port is None else f"{host}:{port}"
    base = f"/{settings.bucket}" if settings.path_style else ""
    async with httpx.AsyncClient(
        timeout=TIMEOUT, trust_env=False, follow_redirects=False, verify=authorities()
    ) as client:
        yield Wire(client, place, parts.scheme, shown, base, signer)


def _host_of(settings: S3Settings, parts: SplitResult) -> str:
    host = parts.hostname or ""
    return host if settings.path_style else f"{settings.bucket}.{host}"


def _port_of(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)
