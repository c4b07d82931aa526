"""Ending one's own session."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND_FOR_WRITE
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import event_row, publish
from metatron.kernel.ids import new_id
from metatron.platform.identity.events import SessionRevoked, SignedOut
from metatron.platform.identity.one_time_secrets import secret_hash
from metatron.platform.identity.sessions import revoke_where
from metatron.platform.identity.sign_in import NOBODY
from metatron.platform.identity.tables import LoginSession, RefreshToken

_REPLACE = f"""{BOUND_FOR_WRITE},
instant as materialized (
  select bound.t::uuid as home, now() + coalesce((
      select make_interval(secs => c.offset_seconds)
      from kernel.tenant_clock c where c.tenant_id = bound.t::uuid), interval '0') as now
  from bound),
ended as (
  update identity.session s set state = 'revoked', revoked_at = i.now
  from instant i, identity.refresh_token r
  where r.token_hash = $2 and s.id = r.session_id and s.state = 'active'
  returning i.home, i.now, s.id, s.user_id),
told as (
  insert into kernel.event (tenant_id, id, name, aggregate_id, actor_kind, actor_id,
                            impersonator_id, request_id, payload, occurred_at)
  select home, $3::uuid, $4::text, user_id, $5::text, $6::uuid, $7::uuid, $8::text,
    $9::text::jsonb || jsonb_build_object('aggregate_id', user_id, 'session_id', ended.id), now
  from ended returning tenant_id, id, name),
sent as (
  insert into kernel.outbox (tenant_id, id, kind, name) select tenant_id, id, 'event', name
  from told)
select pg_notify('metatron_access', 'session:' || id) from ended
"""


async def sign_out(database: Database, context: Context, *, refresh_secret: str | None) -> None:
    """End the session of the bearer token and that of the refresh token; often the same one."""
    async with database.transaction(context) as session:
        now = await session_now(session)
        wanted = {context.session_id, await session_of(session, refresh_secret)}
        for login in await _active(session, wanted):
            if await _end(session, context, login, why="signed_out", now=now):
                event = SignedOut(aggregate_id=login.user_id, session_id=login.id)
                await publish(session, context, event, now=now)


async def end_replaced(database: Database, context: Context, *, refresh_secret: str) -> None:
    """End the session whose cookie a new sign-in in the same browser takes the place of."""
    event = SessionRevoked(aggregate_id=NOBODY, session_id=NOBODY, why="replaced")
    row = event_row(context, event, new_id(), None)
    names = "id", "name", "actor_kind", "actor_id", "impersonator_id", "request_id", "payload"
    door = await database.direct(context)
    told = (row[name] for name in names)
    if await door.row(context, _REPLACE, secret_hash(refresh_secret), *told) is not None:
        database.waker.wake(context.tenant_id)


async def _active(session: AsyncSession, ids: set[UUID | None]) -> list[LoginSession]:
    statement = select(LoginSession).where(
        LoginSession.id.in_(ids - {None}), LoginSession.state == "active"
    )
    return list(await session.scalars(statement))


async def _end(
    session: AsyncSession, context: Context, login: LoginSession, *, why: str, now: datetime
) -> bool:
    where = [LoginSession.id == login.id, LoginSession.state == "active"]
    ended = await revoke_where(session, context, where, user_id=login.user_id, why=why, now=now)
    return ended > 0


async def session_of(session: AsyncSession, refresh_secret: str | None) -> UUID | None:
    """Return the session a refresh token belongs to."""
    if refresh_secret is None:
        return None
    return await session.scalar(
        select(RefreshToken.session_id).where(
            RefreshToken.token_hash == secret_hash(refresh_secret)
        )
    )


async def is_signed_in(session: AsyncSession, user_id: UUID, refresh_secret: str | None) -> bool:
    """Tell whether a refresh token is of a live session of this person's own."""
    found = await _active(session, {await session_of(session, refresh_secret)})
    return any(
        login.user_id == user_id and login.impersonator_id is None and not login.mfa_pending
        for login in found
    )
