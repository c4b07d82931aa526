"""Our own brake: a token bucket per tenant and instance that shrinks when Amazon says 429."""

import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

FULL_PER_SECOND = 10.0
LEAST_PER_SECOND = 0.1
BURST = 20.0
RECOVERY = 1.1
MOST_BUCKETS = 4_096


class TokenBucket:
    """Calls to one instance; times are seconds of a clock that only goes forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin full."""
        self._clock = clock
        self.per_second = FULL_PER_SECOND
        self._tokens = BURST
        self._counted_at = clock()
        self._closed_until = 0.0

    def take(self) -> float:
        """Take a call's token; returns how many seconds to wait before making the call."""
        now = self._clock()
        gained = max(0.0, now - self._counted_at) * self.per_second
        self._tokens = min(BURST, self._tokens + gained) - 1.0
        self._counted_at = now
        owed = max(0.0, -self._tokens / self.per_second)
        return max(owed, self._closed_until - now)

    def give_back(self) -> None:
        """Return the token of a call that was not made."""
        self._tokens = min(BURST, self._tokens + 1.0)

    def refused(self, retry_after_seconds: float) -> None:
        """Amazon said 429: half as fast from now on, and nothing until it may be asked again."""
        self.per_second = max(LEAST_PER_SECOND, self.per_second / 2)
        self._tokens = min(self._tokens, 0.0)
        self._closed_until = max(self._closed_until, self._clock() + retry_after_seconds)

    def answered(self) -> None:
        """Amazon answered: a little faster again."""
        self.per_second = min(FULL_PER_SECOND, self.per_second * RECOVERY)


class Pacing:
    """The buckets of this process; those longest unused are forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin without any."""
        self._clock = clock
        self._buckets: OrderedDict[tuple[UUID, str], TokenBucket] = OrderedDict()

    def bucket(self, tenant_id: UUID, instance: str) -> TokenBucket:
        """Return the bucket of a tenant's instance; "" is for calls about accounts."""
        key = (tenant_id, instance)
        if key not in self._buckets:
            self._buckets[key] = TokenBucket(self._clock)
            while len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        return self._buckets[key]
