"""Recording what became of an instruction: once, whoever tells it first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.many_rows import FEWEST, write_all
from metatron.kernel.events.event import Event, publish_each
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
from metatron.platform.payments.errors import InstructionNotFound, InstructionNotOpen
from metatron.platform.payments.events import (
    InstructionConfirmed,
    InstructionFailed,
    InstructionReturned,
)
from metatron.platform.payments.instructions import (
    SEND_JOB,
    Instruction,
    shown,
    touch,
)
from metatron.platform.payments.observation_log import keep_return
from metatron.platform.payments.row_locks import lock_instruction, lock_instructions
from metatron.platform.payments.tables import FINAL, INSTRUCTION_CHANGES, InstructionRow

log = structlog.get_logger(__name__)

LONGEST_WAIT_SECONDS = 300.0
LONGEST_PENDING_WAIT_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class _Wait:
    """Why an instruction is undecided, and how soon to ask again at the earliest."""

    state: str
    reason: str | None
    at_least_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says became of an instruction, and in whose name that is recorded."""

    context: Context
    instruction_id: UUID
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Consequences:
    """What follows from outcomes, written together when the rows are."""

    now: datetime
    events: list[tuple[Context, Event]] = field(default_factory=list)
    ask_again: list[tuple[Context, InstructionRow]] = field(default_factory=list)
    paid_back: list[tuple[Context, InstructionRow]] = field(default_factory=list)

    async def write(self, session: AsyncSession, rows: Collection[InstructionRow] = ()) -> None:
        """Write the changed rows, the announcements and what is to be done later.

        `rows` are all that may have changed, if they are many.
        """
        if len(rows) >= FEWEST:
            await write_all(session, list(rows), INSTRUCTION_CHANGES)
        await session.flush()
        await publish_each(session, self.events, now=self.now)
        for context, row in self.ask_again:
            await enqueue(
                session, context, SEND_JOB, run_at=row.next_attempt_at, instruction_id=row.id
            )
        for context, row in self.paid_back:
            await keep_return(session, context, row, now=self.now)


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
    told = Told(context, instruction_id, outcome)
    [recorded] = await record_outcomes(session, context, told=[told], now=now)
    if isinstance(recorded, InstructionNotFound):
        raise recorded
    return recorded


async def record_outcomes(
    session: AsyncSession, context: Context, *, told: Sequence[Told], now: datetime
) -> list[Instruction | InstructionNotFound]:
    """Book many outcomes, each as by `record_outcome`, in their sequence and few statements."""
    ids = {each.instruction_id for each in told}
    found = await lock_instructions(session, context, instruction_ids=ids)
    after = _Consequences(now)
    recorded: list[Instruction | InstructionNotFound] = []
    for each in told:
        row = found.get(each.instruction_id)
        if row is not None:
            _record(row, each, after)
        recorded.append(InstructionNotFound() if row is None else shown(row))
    await after.write(session, found.values())
    return recorded


def _record(row: InstructionRow, told: Told, after: _Consequences) -> None:
    outcome, context = told.outcome, told.context
    if row.state in FINAL:
        _after_the_end(context, row, outcome, after)
        return
    if row.state == "created":
        # Nobody has sent it: the message is about something else under the same key.
        log.error("payment_outcome_before_approval", instruction_id=str(row.id))
        return
    match outcome:
        case Confirmed() | Returned() if not _is_plausible(row, outcome.amount_minor):
            _ask_later(context, row, _Wait("unknown", "amount_differs"), after)
        case Confirmed():
            _confirm(context, row, outcome, after)
        case Returned():
            _confirm(context, row, outcome, after)
            _return(context, row, outcome, after)
        case Failed():
            _fail(context, row, outcome, after)
        case Pending() | Unknown() | RetryLater():
            _ask_later(context, row, _wait_after(row, outcome), after)


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
    after = _Consequences(now)
    _fail(context, row, Failed(code), after)
    await after.write(session)
    return shown(row)


def _is_plausible(row: InstructionRow, amount_minor: int) -> bool:
    if row.kind == InstructionKind.CAPTURE:
        return 0 < amount_minor <= row.amount_minor
    # A hold is let go as a whole, whatever amount the caller names for the void.
    return row.kind == InstructionKind.VOID or amount_minor == row.amount_minor


def _confirm(
    context: Context, row: InstructionRow, outcome: Confirmed | Returned, after: _Consequences
) -> None:
    whole = row.kind == InstructionKind.VOID
    row.confirmed_amount_minor = row.amount_minor if whole else outcome.amount_minor
    row.provider_reference, row.failure_code = outcome.reference, None
    if isinstance(outcome, Confirmed):
        row.capture_before = outcome.capture_before
    _end(row, "confirmed", after.now)
    after.events.append((context, InstructionConfirmed(**_payload(row))))


def _fail(context: Context, row: InstructionRow, outcome: Failed, after: _Consequences) -> None:
    row.provider_reference = outcome.reference or row.provider_reference
    row.failure_code = outcome.code
    _end(row, "failed", after.now)
    after.events.append((context, InstructionFailed(**_payload(row))))


def _return(context: Context, row: InstructionRow, outcome: Returned, after: _Consequences) -> None:
    row.returned_at, row.failure_code = after.now, outcome.code
    touch(row, after.now)
    after.events.append((context, InstructionReturned(**_payload(row))))
    if row.kind == InstructionKind.PAYOUT:
        after.paid_back.append((context, row))


def _end(row: InstructionRow, state: str, now: datetime) -> None:
    row.state, row.resolved_at, row.next_attempt_at = state, now, None
    touch(row, now)


def _after_the_end(
    context: Context, row: InstructionRow, outcome: Outcome, after: _Consequences
) -> None:
    """Whoever comes second changes nothing, except that confirmed money may come back."""
    if isinstance(outcome, Returned) and row.state == "confirmed":
        if row.returned_at is None:
            _return(context, row, outcome, after)
        return
    if isinstance(outcome, Failed) and _is_failed_afterwards(row, outcome):
        if row.returned_at is None:
            back = Returned(outcome.reference or "", row.amount_minor, outcome.code)
            _return(context, row, back, after)
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


def _ask_later(context: Context, row: InstructionRow, wait: _Wait, after: _Consequences) -> None:
    """The wait doubles with every attempt; it grows longest for what is only pending."""
    longest = LONGEST_WAIT_SECONDS if wait.reason else LONGEST_PENDING_WAIT_SECONDS
    seconds = max(wait.at_least_seconds, min(longest, 2.0 ** min(row.attempts - 1, 12)))
    row.state, row.failure_code = wait.state, wait.reason
    row.next_attempt_at = after.now + timedelta(seconds=seconds)
    touch(row, after.now)
    after.ask_again.append((context, row))


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
