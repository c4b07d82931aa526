"""A run reads the table that whoever asks for it chooses: {{source}}."""

from typing import Any
from uuid import UUID

import httpx

from metatron.apps.amc.runs import schemas
from tests.apps.amc.runs.stage import Stage
from tests.apps.amc.runs.test_api import WINDOW, app, asked, client, key

__all__ = ["app", "client"]

SQL = "SELECT campaign, COUNT(DISTINCT user_id) AS reach\nFROM {{source}} GROUP BY campaign"
SOURCE = {"name": "source", "kind": "table", "options": ["dsp_clicks", "dsp_views"]}


async def test_a_run_sends_the_table_and_keeps_the_text(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    values = {"source": "dsp_views"}
    run = await asked(client, stage, sql=SQL, parameters=[SOURCE], values=values)
    ended = await stage.ended(UUID(run["id"]))
    job = stage.job(ended)
    assert "FROM dsp_views GROUP BY" in job["sql"]
    assert (job["declared"], job["values"]) == ({}, {})
    shown = (await client.get(f"/runs/{run['id']}")).json()
    assert (shown["state"], shown["sql"], shown["values"]) == ("succeeded", SQL, values)
    again = await client.post(f"/runs/{run['id']}/again", headers=key())
    assert again.status_code == 202, again.text
    ended = await stage.ended(UUID(again.json()["id"]))
    assert "FROM dsp_views GROUP BY" in stage.job(ended)["sql"]


async def test_only_a_table_of_the_choice_is_taken(client: httpx.AsyncClient, stage: Stage) -> None:
    body: dict[str, Any] = {"instance_id": str(stage.instance_id), "sql": SQL, "window": WINDOW}
    for values in ({}, {"source": "conversions"}, {"source": "dsp_views; x"}, {"source": ["a"]}):
        told = body | {"parameters": [SOURCE], "values": values}
        answer = await client.post("/runs", json=told, headers=key())
        assert answer.status_code == 422, (values, answer.text)
        assert answer.json()["errors"][0]["field"] == "body.values.source"
    answer = await client.post("/runs", json=body | {"values": {}}, headers=key())
    assert answer.json()["code"] == "query_refused", answer.text


async def test_a_choice_names_tables(client: httpx.AsyncClient, stage: Stage) -> None:
    body: dict[str, Any] = {"instance_id": str(stage.instance_id), "sql": SQL, "window": WINDOW}
    for wrong in ({"options": ["a b"]}, {"options": []}, {"list": True}, {"data_type": "LONG"}):
        told = body | {"parameters": [SOURCE | wrong], "values": {"source": "dsp_views"}}
        assert (await client.post("/runs", json=told, headers=key())).status_code == 422


async def test_the_window_waits_for_the_table_that_is_chosen(client: httpx.AsyncClient) -> None:
    rule = {"window": {"kind": "rolling", "days": 7, "lag_days": None}, "sql": SQL}
    lags = []
    for table in ("dsp_views", "amazon_attributed_events_by_traffic_time"):
        answer = await client.post("/windows/preview", json=rule | {"tables": {"source": table}})
        lags.append(schemas.WindowAnswer.model_validate(answer.json()).lag_days)
    assert lags == [2, 14]
