"""Lists of what repeats, tells and takes results along, in every order, page by page."""

from typing import Any

import httpx
import pytest

from metatron.kernel.database.database import Database
from tests.apps.amc.house import House
from tests.apps.amc.recurring.test_api import app, house, key, made
from tests.support.people import new_email

__all__ = ["app", "house"]
NAMES = ("beta", "Alpha", "gamma")


async def walked(client: httpx.AsyncClient, path: str, sort: str) -> list[dict[str, Any]]:
    """All rows, one a page."""
    seen: list[dict[str, Any]] = []
    cursor = None
    while True:
        params = {"sort": sort, "limit": "1"} | ({"cursor": cursor} if cursor else {})
        answer = await client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        seen += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return seen


async def there_and_back(
    client: httpx.AsyncClient, path: str, sorts: tuple[str, ...]
) -> dict[str, list[str]]:
    names = {}
    for sort in sorts:
        there = [row["name"] for row in await walked(client, path, sort)]
        back = [row["name"] for row in await walked(client, path, f"-{sort}")]
        assert there == back[::-1], sort
        assert sorted(there) == sorted(NAMES), sort
        names[sort] = there
    assert names["name"] == ["Alpha", "beta", "gamma"]
    return names


async def test_schedules(house: House, database: Database) -> None:
    rows = [await made(house, database, name=name) for name in NAMES]
    paused = await house.analyst.post(f"/amc/schedules/{rows[1]['id']}/pause")
    assert paused.status_code == 200, paused.text
    sorts = ("name", "client", "state", "next_fire_at", "failed", "updated_at")
    found = await there_and_back(house.viewer, "/amc/schedules", sorts)
    assert found["next_fire_at"][-1] == "Alpha", "what rests stands last"
    assert found["state"][-1] == "Alpha"


async def test_alerts(house: House) -> None:
    workflow = await house.workflow()
    for name in NAMES:
        body = {
            "name": name, "workflow_id": workflow["id"],
            "condition": {"op": ">", "value": 0},
            "channels": [{"kind": "mail", "to": "a@example.com"}],
        }  # fmt: skip
        answer = await house.analyst.post("/amc/alerts", json=body)
        assert answer.status_code == 201, answer.text
    found = await there_and_back(house.viewer, "/amc/alerts", ("name", "about", "created_at"))
    assert found["created_at"] == list(NAMES)


async def test_destinations(house: House) -> None:
    manager = await house.door.signed_in(new_email("manager"), house.tenant.id, ("administrator",))
    for name in NAMES:
        settings = {
            "host": "db.example.com", "database": "w", "user": "u", "password": "p",
            "table_name": name,
        }  # fmt: skip
        body = {"name": name, "kind": "postgresql", "settings": settings}
        answer = await manager.post("/amc/destinations", json=body, headers=key())
        assert answer.status_code == 201, answer.text
    found = await there_and_back(house.viewer, "/amc/destinations", ("name", "kind", "created_at"))
    assert found["created_at"] == list(NAMES)


@pytest.mark.parametrize("path", ["schedules", "boards", "alerts", "destinations"])
async def test_an_order_there_is_not(house: House, path: str) -> None:
    answer = await house.viewer.get(f"/amc/{path}", params={"sort": "colour"})
    assert answer.status_code == 422
