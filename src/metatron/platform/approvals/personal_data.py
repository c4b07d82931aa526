"""What the approvals module keeps about people, and what stands in the way of their erasure."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.personal_data import Obstacle, Person, PersonalData

_OPEN = text("""
select count(*) from approvals.approval where tenant_id = :tenant_id and state = 'requested'
  and (cast(:user_id as uuid) = any(requester_ids || party_ids) or agreed_by = :user_id)
""")


async def obstacles(session: AsyncSession, context: Context, person: Person) -> list[Obstacle]:
    """Tell what the person asked for, or what is about their own money, and is not decided."""
    key = {"tenant_id": context.tenant_id, "user_id": person.user_id}
    count = await session.scalar(_OPEN, key)
    if not count:
        return []
    words = "Requests for approval are open: withdraw them, or wait until they are decided."
    return [Obstacle("open_approvals", words, count)]


PERSONAL_DATA = (
    PersonalData(
        name="decisions",
        title="What you asked others to approve, and what you decided",
        fate="kept",
        tables=("approvals.approval", "approvals.settings"),
        why="Decisions about money, with the reasons given; who decided has no name any more",
        years=7,
        select="""
select id, action, summary, reason, requested_at, state, decided_at, decision_reason
from approvals.approval where tenant_id = :tenant_id
  and (requested_by = :user_id or decided_by = :user_id or agreed_by = :user_id)
  and id > :after order by id limit :most
""",
    ),
)
