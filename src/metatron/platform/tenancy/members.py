"""Who belongs to an organisation, with which roles."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.session import at_home
from metatron.kernel.errors import NotFound
from metatron.kernel.etag import check_if_match
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.announce import announce, tell
from metatron.platform.tenancy.errors import GrantAboveOwnRights, LastOwner
from metatron.platform.tenancy.events import MemberAdded, MemberRemoved, MemberRolesChanged
from metatron.platform.tenancy.grants import GivenRoles, roles_by_id, roles_by_name
from metatron.platform.tenancy.rights import ADMINISTRATOR, OWNER, PARTICIPANT, permissions_of
from metatron.platform.tenancy.seats import check_seat, needs_seat
from metatron.platform.tenancy.tables import Member, MemberRole

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('tenancy.members/' || :id, 0))")


async def add_member(
    session: AsyncSession,
    context: Context,
    *,
    user_id: UUID,
    role_names: tuple[str, ...],
    now: datetime,
) -> UUID:
    """Make a person an active member with at least these built-in roles; returns the member's id.

    Idempotent: roles held already stay, missing ones are added. For a dedicated tenant the
    membership commits at once, in the home database.

    Raises:
        LimitReached: the plan allows no more users.
    """
    async with at_home(session) as home:
        given = roles_by_name(role_names)
        return await join(home, context, user_id=user_id, given=given, now=now)


async def join(
    session: AsyncSession, context: Context, *, user_id: UUID, given: GivenRoles, now: datetime
) -> UUID:
    """Make a person a member with at least the given roles, in a home transaction."""
    await session.execute(_LOCK, {"id": str(context.tenant_id)})
    member = await session.scalar(
        select(Member).where(Member.tenant_id == context.tenant_id, Member.user_id == user_id)
    )
    held: set[str | UUID] = set()
    is_new = member is None or member.state != "active"
    if member is None:
        member = Member(tenant_id=context.tenant_id, id=new_id(), user_id=user_id, joined_at=now)
        session.add(member)
        await session.flush()
    elif member.state != "active":
        member.state, member.joined_at, member.removed_at = "active", now, None
        member.erased_at = None
        member.version += 1
    else:
        held = await _held(session, member)
    missing = given.without(held)
    await _give(session, member, missing)
    if needs_seat(missing.keys()) and not needs_seat(held):
        await check_seat(session, context, now=now)
    if is_new or missing:
        kind = MemberAdded if is_new else MemberRolesChanged
        event = kind(aggregate_id=member.id, user_id=user_id, roles=given.names())
        await announce(session, context, event, now=now)
        await tell(session, f"user:{user_id}", f"tenant:{context.tenant_id}")
    return member.id


async def change_member_roles(
    session: AsyncSession,
    context: Context,
    *,
    member_id: UUID,
    role_ids: Iterable[UUID],
    if_match: str | None = None,
    now: datetime,
) -> None:
    """Replace a member's roles.

    Nobody gives, nor takes, a role with rights above their own.

    Raises:
        NotFound: no active member, or an unknown role.
        GrantAboveOwnRights: a given or taken role holds more than the actor.
        LastOwner: the last owner would no longer be one.
        LimitReached: a participant becomes a user, and the plan allows no more users.
        VersionConflict: the member changed since it was read.
    """
    context.demand_lasting("tenancy:manage_members")
    await session.execute(_LOCK, {"id": str(context.tenant_id)})
    member = await _load(session, context, member_id)
    check_if_match(if_match, member.version)
    given = await roles_by_id(session, context, role_ids)
    held = await roles_by_id(session, context, await role_ids_of(session, member))
    changed = given.without(held.keys()).plus(held.without(given.keys()))
    if not changed.permissions() <= context.permissions:
        raise GrantAboveOwnRights
    if OWNER in held.system and OWNER not in given.system:
        await _check_another_owner(session, context, member)
    await session.execute(
        delete(MemberRole).where(
            MemberRole.tenant_id == context.tenant_id, MemberRole.member_id == member.id
        )
    )
    await _give(session, member, given)
    if needs_seat(given.keys()) and not needs_seat(held.keys()):
        await check_seat(session, context, now=now)
    member.version += 1
    event = MemberRolesChanged(aggregate_id=member.id, user_id=member.user_id, roles=given.names())
    await announce(session, context, event, now=now)
    await tell(session, f"user:{member.user_id}", f"tenant:{context.tenant_id}")


async def remove_member(
    session: AsyncSession, context: Context, *, member_id: UUID, now: datetime
) -> None:
    """End a membership; people may always leave themselves.

    Raises:
        NotFound: no active member (a second removal included).
        GrantAboveOwnRights: the member runs the organisation with rights that the actor lacks.
        LastOwner: the last owner stays.
    """
    await session.execute(_LOCK, {"id": str(context.tenant_id)})
    member = await _load(session, context, member_id)
    is_self = context.actor_kind == "user" and context.actor_id == member.user_id
    if not is_self:
        context.demand("tenancy:manage_members")
    held = await roles_by_id(session, context, await role_ids_of(session, member))
    if not is_self and not _to_run_it(held) <= context.permissions:
        raise GrantAboveOwnRights
    if OWNER in held.system:
        await _check_another_owner(session, context, member)
    member.state, member.removed_at = "removed", now
    member.version += 1
    await session.execute(
        delete(MemberRole).where(
            MemberRole.tenant_id == context.tenant_id, MemberRole.member_id == member.id
        )
    )
    event = MemberRemoved(aggregate_id=member.id, user_id=member.user_id)
    await announce(session, context, event, now=now)
    await tell(session, f"user:{member.user_id}", f"tenant:{context.tenant_id}")


def _to_run_it(held: GivenRoles) -> frozenset[str]:
    """Return the rights that only somebody with the same may remove.

    Who leaves takes nothing along: a participant or a supplier has rights that an administrator
    lacks on purpose, and is removed by one all the same. An owner is not.
    """
    if OWNER in held.system:
        return held.permissions()
    ordinary = permissions_of((PARTICIPANT,), ())
    return held.permissions() & permissions_of((ADMINISTRATOR,), ()) - ordinary


async def role_ids_of(session: AsyncSession, member: Member) -> list[UUID]:
    """Return the ids of a member's roles, built-in and custom."""
    held = await _held(session, member)
    names = {item for item in held if isinstance(item, str)}
    customs = [item for item in held if isinstance(item, UUID)]
    return [*roles_by_name(names).ids(), *customs]


async def _load(session: AsyncSession, context: Context, member_id: UUID) -> Member:
    member = await session.get(Member, (context.tenant_id, member_id), with_for_update=True)
    if member is None or member.state != "active":
        raise NotFound
    return member


async def _held(session: AsyncSession, member: Member) -> set[str | UUID]:
    rows = await session.execute(
        select(MemberRole.system_role, MemberRole.custom_role_id).where(
            MemberRole.tenant_id == member.tenant_id, MemberRole.member_id == member.id
        )
    )
    pairs = rows.all()
    return {name for name, _ in pairs if name} | {custom for _, custom in pairs if custom}


async def _give(session: AsyncSession, member: Member, given: GivenRoles) -> None:
    key = {"tenant_id": member.tenant_id, "member_id": member.id}
    session.add_all([MemberRole(**key, system_role=name) for name in given.system])
    session.add_all([MemberRole(**key, custom_role_id=role.id) for role in given.custom])
    await session.flush()


async def lock_members(session: AsyncSession, context: Context) -> None:
    """Let nobody else change who belongs to the organisation until the transaction ends."""
    await session.execute(_LOCK, {"id": str(context.tenant_id)})


async def _check_another_owner(session: AsyncSession, context: Context, member: Member) -> None:
    if not await owners_besides(session, context, member.user_id):
        raise LastOwner


async def owners_besides(session: AsyncSession, context: Context, user_id: UUID) -> int:
    """Return how many active owners there are but for one person."""
    others = await session.scalar(
        select(func.count())
        .select_from(MemberRole)
        .join(
            Member,
            (Member.tenant_id == MemberRole.tenant_id) & (Member.id == MemberRole.member_id),
        )
        .where(
            MemberRole.tenant_id == context.tenant_id,
            MemberRole.system_role == OWNER,
            Member.state == "active",
            Member.user_id != user_id,
        )
    )
    return others or 0
