"""Sign-in links by mail: 15 minutes, single use, opened in the browser that asked."""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.platform.identity.accounts import account_of_link, create_account
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.email_address import read_email
from metatron.platform.identity.errors import InvalidLink
from metatron.platform.identity.events import LinkRequested
from metatron.platform.identity.one_time_secrets import LINK_PATH
from metatron.platform.identity.one_time_tokens import issue_token, spend_token
from metatron.platform.identity.ownership import prove_ownership
from metatron.platform.identity.sign_in import NOBODY, Outcome, begin_session, home_tenant
from metatron.platform.identity.tables import OneTimeToken, UserAccount
from metatron.platform.identity.throttle import UNKNOWN, attempt_limits, mail_limits, take_attempt
from metatron.platform.notifications.interface import send_mail
from metatron.platform.tenancy.interface import tenant_by_slug

_LOCAL_PATH = re.compile(
    r"/(?:[A-Za-z0-9._~-]*[A-Za-z0-9_~-](?:/|(?=[?#])|$))*(?:[?#][!-\[\]-~]*)?"
)
"""Plain segments that are no dots, then a query: nothing a browser could read as another host."""


def checked_return_to(return_to: str | None) -> str | None:
    """Return a path within the page; raise `InvalidInput` for anything that leads elsewhere."""
    if return_to is not None and _LOCAL_PATH.fullmatch(return_to[:513]) is None:
        hint = "Give a path such as /campaigns."
        raise InvalidInput.field("body.return_to", "invalid_path", hint)
    return return_to


async def send_link(
    database: Database,
    context: Context,
    *,
    desk: Desk,
    email: str,
    browser: str,
    return_to: str | None = None,
    organisation: str | None = None,
) -> None:
    """Mail a sign-in link. A new address gets one too; opening it makes the account.

    So the answer, its time and the mail are the same whether or not there is an account.

    Raises:
        InvalidInput: not an address, or `return_to` is not a path of ours.
        TooManyAttempts: too many mails to this person or from this caller.
    """
    address = read_email(email)
    payload = {"return_to": checked_return_to(return_to), "organisation": organisation}
    await take_attempt(database, mail_limits(address.key, context.ip))
    async with database.transaction(context) as session:
        now = await session_now(session)
        secret = issue_token(
            session, kind="sign_in", email=address.shown, browser=browser, payload=payload, now=now
        )
        await send_mail(
            session,
            context,
            to=address.shown,
            template="identity.sign_in_link",
            variables={"link": desk.link(LINK_PATH, secret)},
            now=now,
        )
        event = LinkRequested(aggregate_id=NOBODY, kind="sign_in")
        await publish(session, context, event, now=now)


async def open_link(
    database: Database, context: Context, *, desk: Desk, secret: str, browser: str | None
) -> Outcome:
    """Sign in with a link's token; of parallel uses one wins.

    Raises:
        InvalidLink: unknown, used or over; counted against the caller's address.
        LinkOfOtherBrowser: another browser asked for it; it stays unused.
        TooManyAttempts: too many wrong links.
    """
    try:
        async with database.transaction(context) as session:
            now = await session_now(session)
            token = await spend_token(session, secret, kind="sign_in", browser=browser, now=now)
            user = await _person(session, context, token, now)
            wanted = await _wanted(database, token.payload.get("organisation"))
            return await begin_session(
                session,
                context,
                desk=desk,
                user=user,
                tenant_id=await home_tenant(database, session, user.id, wanted),
                method="magic_link",
                return_to=token.payload.get("return_to"),
                now=now,
            )
    except InvalidLink:
        await take_attempt(database, attempt_limits(UNKNOWN, context.ip))
        raise


async def _person(
    session: AsyncSession, context: Context, token: OneTimeToken, now: datetime
) -> UserAccount:
    if token.user_id is not None:
        user = await account_of_link(session, token.user_id)
    else:
        assert token.email is not None, "a sign-in link of nobody"
        address = read_email(token.email)
        user, _ = await create_account(
            session, context, address=address, display_name=None, method="magic_link", now=now
        )
        if user.state != "active":
            raise InvalidLink
    await prove_ownership(session, context, user, method="magic_link", now=now)
    return user


async def _wanted(database: Database, slug: str | None) -> UUID | None:
    facts = await tenant_by_slug(database, slug) if slug else None
    return facts.id if facts else None
