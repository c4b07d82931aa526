"""Destinations, runs and deliveries of one organisation, as its people ask for them."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from metatron.apps.amc.destinations.ending import DELIVER_JOB
from metatron.apps.amc.runs.tables import Run
from metatron.kernel.ids import new_id
from tests.apps.amc.runs.stage import REACH, Stage

OPEN = {"pending", "delivering"}


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


@dataclass
class Desk:
    """The organisation's API and its worker; `stranger` asks from another organisation."""

    stage: Stage
    client: httpx.AsyncClient
    stranger: httpx.AsyncClient

    async def destination(self, kind: str, settings: dict[str, Any]) -> UUID:
        body = {"name": f"A {kind}", "kind": kind, "settings": settings}
        answer = await self.client.post("/destinations", json=body, headers=key())
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    async def tried(self, destination_id: UUID) -> dict[str, Any]:
        answer = await self.client.post(f"/destinations/{destination_id}/test")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def run(self, *destinations: UUID, rows: list[list[str]], **more: Any) -> Run:
        """A run that has succeeded, with these rows; the same query every time."""
        columns = more.pop("columns", None)
        self.stage.script("rows", rows=rows, columns=columns)
        sql = more.pop("sql", REACH.format("script:rows"))
        run_id = await self.stage.ask(sql, destination_ids=destinations, **more)
        run = await self.stage.ended(run_id)
        assert run.state == "succeeded", run.state_reason
        return run

    async def deliveries(self, **asked: Any) -> list[dict[str, Any]]:
        answer = await self.client.get("/deliveries", params=asked)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def settled(self, run: Run, *, seconds: float = 30.0) -> dict[str, Any]:
        """The run's one delivery once nothing of it is due any more."""
        end = time.monotonic() + seconds
        while True:
            await self.stage.step()
            found = await self.deliveries(run_id=run.id)
            if found and (found[0]["state"] not in OPEN or found[0]["next_at"]):
                return found[0]
            assert time.monotonic() < end, found
            await asyncio.sleep(0.05)

    async def later(self, delivery: dict[str, Any], run: Run) -> dict[str, Any]:
        """The same once its pause is over."""
        await self.stage.change(
            "update amc.delivery set next_at = null where tenant_id = :t and id = :id",
            id=delivery["id"],
        )
        await self.stage.again(DELIVER_JOB, delivery_id=delivery["id"])
        return await self.settled(run)

    async def lease_ends(self, run: Run) -> None:
        """What a dead worker held comes free, and its job is delivered once more."""
        rows = await self.stage.change(
            "update amc.delivery set leased_until = created_at where tenant_id = :t"
            " and run_id = :run and leased_until is not null returning id",
            run=run.id,
        )  # fmt: skip
        for row in rows:
            await self.stage.again(DELIVER_JOB, delivery_id=row.id)

    async def deliver(self, run: Run, destination_id: UUID) -> httpx.Response:
        body = {"destination_id": str(destination_id)}
        return await self.client.post(f"/runs/{run.id}/deliver", json=body, headers=key())
