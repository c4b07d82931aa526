"""Six digits by mail: they confirm the session that asked for them, for ten minutes, once.

A mail may be read on another device than the one whose page waits, so it is a code, not a link.
"""

import hmac
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import publish
from metatron.platform.identity.accounts import account, name_in_mail
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.errors import WrongCode
from metatron.platform.identity.events import LinkRequested
from metatron.platform.identity.one_time_tokens import issue_token
from metatron.platform.identity.tables import OneTimeToken
from metatron.platform.identity.throttle import mail_limits, take_attempt
from metatron.platform.notifications.interface import send_mail

DIGITS = 6


async def send_mailed_code(database: Database, context: Context, *, desk: Desk) -> None:
    """Mail a new code to the signed-in person; the one before does not count any more.

    Raises:
        TooManyAttempts: too many mails to this person or from this caller.
    """
    assert context.actor_id is not None, "nobody is signed in"
    async with database.transaction(context) as session:
        user = await account(session, context.actor_id)
    await take_attempt(database, mail_limits(user.email_key, context.ip))
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    # Six digits are guessed from a hash at once, so they are sealed; the row's key is at random.
    payload = {"sealed": desk.secrets.seal(code).decode()}
    async with database.transaction(context) as session:
        now = await session_now(session)
        await _cancel(session, context.session_id, now)
        issue_token(
            session,
            kind="confirm",
            user_id=user.id,
            session_id=context.session_id,
            payload=payload,
            now=now,
        )
        variables = {
            "display_name": name_in_mail(user),
            "code": code,
            "link": f"{desk.settings.public_url.rstrip('/')}/settings/devices",
        }
        template = "identity.confirmation_code"
        await send_mail(
            session, context, to=user.email, template=template, variables=variables, now=now
        )
        event = LinkRequested(aggregate_id=user.id, kind="confirm")
        await publish(session, context, event, now=now)


async def spend_mailed_code(
    session: AsyncSession, context: Context, *, desk: Desk, code: str, now: datetime
) -> None:
    """Use up the code that was mailed for the caller's session.

    Raises:
        WrongCode: another code, used or over. Wrong ones are counted by the throttle.
    """
    statement = select(OneTimeToken).where(
        OneTimeToken.session_id == context.session_id,
        OneTimeToken.user_id == context.actor_id,
        OneTimeToken.kind == "confirm",
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > now,
    )
    given = "".join(code.split()).encode()
    for token in await session.scalars(statement.with_for_update()):
        expected = desk.secrets.open(token.payload["sealed"].encode()).encode()
        if hmac.compare_digest(expected, given):
            token.used_at = now
            return
    raise WrongCode("The mailed code is wrong or too old.")


async def _cancel(session: AsyncSession, session_id: UUID | None, now: datetime) -> None:
    await session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.session_id == session_id,
            OneTimeToken.kind == "confirm",
            OneTimeToken.used_at.is_(None),
        )
        .values(used_at=now)
    )
