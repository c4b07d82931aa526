"""One call to the provider: noted before it is made, and how it ended afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
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
from metatron.platform.payments.instructions import lock_instruction, touch
from metatron.platform.payments.tables import FINAL, AttemptRow, InstructionRow

LEASE = timedelta(seconds=60)
"""How long one attempt has the instruction to itself; a crashed one is taken up afterwards."""
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to get an instruction done; `is_first` means that it was never sent before."""

    id: UUID
    call: ProviderCall
    provider: str
    is_first: bool
    sent_at: datetime


async def begin_attempt(
    session: AsyncSession, context: Context, *, instruction_id: UUID, now: datetime
) -> Attempt | None:
    """Note that the provider is about to be called; None when there is nothing to do now.

    An instruction that was sent before is only ever looked up or sent again with its own key.
    """
    row = await lock_instruction(session, context, instruction_id=instruction_id)
    if row.state in FINAL or row.next_attempt_at is None or row.next_attempt_at > now:
        return None
    is_first = row.state == "approved"
    if is_first:
        row.state, row.sent_at = "sent", now
    row.attempts += 1
    row.next_attempt_at = now + LEASE
    touch(row, now)
    attempt_id = new_id()
    session.add(
        AttemptRow(
            tenant_id=row.tenant_id,
            id=attempt_id,
            instruction_id=row.id,
            number=row.attempts,
            how="send" if is_first else "ask_again",
            started_at=now,
        )
    )
    await session.flush()
    assert row.sent_at is not None
    return Attempt(attempt_id, _call(row), row.provider, is_first, row.sent_at)


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


def _call(row: InstructionRow) -> ProviderCall:
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
