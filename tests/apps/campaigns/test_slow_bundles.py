"""Bundles that nobody takes: they keep neither connections nor others' requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from metatron.apps.campaigns.trust import sending
from tests.apps.campaigns.test_api import House, app, house

__all__ = ["app", "house"]
PATIENCE_SECONDS = 10.0


class Silent:
    """A caller who asks for a bundle, takes its first piece, and listens no more."""

    def __init__(self) -> None:
        self.status = 0
        self.begun = asyncio.Event()
        self._sent = False
        self._never = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._never.wait()
        raise AssertionError

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.begun.set()
        if message.get("more_body"):
            await self._never.wait()


@asynccontextmanager
async def silent_ones(house: House, campaign_id: str, number: int) -> AsyncIterator[list[Silent]]:
    path = f"/api/v1/campaigns/{campaign_id}/audit-bundle"
    sent = {"authorization": house.organiser.headers["authorization"], "content-length": "0"}
    headers = [(name.encode(), value.encode()) for name, value in sent.items()]
    callers, tasks = [Silent() for _ in range(number)], []
    for caller in callers:
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1", "method": "POST", "scheme": "http", "path": path,
            "raw_path": path.encode(), "query_string": b"", "headers": headers,
            "client": ("10.9.9.8", 1), "server": ("testserver", 80), "root_path": "",
        }  # fmt: skip
        tasks.append(asyncio.create_task(house.door.app(scope, caller.receive, caller.send)))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(caller.begun.wait() for caller in callers))
        yield callers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_those_who_take_nothing_leave_connections_to_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "STALLED_SECONDS", 3.0)
    campaign = await house.draft()
    path = f"/campaigns/{campaign['id']}"
    async with silent_ones(house, campaign["id"], 10) as callers:
        assert (await house.reviewer.get(f"{path}/review")).status_code == 200
        assert sorted(each.status for each in callers) == [200] + [503] * 9
        pool = house.door.database.router.home.engine.pool
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                if not pool.checkedout():  # type: ignore[attr-defined]
                    break
                await asyncio.sleep(0.05)
        whole = await house.organiser.post(f"{path}/audit-bundle")
        assert (whole.status_code, whole.content[:2]) == (200, b"PK")
