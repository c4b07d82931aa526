"""Links in mails and steps of a sign-in: 256 random bits, stored as SHA-256, used once."""

import secrets
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.platform.identity.errors import InvalidLink, LinkOfOtherBrowser
from metatron.platform.identity.one_time_secrets import LIFETIMES, new_secret, secret_hash
from metatron.platform.identity.tables import OneTimeToken

Kind = Literal["sign_in", "verify_email", "reset_password", "mfa", "confirm"]


def issue_token(
    session: AsyncSession,
    *,
    kind: Kind,
    now: datetime,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
    email: str | None = None,
    browser: str | None = None,
    payload: dict[str, Any] | None = None,
) -> str:
    """Add a token to the session and return its secret, which is stored nowhere.

    `browser` is the random value of the asking browser's cookie; None leaves the link unbound.
    """
    secret = new_secret()
    session.add(
        OneTimeToken(
            token_hash=secret_hash(secret),
            kind=kind,
            user_id=user_id,
            session_id=session_id,
            email=email,
            browser_hash=None if browser is None else secret_hash(browser),
            payload=payload or {},
            created_at=now,
            expires_at=now + LIFETIMES[kind],
        )
    )
    return secret


async def spend_token(
    session: AsyncSession,
    secret: str,
    *,
    kind: Kind,
    browser: str | None = None,
    any_browser: bool = False,
    now: datetime,
) -> OneTimeToken:
    """Mark the token as used and return it; of parallel uses one wins.

    `any_browser` takes a bound token from other browsers as well.

    Raises:
        InvalidLink: unknown, used, over or of another kind.
        LinkOfOtherBrowser: bound to a browser that is not this one; it stays unused.
    """
    token = await find_token(session, secret, kind=kind, now=now)
    if token is None:
        raise InvalidLink
    if token.browser_hash is not None and not (any_browser or comes_from(token, browser)):
        raise LinkOfOtherBrowser
    token.used_at = now
    return token


async def find_token(
    session: AsyncSession, secret: str, *, kind: Kind, now: datetime
) -> OneTimeToken | None:
    """Lock and return a live token, None when there is none."""
    statement = (
        select(OneTimeToken)
        .where(
            OneTimeToken.token_hash == secret_hash(secret),
            OneTimeToken.kind == kind,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now,
        )
        .with_for_update()
    )
    return (await session.scalars(statement)).one_or_none()


def comes_from(token: OneTimeToken, browser: str | None) -> bool:
    """Tell whether `browser` is the cookie of the browser that asked for the token."""
    if token.browser_hash is None or browser is None:
        return False
    return secrets.compare_digest(token.browser_hash, secret_hash(browser))


async def cancel_tokens(
    session: AsyncSession, user_id: UUID, kinds: tuple[Kind, ...], *, now: datetime
) -> None:
    """End a person's unused tokens of some kinds."""
    await session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.user_id == user_id,
            OneTimeToken.kind.in_(kinds),
            OneTimeToken.used_at.is_(None),
        )
        .values(used_at=now)
    )
