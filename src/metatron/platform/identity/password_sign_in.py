"""Signing in with a password: hashed off the event loop, no connection held meanwhile."""

from sqlalchemy import update

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.database.session import session_now
from metatron.platform.identity.accounts import account
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.email_address import read_email
from metatron.platform.identity.errors import WrongCredentials
from metatron.platform.identity.password_policy import LONGEST, normalised
from metatron.platform.identity.sign_in import (
    Outcome,
    Tokens,
    begin_session,
    home_tenant,
    note_failure,
)
from metatron.platform.identity.sign_in_at_once import open_session_at_once
from metatron.platform.identity.tables import UserAccount
from metatron.platform.identity.throttle import (
    attempt_arguments,
    attempt_limits,
    forgive,
    give_back,
    refuse_blocked,
)

_TRY = f"""{BOUND},
tried as materialized (
  select identity.take_attempt($2, $3, null) as blocked_until from bound)
select tried.blocked_until, person.id, person.password_hash, person.state = 'active' as active,
  clock_timestamp() as at
from tried left join identity.user_account person
  on person.email_key = $4 and person.state <> 'erased'
"""


async def sign_in_with_password(
    database: Database, context: Context, *, desk: Desk, email: str, password: str
) -> Outcome:
    """Sign in; the answer and its time do not tell whether the account exists.

    Raises:
        WrongCredentials: no such account, no password, a wrong one, or a suspended account.
        TooManyAttempts: five wrong attempts on this account from this address.
        Busy: the hashing queue is full.
    """
    address = read_email(email)
    limits = attempt_limits(address.key, context.ip)
    # The attempt counts once this statement has answered, before the factor is looked at.
    door = await database.direct(context)
    person = await door.row(context, _TRY, *attempt_arguments(limits), address.key)
    assert person is not None, "the statement always answers"
    refuse_blocked(person["blocked_until"], person["at"])
    user_id, stored = person["id"], person["password_hash"] if person["active"] else None
    check = await desk.hashes.check(normalised(password)[: LONGEST + 1], stored)
    if user_id is None or stored is None or not check.is_right:
        at = person["at"]
        await note_failure(database, context, factor="password", user_id=user_id, now=at)
        raise WrongCredentials
    if check.renewed is None:
        opened = await open_session_at_once(
            database, context, desk=desk, user_id=user_id, stored=stored, limits=limits
        )
        if opened is not None:
            return opened
    async with database.transaction(context) as session:
        now = await session_now(session)
        fresh = await account(session, user_id)
        if fresh.password_hash != stored:  # changed while we were comparing
            raise WrongCredentials
        if check.renewed is not None:
            await session.execute(
                update(UserAccount)
                .where(UserAccount.id == user_id, UserAccount.password_hash == stored)
                .values(password_hash=check.renewed)
            )
        outcome = await begin_session(
            session,
            context,
            desk=desk,
            user=fresh,
            tenant_id=await home_tenant(database, session, user_id),
            method="password",
            now=now,
        )
    # With the second factor still owed only this attempt is taken back: else a known password
    # would reset the count of guessed codes.
    await (forgive if isinstance(outcome, Tokens) else give_back)(database, limits)
    return outcome
