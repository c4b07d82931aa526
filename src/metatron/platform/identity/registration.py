"""Registering by e-mail, and confirming the address."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import publish
from metatron.platform.identity.accounts import (
    account,
    account_of_link,
    create_account,
    name_in_mail,
)
from metatron.platform.identity.breached_passwords import refuse_breached
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.email_address import read_email
from metatron.platform.identity.errors import InvalidLink
from metatron.platform.identity.events import LinkRequested
from metatron.platform.identity.magic_links import checked_return_to
from metatron.platform.identity.one_time_secrets import LIFETIMES
from metatron.platform.identity.one_time_tokens import (
    cancel_tokens,
    comes_from,
    issue_token,
    spend_token,
)
from metatron.platform.identity.ownership import prove_ownership
from metatron.platform.identity.password_policy import check_password
from metatron.platform.identity.sign_in import Outcome, begin_session, home_tenant
from metatron.platform.identity.sign_out import is_signed_in
from metatron.platform.identity.tables import UserAccount
from metatron.platform.identity.throttle import UNKNOWN, attempt_limits, mail_limits, take_attempt
from metatron.platform.notifications.interface import send_mail
from metatron.platform.tenancy.interface import create_organisation

VERIFY_PATH = "/verify-email"


@dataclass(frozen=True, slots=True)
class Registration:
    """What a person gives to register; password and organisation are optional."""

    email: str
    display_name: str
    password: str | None = None
    organisation_name: str | None = None
    return_to: str | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """The address is confirmed; a password chosen in another browser is not kept.

    `signs_in` says that the link was as good as a sign-in link: young, and opened where it was
    asked for.
    """

    user_id: UUID
    email: str
    password_kept: bool
    signs_in: bool
    return_to: str | None


async def register(
    database: Database, context: Context, *, desk: Desk, asked: Registration, browser: str
) -> None:
    """Make an unverified account and mail the confirmation; a known address gets a mail as well.

    The answer and the work are the same for a known address: the password is hashed, one mail
    is sent. A stranger cannot set the password of an account that exists.

    Raises:
        InvalidInput, WeakPassword: what was given.
        TooManyAttempts: too many mails to this person or from this caller.
        Busy: too many passwords at once.
    """
    address, return_to = read_email(asked.email), checked_return_to(asked.return_to)
    password_hash = None
    if asked.password is not None:
        words = (address.shown, asked.display_name, asked.organisation_name or "")
        password_hash = await _hashed(desk, asked.password, words)
    await take_attempt(database, mail_limits(address.key, context.ip))
    async with database.transaction(context) as session:
        now = await session_now(session)
        user, is_new = await create_account(
            session,
            context,
            address=address,
            display_name=asked.display_name,
            method="registration",
            now=now,
        )
        if is_new:
            user.password_hash = password_hash
            user.password_changed_at = now if password_hash else None
            user.pending_organisation = asked.organisation_name
        if user.is_verified or user.state != "active":
            await _mail_known(session, context, desk, user, now)
        else:
            kept = {"password_hash": password_hash, "return_to": return_to}
            await mail_verification(session, context, desk, user, browser, kept=kept, now=now)


async def _hashed(desk: Desk, password: str, words: tuple[str, ...]) -> str:
    taken = check_password(password, own_words=words)
    await refuse_breached(desk.breached, taken, field="body.password")
    return await desk.hashes.hash(taken)


async def _mail_known(
    session: AsyncSession, context: Context, desk: Desk, user: UserAccount, now: datetime
) -> None:
    variables = {
        "display_name": name_in_mail(user),
        "link": f"{desk.settings.public_url.rstrip('/')}/sign-in",
    }
    template = "identity.already_registered"
    await send_mail(
        session, context, to=user.email, template=template, variables=variables, now=now
    )


async def mail_verification(
    session: AsyncSession,
    context: Context,
    desk: Desk,
    user: UserAccount,
    browser: str | None,
    *,
    kept: dict[str, str | None],
    now: datetime,
) -> None:
    """Mail a link that confirms the address; `kept` stays if this browser opens it.

    That is the `password_hash` chosen here, and where to `return_to`.
    """
    secret = issue_token(
        session, kind="verify_email", user_id=user.id, browser=browser, payload=kept, now=now
    )
    variables = {"display_name": name_in_mail(user), "link": desk.link(VERIFY_PATH, secret)}
    template = "identity.verify_email"
    await send_mail(
        session, context, to=user.email, template=template, variables=variables, now=now
    )
    event = LinkRequested(aggregate_id=user.id, kind="verify_email")
    await publish(session, context, event, now=now)


async def resend_verification(
    database: Database, context: Context, *, desk: Desk, browser: str
) -> None:
    """Mail the confirmation again to the signed-in person; nothing when it is done already."""
    assert context.actor_id is not None, "nobody is signed in"
    async with database.transaction(context) as session:
        user = await account(session, context.actor_id)
    if user.is_verified:
        return
    await take_attempt(database, mail_limits(user.email_key, context.ip))
    async with database.transaction(context) as session:
        now = await session_now(session)
        kept = {"password_hash": user.password_hash}
        await mail_verification(session, context, desk, user, browser, kept=kept, now=now)


async def verify_email(
    database: Database, context: Context, *, secret: str, browser: str | None
) -> Verified:
    """Confirm an address with the mailed token and found the organisation that was asked for.

    Raises:
        InvalidLink: unknown, used or over; counted against the caller's address.
        TooManyAttempts: too many wrong links.
    """
    try:
        async with database.transaction(context) as session:
            now = await session_now(session)
            # Any browser may confirm; only the asking one may keep the password.
            token = await spend_token(
                session, secret, kind="verify_email", browser=browser, now=now, any_browser=True
            )
            assert token.user_id is not None, "a confirmation of nobody"
            user = await account_of_link(session, token.user_id)
            own = token.payload if comes_from(token, browser) else {}
            own_hash = own.get("password_hash")
            kept = await prove_ownership(
                session, context, user, method="mail", keep_password_hash=own_hash, now=now
            )
            is_young = now - token.created_at <= LIFETIMES["sign_in"]
            await cancel_tokens(session, user.id, ("verify_email",), now=now)
    except InvalidLink:
        await take_attempt(database, attempt_limits(UNKNOWN, context.ip))
        raise
    await found_pending_organisation(database, context, user)
    signs_in = is_young and bool(own)
    return Verified(user.id, user.email, kept, signs_in, own.get("return_to"))


async def sign_in_verified(
    database: Database,
    context: Context,
    *,
    desk: Desk,
    verified: Verified,
    refresh_secret: str | None,
) -> Outcome | None:
    """Sign in whoever has just confirmed an address where the link was asked for.

    None where it was not, or where the browser's own session is the person's already.
    """
    if not verified.signs_in:
        return None
    async with database.transaction(context) as session:
        now = await session_now(session)
        if await is_signed_in(session, verified.user_id, refresh_secret):
            return None
        user = await account(session, verified.user_id)
        return await begin_session(
            session,
            context,
            desk=desk,
            user=user,
            tenant_id=await home_tenant(database, session, user.id),
            method="magic_link",
            return_to=verified.return_to,
            now=now,
        )


async def found_pending_organisation(
    database: Database, context: Context, user: UserAccount
) -> None:
    """Make the organisation named at registration, once, now that the address is confirmed."""
    if not user.is_verified or user.pending_organisation is None:
        return
    async with database.transaction(context) as session:
        claimed = await session.execute(
            update(UserAccount)
            .where(UserAccount.id == user.id, UserAccount.pending_organisation.is_not(None))
            .values(pending_organisation=None)
            .returning(UserAccount.id)
        )
        is_ours = claimed.first() is not None
    if is_ours:
        await create_organisation(
            database,
            name=user.pending_organisation,
            slug=None,
            owner_user_id=user.id,
            actor=context,
        )
