"""Attempts counted and forgiven side by side: nobody waits for somebody who waits for them."""

import asyncio
from secrets import token_bytes

import pytest

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.platform.identity.throttle import Limit, forgive, give_back, take_attempt

MOST = 10**6
ROUNDS, LANES = 40, 6
_LEFT = f"""{BOUND} select coalesce(sum(h.attempts), 0) as attempts
from bound, identity.throttle h where h.key = any ($2)"""


@pytest.mark.parametrize("is_shared_first", [True, False])
async def test_taken_and_forgiven_in_one_order(
    database: Database, *, is_shared_first: bool
) -> None:
    low, high = sorted(token_bytes(32) for _ in range(2))
    shared, own = (low, high) if is_shared_first else (high, low)
    limits = [
        Limit(own, MOST),
        Limit(shared, MOST, is_shared=True),
        Limit(token_bytes(32), MOST),
    ]

    async def lane(number: int) -> None:
        for _ in range(ROUNDS):
            await take_attempt(database, limits)
            await (forgive if number % 2 else give_back)(database, limits)

    await asyncio.gather(*(lane(number) for number in range(LANES)))
    context = system_context()
    door = await database.direct(context)
    left = await door.row(context, _LEFT, [limit.key for limit in limits])
    assert left is not None
    assert left["attempts"] == 0
