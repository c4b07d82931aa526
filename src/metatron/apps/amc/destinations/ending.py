"""How a try of a delivery ends: delivered, tried again after a pause, failed or skipped."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.destinations.events import DeliveryFinished
from metatron.apps.amc.destinations.tables import DELIVERED, PENDING, Delivery
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue

DELIVER_JOB = "amc.deliver_result"
MOST_TRIES = 3
FIRST_PAUSE = timedelta(minutes=1)
"""Doubled with each try."""
AFTER_CROWD = timedelta(seconds=15)
LONGEST_PROBLEM = 500


async def finish(
    session: AsyncSession,
    context: Context,
    delivery: Delivery,
    state: Literal["delivered", "failed", "skipped"],
    *,
    problem: str | None = None,
    rows: int | None = None,
    now: datetime,
) -> None:
    """Bring a locked delivery to its end and announce it."""
    delivery.state = state
    delivery.problem = problem[:LONGEST_PROBLEM] if problem else None
    delivery.lease_id, delivery.leased_until, delivery.next_at = None, None, None
    if state == DELIVERED:
        delivery.rows, delivery.delivered_at = rows, now
    delivery.version += 1
    await session.flush()
    event = DeliveryFinished(
        aggregate_id=delivery.id, destination_id=delivery.destination_id,
        run_id=delivery.run_id, state=state, rows=rows,
    )  # fmt: skip
    await publish(session, context, event, now=now)


async def try_again(
    session: AsyncSession, context: Context, delivery: Delivery, *, problem: str, now: datetime
) -> None:
    """Give a locked delivery back for its next try; after the last one it has failed."""
    if delivery.tries >= MOST_TRIES:
        await finish(session, context, delivery, "failed", problem=problem, now=now)
        return
    delivery.state, delivery.problem = PENDING, problem[:LONGEST_PROBLEM]
    delivery.lease_id, delivery.leased_until = None, None
    delivery.next_at = now + FIRST_PAUSE * 2 ** (delivery.tries - 1)
    delivery.version += 1
    await call(session, context, delivery, at=delivery.next_at)


async def give_back(
    session: AsyncSession, context: Context, delivery: Delivery, *, now: datetime
) -> None:
    """Give a locked delivery back as if it had not been tried: this machine had no room for it."""
    delivery.state, delivery.tries = PENDING, delivery.tries - 1
    delivery.lease_id, delivery.leased_until = None, None
    delivery.version += 1
    await call(session, context, delivery, at=now + AFTER_CROWD)


async def call(
    session: AsyncSession, context: Context, delivery: Delivery, *, at: datetime
) -> None:
    """Have a delivery looked at."""
    await session.flush()
    await enqueue(session, context, DELIVER_JOB, run_at=at, delivery_id=delivery.id)
