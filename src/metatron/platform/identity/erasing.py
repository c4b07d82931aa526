"""How an account ends for good: nothing that names its person, or lets them in, is left."""

from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import publish
from metatron.kernel.personal_data import ERASED_NAME
from metatron.platform.identity.accounts import tell_access_changed
from metatron.platform.identity.away import away
from metatron.platform.identity.events import UserErased
from metatron.platform.identity.tables import (
    LoginSession,
    OneTimeToken,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    RefreshToken,
    Totp,
    UserAccount,
)

_OF_ADDRESS = text("delete from identity.one_time_token where lower(email) = :email")


async def end_account(database: Database, user_id: UUID) -> None:
    """Erase an account here, or let `auth` do it where that is another process."""
    elsewhere = away()
    if elsewhere is not None:
        await elsewhere.erase_person(user_id)
        return
    context = system_context()
    async with database.transaction(context) as session:
        await erase_account(session, context, user_id=user_id)


async def erase_account(session: AsyncSession, context: Context, *, user_id: UUID) -> None:
    """Take address, name, ways to sign in and sessions away; bears repetition.

    The id stays, for records that name it; the address can register anew, as another person.
    """
    assert context.actor_kind == "system", "only the erasure of personal data asks for this"
    user = await session.get(UserAccount, user_id, with_for_update=True)
    if user is None or user.state == "erased":
        return
    now = await session_now(session)
    own = select(LoginSession.id).where(LoginSession.user_id == user_id)
    await session.execute(delete(OneTimeToken).where(OneTimeToken.user_id == user_id))
    await session.execute(delete(OneTimeToken).where(OneTimeToken.session_id.in_(own)))
    await session.execute(_OF_ADDRESS, {"email": user.email.lower()})
    await session.execute(delete(RefreshToken).where(RefreshToken.session_id.in_(own)))
    for table in (LoginSession, Totp, RecoveryCode, Passkey, PasskeyChallenge):
        await session.execute(delete(table).where(table.user_id == user_id))
    gone = f"erased-{user_id.hex}@erased.invalid"
    await session.execute(
        update(UserAccount)
        .where(UserAccount.id == user_id)
        .values(
            state="erased",
            email=gone,
            email_key=gone,
            display_name=ERASED_NAME,
            email_verified_at=None,
            password_hash=None,
            password_changed_at=None,
            pending_organisation=None,
            version=UserAccount.version + 1,
            updated_at=now,
        )
    )
    await publish(session, context, UserErased(aggregate_id=user_id), now=now)
    await tell_access_changed(session, user_id)
