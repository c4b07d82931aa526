"""A ready client for an instance: what runs, the catalogue and the sync ask for."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from metatron.apps.amc.amazon.advertising import AdsClient
from metatron.apps.amc.amazon.client import AmcClient, Scope
from metatron.apps.amc.amazon.identifiers import AmcAccountId, AmcInstanceId
from metatron.apps.amc.amazon.wire import Patience, Wire
from metatron.apps.amc.connections.errors import InstanceGone, InstanceNotFound
from metatron.apps.amc.connections.renewing import ConnectionBearer, Held, held_token, renew
from metatron.apps.amc.connections.site import site
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database

type AmcApi = AmcClient

SOON = timedelta(minutes=2)
"""A token that ends within this is renewed before it is used."""

_INSTANCE = text("""
select i.amc_instance_id, i.gone_at, i.connection_id, a.amc_account_id, a.marketplace_id
from amc.instance i join amc.account a on a.tenant_id = i.tenant_id and a.id = i.account_id
where i.tenant_id = :tenant_id and i.id = :id
""")


async def client_of(
    database: Database,
    context: Context,
    instance_id: UUID,
    *,
    now: datetime,
    patience: Patience | None = None,
) -> AmcApi:
    """Return a client for an instance of the context's tenant, with a fresh token.

    A 401 renews the token once and repeats the call once. No transaction is open while it calls.

    Raises:
        InstanceNotFound: no instance of this organisation has the id.
        InstanceGone: Amazon no longer lists it.
        ConnectionNotUsable: its connection is broken, disconnected or not signed in yet.
        AmazonAway: the token had to be renewed and Amazon gave no answer.
    """
    async with database.transaction(context) as session:
        key = {"tenant_id": context.tenant_id, "id": instance_id}
        row = (await session.execute(_INSTANCE, key)).one_or_none()
    if row is None:
        raise InstanceNotFound
    if row.gone_at is not None:
        raise InstanceGone
    scope = Scope(
        AmcAccountId(row.amc_account_id), row.marketplace_id, AmcInstanceId(row.amc_instance_id)
    )
    return await connection_client(
        database, context, row.connection_id, now=now, scope=scope, patience=patience
    )


async def connection_client(
    database: Database,
    context: Context,
    connection_id: UUID,
    *,
    now: datetime,
    scope: Scope | None = None,
    patience: Patience | None = None,
) -> AmcApi:
    """Return a client of a connection, about `scope` or about its accounts.

    Raises:
        ConnectionNotFound: no connection of this organisation has the id.
        ConnectionNotUsable: it is broken, disconnected or not signed in yet.
        AmazonAway: the token had to be renewed and Amazon gave no answer.
    """
    held = await held_token(database, context, connection_id, now=now)
    if held.expires_at - now < SOON:
        held = await renew(database, context, connection_id, refused=held.number, now=now)
    here = site()
    bucket = here.pacing.bucket(context.tenant_id, scope.instance_id if scope else "")
    wire = Wire(
        here.http,
        here.places[held.region].api,
        here.client_id,
        _bearer(database, context, held, now),
        bucket,
        patience=patience,
    )
    return AmcClient(wire, scope)


async def ads_client(
    database: Database, context: Context, connection_id: UUID, *, now: datetime
) -> AdsClient:
    """Return a client of the Ads API under a connection's sign-in.

    Raises:
        ConnectionNotFound, ConnectionNotUsable, AmazonAway: as `connection_client`.
    """
    return AdsClient((await connection_client(database, context, connection_id, now=now)).wire)


def _bearer(database: Database, context: Context, held: Held, now: datetime) -> ConnectionBearer:
    return ConnectionBearer(database, context, held, now)
