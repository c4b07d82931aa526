"""What the composition root and the command line take from identity; nobody else imports it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import NotFound
from metatron.kernel.settings import Settings
from metatron.platform.identity.accounts import account_by_email, create_account, mark_verified
from metatron.platform.identity.email_address import read_email
from metatron.platform.identity.one_time_secrets import sign_in_link
from metatron.platform.identity.one_time_tokens import issue_token
from metatron.platform.identity.permissions import KEEP_PEOPLE
from metatron.platform.identity.service_clients import renew_client

__all__ = ["KEEP_PEOPLE", "ensure_person", "ensure_user", "issue_sign_in_link", "renew_client"]


async def issue_sign_in_link(
    database: Database, *, email: str, settings: Settings, now: datetime
) -> str:
    """Return a sign-in link for a known person, made on the machine itself.

    It works once, for 15 minutes, in any browser.

    Raises:
        NotFound: no account has this address.
        InvalidInput: not an address.
    """
    async with database.transaction(system_context()) as session:
        user = await account_by_email(session, read_email(email))
        if user is None:
            raise NotFound
        secret = issue_token(session, kind="sign_in", user_id=user.id, now=now)
    return sign_in_link(settings.public_url, secret)


async def ensure_user(
    session: AsyncSession, *, email: str, display_name: str, verified: bool, now: datetime
) -> UUID:
    """Return the id of the person with this address, made if there is none.

    `session` is bound to the platform's tenant (`database.transaction(system_context())`).

    Raises:
        InvalidInput: not an address.
    """
    context = system_context()
    user, _ = await create_account(
        session,
        context,
        address=read_email(email),
        display_name=display_name,
        method="operator",
        now=now,
    )
    if verified:
        await mark_verified(session, context, user, method="operator", now=now)
    return user.id


async def ensure_person(
    database: Database, *, email: str, display_name: str, now: datetime
) -> UUID:
    """Return the id of the person with this address, made unverified if there is none.

    Handed to tenancy, which may not import this module, for the first user of a new tenant.

    Raises:
        InvalidInput: not an address.
    """
    async with database.transaction(system_context()) as session:
        return await ensure_user(
            session, email=email, display_name=display_name, verified=False, now=now
        )
