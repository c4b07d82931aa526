"""Announcing what happened at the provider without an instruction of ours."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import Event, publish
from metatron.platform.payments.adapter import Observation
from metatron.platform.payments.events import DisputeClosed, DisputeOpened, ProviderActionObserved
from metatron.platform.payments.tables import InstructionRow


class SourceNotKnownYet(LookupError):
    """No instruction has the reference the message is about; it may still be on its way."""


async def announce_observation(
    session: AsyncSession, context: Context, *, provider: str, seen: Observation, now: datetime
) -> bool:
    """Announce it for the instruction that made the authorisation; False when that one failed.

    Raises:
        SourceNotKnownYet: no instruction with this reference is known.
    """
    query = (
        select(InstructionRow)
        .where(
            InstructionRow.tenant_id == context.tenant_id,
            InstructionRow.provider == provider,
            InstructionRow.provider_reference == seen.source_reference,
            InstructionRow.kind.in_(("authorise", "capture")),
        )
        .order_by(InstructionRow.created_at.desc(), InstructionRow.id.desc())
        .limit(1)
    )
    source = (await session.execute(query)).scalar_one_or_none()
    if source is None:
        raise SourceNotKnownYet(seen.source_reference)
    if source.state == "failed":
        return False
    await publish(session, context, _event(source, seen), now=now)
    return True


def _event(source: InstructionRow, seen: Observation) -> Event:
    about = {
        "aggregate_id": source.target_id,
        "instruction_id": source.id,
        "target_kind": source.target_kind,
        "target_id": source.target_id,
        "provider": source.provider,
        "provider_reference": seen.reference,
        "amount_minor": seen.amount_minor,
        "currency": seen.currency,
    }
    match seen.action:
        case "dispute_opened":
            return DisputeOpened(**about, fee_minor=seen.fee_minor)
        case "dispute_won":
            return DisputeClosed(**about, outcome="won")
        case "dispute_lost":
            return DisputeClosed(**about, outcome="lost")
        case action:
            return ProviderActionObserved(**about, action=action)
