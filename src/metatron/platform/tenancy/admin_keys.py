"""Admin API keys: for programs that run the platform, limited like operators. A hash is kept."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.admin_grants import check_may_give
from metatron.platform.tenancy.admin_key_facts import notice_of
from metatron.platform.tenancy.announce import tell
from metatron.platform.tenancy.api_keys import DAYS
from metatron.platform.tenancy.errors import KeyMakesNoKey, TransitionRefused
from metatron.platform.tenancy.events import AdminKeyCreated, AdminKeyRevoked
from metatron.platform.tenancy.key_format import SHOWN, digest_of, new_key
from metatron.platform.tenancy.operator_facts import Grant, OperatorFacts
from metatron.platform.tenancy.organisations import checked_name
from metatron.platform.tenancy.tables import AdminKey, AdminKeyGrant


async def make_admin_key(
    session: AsyncSession,
    context: Context,
    giver: OperatorFacts,
    *,
    name: str,
    kind: str,
    grants: list[Grant],
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[AdminKey, str]:
    """Make a key; returns it with its text, which is shown this once.

    Args:
        session: a transaction of the system role.
        context: who makes it.
        giver: what they may do themselves.
        name: what it is for.
        kind: short, standard or long: 30, 90 or 365 days.
        grants: what it may do, and where; at least one.
        expires_at: an earlier end than the kind's.
        now: the instant.

    Raises:
        KeyMakesNoKey: the maker is such a key, which would outlive its own end.
        InvalidInput: no grant, or an end out of range.
        GrantAboveOwnRights: the grants hold more than the maker has.
    """
    if context.actor_kind == "admin_key" and context.actor_id is not None:
        raise KeyMakesNoKey
    if not grants:
        raise InvalidInput.field("body.grants", "no_scope", "Give at least one right.")
    latest = now + timedelta(days=DAYS[kind])
    if expires_at is not None and not now < expires_at <= latest:
        hint = f"A {kind} key ends within {DAYS[kind]} days."
        raise InvalidInput.field("body.expires_at", "out_of_range", hint)
    await check_may_give(session, giver, grants)
    text = new_key(is_sandbox=False)
    key = AdminKey(
        id=new_id(),
        name=checked_name(name)[:100],
        prefix=text[:SHOWN],
        digest=digest_of(text),
        kind=kind,
        created_by=context.actor_id,
        created_at=now,
        expires_at=expires_at or latest,
    )
    session.add(key)
    await session.flush()
    session.add_all(
        AdminKeyGrant(
            key_id=key.id,
            scope=grant.scope,
            subject_ids=sorted(grant.subject_ids),
            resource=grant.resource,
            action=grant.action,
        )
        for grant in grants
    )
    await session.flush()
    event = AdminKeyCreated(aggregate_id=key.id, ends_at=key.expires_at)
    await publish(session, context, event, now=now)
    return key, text


async def revoke_admin_key(
    session: AsyncSession, context: Context, giver: OperatorFacts, *, key_id: UUID, now: datetime
) -> None:
    """End a key at once.

    Raises:
        NotFound: there is no such key.
        GrantAboveOwnRights: the key holds more than who would end it.
        TransitionRefused: it was ended before.
    """
    key = await session.get(AdminKey, key_id, with_for_update=True)
    if key is None:
        raise NotFound
    rows = await session.scalars(select(AdminKeyGrant).where(AdminKeyGrant.key_id == key_id))
    held = [Grant(r.scope, frozenset(r.subject_ids), r.resource, r.action) for r in rows]
    await check_may_give(session, giver, held)
    if key.revoked_at is not None:
        raise TransitionRefused("The key was ended before.")
    key.revoked_at = now
    key.version += 1
    await session.flush()
    await tell(session, notice_of(key.digest))
    await publish(session, context, AdminKeyRevoked(aggregate_id=key.id), now=now)
