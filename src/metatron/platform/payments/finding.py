"""Instructions by what the provider, the ledger or a person calls them."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.payments.instructions import Instruction, shown
from metatron.platform.payments.tables import InstructionRow

MOST_FOUND = 20


async def find_instructions(
    session: AsyncSession, context: Context, *, reference: str, known_id: UUID | None = None
) -> list[Instruction]:
    """Return instructions by the provider's reference, or by their own or their transfer's id."""
    conditions = [
        InstructionRow.provider_reference == reference,
        InstructionRow.source_reference == reference,
    ]
    if known_id is not None:
        conditions.append(InstructionRow.id == known_id)
        conditions.append(InstructionRow.ledger_transfer_id == known_id)
    query = (
        select(InstructionRow)
        .where(InstructionRow.tenant_id == context.tenant_id, or_(*conditions))
        .order_by(InstructionRow.created_at, InstructionRow.id)
        .limit(MOST_FOUND)
    )
    return [shown(row) for row in (await session.scalars(query)).all()]
