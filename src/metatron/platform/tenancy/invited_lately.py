"""How many invitations leave in a day: the mail server is everybody's, and so are strangers' boxes.

One that was withdrawn has left as well. The day is counted by the ids and the database's clock,
which nobody's practice clock moves.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.events.feed import id_at
from metatron.platform.tenancy.errors import TooManyInvitations

DAY = timedelta(days=1)
PER_ADDRESS = 3
PER_ORGANISATION = 500
_ALONE = text("""
select now() from pg_advisory_xact_lock(hashtextextended('tenancy.invitations/' || :id, 0))
""")
_SENT = text("""
select count(*) filter (where lower(email) = :email) to_address,
  min(id::text) filter (where lower(email) = :email) first_to_address,
  count(*) of_all, min(id::text) first_of_all
from tenancy.invitation where tenant_id = :tenant_id and id > :since
""")


async def check_invited_lately(session: AsyncSession, context: Context, *, email: str) -> None:
    """Refuse one more invitation to an address (in lower case), or of the organisation.

    Holds the organisation's other invitations until the transaction ends.

    Raises:
        TooManyInvitations: with `Retry-After`.
    """
    alone = await session.execute(_ALONE, {"id": str(context.tenant_id)})
    now: datetime = alone.scalar_one()
    values = {"tenant_id": context.tenant_id, "email": email, "since": id_at(now - DAY)}
    sent: Any = (await session.execute(_SENT, values)).one()
    if sent.to_address >= PER_ADDRESS:
        raise _too_many(f"{PER_ADDRESS} a day to one address", sent.first_to_address, now)
    if sent.of_all >= PER_ORGANISATION:
        raise _too_many(f"{PER_ORGANISATION} a day", sent.first_of_all, now)


def _too_many(most: str, first: str, now: datetime) -> TooManyInvitations:
    left_at = datetime.fromtimestamp((UUID(first).int >> 80) / 1_000, UTC)
    seconds = max(1, int((left_at + DAY - now).total_seconds()) + 1)
    return TooManyInvitations(
        f"An organisation sends {most} at most.", headers={"Retry-After": str(seconds)}
    )
