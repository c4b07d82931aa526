"""An organisation, its administrator, and the worker's part of webhooks, stepped by tests."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from metatron.kernel.context import Context, system_context
from metatron.kernel.events import taps
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.platform.webhooks.module import MODULE
from tests.support.people import Door, new_email

PATH = "/webhooks"
_DUE = """
select o.tenant_id, o.id, o.kind, o.name, o.arguments, null::text as trace, null::uuid
  as aggregate_id, null::timestamptz as occurred_at, null::text as payload
from kernel.outbox o left join kernel.tenant_clock c on c.tenant_id = o.tenant_id
where o.tenant_id = $1
  and o.run_at <= now() + make_interval(secs => coalesce(c.offset_seconds, 0))
order by o.run_at, o.id
"""
_GONE = "delete from kernel.outbox where tenant_id = $1 and id = any($2::uuid[])"


@dataclass
class Office:
    """One organisation; `client` is its administrator's."""

    door: Door
    tenant_id: UUID
    email: str
    client: httpx.AsyncClient

    @property
    def context(self) -> Context:
        return system_context(self.tenant_id)

    async def colleague(self, *roles: str) -> httpx.AsyncClient:
        return await self.door.signed_in(new_email("colleague"), self.tenant_id, roles)

    async def add(self, url: str, *events: str, **more: Any) -> dict[str, Any]:
        body = {"url": url, "events": list(events) or ["tenancy.settings_updated"]} | more
        answer = await self.client.post(PATH, json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def rename(self, name: str) -> None:
        """Make an event happen: tenancy.settings_updated."""
        answer = await self.client.patch("/organisation", json={"name": name})
        assert answer.status_code == 200, answer.text

    async def log(self, webhook: dict[str, Any], **query: str) -> list[dict[str, Any]]:
        answer = await self.client.get(f"{PATH}/{webhook['id']}/deliveries", params=query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def read(self, webhook: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.get(f"{PATH}/{webhook['id']}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def take_up(self) -> list[dict[str, Any]]:
        """What the relay hands to the queue for this module now."""
        system, registry = self.door.database.system, Registry([MODULE])
        relay = Relay(system, registry)
        async with system.acquire() as connection, connection.transaction():
            rows = await connection.fetch(_DUE, self.tenant_id)
            found = [each for row in rows for each in relay._messages(row)]
            found += await taps.messages(connection, rows, registry, at_home=True)
            await connection.execute(_GONE, self.tenant_id, [row["id"] for row in rows])
        return [
            each | {"id": str(each["id"]), "tenant_id": str(each["tenant_id"])}
            for each in found
            if each["handler"].startswith("webhooks.")
        ]

    async def work(self) -> int:
        """Do all that is due, as the worker would; returns how many jobs."""
        registry, done = Registry([MODULE]), 0
        runner, handlers = Runner(self.door.database, registry), registry.handlers()
        while messages := await self.take_up():
            done += len(messages)
            await asyncio.gather(
                *(runner.deliver(handlers[each["handler"]], each) for each in messages)
            )
        return done

    async def sql(self, statement: str, **values: Any) -> Any:
        async with self.door.database.transaction(self.context) as session:
            return await session.execute(text(statement), {"t": self.tenant_id, **values})

    async def later(self) -> None:
        """Have what is to be tried again due now."""
        await self.sql(
            "update webhooks.delivery set next_attempt_at = now()"
            " where tenant_id = :t and state = 'queued'"
        )
        await self.door.database.system.execute(
            "update kernel.outbox set run_at = now() where tenant_id = $1 and kind = 'job'",
            self.tenant_id,
        )
