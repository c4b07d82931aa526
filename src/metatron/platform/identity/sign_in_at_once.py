"""The usual password sign-in in one statement, once the password is known to be right.

With a second factor, a hash to renew or an account that has changed meanwhile nothing is done, and
the ordinary way (`sign_in.begin_session`) decides.
"""

from collections.abc import Sequence
from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND_FOR_WRITE
from metatron.kernel.events.event import event_row
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.platform.identity.access_tokens import TokenSubject
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.devices import device_name
from metatron.platform.identity.events import SignedIn
from metatron.platform.identity.one_time_secrets import new_secret, secret_hash
from metatron.platform.identity.sessions import ABSOLUTE_LIFETIME, IDLE_LIFETIME
from metatron.platform.identity.sign_in import Tokens
from metatron.platform.identity.throttle import Limit, split_keys
from metatron.platform.tenancy.interface import memberships_of

_OPEN = f"""{BOUND_FOR_WRITE},
person as materialized (
  select bound.t::uuid as home, u.id, now() + coalesce((
      select make_interval(secs => c.offset_seconds)
      from kernel.tenant_clock c where c.tenant_id = bound.t::uuid), interval '0') as now
  from bound, identity.user_account u
  where u.id = $2 and u.state = 'active' and u.password_hash = $3
    and not exists (select from identity.totp f
                    where f.user_id = u.id and f.confirmed_at is not null)),
opened as (
  insert into identity.session (id, user_id, tenant_id, version, state, mfa_pending, method,
                                device, ip, created_at, last_used_at, absolute_expires_at)
  select $4::uuid, p.id, coalesce((
      select last.tenant_id from (
        select s.tenant_id from identity.session s
        where s.user_id = p.id and s.impersonator_id is null
        order by s.last_used_at desc limit 1) last
      where last.tenant_id = any ($5::uuid[])), $6::uuid),
    1, 'active', false, 'password', $7::text, $8::text, p.now, p.now, p.now + $9::interval
  from person p
  returning id, tenant_id, version, created_at, absolute_expires_at),
family as (
  insert into identity.refresh_token (token_hash, session_id, generation, issued_at, expires_at)
  select $10::bytea, id, 1, created_at, least(created_at + $11::interval, absolute_expires_at)
  from opened returning expires_at),
told as (
  insert into kernel.event (tenant_id, id, name, aggregate_id, actor_kind, actor_id,
                            impersonator_id, request_id, payload, occurred_at)
  select home, $12::uuid, $13::text, p.id, $14::text, $15::uuid, $16::uuid, $17::text,
    $18::text::jsonb, p.now
  from person p returning tenant_id, id, name),
sent as (
  insert into kernel.outbox (tenant_id, id, kind, name) select tenant_id, id, 'event', name
  from told)
select o.*, f.expires_at, identity.forgive_attempts($19::bytea[], $20::bytea[])
from opened o, family f
"""


async def open_session_at_once(
    database: Database,
    context: Context,
    *,
    desk: Desk,
    user_id: UUID,
    stored: str,
    limits: Sequence[Limit],
) -> Tokens | None:
    """Sign in a person whose password was right for the hash `stored`; forgive the attempts.

    None when nothing was done, because it is not the usual case.
    """
    mine = [membership.tenant_id for membership in await memberships_of(database, user_id)]
    secret, session_id = new_secret(), new_id()
    event = SignedIn(aggregate_id=user_id, session_id=session_id, method="password")
    own, shared = split_keys(limits)
    row = await (await database.direct(context)).row(
        context,
        _OPEN,
        *(user_id, stored, session_id, mine, mine[0] if mine else PLATFORM_TENANT_ID),
        *(device_name(context.user_agent), context.ip, ABSOLUTE_LIFETIME),
        *(secret_hash(secret), IDLE_LIFETIME),
        *_told(context, event),
        *(own, shared),
    )
    if row is None:
        return None
    database.waker.wake(context.tenant_id)
    subject = TokenSubject(
        user_id, row["tenant_id"], session_id, row["version"], row["absolute_expires_at"]
    )
    token = desk.issuer.access_token(subject, now=row["created_at"])
    return Tokens(token.text, token.expires_in, secret, row["expires_at"])


def _told(context: Context, event: SignedIn) -> tuple[object, ...]:
    """Return what the statement needs to know of an event besides its person and instant."""
    row = event_row(context, event, new_id(), None)
    names = "id", "name", "actor_kind", "actor_id", "impersonator_id", "request_id", "payload"
    return tuple(row[name] for name in names)
