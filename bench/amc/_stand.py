"""The organisation of a running suite that is measured: its database, its rows, its results."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson

from bench._running import Suite
from bench.amc._results import columns_of, make
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from tests.apps.amc.library.filled import fill

API = "/api/v1/amc"
_RESULT = """
update amc.run set row_count = $3, columns = $4::text::jsonb
where tenant_id = $1 and id = $2 and (select set_config('app.tenant_id', $1::text, true)) <> ''
"""
_CONNECT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Stand:
    """A running suite and the organisation that the signed-in person belongs to."""

    suite: Suite
    tenant_id: UUID

    @classmethod
    def of(cls, suite: Suite) -> "Stand":
        """Look up the organisation."""
        me = httpx.get(f"{suite.base_url}/api/v1/auth/me", headers=suite.bearer)
        return cls(suite, UUID(me.raise_for_status().json()["tenant"]["id"]))

    def client(self) -> httpx.AsyncClient:
        """Return a client of AMC's routes, signed in."""
        base = self.suite.base_url + API
        return httpx.AsyncClient(base_url=base, headers=self.suite.bearer, timeout=60)

    async def owner(self) -> "asyncpg.Connection[asyncpg.Record]":
        """Return a connection of the tables' owner, in this organisation."""
        server = EmbeddedPostgres(self.suite.data)
        connection = await asyncpg.connect(server.dsn("metatron_owner"))
        tenant = str(self.tenant_id)
        await connection.execute("select set_config('app.tenant_id', $1, false)", tenant)
        return connection

    async def fill(self) -> None:
        """Give it a thousand workflows and a hundred thousand runs."""
        owner = await self.owner()
        try:
            await fill(owner, self.tenant_id)
        finally:
            await owner.close()

    async def give_result(self, run_id: UUID, rows: int) -> Path:
        """Give a run a result of 20 columns; returns its file."""
        file = self.suite.data / "amc" / str(self.tenant_id) / str(run_id) / "result.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(make, file, rows)
        columns = orjson.dumps(columns_of(file)).decode()
        owner = await self.owner()
        try:
            await owner.execute(_RESULT, self.tenant_id, run_id, rows, columns)
        finally:
            await owner.close()
        return file

    async def instances(self) -> dict[str, str]:
        """Return ids by Amazon's, once the local AMC is connected (a first start does it)."""
        end = time.monotonic() + _CONNECT_SECONDS
        async with self.client() as client:
            while time.monotonic() < end:
                found: list[dict[str, Any]] = (await client.get("/instances")).json()["items"]
                local = {
                    each["amc_instance_id"]: each["id"]
                    for each in found
                    if each["amc_instance_id"].startswith("amclocal")
                }
                if len(local) == 3:
                    return local
                await asyncio.sleep(0.5)
        raise TimeoutError("the local AMC was not connected in time")
