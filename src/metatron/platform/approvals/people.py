"""Which persons stand behind a credential: two of its faces are not two people."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.approvals.errors import PersonNeeded
from metatron.platform.tenancy.interface import makers_of_key

_PERSONAL = frozenset({"user", "operator", "api_key"})
"""Who asks as a person: an API key stands for whoever made it."""


def people_needed(requested_by_kind: str) -> int:
    """Return how many people have to approve: two, unless one has asked already."""
    return 1 if requested_by_kind in _PERSONAL else 2


async def people_behind(session: AsyncSession, context: Context) -> frozenset[UUID]:
    """Return everybody who acts when this context does; nobody for the system itself.

    An API key acts for whoever made it; an impersonated user for the operator as well.
    """
    if context.actor_kind == "system" or context.actor_id is None:
        return frozenset()
    found = {context.actor_id}
    if context.impersonator_id is not None:
        found.add(context.impersonator_id)
    if context.actor_kind == "api_key":
        found |= await makers_of_key(session, context, key_id=context.actor_id)
    return frozenset(found)


def demand_person(context: Context) -> UUID:
    """Return the id of the one person who acts here.

    Raises:
        PersonNeeded: a program, or an operator in somebody else's name.
    """
    is_person = context.actor_kind == "user" and context.impersonator_id is None
    if not is_person or context.actor_id is None:
        raise PersonNeeded
    return context.actor_id
