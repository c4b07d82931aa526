"""How many webhooks a process sends at once: few of an endpoint, few of an organisation.

Whoever answers may take ten seconds for it. What finds no place in a moment is put off, so that it
holds up nobody else's.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

MOST_OF_ENDPOINT = 4
MOST_OF_TENANT = 6
MOST_IN_ALL = 24
PATIENCE_SECONDS = 0.5
SHORTEST_SECONDS, LONGEST_SECONDS = 4.0, 300.0


class Places:
    """Counts what is under way."""

    def __init__(self) -> None:
        """Begin with all places free."""
        self._under_way: Counter[UUID | None] = Counter()
        self._freed = asyncio.Condition()

    @asynccontextmanager
    async def taken(
        self, tenant_id: UUID, endpoint_id: UUID, *, is_failing: bool
    ) -> AsyncIterator[bool]:
        """Tell whether a place was found in a moment; it is free again afterwards.

        An endpoint from which nothing good came lately has one.
        """
        most: dict[UUID | None, int] = {
            endpoint_id: 1 if is_failing else MOST_OF_ENDPOINT,
            tenant_id: MOST_OF_TENANT,
            None: MOST_IN_ALL,
        }
        found = await self._found(most)
        try:
            yield found
        finally:
            if found:
                async with self._freed:
                    self._under_way.subtract(most.keys())
                    self._under_way += Counter()
                    self._freed.notify_all()

    async def _found(self, most: dict[UUID | None, int]) -> bool:
        def is_free() -> bool:
            return all(self._under_way[key] < number for key, number in most.items())

        async with self._freed:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._freed.wait_for(is_free)
            except TimeoutError:
                return False
            self._under_way.update(most.keys())
            return True


def put_off(times: int) -> timedelta:
    """Return for how long something is put off that was so `times` before: ever longer."""
    longest = min(LONGEST_SECONDS, SHORTEST_SECONDS * 2.0 ** min(times, 10))
    return timedelta(seconds=longest * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
