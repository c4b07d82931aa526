"""Rate limits: per application by tier, per person, per tenant, per address.

With several web workers a limit is shared among them (`shares.py`); a single one counts in memory.
"""

import time
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any

from starlette.requests import Request
from starlette.types import Scope

from metatron.kernel.clock import unix_now
from metatron.kernel.context import Context
from metatron.kernel.errors import TooManyRequests
from metatron.kernel.http.access import Access
from metatron.kernel.http.edge import answer_with
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.settings import RATE_LIMITS, Settings
from metatron.platform.gateway.months import Months
from metatron.platform.gateway.redis_leases import RedisLeases
from metatron.platform.gateway.shares import Shares
from metatron.platform.gateway.windows import REMEMBERED, Callers, Limit, Verdict, Windows
from metatron.platform.tenancy.interface import TENANT_FACTOR, OwnLimits

UNLIMITED = "unlimited"


class RateLimiter:
    """Counts each request and refuses those over a limit."""

    def __init__(
        self, settings: Settings, shares: Shares | None = None, months: Months | None = None
    ) -> None:
        """Take the limits from the settings; with `shares` other processes count as well.

        With `months` the calls of applications are also counted by the month.
        """
        self._shares, self._months = shares, months
        self._limits = {
            name: (Limit(minute, 60), Limit(hour, 3_600))
            for name, (minute, hour) in (RATE_LIMITS | settings.rate_limits).items()
        }
        self._windows = Windows()
        self._spelled: dict[tuple[object, ...], Callers] = {}

    async def admit(self, request: Request, access: Access, context: Context) -> None:
        """Do as `check` does, for all processes together, and count the month's calls.

        Raises:
            TooManyRequests: with `Retry-After`.
            LimitReached: the applications' calls of this month are used up.
        """
        if access.rate_class == UNLIMITED:
            return
        tier, own = _terms(request)
        if self._shares is None:
            self.check(request, access, context)
        else:
            callers = self.callers(access, context, tier, own)
            _announce(request.scope, await self._shares.hit(callers, now=unix_now()))
        if self._months is not None and context.application_id is not None:
            await self._months.hit(context.tenant_id, tier, own, now=unix_now())

    def check(
        self, request: Request, access: Access, context: Context, *, now: float | None = None
    ) -> None:
        """Count the request; announce what is left in `RateLimit-*` headers.

        Args:
            request: `request.state.tier` names the tenant's tier when the gate knows it.
            access: the route's declaration; its `rate_class` chooses the limits.
            context: who asks.
            now: seconds of a steady clock, for tests.

        Raises:
            TooManyRequests: with `Retry-After`.
        """
        if access.rate_class == UNLIMITED:
            return
        self.count(request.scope, self.callers(access, context, *_terms(request)), now=now)

    def count(self, scope: Scope, callers: Callers, *, now: float | None = None) -> None:
        """Count the request for callers that `callers` returned; the rest as in `check`."""
        _announce(scope, self._windows.hit(callers, now=time.monotonic() if now is None else now))

    def count_at_once(
        self, scope: Scope, callers: Callers, context: Context, tier: str, own: OwnLimits
    ) -> bool:
        """Count the request for all processes if this one holds enough for it; tell whether."""
        now = unix_now()
        months = self._months if context.application_id is not None else None
        if months is not None and not months.has_room(context.tenant_id, tier, own, now=now):
            return False
        if self._shares is None:
            self.count(scope, callers)
        else:
            verdict = self._shares.hit_at_once(callers, now=now)
            if verdict is None:
                return False
            _announce(scope, verdict)
        if months is not None:
            months.note(context.tenant_id, now=now)
        return True

    def callers(self, access: Access, context: Context, tier: str, own: OwnLimits = ()) -> Callers:
        """Return whom to count and against what, spelled out once for all of their requests."""
        if context.actor_id is None:
            return self._callers(access, context, tier, own)
        key = (
            context.actor_id, context.tenant_id, context.application_id, tier, own,
            access.rate_class, context.actor_kind, access.kind,
        )  # fmt: skip
        known = self._spelled.get(key)
        if known is None or access.kind == "public":
            known = self._callers(access, context, tier, own)
            if len(self._spelled) >= REMEMBERED:
                self._spelled.clear()
            self._spelled[key] = known
        return known

    def _callers(self, access: Access, context: Context, tier: str, own: OwnLimits) -> Callers:
        """Spell it out: every key names the tenant or the address."""
        if access.kind == "public" or context.actor_kind == "anonymous":
            address = f"ip/{network(context.ip)}/{access.rate_class}"
            return [(address, self._limits.get(access.rate_class, self._limits["public"]))]
        if context.actor_kind in {"operator", "admin_key", "service"}:
            return [(f"{context.actor_kind}/{context.actor_id}", self._limits["admin"])]
        of_plan = _agreed(self._limits.get(tier, self._limits["free"]), own)
        whole = tuple(Limit(limit.most * TENANT_FACTOR, limit.seconds) for limit in of_plan)
        tenant = f"tenant/{context.tenant_id}"
        if context.application_id is not None:
            return [(f"{tenant}/application/{context.application_id}", of_plan), (tenant, whole)]
        person = self._limits.get(access.rate_class, self._limits["person"])
        callers: list[tuple[str, tuple[Limit, ...]]] = [
            (f"{tenant}/person/{context.actor_id}/{access.rate_class}", person)
        ]
        # People without an organisation share the platform's tenant, but no allowance.
        if context.tenant_id != PLATFORM_TENANT_ID:
            callers.append((tenant, whole))
        return callers


def _terms(request: Request) -> tuple[str, OwnLimits]:
    """Return the tenant's tier and what was agreed besides, when the gate knows them."""
    state = request.scope["state"]
    return str(state.get("tier", "free")), state.get("own_limits", ())


def _agreed(limits: tuple[Limit, Limit], own: OwnLimits) -> tuple[Limit, Limit]:
    if not own:
        return limits
    agreed, (minute, hour) = dict(own), limits
    return (
        Limit(agreed.get("calls_per_minute") or minute.most, minute.seconds),
        Limit(agreed.get("calls_per_hour") or hour.most, hour.seconds),
    )


def network(ip: str | None) -> str:
    """Return what counts as one address: an IPv4 address, or the /64 of an IPv6 one."""
    if ip is None:
        return "unknown"
    try:
        address = ip_address(ip)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{int(address) >> 64:x}"
    return str(address)


def _announce(scope: Scope, worst: Verdict) -> None:
    headers = _headers(worst)
    if worst.refused:
        detail = f"Come back in {worst.wait_seconds} seconds."
        refusal = {name.decode(): value.decode() for name, value in headers}
        refusal["Retry-After"] = str(worst.wait_seconds)
        raise TooManyRequests(detail, headers=refusal)
    answer_with(scope, headers)


def _headers(verdict: Verdict) -> list[tuple[bytes, bytes]]:
    return [
        *_constant_headers(verdict.limit),
        (b"ratelimit-remaining", b"%d" % verdict.remaining),
        (b"ratelimit-reset", b"%d" % verdict.wait_seconds),
    ]


@lru_cache(maxsize=1_000)
def _constant_headers(limit: Limit) -> tuple[tuple[bytes, bytes], ...]:
    return (
        (b"ratelimit-limit", b"%d" % limit.most),
        (b"ratelimit-policy", b"%d;w=%d" % limit),
    )


def open_limiter(runtime: Any) -> None:
    """Give a process that serves HTTP its limiter (a module start-up hook)."""
    if runtime.app is not None:
        sharers = runtime.settings.sharers or runtime.settings.workers
        system = runtime.database.system
        redis = None if runtime.redis is None else RedisLeases(runtime.redis)
        is_shared = sharers > 1 or redis is not None
        shares = Shares(system, processes=sharers, redis=redis) if is_shared else None
        months = Months(system)
        runtime.run(months.keep_flushing())
        runtime.closing.append(months.flush)
        runtime.app.state.limiter = RateLimiter(runtime.settings, shares, months)
