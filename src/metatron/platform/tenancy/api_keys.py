"""API keys of an organisation's applications: made, rotated, revoked; only a hash is kept."""

import ipaddress
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.session import at_home
from metatron.kernel.errors import InvalidInput, NotFound
from metatron.kernel.ids import new_id
from metatron.platform.tenancy.announce import announce, tell
from metatron.platform.tenancy.applications import load_application
from metatron.platform.tenancy.errors import GrantAboveOwnRights, TransitionRefused
from metatron.platform.tenancy.events import ApiKeyCreated, ApiKeyRevoked, ApiKeyRotated
from metatron.platform.tenancy.key_format import SHOWN, digest_of, new_key
from metatron.platform.tenancy.organisations import checked_name, load_tenant
from metatron.platform.tenancy.roles import checked_permissions
from metatron.platform.tenancy.tables import ApiKey, SecretDigest

DAYS = {"short": 30, "standard": 90, "long": 365}
MOST_OVERLAP_SECONDS = 30 * 86_400
_MAKERS = text("""
with recursive maker (id) as (
  select created_by from tenancy.api_key where tenant_id = :tenant_id and id = :key_id
  union
  select k.created_by from tenancy.api_key k join maker m on m.id = k.id
  where k.tenant_id = :tenant_id)
select id from maker where id is not null
""")


async def create_api_key(
    session: AsyncSession,
    context: Context,
    *,
    name: str,
    application_id: UUID,
    kind: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    ip_allow_list: Iterable[str] = (),
    now: datetime,
) -> tuple[ApiKey, str]:
    """Make a key; returns it with its text, which is shown this once.

    Args:
        session: a transaction in the home database.
        context: who makes it; the scopes are a subset of their rights.
        name: what it is for.
        application_id: whose key it is.
        kind: short, standard or long: 30, 90 or 365 days.
        scopes: permissions.
        expires_at: an earlier end than the kind's.
        ip_allow_list: CIDR blocks from which it may be used; none admits all.
        now: the instant.

    Raises:
        NotFound: the organisation has no such application.
        UnknownPermission: a scope that no module declares.
        GrantAboveOwnRights: a scope that the maker does not hold.
        InvalidInput: no scope, an end out of range, or a block that is not CIDR.
    """
    context.demand_lasting("tenancy:manage_api_keys")
    application = await load_application(session, context, application_id)
    granted = checked_permissions(context, scopes)
    if not granted:
        raise InvalidInput.field("body.scopes", "no_scope", "Choose at least one scope.")
    latest = now + timedelta(days=DAYS[kind])
    if expires_at is not None and not now < expires_at <= latest:
        hint = f"A {kind} key ends within {DAYS[kind]} days."
        raise InvalidInput.field("body.expires_at", "out_of_range", hint)
    text = new_key(is_sandbox=(await load_tenant(session, context)).is_sandbox)
    key = ApiKey(
        tenant_id=context.tenant_id,
        id=new_id(),
        application_id=application.id,
        name=checked_name(name)[:100],
        prefix=text[:SHOWN],
        digest=digest_of(text),
        kind=kind,
        scopes=granted,
        ip_allow_list=checked_blocks(ip_allow_list),
        created_by=context.actor_id,
        created_at=now,
        expires_at=expires_at or latest,
    )
    await _store(session, key)
    event = ApiKeyCreated(aggregate_id=key.id, application_id=application.id, scopes=granted)
    await announce(session, context, event, now=now)
    return key, text


async def rotate_api_key(
    session: AsyncSession, context: Context, *, key_id: UUID, overlap_seconds: int, now: datetime
) -> tuple[ApiKey, str]:
    """Give a key a successor with the same name, scopes and blocks, and its kind's full time.

    The old key ends after `overlap_seconds` (0 kills it at once).

    Raises:
        NotFound: there is no such key, or it is revoked.
        TransitionRefused: it has a successor already, or has expired.
        GrantAboveOwnRights: the key holds scopes that the actor does not.
        InvalidInput: the overlap is negative or longer than 30 days.
    """
    context.demand_lasting("tenancy:manage_api_keys")
    if not 0 <= overlap_seconds <= MOST_OVERLAP_SECONDS:
        hint = "Overlap for 0 seconds to 30 days."
        raise InvalidInput.field("body.overlap_seconds", "out_of_range", hint)
    old = await _load(session, context, key_id)
    if old.replaced_by is not None or old.expires_at <= now:
        raise TransitionRefused
    if not set(old.scopes) <= context.permissions:
        raise GrantAboveOwnRights
    text = new_key(is_sandbox=(await load_tenant(session, context)).is_sandbox)
    key = ApiKey(
        tenant_id=context.tenant_id,
        id=new_id(),
        application_id=old.application_id,
        name=old.name,
        prefix=text[:SHOWN],
        digest=digest_of(text),
        kind=old.kind,
        scopes=list(old.scopes),
        ip_allow_list=list(old.ip_allow_list),
        created_by=context.actor_id,
        created_at=now,
        expires_at=now + timedelta(days=DAYS[old.kind]),
    )
    await _store(session, key)
    old.replaced_by = key.id
    old.version += 1
    if overlap_seconds == 0:
        await _end(session, old, now)
    else:
        old.expires_at = min(old.expires_at, now + timedelta(seconds=overlap_seconds))
    await tell(session, f"key:{old.digest.hex()[:16]}")
    event = ApiKeyRotated(aggregate_id=old.id, successor_id=key.id, overlap_seconds=overlap_seconds)
    await announce(session, context, event, now=now)
    return key, text


async def revoke_api_key(
    session: AsyncSession, context: Context, *, key_id: UUID, now: datetime
) -> None:
    """End a key at once; raises `NotFound` when there is none or it has ended so before."""
    context.demand("tenancy:manage_api_keys")
    await end_api_key(session, context, key_id=key_id, now=now)


async def end_api_key(
    session: AsyncSession, context: Context, *, key_id: UUID, now: datetime
) -> None:
    """As `revoke_api_key`, for operators, whose right was looked at already."""
    key = await _load(session, context, key_id)
    await _end(session, key, now)
    await tell(session, f"key:{key.digest.hex()[:16]}")
    await announce(session, context, ApiKeyRevoked(aggregate_id=key.id), now=now)


async def makers_of_key(
    session: AsyncSession, context: Context, *, key_id: UUID
) -> frozenset[UUID]:
    """Return the ids of whoever made the key, and the key that made it, and so on."""
    async with at_home(session) as home:
        found = await home.scalars(_MAKERS, {"tenant_id": context.tenant_id, "key_id": key_id})
        return frozenset(found)


async def is_made_by_a_person(session: AsyncSession, context: Context, *, key_id: UUID) -> bool:
    """Tell whether it is known who made the key, or the key that made it, and so on."""
    makers = await makers_of_key(session, context, key_id=key_id)
    if not makers:
        return False
    query = select(func.count()).where(ApiKey.tenant_id == context.tenant_id, ApiKey.id.in_(makers))
    async with at_home(session) as home:
        return bool(await home.scalar(query) != len(makers))


def checked_blocks(blocks: Iterable[str]) -> list[str]:
    """Return CIDR blocks in their normal form; raise `InvalidInput` for anything else."""
    found = []
    for block in blocks:
        try:
            found.append(str(ipaddress.ip_network(block.strip())))
        except ValueError as error:
            hint = f"{block[:60]} is not an address block such as 192.0.2.0/24."
            raise InvalidInput.field("body.ip_allow_list", "not_cidr", hint) from error
    return list(dict.fromkeys(found))


async def _load(session: AsyncSession, context: Context, key_id: UUID) -> ApiKey:
    key = await session.get(ApiKey, (context.tenant_id, key_id), with_for_update=True)
    if key is None or key.state != "active":
        raise NotFound
    return key


async def _store(session: AsyncSession, key: ApiKey) -> None:
    session.add(key)
    await session.flush()
    session.add(SecretDigest.of("api_key", key.digest, key))
    await session.flush()


async def _end(session: AsyncSession, key: ApiKey, now: datetime) -> None:
    key.state, key.revoked_at = "revoked", now
    key.version += 1
    await session.execute(delete(SecretDigest).where(SecretDigest.digest == key.digest))
    await session.flush()
