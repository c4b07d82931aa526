"""What stands against putting something away: records that use it, named as far as seen."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.connections.grants import viewer_of
from metatron.kernel.context import Context

VIEWER = "cast(:viewer as uuid[])"
MOST_NAMED = 5


def holders_of(table: str, *, holds: str, seen: str) -> TextClause:
    """Return the statement of the rows that hold `:held`.

    `table` stands with its alias and has a name and an instant of its rows' making; `holds` and
    `seen` test whether a row holds it and whether `:viewer` may see the row.
    """
    selected = "select name, " + seen + " as seen from " + table
    tested = " where tenant_id = :tenant_id and " + holds
    return text(selected + tested + " order by seen desc, created_at limit :most")


@dataclass(frozen=True, slots=True)
class Holders:
    """Those who hold something; `names` are of those that the actor sees."""

    names: list[str]

    def told(self, what: str, do: str) -> str:
        """Return the reason: `what` they are, in the plural, and what they `do` with it."""
        if not self.names:
            return f"{what.capitalize()} of clients that you do not see {do}."
        return f"These {what} {do}: " + ", ".join(self.names)


async def holding(
    session: AsyncSession, context: Context, statement: TextClause, held: UUID
) -> Holders | None:
    """Return who holds something by a statement of `holders_of`; None when nobody does."""
    asked = {
        "tenant_id": context.tenant_id, "held": held, "viewer": viewer_of(context),
        "most": MOST_NAMED,
    }  # fmt: skip
    found = (await session.execute(statement, asked)).all()
    return Holders([row.name for row in found if row.seen]) if found else None
