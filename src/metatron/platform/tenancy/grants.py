"""A set of roles about to be given: by name or id, and what they amount to."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.platform.tenancy.rights import (
    SYSTEM_ROLE_IDS,
    SYSTEM_ROLES,
    permissions_of,
    system_role_id,
)
from metatron.platform.tenancy.tables import Role


@dataclass(frozen=True, slots=True)
class GivenRoles:
    """Built-in roles by name and custom roles as rows."""

    system: tuple[str, ...] = ()
    custom: tuple[Role, ...] = ()

    def names(self) -> list[str]:
        """Return the roles for an event: built-in names, and ids of custom roles."""
        return [*sorted(self.system), *(str(role.id) for role in self.custom)]

    def ids(self) -> list[UUID]:
        """Return the ids under which people choose roles."""
        return [*(system_role_id(name) for name in self.system), *(r.id for r in self.custom)]

    def keys(self) -> set[str | UUID]:
        """Return what identifies each role in `member_role`."""
        return {*self.system, *(role.id for role in self.custom)}

    def permissions(self) -> frozenset[str]:
        """Return all rights that the roles hold together."""
        return permissions_of(self.system, [p for role in self.custom for p in role.permissions])

    def without(self, keys: AbstractSet[str | UUID]) -> "GivenRoles":
        """Return these roles less those identified by `keys`."""
        return GivenRoles(
            tuple(name for name in self.system if name not in keys),
            tuple(role for role in self.custom if role.id not in keys),
        )

    def plus(self, other: "GivenRoles") -> "GivenRoles":
        """Return these roles and others."""
        return GivenRoles((*self.system, *other.system), (*self.custom, *other.custom))

    def __bool__(self) -> bool:
        """Tell whether there is any role."""
        return bool(self.system or self.custom)


def roles_by_name(names: Iterable[str]) -> GivenRoles:
    """Return built-in roles; an unknown name is our own bug."""
    system = tuple(dict.fromkeys(names))
    assert all(name in SYSTEM_ROLES for name in system), f"no such built-in role in {system}"
    return GivenRoles(system)


async def roles_by_id(
    session: AsyncSession, context: Context, role_ids: Iterable[UUID]
) -> GivenRoles:
    """Return the roles under these ids; raise `InvalidInput` for one the organisation lacks.

    Until the transaction ends nobody deletes one of them, nor changes what it holds.
    """
    wished = list(dict.fromkeys(role_ids))
    system = tuple(SYSTEM_ROLE_IDS[i] for i in wished if i in SYSTEM_ROLE_IDS)
    customs = [i for i in wished if i not in SYSTEM_ROLE_IDS]
    found: list[Role] = []
    if customs:
        rows = await session.scalars(
            select(Role)
            .where(Role.tenant_id == context.tenant_id, Role.id.in_(customs))
            .order_by(Role.id)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        )
        found = list(rows)
    if len(found) != len(customs):
        hint = "Choose roles from the list of this organisation."
        raise InvalidInput.field("body.role_ids", "unknown_role", hint)
    return GivenRoles(system, tuple(found))
