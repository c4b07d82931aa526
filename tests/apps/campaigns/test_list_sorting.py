"""The campaigns' list: sorted by several keys, page by page, counted to a cap or exactly."""

from itertools import pairwise
from typing import Any

import httpx
import pytest

from metatron.apps.campaigns.rules import drafts
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from tests.apps.campaigns.stage import Stage
from tests.support.people import Door, new_email, running

TITLES = ["Apples", "Apples", "Bread", "Bread", "Bread", "Cheese"]


@pytest.fixture
async def organiser(settings: Settings, database: Database) -> Any:
    async with running(settings, database) as app:
        door = Door(app, settings, database)
        tenant = await door.organisation()
        email = new_email("organiser")
        client = await door.signed_in(email, tenant.id, ("organiser",))
        stage = Stage(database, tenant_id=tenant.id)
        who = Context(tenant.id, "user", await door.person(email), stage.organiser.permissions)
        for number, title in enumerate(TITLES):
            fields = {"title": title, "goal_units": number + 1}
            await stage.run(drafts.create_campaign, who, fields=fields)
        yield client
        await door.close()


async def read_all(client: httpx.AsyncClient, sort: str, limit: int) -> list[dict[str, Any]]:
    rows, cursor = [], None
    while True:
        query = {"sort": sort, "limit": limit} | ({"cursor": cursor} if cursor else {})
        answer = await client.get("/campaigns", params=query)
        assert answer.status_code == 200, answer.text
        rows += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return rows


@pytest.mark.parametrize("limit", [1, 2, 4, 50])
async def test_mixed_directions_page_without_gap_or_repeat(
    organiser: httpx.AsyncClient, limit: int
) -> None:
    rows = await read_all(organiser, "title,-created_at", limit)
    assert len({row["id"] for row in rows}) == len(rows) == len(TITLES)
    assert [row["title"] for row in rows] == TITLES
    for one, next_one in pairwise(rows):
        assert one["title"] < next_one["title"] or one["created_at"] >= next_one["created_at"]
    back = await read_all(organiser, "-title,created_at", limit)
    assert [row["id"] for row in back] == [row["id"] for row in rows][::-1]


async def test_what_has_no_deadline_sorts_last_and_pages_on(organiser: httpx.AsyncClient) -> None:
    rows = await read_all(organiser, "deadline_at,state,title", 2)
    assert [row["title"] for row in rows] == TITLES


@pytest.mark.parametrize("sort", ["price", "title,title", "title,-title", "title,", "-", "title;"])
async def test_another_sorting_is_refused(organiser: httpx.AsyncClient, sort: str) -> None:
    answer = await organiser.get("/campaigns", params={"sort": sort})
    assert answer.status_code == 422


async def test_a_count_is_capped_or_exact(
    organiser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metatron.apps.campaigns.edge.organiser_routes.MOST_COUNTED", 4)
    capped = await organiser.get("/campaigns", params={"count": True, "limit": 1})
    assert capped.json()["count"] == {"value": 4, "capped": True}
    exact = await organiser.get("/campaigns", params={"count": True, "exact": True, "limit": 1})
    assert exact.json()["count"] == {"value": len(TITLES), "capped": False}
