"""Members as the module that copies and erases personal data sees them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.tenancy.grants import roles_by_id
from metatron.platform.tenancy.members import role_ids_of
from metatron.platform.tenancy.rights import OWNER
from metatron.platform.tenancy.tables import Member, ModuleSwitch


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """Somebody who belongs, or belonged, to an organisation."""

    member_id: UUID
    user_id: UUID
    is_owner: bool
    is_erased: bool


async def member_facts(
    home: AsyncSession,
    context: Context,
    *,
    member_id: UUID | None = None,
    user_id: UUID | None = None,
) -> MemberFacts | None:
    """Return a member of the context's organisation, former ones included, by either id."""
    wanted = Member.id == member_id if member_id is not None else Member.user_id == user_id
    member = await home.scalar(select(Member).where(Member.tenant_id == context.tenant_id, wanted))
    if member is None:
        return None
    held = await roles_by_id(home, context, await role_ids_of(home, member))
    return MemberFacts(
        member.id,
        member.user_id,
        is_owner=OWNER in held.system,
        is_erased=member.erased_at is not None,
    )


async def module_configuration(home: AsyncSession, context: Context, module: str) -> dict[str, Any]:
    """Return what the organisation chose for a module; nothing: its defaults."""
    switch = await home.get(ModuleSwitch, (context.tenant_id, module))
    return {} if switch is None else switch.configuration
