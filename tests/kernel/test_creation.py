"""Databases are dropped also while the server's own processes are in them."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from metatron.kernel.database import creation
from metatron.kernel.process.embedded_postgres import SUPERUSER, EmbeddedPostgres


async def test_a_superuser_at_work_in_it_is_waited_for(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"dropped_{uuid4().hex}"
    owner = await asyncpg.connect(server.dsn("metatron_owner", "metatron"))
    await creation.create_database(owner, name)
    # Autovacuum is one, and comes when it likes.
    vacuum = await asyncpg.connect(server.dsn(SUPERUSER, name))
    dropping = asyncio.create_task(creation.drop_database(owner, name))
    await asyncio.sleep(0.3)
    assert not dropping.done()
    await vacuum.close()
    await dropping
    assert not await owner.fetchval("select 1 from pg_database where datname = $1", name)
    await creation.create_database(owner, name)
    vacuum = await asyncpg.connect(server.dsn(SUPERUSER, name))
    monkeypatch.setattr(creation, "RETRY_SECONDS", 0.0)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await creation.drop_database(owner, name)
    await vacuum.close()
    await creation.drop_database(owner, name)
    await owner.close()
