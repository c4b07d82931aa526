"""Refunds of one capture never exceed it in sum, however many are asked for at once."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, String, any_, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.payments.errors import RefundExceedsCapture
from metatron.platform.payments.tables import InstructionRow


async def demand_refundable(
    session: AsyncSession, context: Context, *, provider: str, source_references: Collection[str]
) -> None:
    """Refuse when the refunds of a capture, those just inserted included, exceed it.

    Failed refunds and those that came back do not count. What a person refunded in the provider's
    dashboard is the provider's to refuse: its answer makes the instruction fail, and nobody else's
    with it.
    Two statements, however many references.

    Raises:
        RefundExceedsCapture: more would go back than came.
    """
    captured = await _captured(session, context, provider, source_references)
    if not captured:
        return
    total = (
        select(InstructionRow.source_reference, func.sum(InstructionRow.amount_minor))
        .where(
            InstructionRow.tenant_id == context.tenant_id,
            InstructionRow.provider == provider,
            InstructionRow.kind == "refund",
            InstructionRow.source_reference == _any(captured),
            InstructionRow.state != "failed",
            InstructionRow.returned_at.is_(None),
        )
        .group_by(InstructionRow.source_reference)
    )
    for reference, asked in await session.execute(total):
        taken = captured[str(reference)]
        if asked > taken:
            raise RefundExceedsCapture(f"{taken} was captured, {asked} would be refunded.")


async def _captured(
    session: AsyncSession, context: Context, provider: str, source_references: Collection[str]
) -> dict[str, int]:
    """Return what was captured under each reference, in minor units; none that is not known.

    The captures are locked, in one sequence for everybody, and in a statement of their own:
    whoever waited for one then counts what the other asked for.
    """
    query = (
        select(InstructionRow.provider_reference, InstructionRow.confirmed_amount_minor)
        .where(
            InstructionRow.tenant_id == context.tenant_id,
            InstructionRow.provider == provider,
            InstructionRow.kind == "capture",
            InstructionRow.state == "confirmed",
            InstructionRow.provider_reference == _any(source_references),
        )
        .order_by(InstructionRow.id)
        .with_for_update(key_share=True)
    )
    captured: dict[str, int] = defaultdict(int)
    for reference, amount_minor in await session.execute(query):
        captured[str(reference)] += amount_minor or 0
    return captured


def _any(texts: Collection[str]) -> Any:
    """Return what equals one of the texts, as one parameter, however many they are."""
    return any_(cast(list(texts), ARRAY(String)))
