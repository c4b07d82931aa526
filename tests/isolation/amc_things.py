"""A connection to Amazon with an account and a client, as signing in and comparing leave it."""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

import httpx

from metatron.apps.amc.amazon.login import Tokens
from metatron.apps.amc.connections.renewing import keep
from metatron.apps.amc.connections.tables import HEALTHY, Account, Connection, Instance
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.ids import new_id
from tests.support.people import Door


class Furnished(Protocol):
    """What is needed of a realm."""

    marker: str
    tenant_id: UUID
    client: httpx.AsyncClient
    door: Door

    def note(self, name: str, *values: object) -> None:
        """Keep an id under its name in the API."""


async def furnish_amc(realm: Furnished) -> None:
    """Put one of everything there; the instance is a favourite of the realm's person."""
    m, now = realm.marker, utc_now()
    begun = await realm.client.post(
        "/amc/connections", json={"name": f"Amazon {m}", "region": "eu"}
    )
    assert begun.status_code == 201, begun.text
    connection_id = UUID(begun.json()["id"])
    account = Account(
        tenant_id=realm.tenant_id, id=new_id(), connection_id=connection_id,
        amc_account_id=f"ENTITY{m}", marketplace_id="A1PA6795UKMFR9", name=f"Brands {m}",
        synced_at=now,
    )  # fmt: skip
    instance = Instance(
        tenant_id=realm.tenant_id, id=new_id(), account_id=account.id,
        connection_id=connection_id, amc_instance_id=f"amc{m}", name=f"Client {m}",
        status="COMPLETED", advertiser_types=["DISPLAY"], brands=[m], synced_at=now,
    )  # fmt: skip
    context = system_context(realm.tenant_id)
    async with realm.door.database.transaction(context) as session:
        connection = await session.get(Connection, (realm.tenant_id, connection_id))
        assert connection is not None
        keep(connection, Tokens(f"access {m}", f"refresh {m}", 36_000), now=now)
        connection.state = HEALTHY
        connection.access_expires_at = now + timedelta(days=1)
        session.add(account)
        await session.flush()
        session.add(instance)
    answer = await realm.client.put(f"/amc/instances/{instance.id}/favourite")
    assert answer.status_code == 204, answer.text
    realm.note("connection_id", connection_id)
    realm.note("instance_id", instance.id)
