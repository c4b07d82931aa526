"""Members who commit over HTTP: each a connection of its own, and little work of the client's.

Requests go out when they are due, answered or not (an open loop): a server that is late finds the
next ones waiting, as real members would, and what they wait counts.
"""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

import orjson

from metatron.kernel.ids import new_id

TERMS = "3"
HOME = {
    "recipient": "A Member", "street": "1 Sample Street", "postal_code": "0150", "city": "Oslo",
    "country": "NO",
}  # fmt: skip


@dataclass(slots=True)
class Load:
    """What was sent: seconds from due to answered, and the answers by status."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    began: float = 0.0
    ended: float = 0.0
    bodies: list[bytes] = field(default_factory=list)
    """Answers that were not 202."""

    @property
    def per_second(self) -> float:
        """Return how many were answered a second."""
        return len(self.seconds) / (self.ended - self.began)

    def quantile(self, part: float) -> float:
        """Return the seconds that `part` of the requests took at most."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


class Member:
    """One signed-in member and the connection that is kept open."""

    def __init__(self, base: str, token: str, campaign_id: UUID) -> None:
        """Take the address of the suite and the member's access token."""
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._token, self._path = token, f"/api/v1/campaigns/{campaign_id}/commitments"
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self) -> None:
        """Open the connection; an older one, which the server may have closed, is given up."""
        if self._writer is not None:
            self._writer.close()
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    def close(self) -> None:
        """Close it."""
        assert self._writer is not None
        self._writer.close()

    async def commit(self) -> tuple[int, bytes]:
        """Commit to one unit; returns the answer's status and body."""
        body = orjson.dumps(
            {
                "id": str(new_id()), "units": 1, "acknowledged_escrow_terms": True,
                "acknowledged_may_not_succeed": True, "terms_version": TERMS, "delivery": HOME,
            }
        )  # fmt: skip
        assert self._reader is not None
        assert self._writer is not None
        self._writer.write(
            f"POST {self._path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Authorization: Bearer {self._token}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {new_id()}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
        return int(head[9:12]), await self._reader.readexactly(length)


def _note(load: Load, due: float, status: int, body: bytes) -> None:
    load.seconds.append(time.monotonic() - due)
    load.statuses[status] = load.statuses.get(status, 0) + 1
    if status != 202:
        load.bodies.append(body)


async def steadily(members: list[Member], *, per_second: int, seconds: int) -> Load:
    """Let the members take turns at a fixed rate."""
    load = Load(began=time.monotonic())

    async def lane(number: int) -> None:
        for turn in range(number, per_second * seconds, len(members)):
            due = load.began + turn / per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            _note(load, due, *await members[number].commit())

    await asyncio.gather(*(lane(number) for number in range(len(members))))
    load.ended = time.monotonic()
    return load


async def flat_out(members: list[Member], *, seconds: int) -> Load:
    """Let every member commit again as soon as the last one was answered."""
    load = Load(began=time.monotonic())

    async def lane(member: Member) -> None:
        while (due := time.monotonic()) < load.began + seconds:
            _note(load, due, *await member.commit())

    await asyncio.gather(*(lane(member) for member in members))
    load.ended = time.monotonic()
    return load


async def in_one_moment(members: list[Member]) -> Load:
    """Let all members commit once, at the same moment."""
    load = Load(began=time.monotonic())

    async def one(member: Member) -> None:
        _note(load, load.began, *await member.commit())

    await asyncio.gather(*(one(member) for member in members))
    load.ended = time.monotonic()
    return load
