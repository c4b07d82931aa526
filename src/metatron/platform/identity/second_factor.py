"""The second step of a sign-in: a code that belongs to the first step's token."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import Unauthenticated
from metatron.platform.identity.accounts import account
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.errors import InvalidMfaToken, WrongCode
from metatron.platform.identity.one_time_tokens import find_token
from metatron.platform.identity.sessions import ABSOLUTE_LIFETIME
from metatron.platform.identity.sign_in import Tokens, issue, note_failure
from metatron.platform.identity.tables import LoginSession, OneTimeToken
from metatron.platform.identity.throttle import (
    UNKNOWN,
    attempt_limits,
    forgive,
    second_factor_limits,
    take_attempt,
)
from metatron.platform.identity.totp import spend_code

MOST_FAILURES = 5


async def finish_sign_in(
    database: Database, context: Context, *, desk: Desk, secret: str, code: str
) -> Tokens:
    """Finish a sign-in with a code of the authenticator or a recovery code.

    Raises:
        InvalidMfaToken: the first step is unknown, over, or has seen five wrong codes.
        WrongCode: the code is wrong or was used.
        TooManyAttempts: too many wrong codes, counted with the account's wrong passwords.
    """
    try:
        async with database.transaction(context) as session:
            now = await session_now(session)
            user_id, email_key = await _owner(session, secret, now)
    except InvalidMfaToken:
        await take_attempt(database, attempt_limits(UNKNOWN, context.ip))
        raise
    limits = second_factor_limits(email_key, context.ip)
    await take_attempt(database, limits)
    try:
        tokens = await _finish(database, context, desk, secret, code)
    except WrongCode:
        await _count_failure(database, context, secret)
        await note_failure(database, context, factor="code", user_id=user_id, now=now)
        raise
    await forgive(database, limits)
    return tokens


async def _owner(session: AsyncSession, secret: str, now: datetime) -> tuple[UUID, str]:
    token = await _live(session, secret, now)
    try:
        user = await account(session, token[1])
    except Unauthenticated as error:
        raise InvalidMfaToken from error
    return user.id, user.email_key


async def _live(
    session: AsyncSession, secret: str, now: datetime
) -> tuple[OneTimeToken, UUID, LoginSession]:
    token = await find_token(session, secret, kind="mfa", now=now)
    if token is None or token.user_id is None or token.failures >= MOST_FAILURES:
        raise InvalidMfaToken
    login = await session.get(LoginSession, token.session_id, with_for_update=True)
    if login is None or login.state != "active" or not login.mfa_pending:
        raise InvalidMfaToken
    return token, token.user_id, login


async def _finish(
    database: Database, context: Context, desk: Desk, secret: str, code: str
) -> Tokens:
    async with database.transaction(context) as session:
        now = await session_now(session)
        token, user_id, login = await _live(session, secret, now)
        kind = await spend_code(session, context, desk=desk, user_id=user_id, code=code, now=now)
        token.used_at = now
        login.mfa_pending = False
        login.version += 1
        login.absolute_expires_at = now + ABSOLUTE_LIFETIME
        return await issue(
            session,
            context,
            desk=desk,
            login=login,
            second_factor=kind,
            return_to=token.payload.get("return_to"),
            now=now,
        )


async def _count_failure(database: Database, context: Context, secret: str) -> None:
    async with database.transaction(context) as session:
        now = await session_now(session)
        token = await find_token(session, secret, kind="mfa", now=now)
        if token is not None:
            token.failures += 1
