"""The durable log of what happened at the provider: each fact one row, told once."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.payments.adapter import Observation
from metatron.platform.payments.events import ObservationRecorded
from metatron.platform.payments.statement_tables import ObservationRow
from metatron.platform.payments.tables import InstructionRow


async def keep_observation(
    session: AsyncSession,
    context: Context,
    *,
    provider: str,
    seen: Observation,
    source: InstructionRow | None,
    origin: str,
    now: datetime,
) -> bool:
    """Keep one fact and announce it; False when it is known already.

    `source` is the instruction it concerns, None when there is none. `origin`: "webhook",
    "statement", or "instruction" for what an instruction's own outcome tells as well.
    """
    about = {
        "provider": provider,
        "action": seen.action,
        "source_reference": seen.source_reference,
        "instruction_id": source and source.id,
        "target_kind": source and source.target_kind,
        "target_id": source and source.target_id,
        "amount_minor": seen.amount_minor,
        "fee_minor": seen.fee_minor,
        "currency": seen.currency,
        "occurred_at": seen.occurred_at or now,
    }
    row_id = new_id()
    made = insert(ObservationRow).values(
        **about,
        tenant_id=context.tenant_id,
        id=row_id,
        reference=seen.reference,
        origin=origin,
        recorded_at=now,
    )
    kept = made.on_conflict_do_nothing().returning(ObservationRow.id)
    if (await session.execute(kept)).first() is None:
        return False
    event = ObservationRecorded(
        **about,
        aggregate_id=source.target_id if source is not None else row_id,
        observation_id=row_id,
        provider_reference=seen.reference,
        is_instruction_returned=origin == "instruction",
        evidence_due_at=seen.evidence_due_at,
    )
    await publish(session, context, event, now=now)
    return True


async def keep_return(
    session: AsyncSession, context: Context, row: InstructionRow, *, now: datetime
) -> None:
    """Keep that a confirmed payout came back; its instruction announces it too."""
    assert row.provider_reference is not None, "a confirmed payout has the provider's reference"
    seen = Observation(
        action="payout_returned",
        reference=row.provider_reference,
        source_reference=row.provider_reference,
        amount_minor=row.amount_minor,
        fee_minor=0,
        currency=row.currency,
        occurred_at=now,
    )
    await keep_observation(
        session, context, provider=row.provider, seen=seen, source=row, origin="instruction",
        now=now,
    )  # fmt: skip
