"""An organisation with a database of its own: its rows go there, the person at home."""

import asyncpg

from metatron.kernel.clock import utc_now
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.platform.tenancy.moving import move_tenant

from .conftest import House, erased
from .search import places_of


async def test_both_databases_forget(house: House, server: EmbeddedPostgres) -> None:
    moved = await move_tenant(
        house.door.database, tenant_id=house.tenant_id, to="dedicated", now=utc_now()
    )
    client, email, _ = await house.join("organiser")
    view = {"list_name": "campaigns", "name": "Mine", "search": {"q": email}}
    assert (await client.post("/saved-views", json=view)).status_code == 201
    home = house.door.settings.database_url.get_secret_value().partition("@/")[2].partition("?")[0]
    connections = [
        await asyncpg.connect(server.dsn("postgres", str(name)))
        for name in (moved.database_name, home)
    ]
    try:
        assert "records.saved_view.search" in await places_of(connections[0], email)
        assert "identity.user_account.email" in await places_of(connections[1], email)
        await erased(house, client)
        for connection in connections:
            assert await places_of(connection, email) == set()
    finally:
        for connection in connections:
            await connection.close()
    [shown] = (await house.owner.get("/personal-data/erasures")).json()["items"]
    assert shown["state"] == "done"
