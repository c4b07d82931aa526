"""Web vitals: counted by route and step, shown as what three of four visits stayed below."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from math import inf
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.health import vitals
from metatron.platform.health.module import MODULE
from tests.doorkeeper import application, client_of

SEND, SHOW = "/api/v1/web-vitals", "/api/v1/admin/web-vitals"


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    vitals._counted.clear()
    vitals._routes.clear()
    yield
    vitals._counted.clear()
    vitals._routes.clear()


@pytest.fixture
def app(committed_database: tuple[Settings, Database]) -> FastAPI:
    app = application(*committed_database, [MODULE])
    app.state.gate.known["operator"] = replace(
        system_context(), permissions=frozenset({"status:read"})
    )
    return app


async def send(client: httpx.AsyncClient, route: str, **readings: float) -> httpx.Response:
    told = [{"metric": name.upper(), "value": value} for name, value in readings.items()]
    return await client.post(SEND, json={"route": route, "readings": told})


async def shown(app: FastAPI, days: int = 7) -> Any:
    await vitals.write_vitals(app.state.database.system)
    async with client_of(app, "operator") as client:
        answer = await client.get(SHOW, params={"days": days})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_nothing_measured_is_no_figure(app: FastAPI) -> None:
    assert await shown(app) == {"days": 7, "since": None, "items": []}


async def test_three_of_four_visits_by_route_and_over_all(app: FastAPI) -> None:
    async with client_of(app, "nobody") as client:
        for lcp in (900, 1_100, 1_900, 6_000):
            assert (await send(client, "/amc/runs/$runId", lcp=lcp, cls=0)).status_code == 204
        assert (await send(client, "/campaigns", inp=600, ttfb=40)).status_code == 204
    told = await shown(app)
    whole, first, second = told["items"]
    assert (whole["route"], first["route"], second["route"]) == (
        None, "/amc/runs/$runId", "/campaigns",
    )  # fmt: skip
    assert 1_800 <= first["lcp"]["p75"] <= 2_100
    assert (first["lcp"]["readings"], first["lcp"]["rating"]) == (4, "good")
    assert first["cls"] == {"p75": 0, "readings": 4, "rating": "good"}
    assert first["inp"] is None
    assert (second["inp"]["rating"], second["ttfb"]["rating"]) == ("poor", "good")
    assert whole["lcp"] == first["lcp"]


async def test_written_twice_adds_up_and_old_readings_go(app: FastAPI) -> None:
    pool = app.state.database.system
    for _ in range(2):
        vitals.observe_vital("/", "LCP", 100)
        assert await vitals.write_vitals(pool) == 1
    assert await vitals.write_vitals(pool) == 0
    assert (await shown(app))["items"][1]["lcp"]["readings"] == 2
    await pool.execute("update health.web_vital set hour = hour - interval '91 days'")
    assert (await shown(app, days=90))["items"] == []
    await pool.execute(vitals.DROP, vitals.KEPT_DAYS)
    assert await pool.fetchval("select count(*) from health.web_vital") == 0


@pytest.mark.parametrize(
    "route",
    [
        "campaigns", "/campaigns/0198c0de-0000-7000-8000-000000000000", "/people/anna@example.com",
        "/o/harbour7", "//", "/campaigns?q=anna", "/Anna", "/" + "a" * 100, "/a-", "/$",
    ],
)  # fmt: skip
async def test_only_the_shape_of_an_address_is_taken(app: FastAPI, route: str) -> None:
    async with client_of(app, "nobody") as client:
        assert (await send(client, route, lcp=1)).status_code == 422
    assert vitals._counted == {}


@pytest.mark.parametrize(
    "body",
    [
        {"route": "/", "readings": []},
        {"route": "/", "readings": [{"metric": "FCP", "value": 1}]},
        {"route": "/", "readings": [{"metric": "LCP", "value": -1}]},
        {"route": "/", "readings": [{"metric": "LCP", "value": 1, "id": "v1-1"}]},
        {"route": "/", "readings": [{"metric": "LCP", "value": 1}], "person": "anna"},
    ],
)
async def test_nothing_else_is_taken(app: FastAPI, body: dict[str, Any]) -> None:
    async with client_of(app, "nobody") as client:
        assert (await client.post(SEND, json=body)).status_code == 422
    assert vitals._counted == {}


async def test_made_up_routes_fill_no_table() -> None:
    for letter in range(vitals.MOST_ROUTES + 50):
        vitals.observe_vital(f"/{letter}", "LCP", 1)
    assert len(vitals._counted) == vitals.MOST_ROUTES
    vitals.observe_vital("/0", "INP", 1)
    assert len(vitals._counted) == vitals.MOST_ROUTES + 1


def test_every_limit_of_the_ratings_ends_a_step() -> None:
    for metric, limits in vitals.GOOD_AND_POOR.items():
        assert set(limits) <= set(vitals.STEPS[metric])
        assert list(vitals.STEPS[metric]) == sorted(set(vitals.STEPS[metric]))


@given(st.lists(st.floats(0, 20_000), min_size=1), st.sampled_from([0.5, 0.75, 0.95]))
def test_the_percentile_lies_in_the_step_of_the_true_one(
    readings: list[float], share: float
) -> None:
    vitals._counted.clear()
    for reading in readings:
        vitals.observe_vital("/", "LCP", reading)
    steps = {end: count for (_, _, end), count in vitals._counted.items()}
    told = vitals.percentile("LCP", steps, share)
    at = max(-int(-len(readings) * share // 1) - 1, 0)
    true = sorted(readings)[at]
    ends = (0.0, *vitals.STEPS["LCP"], inf)
    lower, upper = next((a, b) for a, b in pairwise(ends) if true <= b)
    assert lower <= told <= upper
    assert vitals.rating("LCP", told) == vitals.rating("LCP", true)
