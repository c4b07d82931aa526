"""Showing again in an open session that it is oneself, when it began too long ago to be fresh.

The session stays what it is: its person, its organisation and its devices do not change.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from webauthn import generate_authentication_options, options_to_json
from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import DomainError
from metatron.kernel.events.event import publish
from metatron.platform.identity.accounts import account
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.errors import PasskeyRefused, WrongCode, WrongPassword
from metatron.platform.identity.events import SignInConfirmed
from metatron.platform.identity.fresh_sign_in import is_fresh
from metatron.platform.identity.mailed_codes import spend_mailed_code
from metatron.platform.identity.passkey_sign_in import note_refusal, used_passkey
from metatron.platform.identity.passkeys import Ceremony, begin, spend_challenge
from metatron.platform.identity.password_policy import LONGEST, normalised
from metatron.platform.identity.sign_in import has_second_factor, note_failure
from metatron.platform.identity.tables import LoginSession, Passkey, UserAccount
from metatron.platform.identity.throttle import forgive, second_factor_limits, take_attempt
from metatron.platform.identity.totp import spend_code


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person can confirm their session, the easiest first."""

    is_fresh: bool
    ways: list[str]
    wants_code: bool


async def ways_to_confirm(
    session: AsyncSession, context: Context, *, user_id: UUID, now: datetime
) -> Ways:
    """Return what the account has: passkeys, a password, and always its mailbox."""
    user = await account(session, user_id)
    held = await session.scalar(select(Passkey.id).where(Passkey.user_id == user_id).limit(1))
    ways = [] if held is None else ["passkey"]
    ways += [] if user.password_hash is None else ["password"]
    return Ways(
        is_fresh=await is_fresh(session, context, now=now),
        ways=[*ways, "mail"],
        wants_code=await has_second_factor(session, user_id),
    )


async def confirm_by_password(
    database: Database, context: Context, *, desk: Desk, password: str, code: str | None
) -> None:
    """Confirm the session with the password, and a code where there is an authenticator.

    Raises:
        WrongPassword: it is wrong, or there is none.
        WrongCode: the authenticator's code is missing, wrong or used.
        TooManyAttempts: too many of either.
        Busy: the hashing queue is full.
    """
    user = await _person(database, context)
    async with _attempt(database, context, user, factor="password"):
        given = normalised(password)[: LONGEST + 1]
        if not (await desk.hashes.check(given, user.password_hash)).is_right:
            raise WrongPassword("The password is wrong.")
        async with database.transaction(context) as session:
            now = await session_now(session)
            fresh = await account(session, user.id)
            if fresh.password_hash != user.password_hash:  # changed while we were comparing
                raise WrongPassword("The password is wrong.")
            second = await _second_factor(session, context, desk, user.id, code, now=now)
            await _confirm(session, context, method="password", second_factor=second, now=now)


async def confirm_by_mail(
    database: Database, context: Context, *, desk: Desk, mailed_code: str, code: str | None
) -> None:
    """Confirm the session with the mailed code, and one of the authenticator if there is one.

    Raises:
        WrongCode: a code is missing, wrong, used or over.
        TooManyAttempts: too many wrong ones.
    """
    user = await _person(database, context)
    async with (
        _attempt(database, context, user, factor="mailed_code"),
        database.transaction(context) as session,
    ):
        now = await session_now(session)
        await spend_mailed_code(session, context, desk=desk, code=mailed_code, now=now)
        second = await _second_factor(session, context, desk, user.id, code, now=now)
        await _confirm(session, context, method="mail", second_factor=second, now=now)


async def confirmation_options(
    session: AsyncSession, *, desk: Desk, user_id: UUID, now: datetime
) -> Ceremony:
    """Begin a confirmation with one of the person's own passkeys."""
    challenge = begin(session, kind="confirm", user_id=user_id, now=now)
    held = await session.scalars(select(Passkey.credential_id).where(Passkey.user_id == user_id))
    options = generate_authentication_options(
        rp_id=desk.host,
        challenge=challenge.challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(id=item) for item in held],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Ceremony(challenge.id, orjson.loads(options_to_json(options)))


async def confirm_by_passkey(
    database: Database,
    context: Context,
    *,
    desk: Desk,
    challenge_id: UUID,
    credential: dict[str, Any],
) -> None:
    """Confirm the session with a passkey of its person: two factors in one.

    Raises:
        PasskeyRefused: it does not hold, or it is another person's.
        TooManyAttempts: too many that did not.
    """
    user = await _person(database, context)
    async with database.transaction(context) as session:
        now = await session_now(session)
        challenge = await spend_challenge(session, challenge_id, kind="confirm", now=now)
        if challenge is not None and challenge.user_id != user.id:
            challenge = None
    async with (
        _attempt(database, context, user, factor="passkey"),
        database.transaction(context) as session,
    ):
        now = await session_now(session)
        passkey = await used_passkey(session, desk, challenge, credential, now=now)
        if passkey.user_id != user.id:
            raise PasskeyRefused
        await _confirm(session, context, method="passkey", second_factor=None, now=now)


async def _person(database: Database, context: Context) -> UserAccount:
    assert context.actor_id is not None, "nobody is signed in"
    async with database.transaction(context) as session:
        return await account(session, context.actor_id)


@asynccontextmanager
async def _attempt(
    database: Database, context: Context, user: UserAccount, *, factor: str
) -> AsyncIterator[None]:
    """Count an attempt before it is judged; a right one clears the account's wrong ones."""
    limits = second_factor_limits(user.email_key, context.ip)
    await take_attempt(database, limits)
    try:
        yield
    except (WrongPassword, WrongCode, PasskeyRefused) as error:
        await _note(database, context, user.id, error, factor=factor)
        raise
    await forgive(database, limits)


async def _note(
    database: Database, context: Context, user_id: UUID, error: DomainError, *, factor: str
) -> None:
    async with database.transaction(context) as session:
        now = await session_now(session)
    if isinstance(error, PasskeyRefused):
        await note_refusal(database, context, error, user_id=user_id, now=now)
        return
    await note_failure(database, context, factor=factor, user_id=user_id, now=now)


async def _second_factor(
    session: AsyncSession,
    context: Context,
    desk: Desk,
    user_id: UUID,
    code: str | None,
    *,
    now: datetime,
) -> str | None:
    if not await has_second_factor(session, user_id):
        return None
    return await spend_code(session, context, desk=desk, user_id=user_id, code=code or "", now=now)


async def _confirm(
    session: AsyncSession,
    context: Context,
    *,
    method: str,
    second_factor: str | None,
    now: datetime,
) -> None:
    login = await session.get(LoginSession, context.session_id, with_for_update=True)
    assert login is not None, "a signed-in person has a session"
    login.confirmed_at = now
    event = SignInConfirmed(
        aggregate_id=login.user_id,
        session_id=login.id,
        method=method,
        second_factor=second_factor,
    )
    await publish(session, context, event, now=now)
