"""How many organisations one person may make in a day, and own at all.

The day is counted by the ids of tenants, which are made by the real clock: nobody's practice clock
moves it, and an organisation that was closed again counts as one that was made.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.database.database import Database
from metatron.kernel.events.feed import id_at
from metatron.platform.tenancy.errors import OrganisationsFull, TooManyOrganisations
from metatron.platform.tenancy.operator_facts import resolve_operator
from metatron.platform.tenancy.rights import OWNER
from metatron.platform.tenancy.site import site

DAY = timedelta(days=1)
_ALONE = text("""
select now() from pg_advisory_xact_lock(hashtextextended('tenancy.founding/' || :id, 0))
""")
# The home database is asked beside the transaction, whose session sees its own tenant alone: what
# others of this person made is committed by the time they let go of the lock.
_FOUNDED = """
select id from tenancy.tenant where founded_by = $1 and id > $2 order by id desc limit $3
"""
_OWNED = """
select count(*) from tenancy.member m
join tenancy.member_role r on r.tenant_id = m.tenant_id and r.member_id = m.id
join tenancy.tenant t on t.id = m.tenant_id
where m.user_id = $1 and m.state = 'active' and r.system_role = $2 and t.deleted_at is null
"""


async def check_founding(session: AsyncSession, database: Database, *, user_id: UUID) -> None:
    """Refuse one more organisation to a person who has made, or owns, as many as one may.

    Holds the person's other new organisations until the transaction ends. Operators have no bound.

    Raises:
        TooManyOrganisations: made within 24 hours; with `Retry-After`.
        OrganisationsFull: owned now.
    """
    if await resolve_operator(database, user_id) is not None:
        return
    now: datetime = (await session.execute(_ALONE, {"id": str(user_id)})).scalar_one()
    a_day, owned = site().settings.organisations_a_day, site().settings.organisations_owned
    lately = await database.look_ups.fetch(_FOUNDED, user_id, id_at(now - DAY), a_day)
    if len(lately) >= a_day:
        raise _too_many(a_day, lately[-1]["id"], now)
    (row,) = await database.look_ups.fetch(_OWNED, user_id, OWNER)
    if row["count"] >= owned:
        raise OrganisationsFull(
            f"One person owns {owned} organisations at most. Make somebody else the owner of one"
            " and leave it, or ask the operators of this installation."
        )


def _too_many(most: int, first: Any, now: datetime) -> TooManyOrganisations:
    made_at = datetime.fromtimestamp((UUID(str(first)).int >> 80) / 1_000, UTC)
    seconds = max(1, int((made_at + DAY - now).total_seconds()) + 1)
    return TooManyOrganisations(
        f"One person makes {most} organisations a day at most.",
        headers={"Retry-After": str(seconds)},
    )
