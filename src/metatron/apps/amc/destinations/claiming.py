"""Taking a delivery to work on: whether it still has to be made, and by whom."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.destinations.ending import MOST_TRIES, call, finish
from metatron.apps.amc.destinations.holding import LEASE, Hold
from metatron.apps.amc.destinations.kinds import KINDS
from metatron.apps.amc.destinations.loading import destination_of
from metatron.apps.amc.destinations.site import site
from metatron.apps.amc.destinations.tables import DELIVERING, PENDING, Delivery, Destination
from metatron.apps.amc.destinations.targets.load import Load
from metatron.apps.amc.runs.errors import DestinationNotFound, NoResult, ResultGone
from metatron.apps.amc.runs.records import load
from metatron.apps.amc.runs.results.reading import kept_result
from metatron.apps.amc.runs.tables import Run
from metatron.kernel.context import Context
from metatron.kernel.ids import new_id
from metatron.kernel.secrets import SecretUnreadable

AFTER_OTHERS = timedelta(seconds=5)
MOST_OF_ONE = 4
"""Deliveries of one organisation under way: its own servers may keep each for an hour."""
BROKEN_OFF = "It was broken off each time."
NEWER = "A newer run of this window was delivered already."
UNREADABLE = "No key of this installation opens the destination's secret: give it again."
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:lock, 0))")
_OTHERS = text("""
select exists (select 1 from amc.delivery v
    where v.tenant_id = :tenant_id and v.destination_id = :destination_id and v.id <> :id
      and v.state = 'delivering' and v.leased_until > :now) is_busy,
  (select count(*) from amc.delivery v
    where v.tenant_id = :tenant_id and v.id <> :id
      and v.state = 'delivering' and v.leased_until > :now) under_way,
  exists (select 1 from amc.run r
    join amc.delivery v on v.tenant_id = r.tenant_id and v.run_id = r.id
      and v.destination_id = :destination_id and v.state = 'delivered'
    where r.tenant_id = :tenant_id and r.instance_id = :instance_id and r.created_at > :asked_at
      and r.workflow_id is not distinct from :workflow_id
      and r.window_start = :window_start and r.window_end = :window_end
      and (r.workflow_id is not null or r.sql = :sql)) is_newer
""")


async def take(
    session: AsyncSession, context: Context, delivery: Delivery, *, now: datetime
) -> Hold | None:
    """Take a locked delivery for one try, or bring it to its end when there is nothing to try.

    Returns:
        None when it has ended, or is another's; then it is looked at again later.
    """
    if delivery.state not in {PENDING, DELIVERING}:
        return None
    if delivery.leased_until is not None and delivery.leased_until > now:
        await call(session, context, delivery, at=delivery.leased_until + timedelta(seconds=1))
        return None
    if delivery.next_at is not None and delivery.next_at > now:
        return None
    if delivery.tries >= MOST_TRIES:
        await finish(session, context, delivery, "failed", problem=BROKEN_OFF, now=now)
        return None
    try:
        # Locked: a destination takes one delivery at a time.
        destination = await destination_of(session, context, delivery.destination_id, lock=True)
        run = await load(session, context, delivery.run_id)
        kept_result(context, run)
    except (DestinationNotFound, NoResult, ResultGone) as error:
        await finish(session, context, delivery, "skipped", problem=error.title, now=now)
        return None
    return await _take(session, context, delivery, destination, run, now=now)


async def _take(
    session: AsyncSession,
    context: Context,
    delivery: Delivery,
    destination: Destination,
    run: Run,
    *,
    now: datetime,
) -> Hold | None:
    window = {
        "tenant_id": context.tenant_id, "destination_id": destination.id, "id": delivery.id,
        "instance_id": run.instance_id, "workflow_id": run.workflow_id, "sql": run.sql,
        "window_start": run.window_start, "window_end": run.window_end,
        "asked_at": run.created_at, "now": now,
    }  # fmt: skip
    # Of many that begin at one moment each would see none of the others.
    lock = {"lock": f"amc/deliveries/{context.tenant_id}"}
    await session.execute(_ONE_AT_A_TIME, lock)
    others = (await session.execute(_OTHERS, window)).one()
    if others.is_busy or others.under_way >= MOST_OF_ONE:
        await call(session, context, delivery, at=now + AFTER_OTHERS)
        return None
    if others.is_newer and not delivery.by_hand:
        await finish(session, context, delivery, "skipped", problem=NEWER, now=now)
        return None
    try:
        sealed = destination.sealed_secret
        secret = "" if sealed is None else site().box.open(sealed)
    except SecretUnreadable:
        await finish(session, context, delivery, "failed", problem=UNREADABLE, now=now)
        return None
    delivery.state, delivery.next_at = DELIVERING, None
    delivery.lease_id, delivery.leased_until = new_id(), now + LEASE
    delivery.tries += 1
    delivery.version += 1
    await session.flush()
    settings = KINDS[destination.kind].model_validate(destination.settings)
    cargo = Load(
        kept_result(context, run), context.tenant_id, destination.id, delivery.lease_id,
        run.instance_id, workflow_of(run), run.window_start, run.window_end, now,
    )  # fmt: skip
    return Hold(delivery.id, delivery.lease_id, delivery.tries, settings, secret, cargo)


def workflow_of(run: Run) -> str:
    """Return what tells a run's query from others: the workflow, or a mark of the text."""
    if run.workflow_id is not None:
        return str(run.workflow_id)
    return f"query-{hashlib.sha256(run.sql.encode()).hexdigest()[:16]}"
