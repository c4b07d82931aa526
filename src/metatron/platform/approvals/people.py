"""Which persons stand behind a credential: two of its faces are not two people."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.platform.approvals.errors import PersonNeeded
from metatron.platform.tenancy.interface import is_made_by_a_person, makers_of_key

_PERSONAL = frozenset({"user", "operator", "api_key"})
"""Who asks as a person: an API key stands for whoever made it."""
PROGRAM = "service"
"""Whose asking is nobody's: of a key that no person has made, for one."""


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


async def kind_of_requester(session: AsyncSession, context: Context) -> str:
    """Return as what this context asks: as a program, when no person has made its API key.

    Whoever holds such a key could ask with it and approve as themselves.
    """
    if context.actor_kind == "api_key" and context.actor_id is not None:
        by_a_person = await is_made_by_a_person(session, context, key_id=context.actor_id)
        return context.actor_kind if by_a_person else PROGRAM
    return context.actor_kind


async def with_makers(
    session: AsyncSession, context: Context, actor_ids: Collection[UUID]
) -> frozenset[UUID]:
    """Return actors, and who made those of them that are API keys."""
    found = set(actor_ids)
    for each in actor_ids:
        found |= await makers_of_key(session, context, key_id=each)
    return frozenset(found)


async def is_another_person(session: AsyncSession, context: Context, actor_id: UUID) -> bool:
    """Tell whether somebody acts here who is surely not the one behind `actor_id`.

    `actor_id`: a person's, or an API key's. An operator in somebody's name is nobody surely, nor
    is a program that no person has made. The system is another.
    """
    is_program = await kind_of_requester(session, context) == PROGRAM
    if context.impersonator_id is not None or is_program:
        return False
    others = await with_makers(session, context, {actor_id})
    return others.isdisjoint(await people_behind(session, context))


def demand_person(context: Context) -> UUID:
    """Return the id of the one person who acts here.

    Raises:
        PersonNeeded: a program, or an operator in somebody else's name.
    """
    is_person = context.actor_kind == "user" and context.impersonator_id is None
    if not is_person or context.actor_id is None:
        raise PersonNeeded
    return context.actor_id
