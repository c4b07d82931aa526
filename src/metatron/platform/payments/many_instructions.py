"""Recording many instructions at once: a refund of a whole campaign, in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue_all
from metatron.platform.payments.adapter import InstructionKind
from metatron.platform.payments.instructions import (
    SEND_JOB,
    check_request,
    demand_same,
)
from metatron.platform.payments.providers import default_name
from metatron.platform.payments.refund_limits import demand_refundable
from metatron.platform.payments.row_locks import lock_instruction

_INSERT = text("""
insert into payments.instruction (tenant_id, id, kind, target_kind, target_id, amount_minor,
  currency, ledger_transfer_id, provider, payment_method, source_reference, destination, state,
  next_attempt_at, created_at, updated_at)
select cast(:tenant_id as uuid), x.ledger_transfer_id, :kind, :target_kind, x.target_id,
  x.amount_minor, x.currency, x.ledger_transfer_id, :provider, x.payment_method, x.source_reference,
  x.destination, 'approved', cast(:now as timestamptz), cast(:now as timestamptz),
  cast(:now as timestamptz)
from unnest(cast(:target_id as uuid[]), cast(:amount_minor as bigint[]),
  cast(:currency as text[]), cast(:ledger_transfer_id as uuid[]), cast(:payment_method as text[]),
  cast(:source_reference as text[]), cast(:destination as text[])) x (target_id, amount_minor,
  currency, ledger_transfer_id, payment_method, source_reference, destination)
on conflict do nothing
returning id
""")
_ASKED = (
    "target_id", "amount_minor", "currency", "ledger_transfer_id", "payment_method",
    "source_reference", "destination",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InstructionWanted:
    """One of many instructions of a kind; `amount_minor` in minor units, 1 to 2^53-1.

    Its id, and key at the provider, is `ledger_transfer_id`. The references are those of
    `request_instruction`.
    """

    target_id: UUID
    amount_minor: int
    currency: str
    ledger_transfer_id: UUID
    payment_method: str | None = None
    source_reference: str | None = None
    destination: str | None = None


async def request_instructions(
    session: AsyncSession,
    context: Context,
    *,
    kind: InstructionKind,
    target_kind: str,
    wanted: Sequence[InstructionWanted],
    now: datetime,
) -> None:
    """Record many intentions, each as by `request_instruction`; none when one is refused.

    The number of statements does not grow with the number of instructions. Each is given to the
    provider by a job of its own once the transaction has committed.

    Raises:
        InstructionInvalid: amount, currency or references are not valid for the kind.
        CapabilityMissing: the provider cannot do this.
        InstructionDiffers: an id was used for something else; `errors` names the fields.
        RefundExceedsCapture: the refunds of one capture would exceed it in sum.
    """
    if not wanted:
        return
    for one in wanted:
        references = {
            "payment_method": one.payment_method,
            "source_reference": one.source_reference,
            "destination": one.destination,
        }
        check_request(kind, one.amount_minor, one.currency, references)
    values = {
        "tenant_id": context.tenant_id,
        "kind": kind.value,
        "target_kind": target_kind,
        "provider": default_name(),
        "now": now,
    } | {name: list(map(attrgetter(name), wanted)) for name in _ASKED}
    made = set((await session.execute(_INSERT, values)).scalars())
    for one in wanted:
        if one.ledger_transfer_id not in made:
            row = await lock_instruction(session, context, instruction_id=one.ledger_transfer_id)
            demand_same(row, _asked(one) | {"kind": kind.value, "target_kind": target_kind})
    if kind is InstructionKind.REFUND:
        sources = {one.source_reference for one in wanted if one.source_reference}
        await demand_refundable(
            session, context, provider=default_name(), source_references=sources
        )
    await enqueue_all(session, context, SEND_JOB, [{"instruction_id": key} for key in made])


def _asked(one: InstructionWanted) -> dict[str, object]:
    return {name: getattr(one, name) for name in _ASKED}
