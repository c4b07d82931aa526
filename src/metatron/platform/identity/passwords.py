"""Setting, changing and resetting a password."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import publish
from metatron.platform.identity.accounts import (
    account,
    account_by_email,
    account_of_link,
    mark_verified,
    name_in_mail,
)
from metatron.platform.identity.breached_passwords import refuse_breached
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.email_address import read_email
from metatron.platform.identity.errors import InvalidLink, WrongPassword
from metatron.platform.identity.events import LinkRequested, PasswordChanged
from metatron.platform.identity.fresh_sign_in import demand_fresh
from metatron.platform.identity.one_time_tokens import (
    cancel_tokens,
    find_token,
    issue_token,
    spend_token,
)
from metatron.platform.identity.password_policy import check_password, normalised
from metatron.platform.identity.sessions import revoke_all
from metatron.platform.identity.sign_in import NOBODY, note_failure
from metatron.platform.identity.tables import UserAccount
from metatron.platform.identity.throttle import (
    UNKNOWN,
    attempt_limits,
    forgive,
    mail_limits,
    take_attempt,
)
from metatron.platform.notifications.interface import send_mail

RESET_PATH = "/reset-password"
FIELD = "body.new_password"


async def change_password(
    database: Database, context: Context, *, desk: Desk, current: str | None, new: str
) -> None:
    """Change the signed-in person's password, or set their first; ends their other sessions.

    Raises:
        WeakPassword: the new one.
        WrongPassword: the current one is missing or wrong.
        FreshSignInNeeded: there is none yet, and the session is not a fresh one.
        TooManyAttempts: five wrong ones.
        Busy: the hashing queue is full.
    """
    assert context.actor_id is not None, "nobody is signed in"
    async with database.transaction(context) as session:
        user = await account(session, context.actor_id)
        now = await session_now(session)
        if user.password_hash is None:  # none that could be asked for
            await demand_fresh(session, context, now=now)
    password = check_password(new, own_words=(user.email, user.display_name), field=FIELD)
    await refuse_breached(desk.breached, password, field=FIELD)
    if user.password_hash is not None:
        await _check_current(database, context, desk, user=user, current=current or "", now=now)
    hashed = await desk.hashes.hash(password)
    async with database.transaction(context) as session:
        now = await session_now(session)
        fresh = await account(session, user.id, lock=True)
        if fresh.password_hash != user.password_hash:
            raise WrongPassword
        keep = context.session_id
        await _store(session, context, desk, fresh, hashed, how="changed", keep=keep, now=now)


async def _check_current(
    database: Database,
    context: Context,
    desk: Desk,
    *,
    user: UserAccount,
    current: str,
    now: datetime,
) -> None:
    limits = attempt_limits(user.email_key, context.ip)
    await take_attempt(database, limits)
    check = await desk.hashes.check(normalised(current), user.password_hash)
    if not check.is_right:
        await note_failure(database, context, factor="password", user_id=user.id, now=now)
        raise WrongPassword
    await forgive(database, limits)


async def _store(
    session: AsyncSession,
    context: Context,
    desk: Desk,
    user: UserAccount,
    hashed: str,
    *,
    how: str,
    keep: UUID | None = None,
    now: datetime,
) -> None:
    user.password_hash, user.password_changed_at, user.updated_at = hashed, now, now
    user.version += 1
    why = "password_changed"
    await revoke_all(session, context, user_id=user.id, keep=keep, why=why, now=now)
    await cancel_tokens(session, user.id, ("reset_password", "mfa"), now=now)
    await publish(session, context, PasswordChanged(aggregate_id=user.id, how=how), now=now)
    variables = {
        "display_name": user.display_name,
        "link": f"{desk.settings.public_url.rstrip('/')}/forgot-password",
    }
    template = "identity.password_changed"
    await send_mail(
        session, context, to=user.email, template=template, variables=variables, now=now
    )


async def forget_password(database: Database, context: Context, *, desk: Desk, email: str) -> None:
    """Mail a reset link; an address without account gets a mail that says so.

    Raises:
        InvalidInput: not an address.
        TooManyAttempts: too many mails to this person or from this caller.
    """
    address = read_email(email)
    await take_attempt(database, mail_limits(address.key, context.ip))
    async with database.transaction(context) as session:
        now = await session_now(session)
        user = await account_by_email(session, address)
        user_id = user.id if user is not None and user.state == "active" else None
        # The unknown get a token of nobody's: the same work, the same time.
        secret = issue_token(session, kind="reset_password", user_id=user_id, now=now)
        template, variables = _reset_mail(desk, user if user_id else None, secret)
        await send_mail(
            session, context, to=address.shown, template=template, variables=variables, now=now
        )
        event = LinkRequested(aggregate_id=user_id or NOBODY, kind="reset_password")
        await publish(session, context, event, now=now)


def _reset_mail(desk: Desk, user: UserAccount | None, secret: str) -> tuple[str, dict[str, str]]:
    if user is None:
        link = f"{desk.settings.public_url.rstrip('/')}/register"
        return "identity.no_account", {"link": link}
    link = desk.link(RESET_PATH, secret)
    return "identity.reset_password", {"display_name": name_in_mail(user), "link": link}


async def reset_password(
    database: Database, context: Context, *, desk: Desk, secret: str, new: str
) -> None:
    """Set a new password with the mailed token; ends every session of the person.

    The second factor, if there is one, is still asked for at the next sign-in.

    Raises:
        InvalidLink: unknown, used or over; counted against the caller's address.
        WeakPassword: the new one; the token stays unused.
        TooManyAttempts: too many wrong links.
        Busy: the hashing queue is full.
    """
    try:
        user = await _person_of(database, context, secret)
        password = check_password(new, own_words=(user.email, user.display_name), field=FIELD)
        await refuse_breached(desk.breached, password, field=FIELD)
        hashed = await desk.hashes.hash(password)
        await _reset(database, context, desk, secret, hashed, user_id=user.id)
    except InvalidLink:
        await take_attempt(database, attempt_limits(UNKNOWN, context.ip))
        raise


async def _person_of(database: Database, context: Context, secret: str) -> UserAccount:
    async with database.transaction(context) as session:
        now = await session_now(session)
        token = await find_token(session, secret, kind="reset_password", now=now)
        if token is None or token.user_id is None:
            raise InvalidLink
        return await account_of_link(session, token.user_id)


async def _reset(
    database: Database, context: Context, desk: Desk, secret: str, hashed: str, *, user_id: UUID
) -> None:
    async with database.transaction(context) as session:
        now = await session_now(session)
        await spend_token(session, secret, kind="reset_password", now=now)
        user = await account_of_link(session, user_id)
        # Reading the mail shows that the address is theirs.
        await mark_verified(session, context, user, method="reset", now=now)
        await _store(session, context, desk, user, hashed, how="reset", now=now)
