"""Asking for deliveries: of a run that has succeeded, and by hand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.destinations.ending import call
from metatron.apps.amc.destinations.errors import DeliveryUnderWay
from metatron.apps.amc.destinations.loading import delivery_of, destination_of
from metatron.apps.amc.destinations.tables import DELIVERING, PENDING, Delivery
from metatron.apps.amc.permissions import RUN
from metatron.apps.amc.runs.errors import RunNotFound
from metatron.apps.amc.runs.records import load
from metatron.apps.amc.runs.results.reading import result_of
from metatron.kernel.context import Context
from metatron.kernel.ids import new_id

_IN_USE = text("""
select id from amc.destination
where tenant_id = :tenant_id and archived_at is null and id = any(:ids) order by id
""")


async def deliver_run(
    session: AsyncSession, context: Context, *, run_id: UUID, now: datetime
) -> None:
    """Begin the deliveries that a run's asker wanted; those already begun are let be."""
    try:
        run = await load(session, context, run_id)
    except RunNotFound:
        return
    if run.dry_run or run.origin == "trial" or not run.destination_ids:
        return
    asked = {"tenant_id": context.tenant_id, "ids": list(map(UUID, run.destination_ids))}
    for destination_id in list((await session.execute(_IN_USE, asked)).scalars()):
        await begin(session, context, run_id=run_id, destination_id=destination_id, now=now)


async def begin(
    session: AsyncSession, context: Context, *, run_id: UUID, destination_id: UUID, now: datetime
) -> None:
    """Begin the delivery of a run that has succeeded; one already begun is let be."""
    begun = await _begin(session, context, run_id, destination_id, now)
    if begun is not None:
        await call(session, context, begun, at=now)


async def deliver(
    session: AsyncSession, context: Context, *, run_id: UUID, destination_id: UUID, now: datetime
) -> Delivery:
    """Deliver a run's result, over a newer one of the same window too: somebody wants this one.

    Raises:
        RunNotFound, NoResult, ResultGone: nothing can be delivered.
        DestinationNotFound: there is no such destination.
        DeliveryUnderWay: it is being delivered there.
    """
    context.demand(RUN)
    await result_of(session, context, run_id, level="run")
    await destination_of(session, context, destination_id)
    await _begin(session, context, run_id, destination_id, now)
    query = select(Delivery.id).where(
        Delivery.tenant_id == context.tenant_id, Delivery.run_id == run_id,
        Delivery.destination_id == destination_id,
    )  # fmt: skip
    found = (await session.execute(query)).scalar_one()
    return await _anew(session, context, found, now)


async def retry(
    session: AsyncSession, context: Context, *, delivery_id: UUID, now: datetime
) -> Delivery:
    """Begin a delivery anew that has ended; raises as `deliver`, and `DeliveryNotFound`."""
    context.demand(RUN)
    delivery = await delivery_of(session, context, delivery_id)
    await result_of(session, context, delivery.run_id, level="run")
    await destination_of(session, context, delivery.destination_id)
    return await _anew(session, context, delivery_id, now)


async def _begin(
    session: AsyncSession, context: Context, run_id: UUID, destination_id: UUID, now: datetime
) -> Delivery | None:
    """Return a new delivery, None when there is one of this run already."""
    row = {
        "tenant_id": context.tenant_id, "id": new_id(), "destination_id": destination_id,
        "run_id": run_id, "state": PENDING, "created_at": now,
    }  # fmt: skip
    statement = insert(Delivery).values(row).on_conflict_do_nothing().returning(Delivery)
    return (await session.execute(statement)).scalar_one_or_none()


async def _anew(
    session: AsyncSession, context: Context, delivery_id: UUID, now: datetime
) -> Delivery:
    delivery = await delivery_of(session, context, delivery_id)
    waits = delivery.state == PENDING and (delivery.tries > 0 or delivery.by_hand)
    if delivery.state == DELIVERING or waits:
        raise DeliveryUnderWay
    delivery.state, delivery.by_hand = PENDING, True
    delivery.tries, delivery.problem, delivery.next_at = 0, None, None
    delivery.version += 1
    await call(session, context, delivery, at=now)
    return delivery
