"""What became of an attempt: done, tried again later, given up, or the endpoint switched off."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.platform.webhooks.endpoints import load_endpoint
from metatron.platform.webhooks.errors import WebhookNotFound
from metatron.platform.webhooks.events import WebhookSwitchedOff
from metatron.platform.webhooks.fan_out import SEND_JOB
from metatron.platform.webhooks.tables import Attempt, Endpoint, WebhookDelivery

TELL_JOB = "webhooks.tell_of_switched_off"
GONE = 410
RETRY_SECONDS = (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 28_800)
"""From one attempt to the next: eleven attempts in some 22 hours."""
JITTER = 0.2
FAILING_FOR = timedelta(days=3)
"""After which an endpoint from which nothing good came is switched off."""
OffReason = Literal["gone", "failing", "left"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """An attempt's answer, or why there was none; `at` is of the real time."""

    at: datetime
    duration_ms: int
    status: int | None = None
    error: str | None = None
    excerpt: str | None = None
    is_refused: bool = False
    """We do not call that address: it leads inside by now. Asked again, it would not be better."""

    @property
    def is_success(self) -> bool:
        """Tell whether the receiver has taken it. A redirect is not followed: it has not."""
        return self.status is not None and 200 <= self.status < 300


async def note(
    session: AsyncSession, context: Context, delivery_id: UUID, attempts: int, outcome: Outcome
) -> None:
    """Note an attempt and what follows from it; `attempts` were made before.

    Nothing is noted where the endpoint is gone meanwhile, or another noted the same attempt.
    """
    found = await _locked(session, context, delivery_id, attempts)
    if found is None:
        return
    endpoint, delivery = found
    attempt = Attempt(
        tenant_id=context.tenant_id, id=new_id(), delivery_id=delivery.id,
        attempted_at=outcome.at, duration_ms=outcome.duration_ms, status=outcome.status,
        error=outcome.error, excerpt=outcome.excerpt,
    )  # fmt: skip
    session.add(attempt)
    delivery.attempts += 1
    if outcome.is_success:
        endpoint.failing_since = None
        _end(delivery, "delivered", None)
    elif outcome.status == GONE:
        _end(delivery, "failed", "gone")
        await switch_off(session, context, endpoint, "gone")
    else:
        endpoint.failing_since = endpoint.failing_since or outcome.at
        await _later_or_never(session, context, endpoint, delivery, is_last=outcome.is_refused)
    await session.flush()


async def _later_or_never(
    session: AsyncSession,
    context: Context,
    endpoint: Endpoint,
    delivery: WebhookDelivery,
    *,
    is_last: bool,
) -> None:
    made = delivery.attempts - delivery.attempts_before
    # A test is sent once: somebody waits to see what becomes of it.
    if delivery.event_id is not None and made <= len(RETRY_SECONDS) and not is_last:
        wait = retry_after(made)
        delivery.next_attempt_at = utc_now() + wait
        again = {"delivery_id": delivery.id, "attempt": delivery.attempts}
        run_at = await session_now(session) + wait
        await enqueue(session, context, SEND_JOB, run_at=run_at, **again)
        return
    _end(delivery, "failed", "no_success")
    since = endpoint.failing_since
    if endpoint.is_on and since is not None and utc_now() - since >= FAILING_FOR:
        await switch_off(session, context, endpoint, "failing")


def retry_after(made: int) -> timedelta:
    """Return how long to wait after so many attempts (from 1), with jitter either way."""
    seconds = RETRY_SECONDS[made - 1]
    return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311


async def withhold(
    session: AsyncSession, context: Context, delivery_id: UUID, attempts: int, why: str
) -> None:
    """End a delivery without an attempt: its endpoint is off, or its person left, or may not."""
    found = await _locked(session, context, delivery_id, attempts)
    if found is None:
        return
    endpoint, delivery = found
    _end(delivery, "failed" if why == "off" else "withheld", why)
    if why == "left":
        await switch_off(session, context, endpoint, "left")
    await session.flush()


async def switch_off(
    session: AsyncSession, context: Context, endpoint: Endpoint, reason: OffReason
) -> None:
    """Switch an endpoint off by itself, and have its administrators told."""
    if not endpoint.is_on:
        return
    endpoint.is_on, endpoint.off_reason, endpoint.told_at = False, reason, None
    endpoint.version += 1
    event = WebhookSwitchedOff(aggregate_id=endpoint.id, reason=reason)
    await publish(session, context, event, now=await session_now(session))
    await enqueue(session, context, TELL_JOB, endpoint_id=endpoint.id)


def _end(delivery: WebhookDelivery, state: str, reason: str | None) -> None:
    delivery.state, delivery.reason = state, reason
    delivery.next_attempt_at, delivery.ended_at = None, utc_now()


async def _locked(
    session: AsyncSession, context: Context, delivery_id: UUID, attempts: int
) -> tuple[Endpoint, WebhookDelivery] | None:
    """Return endpoint and delivery, locked in that order, while the attempt is still to be made."""
    key = context.tenant_id, delivery_id
    seen = await session.get(WebhookDelivery, key)
    if seen is None:
        return None
    try:
        endpoint = await load_endpoint(session, context, seen.endpoint_id)
    except WebhookNotFound:
        return None
    delivery = await session.get(WebhookDelivery, key, with_for_update=True, populate_existing=True)
    if delivery is None or delivery.state != "queued" or delivery.attempts != attempts:
        return None
    return endpoint, delivery
