"""Finding what an observation is about, and recording it once that is known."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.event import Event, publish
from metatron.platform.payments.adapter import Observation, Returned
from metatron.platform.payments.events import DisputeClosed, DisputeOpened, ProviderActionObserved
from metatron.platform.payments.observation_log import keep_observation
from metatron.platform.payments.outcomes import record_outcome
from metatron.platform.payments.statement_tables import ObservationRow
from metatron.platform.payments.tables import FINAL, InstructionRow

_MADE_BY = {
    "payout_returned": ("payout",),
    "fee_charged": ("authorise", "capture", "refund", "payout"),
}
_MONEY_CAME_IN = ("authorise", "capture")


class SourceNotKnownYet(LookupError):
    """What the message is about is not recorded; it may still be on its way."""


async def record_observation(
    session: AsyncSession,
    context: Context,
    *,
    provider: str,
    seen: Observation,
    now: datetime,
    origin: str = "webhook",
    is_last_try: bool = False,
) -> bool:
    """Record and announce it for the instruction it concerns; False when it is known already.

    With `is_last_try` it is recorded although nothing is known of its source.

    Raises:
        SourceNotKnownYet: the source, or the dispute that this closes, is not recorded yet.
    """
    source = await _source(session, context, provider, seen)
    if not is_last_try:
        if source is None or not _is_decided(source, seen):
            raise SourceNotKnownYet(seen.source_reference)
        if seen.action in {"dispute_won", "dispute_lost"}:
            await _demand_opened(session, context, provider, seen)
    if source is not None and _is_whole_return(seen, source):
        if source.returned_at is not None:
            return False
        back = Returned(
            source.provider_reference or seen.reference, source.amount_minor, "returned"
        )
        await record_outcome(session, context, instruction_id=source.id, outcome=back, now=now)
        return True
    is_new = await keep_observation(
        session, context, provider=provider, seen=seen, source=source, origin=origin, now=now
    )
    event = _earlier_event(source, seen) if source is not None else None
    if is_new and event is not None:
        await publish(session, context, event, now=now)
    return is_new


async def _source(
    session: AsyncSession, context: Context, provider: str, seen: Observation
) -> InstructionRow | None:
    """Return the instruction with the reference; of several the last that came about."""
    kinds: tuple[str, ...] = _MADE_BY.get(seen.action, _MONEY_CAME_IN)
    query = (
        select(InstructionRow)
        .where(
            InstructionRow.tenant_id == context.tenant_id,
            InstructionRow.provider == provider,
            InstructionRow.provider_reference == seen.source_reference,
            InstructionRow.kind.in_(kinds),
        )
        .order_by(
            (InstructionRow.state == "confirmed").desc(),
            InstructionRow.created_at.desc(),
            InstructionRow.id.desc(),
        )
        .limit(1)
    )
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None and seen.action == "fee_charged":
        return await _source_of_observed(session, context, provider, seen)
    return found


async def _source_of_observed(
    session: AsyncSession, context: Context, provider: str, seen: Observation
) -> InstructionRow | None:
    """Return what a fee concerns in the end when it is for something done by hand."""
    query = (
        select(InstructionRow)
        .join(
            ObservationRow,
            (ObservationRow.tenant_id == InstructionRow.tenant_id)
            & (ObservationRow.instruction_id == InstructionRow.id),
        )
        .where(
            ObservationRow.tenant_id == context.tenant_id,
            ObservationRow.provider == provider,
            ObservationRow.reference == seen.source_reference,
        )
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def _demand_opened(
    session: AsyncSession, context: Context, provider: str, seen: Observation
) -> None:
    opened = select(func.count()).where(
        ObservationRow.tenant_id == context.tenant_id,
        ObservationRow.provider == provider,
        ObservationRow.reference == seen.reference,
        ObservationRow.action == "dispute_opened",
    )
    if not (await session.execute(opened)).scalar_one():
        raise SourceNotKnownYet(seen.reference)


def _is_decided(source: InstructionRow, seen: Observation) -> bool:
    """Tell whether nothing is awaited of the source; a fee is charged whatever becomes of it."""
    return source.state in FINAL or seen.action == "fee_charged"


def _is_whole_return(seen: Observation, source: InstructionRow) -> bool:
    return (
        seen.action == "payout_returned"
        and source.state == "confirmed"
        and seen.amount_minor == source.amount_minor
    )


def _earlier_event(source: InstructionRow, seen: Observation) -> Event | None:
    """Return the event that told this before `observation_recorded` did."""
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
        case "dispute_won" | "dispute_lost":
            return DisputeClosed(**about, outcome=seen.action.removeprefix("dispute_"))
        case "captured" | "voided" | "expired" | "refunded":
            return ProviderActionObserved(**about, action=seen.action)
        case "payout_returned" | "fee_charged":
            return None
