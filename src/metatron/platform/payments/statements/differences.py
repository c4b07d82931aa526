"""A difference with a statement, as other modules see it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.payments.errors import BreakNotFound
from metatron.platform.payments.statement_tables import BreakRow


@dataclass(frozen=True, slots=True)
class StatementDifference:
    """What a statement's line says and our records do not; signed minor units of `currency`."""

    id: UUID
    provider: str
    kind: str
    is_open: bool
    found_minor: int | None
    currency: str
    reference: str | None


async def statement_difference(
    session: AsyncSession, context: Context, *, break_id: UUID
) -> StatementDifference:
    """Return a difference; raise `BreakNotFound` for none."""
    row = await session.get(
        BreakRow, (context.tenant_id, break_id), populate_existing=True, with_for_update=True
    )
    if row is None:
        raise BreakNotFound
    return StatementDifference(
        row.id, row.provider, row.kind, row.state == "open", row.found_minor, row.currency,
        row.reference,
    )  # fmt: skip
