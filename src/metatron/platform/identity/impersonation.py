"""An operator acts in a person's name: with a reason, for an hour at most, never unseen."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import NotFound, PermissionDenied
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.devices import device_name
from metatron.platform.identity.errors import CannotImpersonate
from metatron.platform.identity.events import ImpersonationStarted
from metatron.platform.identity.sign_in import Tokens, subject_of
from metatron.platform.identity.tables import LoginSession, UserAccount
from metatron.platform.notifications.interface import send_mail
from metatron.platform.tenancy.interface import (
    TenantFacts,
    resolve_access,
    resolve_operator,
    tenant_by_id,
)

PERMISSION = "users:impersonate"


async def impersonate(
    database: Database,
    context: Context,
    *,
    desk: Desk,
    user_id: UUID,
    tenant_id: UUID,
    reason: str,
    minutes: int,
) -> Tokens:
    """Open a session in a person's name in one of their organisations, and tell them by mail.

    There is no refresh token; the access token lasts as long as the session. `minutes` is 1-60.

    Raises:
        PermissionDenied: not an operator by session.
        NotFound: no such person, no member of that organisation, or it is out of reach.
        CannotImpersonate: the person is an operator, suspended, or the caller.
    """
    facts = await _target(database, context, user_id=user_id, tenant_id=tenant_id)
    assert context.actor_id is not None, "an operator without a person"
    async with database.transaction(context) as session:
        now = await session_now(session)
        user = await session.scalar(select(UserAccount).where(UserAccount.id == user_id))
        if user is None or user.state == "erased":
            raise NotFound
        if user.state != "active" or not user.is_verified:
            raise CannotImpersonate
        login = _open(
            context,
            user_id=user_id,
            tenant_id=tenant_id,
            reason=reason,
            lifetime=timedelta(minutes=minutes),
            now=now,
        )
        session.add(login)
        await _mail(session, context, user, reason, minutes, now=now)
        event = ImpersonationStarted(
            aggregate_id=user_id,
            session_id=login.id,
            operator_user_id=context.actor_id,
            tenant_of_session_id=facts.id,
            seconds=minutes * 60,
        )
        await publish(session, context, event, now=now)
        token = desk.issuer.access_token(subject_of(login), now=now)
    # The organisation sees it in its own log as well.
    theirs = context.for_tenant(tenant_id)
    async with database.transaction(theirs) as session:
        await publish(session, theirs, event, now=await session_now(session))
    return Tokens(token.text, token.expires_in)


async def _target(
    database: Database, context: Context, *, user_id: UUID, tenant_id: UUID
) -> TenantFacts:
    """Check scope and membership; returns the organisation."""
    if context.actor_kind != "operator" or context.actor_id is None:
        raise PermissionDenied(PERMISSION)
    operator = await resolve_operator(database, context.actor_id)
    tenant = await tenant_by_id(database, tenant_id)
    # Reach first: beyond it nobody learns who belongs where, nor who is an operator.
    if operator is None or tenant is None or not operator.covers_tenant(tenant, PERMISSION):
        raise NotFound
    if user_id == context.actor_id or await resolve_operator(database, user_id) is not None:
        raise CannotImpersonate
    access = await resolve_access(database, tenant_id, user_id)
    if access is None:
        raise NotFound
    return access.tenant


def _open(
    context: Context,
    *,
    user_id: UUID,
    tenant_id: UUID,
    reason: str,
    lifetime: timedelta,
    now: datetime,
) -> LoginSession:
    return LoginSession(
        id=new_id(),
        user_id=user_id,
        tenant_id=tenant_id,
        version=1,
        state="active",
        mfa_pending=False,
        method="impersonation",
        device=device_name(context.user_agent),
        ip=context.ip,
        impersonator_id=context.actor_id,
        impersonation_reason=reason,
        created_at=now,
        last_used_at=now,
        absolute_expires_at=now + lifetime,
    )


async def _mail(
    session: AsyncSession,
    context: Context,
    user: UserAccount,
    reason: str,
    minutes: int,
    *,
    now: datetime,
) -> None:
    variables = {
        "display_name": user.display_name,
        "minutes": minutes,
        "begins_at": now.strftime("%Y-%m-%d %H:%M UTC"),
        "reason": reason,
    }
    template = "identity.impersonated"
    await send_mail(
        session, context, to=user.email, template=template, variables=variables, now=now
    )
