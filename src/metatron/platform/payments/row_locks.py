"""Loading instructions that are about to change, locked, as the database has them now."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, any_, cast, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.payments.errors import InstructionNotFound
from metatron.platform.payments.tables import InstructionRow


async def lock_instruction(
    session: AsyncSession, context: Context, *, instruction_id: UUID
) -> InstructionRow:
    """Load and lock one instruction.

    Raises:
        InstructionNotFound: no such instruction.
    """
    found = await lock_instructions(session, context, instruction_ids=[instruction_id])
    if instruction_id not in found:
        raise InstructionNotFound
    return found[instruction_id]


async def lock_instructions(
    session: AsyncSession, context: Context, *, instruction_ids: Collection[UUID]
) -> dict[UUID, InstructionRow]:
    """Load and lock instructions, in the sequence of their ids; those that exist, by id."""
    query = (
        select(InstructionRow)
        .where(
            InstructionRow.tenant_id == context.tenant_id,
            InstructionRow.id == any_(cast(list(instruction_ids), ARRAY(Uuid))),
        )
        .order_by(InstructionRow.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in (await session.execute(query)).scalars()}
