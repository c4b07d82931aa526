"""One call to the provider: noted before it is made, and how it ended afterwards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.ids import new_id
from metatron.platform.payments.adapter import (
    Confirmed,
    Failed,
    InstructionKind,
    Outcome,
    Pending,
    ProviderCall,
    RetryLater,
    Returned,
    Unknown,
)
from metatron.platform.payments.tables import AttemptRow, InstructionRow

LONGEST_REASON = 200
_END = text("""
update payments.instruction_attempt a
set ended_at = :now, outcome = x.outcome, reason = x.reason
from unnest(cast(:ids as uuid[]), cast(:outcomes as text[]), cast(:reasons as text[]))
  x (id, outcome, reason)
where a.tenant_id = :tenant_id and a.id = x.id
""")


def note_attempt(session: AsyncSession, row: InstructionRow, *, how: str, now: datetime) -> UUID:
    """Add the row of a call that is about to be made; `how` is "send" or "ask_again"."""
    attempt = AttemptRow(
        tenant_id=row.tenant_id,
        id=new_id(),
        instruction_id=row.id,
        number=row.attempts,
        how=how,
        started_at=now,
    )
    session.add(attempt)
    return attempt.id


async def end_attempts(
    session: AsyncSession,
    context: Context,
    *,
    ended: Sequence[tuple[UUID, Outcome]],
    now: datetime,
) -> None:
    """Note how calls ended."""
    said = [_said(outcome) for _, outcome in ended]
    values = {
        "tenant_id": context.tenant_id,
        "ids": [attempt_id for attempt_id, _ in ended],
        "outcomes": [word for word, _ in said],
        "reasons": [reason and reason[:LONGEST_REASON] for _, reason in said],
        "now": now,
    }
    await session.execute(_END, values)


def _said(outcome: Outcome) -> tuple[str, str | None]:
    match outcome:
        case Confirmed():
            return "confirmed", None
        case Failed():
            return "failed", outcome.code
        case Pending():
            return "pending", None
        case Unknown():
            return "unknown", outcome.reason
        case RetryLater():
            return "retry_later", outcome.reason
        case Returned():
            return "returned", outcome.code


def call_of(row: InstructionRow) -> ProviderCall:
    """Return an instruction as a provider sees it."""
    return ProviderCall(
        tenant_id=row.tenant_id,
        instruction_id=row.id,
        kind=InstructionKind(row.kind),
        amount_minor=row.amount_minor,
        currency=row.currency,
        payment_method=row.payment_method,
        source_reference=row.source_reference,
        destination=row.destination,
        provider_reference=row.provider_reference,
    )
