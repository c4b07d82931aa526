"""Sending one delivery: look, call, note. A repeat after a crash carries the same `webhook-id`."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.http import outward
from metatron.kernel.http.signed_webhook import send_standard
from metatron.platform.webhooks.fan_out import SEND_JOB
from metatron.platform.webhooks.hearing import hearing
from metatron.platform.webhooks.messages import body_of, event_of
from metatron.platform.webhooks.noting import Outcome, note, withhold
from metatron.platform.webhooks.places import put_off
from metatron.platform.webhooks.site import site
from metatron.platform.webhooks.tables import Endpoint, WebhookDelivery

EXCERPT_BYTES = 1_000
TIMEOUT_SECONDS = 10.0
EARLY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Due:
    """What is to be sent, as it was read."""

    delivery: WebhookDelivery
    endpoint: Endpoint
    event: Any


async def send(
    database: Database,
    context: Context,
    *,
    delivery_id: str,
    attempt: int,
    now: datetime,
    put_off_before: int = 0,
) -> None:
    """Make one attempt at a delivery, unless it was made already or is not due yet.

    `attempt` counts those made before; `now` is on the tenant's clock, by which jobs are asked
    for: how long a delivery waits is told by the real one.
    """
    due = await _due(database, context, UUID(delivery_id), attempt)
    if due is None:
        return
    again = {"delivery_id": delivery_id, "attempt": attempt}
    early = (due.delivery.next_attempt_at or utc_now()) - utc_now()
    if early > EARLY:
        # A sandbox's clock was moved on: the receiver's was not.
        await _ask_again(database, context, now + early, again)
        return
    is_failing = due.endpoint.failing_since is not None
    place = site().places.taken(context.tenant_id, due.endpoint.id, is_failing=is_failing)
    async with place as found:
        if found:
            await _attempt(database, context, due)
            return
    again |= {"put_off_before": put_off_before + 1}
    await _ask_again(database, context, now + put_off(put_off_before), again)


async def _due(
    database: Database, context: Context, delivery_id: UUID, attempt: int
) -> _Due | None:
    async with database.transaction(context) as session:
        key = context.tenant_id, delivery_id
        delivery = await session.get(WebhookDelivery, key)
        if delivery is None or delivery.state != "queued" or delivery.attempts != attempt:
            return None
        endpoint = await session.get(Endpoint, (context.tenant_id, delivery.endpoint_id))
        assert endpoint is not None, "a delivery goes with its endpoint"
        return _Due(delivery, endpoint, await event_of(session, context, delivery.event_id))


async def _ask_again(
    database: Database, context: Context, run_at: datetime, arguments: dict[str, Any]
) -> None:
    async with database.transaction(context) as session:
        await enqueue(session, context, SEND_JOB, run_at=run_at, **arguments)


async def _attempt(database: Database, context: Context, due: _Due) -> None:
    delivery, event = due.delivery, due.event
    if not due.endpoint.is_on:
        await _write(database, context, withhold, delivery, "off")
        return
    heard = await hearing(
        database,
        context,
        answerable_id=due.endpoint.answerable_id,
        event=event and (event.id, event.name, event.aggregate_id),
    )
    if heard != "hears":
        await _write(database, context, withhold, delivery, heard)
        return
    outcome = await _called(due)
    await _write(database, context, note, delivery, outcome)


async def _write(
    database: Database, context: Context, change: Any, delivery: WebhookDelivery, what: Any
) -> None:
    async with database.transaction(context) as session:
        await change(session, context, delivery.id, delivery.attempts, what)


async def _called(due: _Due) -> Outcome:
    endpoint, at, began = due.endpoint, utc_now(), time.perf_counter()
    body = body_of(due.delivery, due.event)
    try:
        answer = await send_standard(
            endpoint.url,
            body,
            message_id=str(due.delivery.id),
            with_secrets=_secrets(endpoint, at),
            now=at,
            allow_private=site().allow_private,
            excerpt_bytes=EXCERPT_BYTES,
            timeout_seconds=TIMEOUT_SECONDS,
        )
    except (outward.NotOutward, outward.NotDelivered) as error:
        is_refused = isinstance(error, outward.NotOutward)
        return Outcome(at, _ms(began), error=str(error), is_refused=is_refused)
    excerpt = answer.excerpt.decode(errors="replace").replace("\x00", "")
    return Outcome(at, _ms(began), status=answer.status, excerpt=excerpt or None)


def _secrets(endpoint: Endpoint, at: datetime) -> list[str]:
    """Return the secrets that sign: the newest first, and the old one during its overlap."""
    box, sealed = site().box, [endpoint.sealed_secret]
    if endpoint.sealed_old_secret is not None and endpoint.old_secret_until is not None:
        sealed += [endpoint.sealed_old_secret] * (at < endpoint.old_secret_until)
    return [box.open(each) for each in sealed]


def _ms(began: float) -> int:
    return round(1_000 * (time.perf_counter() - began))


async def ask_to_send(session: AsyncSession, context: Context, delivery: WebhookDelivery) -> None:
    """Have a queued delivery sent at once."""
    await enqueue(session, context, SEND_JOB, delivery_id=delivery.id, attempt=delivery.attempts)
