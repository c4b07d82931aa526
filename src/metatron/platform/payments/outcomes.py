"""Recording what became of an instruction: once, whoever tells it first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.platform.payments.adapter import (
    Confirmed,
    Failed,
    InstructionKind,
    Outcome,
    Pending,
    RetryLater,
    Returned,
    Unknown,
)
from metatron.platform.payments.errors import InstructionNotOpen
from metatron.platform.payments.events import (
    InstructionConfirmed,
    InstructionFailed,
    InstructionReturned,
)
from metatron.platform.payments.instructions import (
    SEND_JOB,
    Instruction,
    lock_instruction,
    shown,
    touch,
)
from metatron.platform.payments.observation_log import keep_return
from metatron.platform.payments.tables import FINAL, InstructionRow

log = structlog.get_logger(__name__)

LONGEST_WAIT_SECONDS = 300.0
LONGEST_PENDING_WAIT_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class _Wait:
    """Why an instruction is undecided, and how soon to ask again at the earliest."""

    state: str
    reason: str | None
    at_least_seconds: float = 1.0


async def record_outcome(
    session: AsyncSession,
    context: Context,
    *,
    instruction_id: UUID,
    outcome: Outcome,
    now: datetime,
) -> Instruction:
    """Book the outcome under the instruction's lock; a final one is booked once.

    Confirmed and failed are announced. Anything undecided is asked for again later.

    Raises:
        InstructionNotFound: no such instruction.
    """
    row = await lock_instruction(session, context, instruction_id=instruction_id)
    if row.state in FINAL:
        await _after_the_end(session, context, row, outcome, now)
        return shown(row)
    if row.state == "created":
        # Nobody has sent it: the message is about something else under the same key.
        log.error("payment_outcome_before_approval", instruction_id=str(row.id))
        return shown(row)
    match outcome:
        case Confirmed() | Returned() if not _is_plausible(row, outcome.amount_minor):
            await _ask_later(session, context, row, _Wait("unknown", "amount_differs"), now)
        case Confirmed():
            await _confirm(session, context, row, outcome, now)
        case Returned():
            await _confirm(session, context, row, outcome, now)
            await _return(session, context, row, outcome, now)
        case Failed():
            await _fail(session, context, row, outcome, now)
        case Pending() | Unknown() | RetryLater():
            await _ask_later(session, context, row, _wait_after(row, outcome), now)
    return shown(row)


def _wait_after(row: InstructionRow, outcome: Pending | Unknown | RetryLater) -> _Wait:
    match outcome:
        case Pending():
            row.provider_reference = outcome.reference
            return _Wait("sent", None)
        case Unknown():
            return _Wait("unknown", outcome.reason)
        case RetryLater():
            return _Wait(row.state, outcome.reason, outcome.seconds)


async def reject_instruction(
    session: AsyncSession, context: Context, *, instruction_id: UUID, code: str, now: datetime
) -> Instruction:
    """End an instruction that was not approved; announced as failed.

    Raises:
        InstructionNotFound: no such instruction.
        InstructionNotOpen: it is not waiting for approval.
    """
    row = await lock_instruction(session, context, instruction_id=instruction_id)
    if row.state != "created":
        raise InstructionNotOpen(f"The instruction is {row.state}.")
    await _fail(session, context, row, Failed(code), now)
    return shown(row)


def _is_plausible(row: InstructionRow, amount_minor: int) -> bool:
    if row.kind == InstructionKind.CAPTURE:
        return 0 < amount_minor <= row.amount_minor
    # A hold is let go as a whole, whatever amount the caller names for the void.
    return row.kind == InstructionKind.VOID or amount_minor == row.amount_minor


async def _confirm(
    session: AsyncSession,
    context: Context,
    row: InstructionRow,
    outcome: Confirmed | Returned,
    now: datetime,
) -> None:
    whole = row.kind == InstructionKind.VOID
    row.confirmed_amount_minor = row.amount_minor if whole else outcome.amount_minor
    row.provider_reference, row.failure_code = outcome.reference, None
    if isinstance(outcome, Confirmed):
        row.capture_before = outcome.capture_before
    await _end(session, row, "confirmed", now)
    await publish(session, context, InstructionConfirmed(**_payload(row)), now=now)


async def _fail(
    session: AsyncSession, context: Context, row: InstructionRow, outcome: Failed, now: datetime
) -> None:
    row.provider_reference = outcome.reference or row.provider_reference
    row.failure_code = outcome.code
    await _end(session, row, "failed", now)
    await publish(session, context, InstructionFailed(**_payload(row)), now=now)


async def _return(
    session: AsyncSession, context: Context, row: InstructionRow, outcome: Returned, now: datetime
) -> None:
    row.returned_at, row.failure_code = now, outcome.code
    touch(row, now)
    await session.flush()
    await publish(session, context, InstructionReturned(**_payload(row)), now=now)
    if row.kind == InstructionKind.PAYOUT:
        await keep_return(session, context, row, now=now)


async def _end(session: AsyncSession, row: InstructionRow, state: str, now: datetime) -> None:
    row.state, row.resolved_at, row.next_attempt_at = state, now, None
    touch(row, now)
    await session.flush()


async def _after_the_end(
    session: AsyncSession, context: Context, row: InstructionRow, outcome: Outcome, now: datetime
) -> None:
    """Whoever comes second changes nothing, except that confirmed money may come back."""
    if isinstance(outcome, Returned) and row.state == "confirmed":
        if row.returned_at is None:
            await _return(session, context, row, outcome, now)
        return
    if isinstance(outcome, Failed) and _is_failed_afterwards(row, outcome):
        if row.returned_at is None:
            back = Returned(outcome.reference or "", row.amount_minor, outcome.code)
            await _return(session, context, row, back, now)
        return
    told = {Confirmed: "confirmed", Returned: "confirmed", Failed: "failed"}.get(type(outcome))
    if told is not None and told != row.state:
        log.error(
            "payment_outcome_contradicts",
            instruction_id=str(row.id),
            recorded=row.state,
            told=told,
        )


def _is_failed_afterwards(row: InstructionRow, outcome: Failed) -> bool:
    """Tell whether a refund that had succeeded failed in the end: the card was closed."""
    return (
        row.kind == InstructionKind.REFUND
        and row.state == "confirmed"
        and row.provider_reference is not None
        and outcome.reference == row.provider_reference
    )


async def _ask_later(
    session: AsyncSession, context: Context, row: InstructionRow, wait: _Wait, now: datetime
) -> None:
    """The wait doubles with every attempt; it grows longest for what is only pending."""
    longest = LONGEST_WAIT_SECONDS if wait.reason else LONGEST_PENDING_WAIT_SECONDS
    seconds = max(wait.at_least_seconds, min(longest, 2.0 ** min(row.attempts - 1, 12)))
    row.state, row.failure_code = wait.state, wait.reason
    row.next_attempt_at = now + timedelta(seconds=seconds)
    touch(row, now)
    await session.flush()
    await enqueue(session, context, SEND_JOB, run_at=row.next_attempt_at, instruction_id=row.id)


def _payload(row: InstructionRow) -> dict[str, object]:
    return {
        "aggregate_id": row.target_id,
        "instruction_id": row.id,
        "kind": row.kind,
        "target_kind": row.target_kind,
        "target_id": row.target_id,
        "amount_minor": row.confirmed_amount_minor or row.amount_minor,
        "requested_amount_minor": row.amount_minor,
        "currency": row.currency,
        "ledger_transfer_id": row.ledger_transfer_id,
        "provider": row.provider,
        "provider_reference": row.provider_reference,
        "failure_code": row.failure_code,
        "capture_before": row.capture_before,
    }
