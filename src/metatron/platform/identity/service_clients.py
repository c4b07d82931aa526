"""Other processes of the platform: an id and a secret buy tokens of 60 seconds."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.identity.access_tokens import AccessToken
from metatron.platform.identity.desk import Desk
from metatron.platform.identity.errors import AudienceNotAllowed, InvalidClient
from metatron.platform.identity.events import ServiceClientCreated, ServiceTokenIssued
from metatron.platform.identity.one_time_secrets import new_secret, secret_hash
from metatron.platform.identity.tables import ServiceClient
from metatron.platform.identity.throttle import attempt_limits, forgive, take_attempt


@dataclass(frozen=True, slots=True)
class NewClient:
    """A service's credentials; the secret is shown this once."""

    client_id: UUID
    client_secret: str


async def create_client(
    session: AsyncSession,
    context: Context,
    *,
    name: str,
    audiences: list[str],
    scopes: list[str],
    now: datetime,
) -> NewClient:
    """Give a service an id and a secret.

    Args:
        session: bound to the platform's tenant.
        context: who gives it.
        name: a-z, digits and hyphens, unique.
        audiences: the services it may call.
        scopes: the permissions its tokens carry.
        now: the instant.
    """
    secret = new_secret()
    client = ServiceClient(
        id=new_id(),
        name=name,
        secret_hash=secret_hash(secret),
        audiences=audiences,
        scopes=scopes,
        created_at=now,
    )
    session.add(client)
    await session.flush()
    await publish(session, context, ServiceClientCreated(aggregate_id=client.id), now=now)
    return NewClient(client.id, secret)


async def renew_client(
    session: AsyncSession,
    context: Context,
    *,
    name: str,
    audiences: list[str],
    scopes: list[str],
    now: datetime,
) -> NewClient:
    """Give a service a new secret, and an id if it has none; its old secret ends.

    Arguments as for `create_client`.
    """
    client = await session.scalar(select(ServiceClient).where(ServiceClient.name == name))
    if client is None:
        return await create_client(
            session, context, name=name, audiences=audiences, scopes=scopes, now=now
        )
    secret = new_secret()
    client.secret_hash, client.revoked_at = secret_hash(secret), None
    client.audiences, client.scopes = list(audiences), list(scopes)
    await session.flush()
    await publish(session, context, ServiceClientCreated(aggregate_id=client.id), now=now)
    return NewClient(client.id, secret)


async def service_token(
    database: Database,
    context: Context,
    *,
    desk: Desk,
    client_id: UUID,
    client_secret: str,
    audience: str,
) -> AccessToken:
    """Return a token of 60 seconds for calling the service `audience`.

    Raises:
        InvalidClient: the id or the secret is wrong, or the client was revoked.
        AudienceNotAllowed: it may not call that service.
        TooManyAttempts: five wrong secrets from this address.
    """
    limits = attempt_limits(f"service/{client_id}", context.ip)
    await take_attempt(database, limits)
    async with database.transaction(context) as session:
        now = await session_now(session)
        client = await session.scalar(select(ServiceClient).where(ServiceClient.id == client_id))
        stored = client.secret_hash if client is not None else bytes(32)
        is_right = secrets.compare_digest(stored, secret_hash(client_secret))
        if client is None or client.revoked_at is not None or not is_right:
            raise InvalidClient
        if audience not in client.audiences:
            raise AudienceNotAllowed
        event = ServiceTokenIssued(aggregate_id=client.id, audience=audience)
        await publish(session, context, event, now=now)
    await forgive(database, limits)
    scopes = [str(item) for item in client.scopes]
    return desk.issuer.service_token(client.id, audience=audience, scopes=scopes, now=now)
