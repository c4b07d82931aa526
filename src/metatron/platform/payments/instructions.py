"""Recording what a provider is to do: the intention, its approval, its sending."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.many_rows import FEWEST, write_all
from metatron.kernel.errors import FieldError
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.money import MAX_API_AMOUNT, is_currency
from metatron.platform.payments.adapter import NEEDED_CAPABILITY, InstructionKind, ProviderCall
from metatron.platform.payments.attempts import call_of, note_attempt
from metatron.platform.payments.errors import (
    CapabilityMissing,
    InstructionDiffers,
    InstructionInvalid,
    InstructionNotFound,
    InstructionNotOpen,
)
from metatron.platform.payments.providers import adapter_named, default_name
from metatron.platform.payments.refund_limits import demand_refundable
from metatron.platform.payments.row_locks import lock_instruction, lock_instructions
from metatron.platform.payments.tables import FINAL, INSTRUCTION_CHANGES, InstructionRow

SEND_JOB = "payments.send_instruction"
LEASE = timedelta(seconds=60)
"""How long one attempt has the instruction to itself; a crashed one is taken up afterwards."""

_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,200}")
_REFERENCES_OF_KIND = {
    InstructionKind.AUTHORISE: ("payment_method",),
    InstructionKind.CAPTURE: ("payment_method", "source_reference"),
    InstructionKind.VOID: ("source_reference",),
    InstructionKind.REFUND: ("source_reference",),
    InstructionKind.PAYOUT: ("destination",),
}


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction as other modules see it; amounts are minor units of `currency`."""

    id: UUID
    kind: str
    target_kind: str
    target_id: UUID
    amount_minor: int
    currency: str
    ledger_transfer_id: UUID
    provider: str
    provider_reference: str | None
    state: str
    confirmed_amount_minor: int | None
    failure_code: str | None
    attempts: int
    next_attempt_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None
    resolved_at: datetime | None
    returned_at: datetime | None
    capture_before: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to get an instruction done; `is_first` means that it was never sent before."""

    id: UUID
    call: ProviderCall
    provider: str
    is_first: bool
    sent_at: datetime


async def request_instruction(
    session: AsyncSession,
    context: Context,
    *,
    kind: InstructionKind,
    target_kind: str,
    target_id: UUID,
    amount_minor: int,
    currency: str,
    ledger_transfer_id: UUID,
    payment_method: str | None = None,
    source_reference: str | None = None,
    destination: str | None = None,
    instruction_id: UUID | None = None,
    needs_approval: bool = False,
    now: datetime,
) -> Instruction:
    """Record the intention; a job sends it once the transaction has committed.

    Giving the same instruction again returns the recorded one and does nothing. The id is the
    ledger transfer's unless `instruction_id` is given; it is the idempotency key at the provider.
    `amount_minor`: minor units, 1 to 2^53-1. `payment_method`: for authorise, or a capture
    straight into escrow; `source_reference`: the provider's reference of the authorisation for
    capture, void and refund; `destination`: the account of a payout. With `needs_approval` it
    waits for `approve_instruction`. `now` is on the tenant's clock.

    Raises:
        InstructionInvalid: amount, currency or references are not valid for the kind.
        CapabilityMissing: the provider cannot do this.
        InstructionDiffers: the id was used for something else; `errors` names the fields.
        RefundExceedsCapture: the refunds of one capture would exceed it in sum.
    """
    references = {
        "payment_method": payment_method,
        "source_reference": source_reference,
        "destination": destination,
    }
    check_request(kind, amount_minor, currency, references)
    key = instruction_id or ledger_transfer_id
    asked = {
        "kind": kind.value,
        "target_kind": target_kind,
        "target_id": target_id,
        "amount_minor": amount_minor,
        "currency": currency,
        "ledger_transfer_id": ledger_transfer_id,
        **references,
    }
    state = "created" if needs_approval else "approved"
    if not await _insert(session, context, key, state, asked, now):
        row = await lock_instruction(session, context, instruction_id=key)
        demand_same(row, asked)
        return shown(row)
    if source_reference is not None and kind is InstructionKind.REFUND:
        await demand_refundable(
            session, context, provider=default_name(), source_references=(source_reference,)
        )
    if not needs_approval:
        await enqueue(session, context, SEND_JOB, instruction_id=key)
    return await get_instruction(session, context, instruction_id=key)


async def _insert(  # noqa: PLR0917 - called once, just above
    session: AsyncSession,
    context: Context,
    key: UUID,
    state: str,
    asked: Mapping[str, object],
    now: datetime,
) -> bool:
    """Insert the row; False when the id is taken."""
    values = {
        **asked,
        "tenant_id": context.tenant_id,
        "id": key,
        "provider": default_name(),
        "state": state,
        "next_attempt_at": None if state == "created" else now,
        "created_at": now,
        "updated_at": now,
    }
    made = insert(InstructionRow).values(values).on_conflict_do_nothing()
    return (await session.execute(made.returning(InstructionRow.id))).first() is not None


def check_request(
    kind: InstructionKind, amount_minor: int, currency: str, references: dict[str, str | None]
) -> None:
    """Refuse what no provider could be told.

    Raises:
        InstructionInvalid: amount, currency or references are not valid for the kind.
        CapabilityMissing: the provider cannot do this.
    """
    if type(amount_minor) is not int or not 0 < amount_minor <= MAX_API_AMOUNT:
        hint = "Give a whole number of minor units from 1 to 2^53-1."
        raise InstructionInvalid.field("amount_minor", "amount_out_of_range", hint)
    if not is_currency(currency):
        raise InstructionInvalid.field("currency", "currency_unknown", "Give an ISO 4217 code.")
    given = [name for name, value in references.items() if value is not None]
    provider = default_name()
    if NEEDED_CAPABILITY[kind] not in adapter_named(provider).capabilities:
        raise CapabilityMissing(f"{provider} cannot {kind}.")
    allowed = _REFERENCES_OF_KIND[kind]
    if len(given) != 1 or given[0] not in allowed:
        hint = f"For {kind} give exactly one of {', '.join(allowed)}."
        raise InstructionInvalid.field(allowed[0], "reference_missing", hint)
    if not _REFERENCE.fullmatch(references[given[0]] or ""):
        raise InstructionInvalid.field(given[0], "reference_malformed", "This is no reference.")


def demand_same(row: InstructionRow, asked: Mapping[str, object]) -> None:
    """Refuse a second instruction under one id that differs from the first.

    Raises:
        InstructionDiffers: `errors` names the fields.
    """
    different = [name for name, value in asked.items() if getattr(row, name) != value]
    if different:
        hint = "It differs from the instruction recorded under this id."
        errors = tuple(FieldError(name, "differs", hint) for name in different)
        raise InstructionDiffers(f"{', '.join(different)} differ.", errors=errors)


async def approve_instruction(
    session: AsyncSession, context: Context, *, instruction_id: UUID, now: datetime
) -> Instruction:
    """Let a held-back instruction go; who may approve is the caller's to check (four eyes).

    Raises:
        InstructionNotFound: no such instruction.
        InstructionNotOpen: it is not waiting for approval.
    """
    row = await lock_instruction(session, context, instruction_id=instruction_id)
    if row.state != "created":
        raise InstructionNotOpen(f"The instruction is {row.state}.")
    row.state, row.next_attempt_at = "approved", now
    touch(row, now)
    await session.flush()
    await enqueue(session, context, SEND_JOB, instruction_id=instruction_id)
    return shown(row)


async def begin_attempt(
    session: AsyncSession, context: Context, *, instruction_id: UUID, now: datetime
) -> Attempt | None:
    """Note that the provider is about to be called; None when there is nothing to do now.

    An instruction that was sent before is only ever looked up or sent again with its own key.

    Raises:
        InstructionNotFound: no such instruction.
    """
    [begun] = await begin_attempts(session, context, due=[(instruction_id, now)])
    if isinstance(begun, InstructionNotFound):
        raise begun
    return begun


async def begin_attempts(
    session: AsyncSession, context: Context, *, due: Sequence[tuple[UUID, datetime]]
) -> list[Attempt | InstructionNotFound | None]:
    """Begin an attempt for each of different instructions, due at an instant of its own."""
    found = await lock_instructions(session, context, instruction_ids=[key for key, _ in due])
    begun: list[Attempt | InstructionNotFound | None] = [
        _begun(session, found[key], now) if key in found else InstructionNotFound()
        for key, now in due
    ]
    if len(found) >= FEWEST:
        await write_all(session, list(found.values()), INSTRUCTION_CHANGES)
    await session.flush()
    return begun


def _begun(session: AsyncSession, row: InstructionRow, now: datetime) -> Attempt | None:
    if row.state in FINAL or row.next_attempt_at is None or row.next_attempt_at > now:
        return None
    is_first = row.state == "approved"
    if is_first:
        row.state, row.sent_at = "sent", now
    row.attempts += 1
    row.next_attempt_at = now + LEASE
    touch(row, now)
    how = "send" if is_first else "ask_again"
    attempt_id = note_attempt(session, row, how=how, now=now)
    assert row.sent_at is not None
    return Attempt(attempt_id, call_of(row), row.provider, is_first, row.sent_at)


async def get_instruction(
    session: AsyncSession, context: Context, *, instruction_id: UUID
) -> Instruction:
    """Return one instruction.

    Raises:
        InstructionNotFound: no such instruction.
    """
    row = await session.get(InstructionRow, (context.tenant_id, instruction_id))
    if row is None:
        raise InstructionNotFound
    return shown(row)


def touch(row: InstructionRow, now: datetime) -> None:
    """Count a change."""
    row.version += 1
    row.updated_at = now


def shown(row: InstructionRow) -> Instruction:
    """Return the row as other modules see it."""
    return Instruction(**{field.name: getattr(row, field.name) for field in fields(Instruction)})
