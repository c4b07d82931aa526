"""What tenancy keeps about people, and how a membership ends for good."""

from datetime import datetime

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.session import at_home
from metatron.kernel.personal_data import Obstacle, Person, PersonalData
from metatron.platform.tenancy.announce import announce, tell
from metatron.platform.tenancy.events import MemberRemoved
from metatron.platform.tenancy.members import lock_members, owners_besides
from metatron.platform.tenancy.rights import OWNER
from metatron.platform.tenancy.tables import Member, MemberRole

_IS_OWNER = text("""
select exists (select from tenancy.member m
  join tenancy.member_role r on r.tenant_id = m.tenant_id and r.member_id = m.id
  where m.tenant_id = :tenant_id and m.user_id = :user_id and m.state = 'active'
    and r.system_role = :owner)
""")


async def obstacles(session: AsyncSession, context: Context, person: Person) -> list[Obstacle]:
    """Tell that the last owner stays."""
    async with at_home(session) as home:
        values = {
            "tenant_id": context.tenant_id,
            "user_id": person.user_id,
            "owner": OWNER,
        }
        if not await home.scalar(_IS_OWNER, values):
            return []
        if await owners_besides(home, context, person.user_id):
            return []
    return [Obstacle("last_owner", "Make somebody else an owner of the organisation first.")]


async def end_membership(
    home: AsyncSession, context: Context, person: Person, now: datetime
) -> int:
    """End the membership and mark it: the organisation's records name nobody from then on."""
    await lock_members(home, context)
    member = await home.scalar(
        select(Member)
        .where(Member.tenant_id == context.tenant_id, Member.user_id == person.user_id)
        .with_for_update()
    )
    if member is None or member.erased_at is not None:
        return 0
    was_active = member.state == "active"
    member.erased_at = now
    member.state, member.removed_at = "removed", member.removed_at or now
    member.version += 1
    await home.execute(
        delete(MemberRole).where(
            MemberRole.tenant_id == context.tenant_id, MemberRole.member_id == member.id
        )
    )
    await home.flush()
    if was_active:
        event = MemberRemoved(aggregate_id=member.id, user_id=member.user_id)
        await announce(home, context, event, now=now)
    await tell(home, f"user:{member.user_id}", f"tenant:{context.tenant_id}")
    return 1


PERSONAL_DATA = (
    PersonalData(
        name="invitations",
        title="Invitations to your address",
        fate="erased",
        tables=("tenancy.invitation",),
        at_home=True,
        select="""
select id, email, state, created_at, expires_at, accepted_at from tenancy.invitation
where tenant_id = :tenant_id and (lower(email) = :email or accepted_by = :user_id) and id > :after
order by id limit :most
""",
        erase=(
            """delete from tenancy.secret_digest s using tenancy.invitation i
            where i.tenant_id = :tenant_id and (lower(i.email) = :email or i.accepted_by = :user_id)
              and s.tenant_id = i.tenant_id and s.subject_id = i.id and s.kind = 'invitation'""",
            """delete from tenancy.invitation
            where tenant_id = :tenant_id and (lower(email) = :email or accepted_by = :user_id)""",
        ),
    ),
    PersonalData(
        name="keys_made",
        title="API keys and invitations you made for the organisation",
        fate="pseudonymised",
        tables=("tenancy.api_key",),
        why="They are the organisation's",
        at_home=True,
        select="""
select id, name, created_at, expires_at, state from tenancy.api_key
where tenant_id = :tenant_id and created_by = :user_id and id > :after order by id limit :most
""",
    ),
    PersonalData(
        name="membership",
        title="Your membership and its roles",
        fate="pseudonymised",
        tables=("tenancy.member", "tenancy.member_role"),
        why="That somebody was a member stays, without a name",
        at_home=True,
        select="""
select m.id, m.state, m.joined_at, m.removed_at,
  array(select coalesce(r.system_role, c.name) from tenancy.member_role r
        left join tenancy.role c on c.tenant_id = r.tenant_id and c.id = r.custom_role_id
        where r.tenant_id = m.tenant_id and r.member_id = m.id order by 1) as roles
from tenancy.member m
where m.tenant_id = :tenant_id and m.user_id = :user_id and m.id > :after order by m.id limit :most
""",
        work=end_membership,
    ),
)
