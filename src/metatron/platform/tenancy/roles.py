"""An organisation's own roles; nobody puts a right into one that they do not hold."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import FieldError, InvalidInput, NotFound
from metatron.kernel.etag import check_if_match
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.announce import announce, tell
from metatron.platform.tenancy.errors import (
    GrantAboveOwnRights,
    NameTaken,
    RoleInUse,
    SystemRoleFixed,
    UnknownPermission,
)
from metatron.platform.tenancy.events import RoleDeleted, RoleSaved
from metatron.platform.tenancy.rights import SYSTEM_ROLE_IDS, SYSTEM_ROLES, rights
from metatron.platform.tenancy.tables import MemberRole, Role


async def create_role(
    session: AsyncSession,
    context: Context,
    *,
    name: str,
    description: str,
    permissions: Iterable[str],
    now: datetime,
) -> Role:
    """Make a custom role.

    Raises:
        UnknownPermission: no module declares one of the permissions.
        GrantAboveOwnRights: the actor lacks one of them.
        NameTaken: the organisation has a role of this name, or it is a built-in one's.
    """
    context.demand_lasting("tenancy:roles")
    role = Role(
        tenant_id=context.tenant_id,
        id=new_id(),
        name=_checked_name(name),
        description=description.strip(),
        permissions=checked_permissions(context, permissions),
        created_at=now,
    )
    session.add(role)
    await _save(session, context, role, now)
    return role


async def change_role(
    session: AsyncSession,
    context: Context,
    *,
    role_id: UUID,
    name: str | None = None,
    description: str | None = None,
    permissions: Iterable[str] | None = None,
    if_match: str | None = None,
    now: datetime,
) -> Role:
    """Change a custom role; members who carry it have the new rights at once.

    Raises:
        NotFound: there is no such role.
        SystemRoleFixed: built-in roles do not change.
        UnknownPermission: no module declares one of the permissions.
        GrantAboveOwnRights: the actor lacks a right that the role has or would have.
        NameTaken: another role has the name.
        VersionConflict: the role changed since it was read.
    """
    context.demand_lasting("tenancy:roles")
    role = await _load(session, context, role_id)
    check_if_match(if_match, role.version)
    if not set(role.permissions) & rights().permissions <= context.permissions:
        raise GrantAboveOwnRights
    if name is not None:
        role.name = _checked_name(name)
    if description is not None:
        role.description = description.strip()
    if permissions is not None:
        role.permissions = checked_permissions(context, permissions)
    role.version += 1
    await _save(session, context, role, now)
    return role


async def delete_role(
    session: AsyncSession, context: Context, *, role_id: UUID, now: datetime
) -> None:
    """Delete a custom role that no member carries.

    Raises:
        NotFound: there is no such role.
        SystemRoleFixed: built-in roles stay.
        RoleInUse: members carry it.
    """
    context.demand("tenancy:roles")
    role = await _load(session, context, role_id)
    carried = await session.scalar(
        select(MemberRole.id)
        .where(MemberRole.tenant_id == context.tenant_id, MemberRole.custom_role_id == role.id)
        .limit(1)
    )
    if carried is not None:
        raise RoleInUse
    await session.delete(role)
    await session.flush()
    await announce(session, context, RoleDeleted(aggregate_id=role.id), now=now)


def checked_permissions(context: Context, permissions: Iterable[str]) -> list[str]:
    """Return the permissions, sorted, if they exist and the actor holds them all.

    Raises:
        UnknownPermission: no module declares it; `errors` name each.
        GrantAboveOwnRights: the actor does not hold it; `errors` name each.
    """
    wished = sorted(set(permissions))
    unknown = [name for name in wished if name not in rights().permissions]
    if unknown:
        raise UnknownPermission(errors=_named(unknown, "unknown_permission"))
    above = [name for name in wished if name not in context.permissions]
    if above:
        raise GrantAboveOwnRights(errors=_named(above, "above_own_rights"))
    return wished


def _named(names: list[str], code: str) -> tuple[FieldError, ...]:
    return tuple(FieldError("body.permissions", code, name[:100]) for name in names[:50])


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise InvalidInput.field("body.name", "invalid_name", "Give a name of 1-80 characters.")
    if name.lower() in SYSTEM_ROLES:
        raise NameTaken
    return name


async def _load(session: AsyncSession, context: Context, role_id: UUID) -> Role:
    if role_id in SYSTEM_ROLE_IDS:
        raise SystemRoleFixed
    role = await session.get(Role, (context.tenant_id, role_id), with_for_update=True)
    if role is None:
        raise NotFound
    return role


async def _save(session: AsyncSession, context: Context, role: Role, now: datetime) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise NameTaken from error
    event = RoleSaved(aggregate_id=role.id, permissions=list(role.permissions))
    await announce(session, context, event, now=now)
    await tell(session, f"tenant:{context.tenant_id}")
