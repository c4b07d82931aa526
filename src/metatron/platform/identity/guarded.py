"""A change that asks a signed-in person for a code: the attempt is counted whatever it answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.database.session import session_now
from metatron.platform.identity.accounts import account
from metatron.platform.identity.edge import Visit
from metatron.platform.identity.errors import WrongCode
from metatron.platform.identity.sign_in import note_failure
from metatron.platform.identity.throttle import forgive, second_factor_limits, take_attempt


@asynccontextmanager
async def guarded_by_code(visit: Visit) -> AsyncIterator[AsyncSession]:
    """Count an attempt, then give a transaction; a right code is not held against the person.

    Raises:
        TooManyAttempts: too many wrong codes.
    """
    async with visit.database.transaction(visit.context) as session:
        user = await account(session, visit.user_id)
        now = await session_now(session)
    limits = second_factor_limits(user.email_key, visit.context.ip)
    await take_attempt(visit.database, limits)
    try:
        async with visit.database.transaction(visit.context) as session:
            yield session
    except WrongCode:
        await note_failure(visit.database, visit.context, factor="code", user_id=user.id, now=now)
        raise
    await forgive(visit.database, limits)
