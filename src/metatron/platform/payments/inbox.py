"""Webhooks: kept as they came, read afterwards, parked when they come before our own commit."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.platform.payments.adapter import ProviderEvent
from metatron.platform.payments.errors import InstructionNotFound
from metatron.platform.payments.events import WebhookUnmatched
from metatron.platform.payments.observations import SourceNotKnownYet, record_observation
from metatron.platform.payments.outcomes import record_outcome
from metatron.platform.payments.providers import adapter_named
from metatron.platform.payments.tables import WebhookRow

PROCESS_JOB = "payments.process_webhook"
MOST_PARKED_ATTEMPTS = 12
LONGEST_PARKED_SECONDS = 3_600.0
WAITING = frozenset({"received", "parked"})


async def receive_webhook(
    session: AsyncSession,
    context: Context,
    *,
    provider: str,
    event: ProviderEvent,
    raw: bytes,
    now: datetime,
) -> bool:
    """Keep a verified message and ask for it to be read; False when it is here already.

    `context` is that of the tenant the message names; `raw` are the bytes that were verified.
    """
    inbox_id = new_id()
    values = {
        "tenant_id": context.tenant_id,
        "id": inbox_id,
        "provider": provider,
        "event_id": event.event_id,
        "kind": event.kind,
        "raw": raw,
        "signature_ok": True,
        "state": "received",
        "next_attempt_at": now,
        "received_at": now,
    }
    kept = insert(WebhookRow).values(values).on_conflict_do_nothing()
    if (await session.execute(kept.returning(WebhookRow.id))).first() is None:
        return False
    await enqueue(session, context, PROCESS_JOB, inbox_id=inbox_id)
    return True


async def process_webhook(
    session: AsyncSession, context: Context, *, inbox_id: UUID, now: datetime
) -> str:
    """Act on one message, once; returns the state it is in afterwards.

    What it is about may not be committed yet (the provider is quick): then it is parked and read
    again, and after some hours left to a person as `unmatched`.
    """
    query = (
        select(WebhookRow)
        .where(WebhookRow.tenant_id == context.tenant_id, WebhookRow.id == inbox_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(query)).scalar_one()
    if row.state not in WAITING or row.next_attempt_at is None or row.next_attempt_at > now:
        return row.state
    row.attempts += 1
    try:
        acted = await _act(session, context, row, now)
    except (InstructionNotFound, SourceNotKnownYet):
        await _park(session, context, row, now)
    else:
        row.state = "processed" if acted else "ignored"
        row.processed_at, row.next_attempt_at = now, None
        await session.flush()
    return row.state


async def _act(session: AsyncSession, context: Context, row: WebhookRow, now: datetime) -> bool:
    event = adapter_named(row.provider).parse_webhook(row.raw)
    if event.tenant_id not in {None, context.tenant_id}:
        return False
    if event.instruction_id is not None and event.outcome is not None:
        await record_outcome(
            session,
            context,
            instruction_id=event.instruction_id,
            outcome=event.outcome,
            now=now,
        )
        return True
    if event.observation is None:
        return False
    return await record_observation(
        session, context, provider=row.provider, seen=event.observation, now=now
    )


async def _park(session: AsyncSession, context: Context, row: WebhookRow, now: datetime) -> None:
    if row.attempts >= MOST_PARKED_ATTEMPTS:
        row.state, row.next_attempt_at = "unmatched", None
        await session.flush()
        await _keep_without_source(session, context, row, now)
        unmatched = WebhookUnmatched(
            aggregate_id=row.id, provider=row.provider, event_id=row.event_id, kind=row.kind
        )
        await publish(session, context, unmatched, now=now)
        return
    seconds = min(LONGEST_PARKED_SECONDS, 2.0**row.attempts)
    row.state, row.next_attempt_at = "parked", now + timedelta(seconds=seconds)
    await session.flush()
    await enqueue(session, context, PROCESS_JOB, run_at=row.next_attempt_at, inbox_id=row.id)


async def _keep_without_source(
    session: AsyncSession, context: Context, row: WebhookRow, now: datetime
) -> None:
    """Record what the provider did although nobody here knows what it is about."""
    event = adapter_named(row.provider).parse_webhook(row.raw)
    if event.observation is not None and event.tenant_id in {None, context.tenant_id}:
        await record_observation(
            session,
            context,
            provider=row.provider,
            seen=event.observation,
            now=now,
            is_last_try=True,
        )
