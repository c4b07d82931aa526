"""Whose data a request is about, and who may ask for it."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import ImpersonationForbidden
from metatron.kernel.personal_data import Person
from metatron.platform.personal_data.errors import (
    FreshSignInNeeded,
    OwnersOnly,
    PersonNeeded,
    PersonNotFound,
)
from metatron.platform.personal_data.permissions import ERASE
from metatron.platform.tenancy.interface import member_facts

_PERSON = text("select lower(email), display_name from identity.pub_user where id = :user_id")
# Sessions go by the machine's own clock, whatever the organisation's says.
_IS_FRESH = text("""
select exists (select from identity.pub_session_confirmed
  where id = :session_id and confirmed_at > now() - interval '15 minutes')
""")


async def person_of(home: AsyncSession, user_id: UUID) -> Person:
    """Return the person behind an id; `home` is a transaction in the home database."""
    found = (await home.execute(_PERSON, {"user_id": user_id})).one_or_none()
    return Person(user_id, "") if found is None else Person(user_id, found[0] or "", found[1] or "")


async def wanted_person(home: AsyncSession, context: Context, member_id: UUID | None) -> UUID:
    """Return the user id of the actor, or of the member for whom the actor may ask.

    Raises:
        PersonNeeded: a program asks.
        ImpersonationForbidden: an operator in somebody's name.
        PermissionDenied: it is about somebody else, and the right is missing.
        PersonNotFound: no such member, or one erased already.
        OwnersOnly: the member is an owner, and the actor is not.
    """
    if context.actor_kind != "user" or context.actor_id is None:
        raise PersonNeeded
    if context.impersonator_id is not None:
        raise ImpersonationForbidden
    if member_id is None:
        found = await member_facts(home, context, user_id=context.actor_id)
        if found is None or found.is_erased:
            raise PersonNotFound
        return context.actor_id
    context.demand(ERASE)
    found = await member_facts(home, context, member_id=member_id)
    if found is None or found.is_erased:
        raise PersonNotFound
    if found.is_owner and found.user_id != context.actor_id:
        asking = await member_facts(home, context, user_id=context.actor_id)
        if asking is None or not asking.is_owner:
            raise OwnersOnly
    return found.user_id


async def demand_fresh(home: AsyncSession, context: Context) -> None:
    """Raise `FreshSignInNeeded` unless the session was confirmed within 15 minutes."""
    if not await home.scalar(_IS_FRESH, {"session_id": context.session_id}):
        raise FreshSignInNeeded("Confirm that it is you, then do it within 15 minutes.")
