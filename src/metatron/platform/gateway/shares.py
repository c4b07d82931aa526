"""One limit for many processes: each has a small share of its own and leases the rest in parts.

A tenth of a limit is divided among the processes beforehand: whoever calls seldom costs no
statement. The rest is leased from Redis, or without it from the database, a twentieth divided by
the processes at a time, so that no more than that lies unused elsewhere. A limit is therefore never
exceeded, and what a caller may be refused too early is less than a tenth of it. Only when Redis
comes or goes does the reckoning begin anew, for each keeps its own.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from math import ceil

import asyncpg

from metatron.kernel.database.lost import DATABASE_ERRORS
from metatron.platform.gateway.redis_leases import Asked, Given, RedisLeases
from metatron.platform.gateway.windows import (
    REMEMBERED,
    Caller,
    Callers,
    Limit,
    Verdict,
    wait_seconds,
)

_OWN, _PART = 0.1, 0.05
_TRIES = 3
_DRY_SECONDS = 0.5
"""A caller that was refused is not asked about again for that long."""
_LEASE = "select granted, now_taken, before_taken from gateway.lease($1, $2, $3, $4, $5, $6)"


@dataclass(slots=True)
class _Held:
    """What this process holds for one caller and limit."""

    caller: str
    limit: Limit
    own: int
    pool: Limit
    number: int = -1
    now: int = 0
    before: int = 0
    leased: int = 0
    taken: int = 0
    taken_before: int = 0
    dry_until: float = 0.0

    def roll(self, number: int) -> None:
        if number != self.number:
            self.before = self.now if number == self.number + 1 else 0
            self.taken_before = self.taken if number == self.number + 1 else 0
            self.now, self.leased, self.taken, self.number = 0, 0, 0, number

    def own_left(self, now: float) -> int:
        faded = self.before * (1.0 - _elapsed(self.limit, now))
        return max(0, int(self.own - self.now - faded))

    def left(self, now: float) -> int:
        return self.own_left(now) + self.leased

    def elsewhere(self, now: float) -> int:
        """What may be leased yet, as far as was heard."""
        faded = self.taken_before * (1.0 - _elapsed(self.limit, now))
        return max(0, int(self.pool.most - self.taken - faded))

    def wait(self, now: float) -> int:
        return wait_seconds(
            self.pool, now=self.taken, before=self.taken_before, share=_elapsed(self.limit, now)
        )


class Shares:
    """Counts calls against limits that `processes` processes share."""

    def __init__(
        self,
        system: "asyncpg.Pool[asyncpg.Record]",
        *,
        processes: int,
        remembered: int = REMEMBERED,
        redis: RedisLeases | None = None,
    ) -> None:
        """Lease from Redis, and through the system pool of the home database without it.

        Where Redis is there and nobody said how many processes there are (one), all is leased.
        """
        self._system, self._processes, self._remembered = system, processes, remembered
        self._redis = redis
        self._own = 0.0 if redis is not None and processes == 1 else _OWN
        self._known: OrderedDict[Caller, tuple[_Held, ...]] = OrderedDict()

    async def hit(self, callers: Callers, *, now: float) -> Verdict:
        """Count one call for all callers and return the tightest verdict.

        A refused call is counted for none. `now` is in seconds of the epoch, for processes compare.
        """
        held = [each for caller in callers for each in self._of(caller)]
        for each in held:
            each.roll(int(now // each.limit.seconds))
        for _ in range(_TRIES):
            # While one call waits for its lease others may use up what there was.
            short = [each for each in held if not each.left(now)]
            asked = [each for each in short if each.dry_until <= now]
            if not asked:
                break
            await self._lease(asked, now)
        verdict = _take(held, now)
        if verdict is not None:
            return verdict
        refused = next(each for each in held if not each.left(now))
        refused.dry_until = max(refused.dry_until, now + _DRY_SECONDS)
        return Verdict(refused.limit, 0, refused.wait(now), refused=True)

    def hit_at_once(self, callers: Callers, *, now: float) -> Verdict | None:
        """Count one call if nothing has to be leased for it; else return None and count nothing."""
        return _take([each for caller in callers for each in self._of(caller)], now)

    def _of(self, caller: Caller) -> tuple[_Held, ...]:
        known = self._known.get(caller)
        if known is None:
            name, limits = caller
            known = self._known[caller] = tuple(self._new(name, limit) for limit in limits)
            if len(self._known) > self._remembered:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(caller)
        return known

    def _new(self, name: str, limit: Limit) -> _Held:
        own = int(limit.most * self._own / self._processes)
        return _Held(name, limit, own, Limit(limit.most - own * self._processes, limit.seconds))

    async def _lease(self, short: list[_Held], now: float) -> None:
        # In one sequence everywhere, so that no two processes wait for each other.
        digests = ((sha256(each.caller.encode()).digest()[:16], each) for each in short)
        named = sorted(digests, key=lambda pair: (pair[0], pair[1].limit.seconds))
        asked = [
            Asked(
                digest,
                each.limit.seconds,
                each.number,
                _elapsed(each.limit, now),
                each.pool.most,
                max(1, int(each.limit.most * _PART / self._processes)),
            )
            for digest, each in named
        ]
        rows = None if self._redis is None else await self._redis.lease(asked)
        if rows is None:
            rows = await self._from_database(asked)
        for (_, each), wish, row in zip(named, asked, rows, strict=True):
            if each.number == wish.number:
                each.leased += row.granted
                each.taken, each.taken_before = row.now_taken, row.before_taken

    async def _from_database(self, asked: list[Asked]) -> list[Given]:
        try:
            rows = await self._system.fetch(_LEASE, *(list(of) for of in zip(*asked, strict=True)))
        except DATABASE_ERRORS:
            # Without the database hardly anything is answered; nobody is refused for that.
            return [Given(wish.wants, 0, 0) for wish in asked]
        return [Given(*row) for row in rows]


def _take(held: Iterable[_Held], now: float) -> Verdict | None:
    """Count one call against all that is held and return the tightest verdict.

    None, and nothing counted, when any of it is used up. All in one pass, for it runs on every
    request: `left` and `elsewhere` say what it reckons.
    """
    found: list[tuple[_Held, bool]] = []
    tightest, least, least_passed = None, 0, 0.0
    for each in held:
        seconds = each.limit.seconds
        number, passed = divmod(now, seconds)
        if number != each.number:
            each.roll(int(number))
        ahead = 1.0 - passed / seconds
        own = int(each.own - each.now - each.before * ahead)
        left = each.leased + own if own > 0 else each.leased
        if not left:
            return None
        found.append((each, own > 0))
        elsewhere = int(each.pool.most - each.taken - each.taken_before * ahead)
        if elsewhere > 0:
            left += elsewhere
        if tightest is None or left < least:
            tightest, least, least_passed = each.limit, left, passed
    assert tightest is not None, "a call is counted under at least one limit"
    for each, is_own in found:
        if is_own:
            each.now += 1
        else:
            each.leased -= 1
    return Verdict(tightest, least - 1, ceil(tightest.seconds - least_passed), refused=False)


def _elapsed(limit: Limit, now: float) -> float:
    return now % limit.seconds / limit.seconds
