"""People: found by address or id, made, verified."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import Unauthenticated
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.identity.email_address import EmailAddress
from metatron.platform.identity.errors import InvalidLink
from metatron.platform.identity.events import EmailVerified, UserRegistered
from metatron.platform.identity.tables import UserAccount

_TELL = text("select pg_notify('metatron_access', 'user:' || cast(:id as text))")


async def account_by_email(session: AsyncSession, address: EmailAddress) -> UserAccount | None:
    """Return the account with this address, erased ones excluded."""
    statement = select(UserAccount).where(
        UserAccount.email_key == address.key, UserAccount.state != "erased"
    )
    return (await session.scalars(statement)).one_or_none()


async def account(session: AsyncSession, user_id: UUID, *, lock: bool = False) -> UserAccount:
    """Return an active account; raise `Unauthenticated` when it is suspended or gone."""
    statement = select(UserAccount).where(UserAccount.id == user_id, UserAccount.state == "active")
    if lock:
        statement = statement.with_for_update()
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise Unauthenticated
    return found


async def account_of_link(session: AsyncSession, user_id: UUID) -> UserAccount:
    """Return a link's person, locked; raise `InvalidLink` when suspended or gone."""
    try:
        return await account(session, user_id, lock=True)
    except Unauthenticated as error:
        raise InvalidLink from error


async def create_account(
    session: AsyncSession,
    context: Context,
    *,
    address: EmailAddress,
    display_name: str | None,
    method: str,
    now: datetime,
) -> tuple[UserAccount, bool]:
    """Make an account unless the address has one; tell whether it was made.

    Of two at once one makes it, and both return the same account, locked.
    """
    statement = (
        insert(UserAccount)
        .values(
            id=new_id(),
            email=address.shown,
            email_key=address.key,
            display_name=display_name or address.shown.rsplit("@", 1)[0],
            state="active",
            version=1,
            created_at=now,
            updated_at=now,
        )
        .on_conflict_do_nothing(index_elements=[UserAccount.email_key])
        .returning(UserAccount.id)
    )
    made = (await session.scalars(statement)).one_or_none()
    wanted = select(UserAccount).where(UserAccount.email_key == address.key).with_for_update()
    user = (await session.scalars(wanted)).one()
    if made is not None:
        event = UserRegistered(aggregate_id=user.id, method=method)
        await publish(session, context, event, now=now)
    return user, made is not None


async def mark_verified(
    session: AsyncSession, context: Context, user: UserAccount, *, method: str, now: datetime
) -> None:
    """Record that the person has read a mail sent to the address."""
    if user.is_verified:
        return
    user.email_verified_at = user.updated_at = now
    user.version += 1
    await publish(session, context, EmailVerified(aggregate_id=user.id, method=method), now=now)
    await tell_access_changed(session, user.id)


async def tell_access_changed(session: AsyncSession, user_id: UUID) -> None:
    """Make the gates forget what they know about a person, at commit."""
    await session.execute(_TELL, {"id": str(user_id)})


def name_in_mail(user: UserAccount) -> str:
    """Return how to greet a person in a mail they may not have asked for.

    Until the address is confirmed a stranger may have typed the name: words and links of any kind.
    """
    return user.display_name if user.is_verified else user.email
