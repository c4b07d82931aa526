"""One call to the provider: noted before it is made, and how it ended afterwards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
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


async def end_attempt(
    session: AsyncSession, context: Context, *, attempt_id: UUID, outcome: Outcome, now: datetime
) -> None:
    """Note how a call ended."""
    word, reason = _said(outcome)
    ended = (
        update(AttemptRow)
        .where(AttemptRow.tenant_id == context.tenant_id, AttemptRow.id == attempt_id)
        .values(ended_at=now, outcome=word, reason=reason and reason[:LONGEST_REASON])
    )
    await session.execute(ended)


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
