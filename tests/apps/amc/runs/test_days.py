"""Runs are listed by the days on which they were asked for, in the zone of whoever looks."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from metatron.apps.amc.module import MODULE
from metatron.apps.amc.runs.days import instants_of
from tests.apps.amc.runs.stage import Stage
from tests.doorkeeper import application, client_of

ASKED = {
    "first": "2026-10-24T22:30:00Z",
    "second": "2026-10-25T22:30:00Z",
    "third": "2026-10-26T12:00:00Z",
}
"""In Berlin the first is of the 25th, which has 25 hours; the second, too."""


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    for name, at in ASKED.items():
        run_id = await stage.ask(name=name)
        await stage.change(
            "update amc.run set created_at = :at where tenant_id = :t and id = :id",
            at=datetime.fromisoformat(at), id=run_id,
        )  # fmt: skip
    app = application(stage.runtime.settings, stage.database, (MODULE,))
    app.state.gate.known |= {"owner": stage.owner}
    async with client_of(app, "owner") as made:
        made.base_url = httpx.URL("http://testserver/api/v1/amc")
        yield made


async def names(client: httpx.AsyncClient, **asked: Any) -> list[str]:
    """All pages of a list, one run on each."""
    found: list[str] = []
    cursor = None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        answer = await client.get("/runs", params={"limit": 1, **asked, **more})
        assert answer.status_code == 200, answer.text
        found += [each["name"] for each in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


async def test_both_days_are_among_them(client: httpx.AsyncClient, stage: Stage) -> None:
    assert await names(client) == ["third", "second", "first"]
    assert await names(client, since="2026-10-25", until="2026-10-25") == ["second"]
    berlin = {"time_zone": "Europe/Berlin"}
    one = {"since": "2026-10-25", "until": "2026-10-25"} | berlin
    assert await names(client, **one) == ["second", "first"]
    assert await names(client, since="2026-10-26") == ["third"]
    assert await names(client, until="2026-10-25") == ["second", "first"]
    assert await names(client, **one, sort="name") == ["first", "second"]
    assert await names(client, **one, instance_id=str(stage.instance_id), q="sec") == ["second"]
    assert await names(client, **one, state="failed") == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"since": "2026-10-26", "until": "2026-10-25"}, "ends_before_it_begins"),
        ({"since": "2026-10-26", "time_zone": "Mars/Base"}, "unknown_time_zone"),
        ({"since": "1999-12-31"}, None),
        ({"until": "2100-01-01"}, None),
        ({"until": "yesterday"}, None),
    ],
)
async def test_what_is_no_span_of_days_is_refused(
    client: httpx.AsyncClient, wrong: dict[str, str], code: str | None
) -> None:
    answer = await client.get("/runs", params=wrong)
    assert answer.status_code == 422
    assert code is None or answer.json()["errors"][0]["code"] == code


def test_a_day_may_have_25_hours() -> None:
    day = date(2026, 10, 25)
    begun, over = instants_of(day, day, "Europe/Berlin")
    assert begun is not None
    assert over is not None
    assert over.timestamp() - begun.timestamp() == 25 * 3600
