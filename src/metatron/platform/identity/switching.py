"""Going to another organisation, and joining one by invitation."""

from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import ImpersonationForbidden, NotFound, Unauthenticated
from metatron.kernel.events.event import publish
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.platform.identity.accounts import account
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.events import OrganisationSwitched
from metatron.platform.identity.sign_in import Tokens, subject_of
from metatron.platform.identity.tables import LoginSession
from metatron.platform.identity.throttle import attempt_limits, forgive, take_attempt
from metatron.platform.tenancy.interface import (
    LimitReached,
    WaitingInvitation,
    accept_invitation,
    memberships_of,
    waiting_invitations,
)


async def switch(database: Database, context: Context, *, desk: Desk, tenant_id: UUID) -> Tokens:
    """Move the session to an organisation of the person's; the refresh token stays.

    Raises:
        NotFound: no such organisation, or the person does not belong to it.
        ImpersonationForbidden: an impersonation stays where it began.
    """
    assert context.actor_id is not None, "nobody is signed in"
    if context.impersonator_id is not None:
        raise ImpersonationForbidden
    mine = {item.tenant_id for item in await memberships_of(database, context.actor_id)}
    if tenant_id not in mine and tenant_id != PLATFORM_TENANT_ID:
        raise NotFound
    async with database.transaction(context) as session:
        now = await session_now(session)
        login = await session.get(LoginSession, context.session_id, with_for_update=True)
        if login is None or login.state != "active":
            raise Unauthenticated
        if login.tenant_id != tenant_id:
            event = OrganisationSwitched(
                aggregate_id=login.user_id,
                session_id=login.id,
                from_tenant_id=login.tenant_id,
                to_tenant_id=tenant_id,
            )
            login.tenant_id = tenant_id
            await publish(session, context, event, now=now)
        token = desk.issuer.access_token(subject_of(login), now=now)
    return Tokens(token.text, token.expires_in)


async def join_by_invitation(
    database: Database, context: Context, *, desk: Desk, presented: str | UUID
) -> Tokens:
    """Accept an invitation sent to the person's verified address, and go there.

    `presented` is the token of its link, or the id of one that waits for that address.

    Raises:
        InvitationInvalid, InvitationForOther: counted against person and caller's address.
        LimitReached: the organisation's plan allows no more users; not counted.
        TooManyAttempts: too many wrong invitations.
    """
    assert context.actor_id is not None, "nobody is signed in"
    async with database.transaction(context) as session:
        user = await account(session, context.actor_id)
    limits = attempt_limits(f"invitation/{user.id}", context.ip)
    await take_attempt(database, limits)
    try:
        facts = await accept_invitation(
            database, presented=presented, user_id=user.id, email=user.email
        )
    except LimitReached:
        await forgive(database, limits)
        raise
    await forgive(database, limits)
    return await switch(database, context, desk=desk, tenant_id=facts.id)


async def invitations_of_person(database: Database, context: Context) -> list[WaitingInvitation]:
    """Return the invitations that wait for the signed-in person's verified address."""
    assert context.actor_id is not None, "nobody is signed in"
    async with database.transaction(context) as session:
        user = await account(session, context.actor_id)
    return await waiting_invitations(database, email=user.email) if user.is_verified else []
