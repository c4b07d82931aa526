"""Refunds of one capture never exceed it in sum, however many are asked for at once."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.payments.errors import RefundExceedsCapture
from metatron.platform.payments.tables import InstructionRow


async def demand_refundable(
    session: AsyncSession, context: Context, *, provider: str, source_reference: str
) -> None:
    """Refuse when the refunds of a capture, the one just inserted included, exceed it.

    Failed refunds do not count. What a person refunded in the provider's dashboard is the
    provider's to refuse: its answer makes the instruction fail, and nobody else's with it.

    Raises:
        RefundExceedsCapture: more would go back than came.
    """
    mine = (
        InstructionRow.tenant_id == context.tenant_id,
        InstructionRow.provider == provider,
    )
    source = select(InstructionRow).where(
        *mine,
        InstructionRow.kind == "capture",
        InstructionRow.state == "confirmed",
        InstructionRow.provider_reference == source_reference,
    )
    # Locked in a statement of its own: whoever waited for it then counts what the other asked.
    captures = list((await session.execute(source.with_for_update(key_share=True))).scalars())
    if not captures:
        return
    total = select(func.coalesce(func.sum(InstructionRow.amount_minor), 0)).where(
        *mine,
        InstructionRow.kind == "refund",
        InstructionRow.source_reference == source_reference,
        InstructionRow.state != "failed",
    )
    asked = int((await session.execute(total)).scalar_one())
    captured = sum(row.confirmed_amount_minor or 0 for row in captures)
    if asked > captured:
        raise RefundExceedsCapture(f"{captured} was captured, {asked} would be refunded.")
