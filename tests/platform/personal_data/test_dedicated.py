"""An organisation with a database of its own: its rows go there, the person at home.

A move leaves a copy for a week, here or there; an erasure meanwhile ends it.
"""

from typing import Any

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


async def _view_of(house: House) -> tuple[Any, str]:
    client, email, _ = await house.join("organiser")
    view = {"list_name": "campaigns", "name": "Mine", "search": {"q": email}}
    assert (await client.post("/saved-views", json=view)).status_code == 201
    return client, email


def _home(house: House) -> str:
    dsn = house.door.settings.database_url.get_secret_value()
    return dsn.partition("@/")[2].partition("?")[0]


async def test_the_copy_that_a_move_left_at_home_forgets_too(
    house: House, server: EmbeddedPostgres
) -> None:
    client, email = await _view_of(house)
    _, other = await _view_of(house)
    database = house.door.database
    await move_tenant(database, tenant_id=house.tenant_id, to="dedicated", now=utc_now())
    home = await asyncpg.connect(server.dsn("postgres", _home(house)))
    try:
        assert "records.saved_view.search" in await places_of(home, email), "kept for a week"
        await erased(house, client)
        assert await places_of(home, email) == set()
    finally:
        await home.close()
    shown = (await house.owner.get("/members?limit=200")).text
    assert other in shown, "the organisation lives on where it moved to"
    assert (await house.owner.get("/audit")).json()["items"]


async def test_the_database_that_a_move_left_behind_goes(
    house: House, server: EmbeddedPostgres
) -> None:
    database = house.door.database
    moved = await move_tenant(database, tenant_id=house.tenant_id, to="dedicated", now=utc_now())
    client, email = await _view_of(house)
    await move_tenant(database, tenant_id=house.tenant_id, to="pooled", now=utc_now())
    there = "select exists (select from pg_database where datname = $1)"
    home = await asyncpg.connect(server.dsn("postgres", _home(house)))
    try:
        assert await home.fetchval(there, moved.database_name), "kept for a week"
        await erased(house, client)
        assert not await home.fetchval(there, moved.database_name)
        assert await places_of(home, email) == set()
    finally:
        await home.close()
