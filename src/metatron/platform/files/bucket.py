"""Contents in a bucket of an S3-like store, under the same names as in the folder.

What comes is written to a scratch file of this machine, told by its bytes, put beside its place
and copied there within the store, so that no transaction waits for a content on its way.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from functools import partial
from typing import NoReturn, cast
from urllib.parse import quote
from uuid import UUID

import structlog

from metatron.kernel.errors import Busy
from metatron.kernel.s3.objects import folders, listed, put_file
from metatron.kernel.s3.wire import StoreAway, StoreRefused, Wire
from metatron.platform.files.folder import ASIDE, INCOMING, Folder, hashes_in, is_id
from metatron.platform.files.s3_place import Place
from metatron.platform.files.store import Received, StoreUnusable

log = structlog.get_logger(__name__)
TRIES = 3
FIRST_WAIT_SECONDS = 0.1
SHORT_SECONDS = 8.0
"""A transaction may be waiting for it."""
UPLOAD_SECONDS = 120.0
_HINT = "The place where files are kept does not answer just now; try again in a moment."


class Bucket:
    """The contents of all tenants of this installation, in one bucket below one prefix."""

    def __init__(self, place: Place, scratch: Folder) -> None:
        """Use `place`; `scratch` takes what comes until it is put there. Nothing is called yet."""
        self.place = place
        self._scratch = scratch
        self._wire: Wire | None = None

    async def receive(
        self, tenant_id: UUID, parts: AsyncIterator[bytes], *, most_bytes: int
    ) -> Received:
        """Write what comes to a scratch file, then beside its place, whole.

        Raises:
            ContentTooLarge: more than `most_bytes`.
            Busy: the store does not take it, or not now.
        """
        received = await self._scratch.receive(tenant_id, parts, most_bytes=most_bytes)
        size = received.sniffer.size

        async def put() -> None:
            await put_file(
                self.wire, self._staged(received), received.path, size_bytes=size,
                sha256=received.sha256.hex(),
            )  # fmt: skip

        try:
            if size > 0:
                await self._asked(put, seconds=UPLOAD_SECONDS)
        except BaseException:
            await self._scratch.discard(received)
            raise
        return received

    async def keep(self, received: Received) -> None:
        """Copy a content to its place within the store; raises `Busy`."""
        target = self.key(received.tenant_id, received.sha256)
        await self._asked(lambda: self._copy(self._staged(received), target))

    async def discard(self, received: Received) -> None:
        """Forget what was put beside its place; what cannot be is left to the sweep."""
        await self._scratch.discard(received)
        if received.sniffer.size == 0:
            return
        try:
            async with asyncio.timeout(SHORT_SECONDS):
                await self.wire.call("DELETE", self._staged(received))
        except (StoreRefused, StoreAway, TimeoutError) as error:
            log.warning("file_scratch_stays", error=str(error))

    def key(self, tenant_id: UUID, sha256: bytes) -> str:
        """Return the key of a content."""
        name = sha256.hex()
        return f"{self._of(tenant_id)}{name[:2]}/{name}"

    async def size(self, tenant_id: UUID, sha256: bytes) -> int | None:
        """Return how many bytes a content has, None when it is not there; raises `Busy`."""
        key = self.key(tenant_id, sha256)

        async def look() -> int | None:
            # Not HEAD: its answer cannot tell a missing content from a missing bucket.
            try:
                reply = await self.wire.call("GET", key, headers={"range": "bytes=0-0"})
            except StoreRefused as error:
                if error.code == "NoSuchKey":
                    return None
                raise
            whole = reply.headers.get("content-range", "").rpartition("/")[2]
            return int(whole) if whole.isdigit() else None

        return await self._asked(look)

    async def read(
        self, tenant_id: UUID, sha256: bytes, *, first: int = 0, length: int | None = None
    ) -> AsyncGenerator[bytes]:
        """Yield a content in parts; a connection that breaks is taken up where it broke.

        From byte `first` on, `length` bytes or all that follow.

        Raises:
            FileNotFoundError: it is not there.
            Busy: the store does not answer, or broke off too often.
        """
        key, came, tries = self.key(tenant_id, sha256), 0, 0
        last = None if length is None else first + length - 1
        while length is None or came < length:
            try:
                async with (
                    self.wire.download(key, start=first + came, last=last) as answer,
                    # As it comes: of a part that is being gathered a break would take all.
                    aclosing(cast("AsyncGenerator[bytes]", answer.aiter_raw())) as parts,
                ):
                    async for part in parts:
                        came += len(part)
                        yield part
            except StoreAway as error:
                tries += 1
                if tries >= TRIES:
                    _give_up(error)
                await asyncio.sleep(_wait(tries))
            except StoreRefused as error:
                if error.code == "NoSuchKey":
                    raise FileNotFoundError(key) from error
                _give_up(error)
            else:
                return

    async def tenants(self) -> list[UUID]:
        """Return the tenants that have, or had, contents, there or on their way; raises `Busy`."""
        found = await self._asked(lambda: folders(self.wire, self._root))
        here = await self._scratch.tenants()
        return sorted({UUID(name) for name in found if is_id(name)} | set(here))

    async def contents_before(self, tenant_id: UUID, instant: float) -> list[bytes]:
        """Return the hashes of a tenant's contents that are older than a Unix time."""
        root = self._of(tenant_id)
        keys = [key.removeprefix(root).split("/") for key in await self._older(root, instant)]
        return hashes_in([parts[1] for parts in keys if len(parts) == 2 and len(parts[0]) == 2])

    async def set_aside(self, tenant_id: UUID, sha256: bytes) -> None:
        """Take a content out of its place; it stays aside for a while, for people to look at."""
        key = self.key(tenant_id, sha256)

        async def move() -> None:
            try:
                await self._copy(key, f"{self._of(tenant_id)}{ASIDE}/{sha256.hex()}")
            except StoreRefused as error:
                if error.code == "NoSuchKey":
                    return
                raise
            await self.wire.call("DELETE", key)

        await self._asked(move)

    async def clear(self, tenant_id: UUID, *, incoming_before: float, aside_before: float) -> int:
        """Delete what was received or set aside before these Unix times; returns how many."""
        gone = await self._scratch.clear(
            tenant_id, incoming_before=incoming_before, aside_before=aside_before
        )
        for name, instant in ((INCOMING, incoming_before), (ASIDE, aside_before)):
            for key in await self._older(f"{self._of(tenant_id)}{name}/", instant):
                await self._asked(partial(self.wire.call, "DELETE", key))
                gone += 1
        return gone

    async def check(self) -> None:
        """Ask for a list of one object; raises `StoreUnusable`, with S3's own code."""
        asked = {"list-type": "2", "max-keys": "1", "prefix": self._root}
        try:
            async with asyncio.timeout(SHORT_SECONDS):
                await self.wire.call("GET", "", asked)
        except TimeoutError as error:
            raise StoreUnusable("The store did not answer in time.") from error
        except (StoreRefused, StoreAway) as error:
            raise StoreUnusable(str(error)) from error

    async def close(self) -> None:
        """End the connections."""
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.client.aclose()

    @property
    def wire(self) -> Wire:
        """The connection, made at the first use: not before a process has forked off."""
        if self._wire is None:
            self._wire = self.place.wire()
        return self._wire

    async def _copy(self, source: str, target: str) -> None:
        source = quote(f"/{self.place.bucket}/{source}", safe="/-_.~")
        await self.wire.call("PUT", target, headers={"x-amz-copy-source": source})

    async def _older(self, prefix: str, instant: float) -> list[str]:
        async def look() -> list[str]:
            found = listed(self.wire, prefix)
            return [each.key async for each in found if each.changed_at.timestamp() < instant]

        # A list of very many pages takes its time, and no transaction waits for it.
        return await self._asked(look, seconds=UPLOAD_SECONDS)

    async def _asked[T](
        self, call: Callable[[], Awaitable[T]], *, seconds: float = SHORT_SECONDS
    ) -> T:
        """Return what a call does that may be repeated; raises `Busy` when it does not."""
        try:
            async with asyncio.timeout(seconds):
                for tries in range(1, TRIES):
                    with suppress(StoreAway):
                        return await call()
                    await asyncio.sleep(_wait(tries))
                return await call()
        except (StoreRefused, StoreAway) as error:
            _give_up(error)
        except TimeoutError:
            _give_up(StoreAway("The store did not answer in time."))

    @property
    def _root(self) -> str:
        return f"{self.place.prefix}/" if self.place.prefix else ""

    def _of(self, tenant_id: UUID) -> str:
        return f"{self._root}{tenant_id}/"

    def _staged(self, received: Received) -> str:
        return f"{self._of(received.tenant_id)}{INCOMING}/{received.path.name}"


def _give_up(error: Exception) -> NoReturn:
    log.error("file_store_failed", problem=str(error))
    raise Busy(_HINT) from error


def _wait(tries: int) -> float:
    return FIRST_WAIT_SECONDS * (1 << (tries - 1)) * random.uniform(1, 2)  # noqa: S311 - jitter
