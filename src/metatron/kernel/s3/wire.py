"""Calls to an S3-like store: signed, to one address, never redirected."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import SplitResult

import httpx

from metatron.kernel.clock import utc_now
from metatron.kernel.s3.signing import EMPTY_SHA256, Signer, encoded_path, encoded_query

MOST_READ_BYTES = 4_000_000
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
PASSING = {408, 429, 500, 502, 503, 504}


class StoreRefused(Exception):
    """It will not take it however often it is tried; the text is for people, without secrets."""

    def __init__(self, text: str, *, status: int = 0, code: str = "") -> None:
        """Note the answer's status and S3's own code, where there were any."""
        super().__init__(text)
        self.status = status
        self.code = code


class StoreAway(Exception):
    """It cannot be reached, or not now: another try may do. The text is for people too."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a store said."""

    text: str
    headers: httpx.Headers

    def all(self, element: str) -> list[str]:
        """Return the texts of an element of its XML."""
        return [unescape(each) for each in re.findall(f"<{element}>([^<]*)</{element}>", self.text)]

    def one(self, element: str) -> str:
        """Return the text of an element; raises `StoreAway` when the answer has none."""
        found = self.all(element)
        if not found:
            raise StoreAway("The store's answer cannot be read.")
        return found[0]

    def within(self, element: str) -> list["Reply"]:
        """Return what stands within each element of that name."""
        found = re.findall(f"<{element}>(.*?)</{element}>", self.text, re.DOTALL)
        return [Reply(each, self.headers) for each in found]


@dataclass(frozen=True, slots=True)
class Wire:
    """A connection to a store's bucket. The client follows no redirects; its owner closes it."""

    client: httpx.AsyncClient
    place: str
    """Host or IP address with its port, as it is called."""
    scheme: str
    host: str
    """The name that is told and signed."""
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
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a signed request about a key; raises `StoreRefused` and `StoreAway`."""
        async with self.opened(
            method, key, query, content=content, length=length, sha256=sha256, headers=headers
        ) as answer:
            return _judged(answer.status_code, await _reply(answer))

    @asynccontextmanager
    async def opened(
        self,
        method: str,
        key: str,
        query: Mapping[str, str] | None = None,
        *,
        content: bytes | AsyncIterator[bytes] = b"",
        length: int = 0,
        sha256: str = EMPTY_SHA256,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Give a signed request's answer, unread; raises `StoreAway` when the connection breaks."""
        path, asked = encoded_path(f"{self.base}/{key}"), encoded_query(query or {})
        given = {"host": self.host, "content-length": str(length), **(headers or {})}
        told = self.signer.headers(method, path, asked, given, payload_sha256=sha256, at=utc_now())
        target = httpx.URL(f"{self.scheme}://{self.place}").copy_with(
            raw_path=(f"{path}?{asked}" if asked else path).encode()
        )
        names = {"sni_hostname": self.host.partition(":")[0]}
        try:
            async with self.client.stream(
                method, target, content=content, headers=told, extensions=names
            ) as answer:
                yield answer
        except httpx.HTTPError as error:
            # Without its cause, which holds addresses and headers.
            raise StoreAway(f"The store did not answer: {type(error).__name__}.") from None

    @asynccontextmanager
    async def download(
        self, key: str, *, start: int = 0, last: int | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Give an object's content from a byte on, up to and with `last`, unread.

        Raises:
            StoreRefused, StoreAway: there is no such content, or not now.
        """
        is_part = start > 0 or last is not None
        wanted = f"bytes={start}-" if last is None else f"bytes={start}-{last}"
        async with self.opened(
            "GET", key, headers={"range": wanted} if is_part else None
        ) as answer:
            if answer.status_code != (206 if is_part else 200):
                _judged(answer.status_code, await _reply(answer))
                raise StoreAway("The store did not answer from the byte it was asked for.")
            told = answer.headers.get("content-range", "")
            if last is not None and not told.startswith(f"bytes {start}-{last}/"):
                raise StoreAway("The store did not answer with the part it was asked for.")
            yield answer


def placed(parts: SplitResult, bucket: str, *, path_style: bool) -> tuple[str, int, str, str]:
    """Return a store's host, port, the name that is signed, and what stands before each key."""
    host = parts.hostname or ""
    host = host if path_style else f"{bucket}.{host}"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    shown = host if parts.port is None else f"{host}:{parts.port}"
    return host, port, shown, f"/{bucket}" if path_style else ""


async def _reply(answer: httpx.Response) -> Reply:
    read = b""
    async for part in answer.aiter_raw():
        read += part
        if len(read) > MOST_READ_BYTES:
            raise StoreAway("The store's answer is too long.")
    return Reply(read.decode(errors="replace"), answer.headers)


def _judged(status: int, reply: Reply) -> Reply:
    codes = [each for each in reply.all("Code") if re.fullmatch(r"[A-Za-z0-9]{1,64}", each)]
    code = codes[0] if codes else ""
    told = f"{status} {code}" if code else str(status)
    if status in PASSING or (status < 300 and "<Error>" in reply.text):
        raise StoreAway(f"The store could not do it now ({told}).")
    if status >= 300:
        raise StoreRefused(f"The store does not take it ({told}).", status=status, code=code)
    return reply
