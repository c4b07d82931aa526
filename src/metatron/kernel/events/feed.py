"""Tells those who watch a tenant that something was announced there: ids and names, no payload.

However many watch, a process hears of commits on one connection (the relay's NOTIFY) and asks the
log once a tenant. Ids are made before their transaction commits, so a later commit may carry an
earlier id: each look goes some seconds back and leaves out what was told already.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from metatron.kernel.clock import utc_now
from metatron.kernel.database.lost import DATABASE_ERRORS
from metatron.kernel.errors import Busy, TooManyRequests

log = structlog.get_logger(__name__)

LOOK_BACK_SECONDS = 40.0
"""A request may take 30 s: nothing that commits later than this is told at once."""
BEGIN_BACK_SECONDS = 10.0
"""A page reads its records and begins to watch a moment later: what came in between is told."""
GATHER_SECONDS = 0.05
"""A burst of commits is one look at the log."""
SWEEP_SECONDS = 15.0
"""A lost NOTIFY costs that long at most, and twice that whoever has just begun to watch."""
MOST_READ = 500
MOST_REMEMBERED = 2_000
MOST_WAITING = 100
MOST_OF_A_TENANT = 1_000
MOST_OF_A_SESSION = 6
MOST = 4_000
_AWAY: tuple[type[Exception], ...] = (*DATABASE_ERRORS, Busy)


@dataclass(frozen=True, slots=True)
class Told:
    """One announced event, without what it says."""

    id: UUID
    name: str
    aggregate_id: UUID
    occurred_at: datetime
    audience: frozenset[UUID] | None = None
    """By which ids somebody may hear of it; None is everybody who watches the module."""


Reader = Callable[[UUID, UUID, int], Awaitable[list[Told]]]
"""(tenant, id to begin after, most) -> the newest such events, the oldest of them first."""


@dataclass(eq=False, slots=True)
class Watch:
    """One listener; `told` waits in order, `missed` says that some of it was dropped."""

    tenant_id: UUID
    session_id: UUID | None
    actor_id: UUID | None
    told: list[Told] = field(default_factory=list)
    missed: bool = False
    doubted: bool = False
    """Rights may have changed: ask the gate again before telling more."""
    ended: bool = False
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, events: list[Told]) -> None:
        """Add events; a listener that does not keep up is told to read everything anew."""
        self.told.extend(events)
        if len(self.told) > MOST_WAITING:
            self.told.clear()
            self.missed = True
        self._woken.set()

    def wake(self) -> None:
        """Make `wait` return."""
        self._woken.set()

    async def wait(self, seconds: float) -> bool:
        """Wait until there is something to do; False when `seconds` passed without."""
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    def take(self) -> list[Told]:
        """Return what waits, once."""
        taken, self.told = self.told, []
        return taken


@dataclass(slots=True)
class _Channel:
    """The watches of one tenant, and what they were told."""

    watches: set[Watch] = field(default_factory=set)
    seen: OrderedDict[UUID, None] = field(default_factory=OrderedDict)
    grown: bool = False
    look: asyncio.Task[None] | None = None

    def unseen(self, events: list[Told]) -> list[Told]:
        new = [event for event in events if event.id not in self.seen]
        self.seen.update((event.id, None) for event in new)
        while len(self.seen) > MOST_REMEMBERED:
            self.seen.popitem(last=False)
        return new


class Feed:
    """All watches of a process."""

    def __init__(self, read: Reader) -> None:
        """`read` looks into a tenant's log."""
        self._read = read
        self._channels: dict[UUID, _Channel] = {}
        self._count = 0
        self._closed = False

    def __len__(self) -> int:
        return self._count

    async def watch(
        self,
        tenant_id: UUID,
        *,
        session_id: UUID | None,
        actor_id: UUID | None,
        after: UUID | None,
        begin_back: bool = False,
    ) -> Watch:
        """Begin to watch a tenant; what was announced after the event `after` waits already.

        With `begin_back` and no `after`: what was announced in the last `BEGIN_BACK_SECONDS`.

        Raises:
            TooManyRequests: the tenant, or this session, watches too often.
            Busy: the process has no room for more.
        """
        channel = self._channels.setdefault(tenant_id, _Channel())
        mine = sum(session_id is not None and w.session_id == session_id for w in channel.watches)
        if mine >= MOST_OF_A_SESSION or len(channel.watches) >= MOST_OF_A_TENANT:
            raise TooManyRequests("Too many open streams.", headers={"Retry-After": "30"})
        if self._closed or self._count >= MOST:
            self._forget_if_empty(tenant_id)
            raise Busy
        watch = Watch(tenant_id, session_id, actor_id)
        channel.watches.add(watch)
        self._count += 1
        try:
            await self._begin(channel, watch, after, begin_back=begin_back)
        except BaseException:
            self.end(watch)
            raise
        return watch

    async def _begin(
        self, channel: _Channel, watch: Watch, after: UUID | None, *, begin_back: bool
    ) -> None:
        recent = id_at(utc_now() - timedelta(seconds=LOOK_BACK_SECONDS))
        since = recent if after is None else min(recent, id_before(after))
        events = await self._read(watch.tenant_id, since, MOST_READ)
        new = channel.unseen([event for event in events if event.id > recent])
        for other in channel.watches - {watch} if new else ():
            # What this look has found no other finds again.
            other.tell(new)
        if after is None:
            start = id_at(utc_now() - timedelta(seconds=BEGIN_BACK_SECONDS))
            if begin_back and (latest := [event for event in events if event.id > start]):
                watch.tell(latest)
            return
        if len(events) >= MOST_READ:
            watch.missed = True
            watch.wake()
        else:
            # What was told before may be told once more: it names a change, it does not make one.
            watch.tell([event for event in events if event.id != after])

    def end(self, watch: Watch) -> None:
        """Stop watching."""
        channel = self._channels.get(watch.tenant_id)
        if channel is None or watch not in channel.watches:
            return
        channel.watches.discard(watch)
        self._count -= 1
        self._forget_if_empty(watch.tenant_id)

    def _forget_if_empty(self, tenant_id: UUID) -> None:
        if not self._channels[tenant_id].watches:
            del self._channels[tenant_id]

    def heard(self, payload: str) -> None:
        """Take a notice of the relay's channel: tenants, comma-separated."""
        for name in payload.split(","):
            if name and (channel := self._channels.get(UUID(name))):
                self._look(UUID(name), channel)

    def doubt(self, payload: str) -> None:
        """Take a notice of `metatron_access`: whom it concerns is to be asked for anew."""
        kind, _, value = payload.partition(":")
        for channel in self._channels.values():
            for watch in channel.watches:
                of = {"session": watch.session_id, "user": watch.actor_id}
                if kind == "key" or str(of.get(kind, watch.tenant_id)) == value:
                    watch.doubted = True
                    watch.wake()

    def doubt_all(self) -> None:
        """Notices may have been missed."""
        for tenant_id, channel in self._channels.items():
            for watch in channel.watches:
                watch.doubted = True
                watch.wake()
            self._look(tenant_id, channel)

    async def sweep(self) -> None:
        """Look at every watched log now and then, one after the other, until cancelled.

        A thousand at once would keep everybody else waiting for as long as they take.
        """
        while True:
            watched = list(self._channels.items())
            for tenant_id, channel in watched:
                self._look(tenant_id, channel)
                await asyncio.sleep(SWEEP_SECONDS / len(watched))
            if not watched:
                await asyncio.sleep(SWEEP_SECONDS)

    def _look(self, tenant_id: UUID, channel: _Channel) -> None:
        channel.grown = True
        if channel.look is None or channel.look.done():
            channel.look = asyncio.get_running_loop().create_task(self._tell(tenant_id, channel))

    async def _tell(self, tenant_id: UUID, channel: _Channel) -> None:
        while channel.grown and channel.watches:
            await asyncio.sleep(GATHER_SECONDS)
            channel.grown = False
            since = id_at(utc_now() - timedelta(seconds=LOOK_BACK_SECONDS))
            try:
                events = await self._read(tenant_id, since, MOST_READ)
            except _AWAY as error:
                log.warning("feed_waits", error=type(error).__name__)
                return
            new = channel.unseen(events)
            for watch in channel.watches if new else ():
                watch.missed = watch.missed or len(new) >= MOST_READ
                watch.tell(new)

    def close(self) -> None:
        """End every watch: the process ends."""
        self._closed = True
        for channel in self._channels.values():
            for watch in channel.watches:
                watch.ended = True
                watch.wake()


def id_at(at: datetime) -> UUID:
    """Return the least UUIDv7 of an instant's millisecond."""
    return _least_id(int(at.timestamp() * 1_000))


def id_before(event_id: UUID) -> UUID:
    """Return an id some seconds before an event's, never before time began.

    Whoever asks chose the id: its instant may be one that no calendar has.
    """
    return _least_id(max((event_id.int >> 80) - int(LOOK_BACK_SECONDS * 1_000), 0))


def _least_id(milliseconds: int) -> UUID:
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (0x2 << 62))
