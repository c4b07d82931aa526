"""Evidence against a dispute: the intention is committed, the provider told, its answer kept.

A provider takes it once and before its deadline. The key is the row's id, so that a repeat has no
second effect; before each repeat the provider is asked whether it has the evidence already.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.platform.payments.adapter import (
    Capability,
    Confirmed,
    Failed,
    Outcome,
    PaymentAdapter,
    RetryLater,
    Unknown,
)
from metatron.platform.payments.disputed import EvidenceCall
from metatron.platform.payments.errors import (
    CapabilityMissing,
    EvidenceGiven,
    ProviderUnavailable,
)
from metatron.platform.payments.events import DisputeEvidenceMoved
from metatron.platform.payments.evidence_tables import DisputeEvidenceRow
from metatron.platform.payments.providers import adapter_named

EVIDENCE_JOB = "payments.submit_dispute_evidence"
MOST_ATTEMPTS = 60
_SLOWEST = timedelta(hours=1)
_OPEN = frozenset({"created", "unknown"})


async def request_evidence(
    session: AsyncSession,
    context: Context,
    *,
    provider: str,
    reference: str,
    explanation: str,
    now: datetime,
) -> UUID:
    """Have `explanation` handed in against the provider's dispute `reference`; returns its id.

    Raises:
        CapabilityMissing: the provider takes no evidence by its API.
        EvidenceGiven: something was handed in before, or is on its way.
    """
    if Capability.DISPUTE_EVIDENCE not in adapter_named(provider).capabilities:
        raise CapabilityMissing(f"{provider} takes no evidence here.")
    row = DisputeEvidenceRow(
        tenant_id=context.tenant_id,
        id=new_id(),
        provider=provider,
        reference=reference,
        explanation=explanation,
        state="created",
        attempts=0,
        requested_by=context.actor_id,
        created_at=now,
        version=1,
    )
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError as error:
        if "dispute_evidence_once_uq" in str(error.orig):
            raise EvidenceGiven from error
        raise
    await _announce(session, context, row, now)
    await enqueue(session, context, EVIDENCE_JOB, evidence_id=row.id)
    return row.id


async def submit_evidence(
    database: Database, context: Context, *, evidence_id: UUID, now: datetime
) -> None:
    """Hand evidence in, or find out whether it is in; bears repetition and crashes."""
    del now  # each transaction has an instant of its own
    async with database.transaction(context) as session:
        row = await _lock(session, context, evidence_id)
        if row is None or row.state not in _OPEN:
            return
        row.attempts += 1
        row.state = "unknown"
        is_first = row.attempts == 1
        call = EvidenceCall(row.id, row.reference, row.explanation)
        provider = row.provider
    outcome = await _ask(adapter_named(provider), call, is_first=is_first)
    async with database.transaction(context) as session:
        row = await _lock(session, context, evidence_id)
        if row is not None and row.state in _OPEN:
            await _record(session, context, row, outcome, await session_now(session))


async def _ask(adapter: PaymentAdapter, call: EvidenceCall, *, is_first: bool) -> Outcome:
    if not is_first:
        try:
            facts = await adapter.fetch_dispute(call.reference)
        except ProviderUnavailable:
            return RetryLater("provider_unavailable", 60.0)
        if facts.is_evidence_in:
            return Confirmed(call.reference, 0)
        if not facts.is_open:
            return Failed("dispute_closed", call.reference)
    return await adapter.submit_evidence(call)


async def _record(
    session: AsyncSession,
    context: Context,
    row: DisputeEvidenceRow,
    outcome: Outcome,
    now: datetime,
) -> None:
    match outcome:
        case Confirmed():
            row.state, row.resolved_at = "submitted", now
        case Failed(code):
            row.state, row.failure_code, row.resolved_at = "refused", code[:200], now
        case RetryLater(seconds=seconds) if row.attempts < MOST_ATTEMPTS:
            await _again(session, context, row, timedelta(seconds=seconds), now)
        case Unknown() if row.attempts < MOST_ATTEMPTS:
            await _again(session, context, row, timedelta(), now)
        case _:
            row.state, row.failure_code, row.resolved_at = "refused", "no_answer", now
    row.version += 1
    await session.flush()
    await _announce(session, context, row, now)


async def _again(
    session: AsyncSession,
    context: Context,
    row: DisputeEvidenceRow,
    least: timedelta,
    now: datetime,
) -> None:
    slower = timedelta(seconds=15 * 2 ** min(row.attempts, 8))
    run_at = now + max(least, min(slower, _SLOWEST))
    await enqueue(session, context, EVIDENCE_JOB, run_at=run_at, evidence_id=row.id)


async def _lock(
    session: AsyncSession, context: Context, evidence_id: UUID
) -> DisputeEvidenceRow | None:
    query = (
        select(DisputeEvidenceRow)
        .where(
            DisputeEvidenceRow.tenant_id == context.tenant_id,
            DisputeEvidenceRow.id == evidence_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def _announce(
    session: AsyncSession, context: Context, row: DisputeEvidenceRow, now: datetime
) -> None:
    event = DisputeEvidenceMoved(
        aggregate_id=row.id,
        provider=row.provider,
        provider_reference=row.reference,
        state=row.state,
        failure_code=row.failure_code,
    )
    await publish(session, context, event, now=now)
