"""What a place for contents must do; the folder and the bucket both do it."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from metatron.platform.files.media_types import Sniffer


@dataclass(frozen=True, slots=True)
class Received:
    """A whole content that has no place yet; `sniffer` has seen all of it.

    It lies at `path` on this machine until it is discarded, wherever its place will be.
    """

    tenant_id: UUID
    path: Path
    sha256: bytes
    sniffer: Sniffer


class ContentTooLarge(Exception):
    """More bytes came than were allowed."""


class StoreUnusable(Exception):
    """The store cannot be used as it is configured, or not now; the text is one line for people."""


class Store(Protocol):
    """Contents of all tenants, each once a tenant under its SHA-256.

    Whatever talks to another machine raises `Busy` when that does not answer, or refuses.
    """

    async def receive(
        self, tenant_id: UUID, parts: AsyncIterator[bytes], *, most_bytes: int
    ) -> Received:
        """Take what comes, safe from a crash when this returns; an interruption leaves nothing.

        Raises:
            ContentTooLarge: more than `most_bytes`.
        """

    async def keep(self, received: Received) -> None:
        """Give a content its place, over the same content if it is there already."""

    async def discard(self, received: Received) -> None:
        """Forget a content that was not kept; one that was stays."""

    async def size(self, tenant_id: UUID, sha256: bytes) -> int | None:
        """Return how many bytes a content has, None when it is not there."""

    def read(
        self, tenant_id: UUID, sha256: bytes, *, first: int = 0, length: int | None = None
    ) -> AsyncGenerator[bytes]:
        """Yield a content in parts; raises `FileNotFoundError` when it is not there.

        From byte `first` on, `length` bytes or all that follow. Both lie within the content.
        """

    async def tenants(self) -> list[UUID]:
        """Return the tenants that have, or had, contents."""

    async def contents_before(self, tenant_id: UUID, instant: float) -> list[bytes]:
        """Return the hashes of a tenant's contents that lie there since before a Unix time."""

    async def set_aside(self, tenant_id: UUID, sha256: bytes) -> None:
        """Take a content out of its place; it stays aside for a while, for people to look at."""

    async def clear(self, tenant_id: UUID, *, incoming_before: float, aside_before: float) -> int:
        """Delete what was received or set aside before these Unix times; returns how many."""

    async def check(self) -> None:
        """Look whether contents could be kept now; raises `StoreUnusable`."""

    async def close(self) -> None:
        """End what is open to other machines."""
