"""Webhooks: kept as they came, read afterwards, parked when they come before our own commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Uuid, any_, cast, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.many_rows import FEWEST, write_all
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import Delivery, enqueue, enqueue_all
from metatron.kernel.ids import new_id
from metatron.platform.payments.adapter import ProviderEvent
from metatron.platform.payments.errors import InstructionNotFound
from metatron.platform.payments.events import WebhookUnmatched
from metatron.platform.payments.observations import SourceNotKnownYet, record_observation
from metatron.platform.payments.outcomes import Told, record_outcome, record_outcomes
from metatron.platform.payments.providers import adapter_named
from metatron.platform.payments.tables import WEBHOOK_CHANGES, WebhookRow

PROCESS_JOB = "payments.process_webhook"
MOST_PARKED_ATTEMPTS = 12
LONGEST_PARKED_SECONDS = 3_600.0
WAITING = frozenset({"received", "parked"})
_KEEP = text("""
insert into payments.webhook_inbox (tenant_id, id, provider, event_id, kind, raw, signature_ok,
  state, next_attempt_at, received_at)
select cast(:tenant_id as uuid), x.id, :provider, x.event_id, x.kind, x.raw, true, 'received',
  cast(:now as timestamptz), cast(:now as timestamptz)
from unnest(cast(:ids as uuid[]), cast(:event_ids as text[]), cast(:kinds as text[]),
  cast(:raws as bytea[])) x (id, event_id, kind, raw)
on conflict do nothing returning id
""")


@dataclass(frozen=True, slots=True)
class Received:
    """A verified message, with the bytes that were verified."""

    event: ProviderEvent
    raw: bytes


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
    received = [Received(event, raw)]
    [kept] = await receive_webhooks(session, context, provider=provider, received=received, now=now)
    return kept


async def receive_webhooks(
    session: AsyncSession,
    context: Context,
    *,
    provider: str,
    received: Sequence[Received],
    now: datetime,
) -> list[bool]:
    """Keep several messages of one tenant, all with ids of their own, as by `receive_webhook`."""
    ids = [new_id() for _ in received]
    values = {
        "tenant_id": context.tenant_id,
        "ids": ids,
        "provider": provider,
        "event_ids": [each.event.event_id for each in received],
        "kinds": [each.event.kind for each in received],
        "raws": [each.raw for each in received],
        "now": now,
    }
    kept = set((await session.execute(_KEEP, values)).scalars())
    await enqueue_all(session, context, PROCESS_JOB, [{"inbox_id": key} for key in kept])
    return [key in kept for key in ids]


async def process_webhook(
    session: AsyncSession, context: Context, *, inbox_id: UUID, now: datetime
) -> str:
    """Act on one message, once; returns the state it is in afterwards.

    What it is about may not be committed yet (the provider is quick): then it is parked and read
    again, and after some hours left to a person as `unmatched`.
    """
    row = (await _lock(session, context, [inbox_id]))[inbox_id]
    if not _is_due(row, now):
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


async def process_webhooks(
    session: AsyncSession, context: Context, *, now: datetime, each: Sequence[Delivery]
) -> None:
    """Act on several messages, each once, as by `process_webhook`."""
    names = {UUID(one.arguments["inbox_id"]): one.context for one in each}
    found = await _lock(session, context, list(names))
    outcomes, others = [], []
    for key, row in found.items():
        event = adapter_named(row.provider).parse_webhook(row.raw)
        is_ours = event.tenant_id in {None, context.tenant_id}
        if not _is_due(row, now):
            continue
        if is_ours and event.instruction_id is not None and event.outcome is not None:
            outcomes.append((row, Told(names[key], event.instruction_id, event.outcome)))
        else:
            others.append(key)
    told = [one for _, one in outcomes]
    recorded = await record_outcomes(session, context, told=told, now=now) if told else []
    for (row, one), outcome in zip(outcomes, recorded, strict=True):
        row.attempts += 1
        if isinstance(outcome, InstructionNotFound):
            await _park(session, one.context, row, now)
        else:
            row.state, row.processed_at, row.next_attempt_at = "processed", now, None
    if len(outcomes) >= FEWEST:
        await write_all(session, [row for row, _ in outcomes], WEBHOOK_CHANGES)
    await session.flush()
    for key in others:
        await process_webhook(session, names[key], inbox_id=key, now=now)


async def _lock(
    session: AsyncSession, context: Context, inbox_ids: Sequence[UUID]
) -> dict[UUID, WebhookRow]:
    query = (
        select(WebhookRow)
        .where(
            WebhookRow.tenant_id == context.tenant_id,
            WebhookRow.id == any_(cast(inbox_ids, ARRAY(Uuid))),
        )
        .order_by(WebhookRow.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in (await session.execute(query)).scalars()}


def _is_due(row: WebhookRow, now: datetime) -> bool:
    is_past = row.next_attempt_at is not None and row.next_attempt_at <= now
    return row.state in WAITING and is_past


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
