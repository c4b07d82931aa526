"""Calls of a tenant's applications in a calendar month (UTC), counted and bounded.

A process counts in memory and hands on every few seconds. As long as what is left is more than
all applications together may call in a minute, that is exact enough; from there on every call is
counted in the database before it is let through, so the limit is met to the call.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg

from metatron.kernel.clock import unix_now
from metatron.kernel.database.database import Database
from metatron.kernel.database.lost import DATABASE_ERRORS, outlived
from metatron.platform.gateway.windows import REMEMBERED
from metatron.platform.tenancy.interface import (
    TENANT_FACTOR,
    LimitReached,
    OwnLimits,
    limits_of,
    register_meter,
)

FLUSH_SECONDS = 5.0
FEWEST_ONE_BY_ONE = 100
FRESH_SECONDS = 60.0
"""A total heard of longer ago may be wrong by more than the calls of a minute."""
_ADD = """
insert into gateway.month_calls as m (tenant_id, month, calls)
select * from unnest($1::uuid[], $2::date[], $3::bigint[])
on conflict (tenant_id, month) do update set calls = m.calls + excluded.calls
returning tenant_id, month, calls
"""
_ONE = """
insert into gateway.month_calls as m (tenant_id, month, calls) values ($1, $2, 1)
on conflict (tenant_id, month) do update set calls = m.calls + 1 where m.calls < $3
returning calls
"""
_READ = "select calls from gateway.month_calls where tenant_id = $1 and month = $2"


@dataclass(slots=True)
class _Held:
    """What this process knows of one tenant: the total it heard, and what it has not handed on."""

    month: date
    total: int = 0
    heard_at: float = float("-inf")
    pending: int = 0


class Months:
    """Counts calls by month; instants are seconds of the epoch."""

    def __init__(self, system: "asyncpg.Pool[asyncpg.Record]") -> None:
        """Count through the system pool of the home database."""
        self._system = system
        self._held: dict[UUID, _Held] = {}
        self._of_past: list[tuple[UUID, date, int]] = []
        self._bounds: dict[tuple[str, OwnLimits], tuple[int | None, int]] = {}
        self._month, self._begins_at, self._ends_at = date.min, 0.0, 0.0

    def has_room(self, tenant_id: UUID, tier: str, own: OwnLimits, *, now: float) -> bool:
        """Tell whether one more call may pass without a look into the database."""
        allowed, margin = self._bound(tier, own)
        if allowed is None:
            return True
        held = self._of(tenant_id, now)
        if now - held.heard_at > FRESH_SECONDS:
            return False
        return held.total + held.pending < allowed - margin

    def note(self, tenant_id: UUID, *, now: float) -> None:
        """Count one call."""
        self._of(tenant_id, now).pending += 1

    async def hit(self, tenant_id: UUID, tier: str, own: OwnLimits, *, now: float) -> None:
        """Count one call, or refuse it.

        Raises:
            LimitReached: the month's calls are used up; `Retry-After` leads to the next month.
        """
        if self.has_room(tenant_id, tier, own, now=now):
            self.note(tenant_id, now=now)
            return
        allowed, _ = self._bound(tier, own)
        assert allowed is not None, "there is room where there is no bound"
        held = self._of(tenant_id, now)
        try:
            if held.pending:
                await self.flush()
            calls = await self._system.fetchval(_ONE, tenant_id, held.month, allowed)
        except DATABASE_ERRORS:
            # Without the database hardly anything is answered; nobody is refused for that.
            held.pending += 1
            return
        if calls is None:
            raise self._refusal(allowed, now)
        held.total, held.heard_at = max(held.total, calls), now

    async def flush(self) -> None:
        """Hand on what was counted, and hear the totals."""
        counted: dict[tuple[UUID, date], int] = {}
        past, self._of_past = self._of_past, []
        for tenant_id, month, calls in past:
            counted[tenant_id, month] = counted.get((tenant_id, month), 0) + calls
        for tenant_id, held in self._held.items():
            if held.pending:
                key = tenant_id, held.month
                counted[key], held.pending = counted.get(key, 0) + held.pending, 0
        if not counted:
            return
        rows = [(tenant_id, month, calls) for (tenant_id, month), calls in counted.items()]
        try:
            told = await self._system.fetch(_ADD, *map(list, zip(*sorted(rows), strict=True)))
        except DATABASE_ERRORS:
            self._of_past += rows
            raise
        for row in told:
            known = self._held.get(UUID(str(row["tenant_id"])))
            if known is not None and known.month == row["month"]:
                known.total, known.heard_at = max(known.total, row["calls"]), unix_now()

    async def keep_flushing(self) -> None:
        """Hand on every few seconds until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            with outlived("month_calls_wait"):
                await self.flush()

    def _bound(self, tier: str, own: OwnLimits) -> tuple[int | None, int]:
        """Return the calls of a month, and how many before its end each is counted by itself.

        That is what all applications together may call in a minute, the hundredth part at most:
        rates that were raised far beyond the plan shall not make every call cost a statement.
        """
        known = self._bounds.get((tier, own))
        if known is None:
            limits = limits_of(tier, dict(own))
            minute = limits.calls_per_minute * TENANT_FACTOR
            hundredth = max(FEWEST_ONE_BY_ONE, (limits.calls_per_month or 0) // 100)
            known = limits.calls_per_month, min(minute, hundredth)
            if len(self._bounds) >= REMEMBERED:
                self._bounds.clear()
            self._bounds[tier, own] = known
        return known

    def _of(self, tenant_id: UUID, now: float) -> _Held:
        if not self._begins_at <= now < self._ends_at:
            self._month, self._begins_at, self._ends_at = _month_at(now)
        held = self._held.get(tenant_id)
        if held is None or held.month != self._month:
            if held is not None and held.pending:
                self._of_past.append((tenant_id, held.month, held.pending))
            if len(self._held) >= REMEMBERED:
                self._of_past += [(t, h.month, h.pending) for t, h in self._held.items()]
                self._held.clear()
            held = self._held[tenant_id] = _Held(self._month)
        return held

    def _refusal(self, allowed: int, now: float) -> LimitReached:
        refusal = LimitReached(
            "calls_per_month",
            allowed=allowed,
            used=allowed,
            detail=f"All {allowed} calls of this month are used up.",
        )
        refusal.headers["Retry-After"] = str(max(1, int(self._ends_at - now)))
        return refusal


def _month_at(now: float) -> tuple[date, float, float]:
    first = datetime.fromtimestamp(now, UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    following = first.replace(
        year=first.year + first.month // 12, month=first.month % 12 + 1
    )  # December leads to January
    return first.date(), first.timestamp(), following.timestamp()


async def measure_calls(database: Database, tenant_id: UUID) -> float:
    """Return the calls of a tenant's applications in the present month."""
    month, _, _ = _month_at(unix_now())
    return float(await database.system.fetchval(_READ, tenant_id, month) or 0)


register_meter("calls_per_month", measure_calls)
