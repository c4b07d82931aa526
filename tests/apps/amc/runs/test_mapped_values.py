"""What nobody typed comes from the client's own mapping, and says so."""

from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest

from tests.apps.amc.runs.stage import Stage
from tests.apps.amc.runs.test_api import WINDOW, app, asked, client, key

__all__ = ["app", "client"]
ASINS = {"name": "asins", "list": True, "kind": "asin_list"}
WORD = {"name": "word", "default": "Alpha"}
SQL = (
    "SELECT campaign, COUNT(DISTINCT user_id) AS reach FROM amazon_attributed_events_by_conversion"
    "_time WHERE tracked_asin IN (CUSTOM_PARAMETER('asins'))"
    " AND campaign <> CUSTOM_PARAMETER('word') GROUP BY campaign"
)


async def mapped(stage: Stage, instance_id: UUID, brand: str, *asins: str) -> None:
    brands = [{"name": brand, "asins": list(asins), "campaign_ids": []}]
    await stage.change(
        "insert into amc.mapping (tenant_id, instance_id, brands, saved_at, version)"
        " values (:t, :i, cast(:b as jsonb), now(), 1)"
        " on conflict (tenant_id, instance_id) do update set brands = excluded.brands",
        i=instance_id, b=orjson.dumps(brands).decode(),
    )  # fmt: skip


async def test_a_run_takes_from_the_mapping_what_is_not_given(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    await mapped(stage, stage.instance_id, "Lumen", "B000000001", "B000000002")
    more: dict[str, Any] = {"sql": SQL, "parameters": [ASINS, WORD]}
    run = await asked(client, stage, **more)
    assert run["values"] == {"asins": ["B000000001", "B000000002"], "word": "Alpha"}
    assert run["value_sources"] == {"asins": "mapping:Lumen", "word": "default"}
    typed = await asked(client, stage, **more, values={"asins": ["B00000000X"], "word": None})
    assert typed["values"] == {"asins": ["B00000000X"], "word": "Alpha"}
    assert typed["value_sources"] == {"asins": "given", "word": "default"}
    again = await client.post(f"/runs/{run['id']}/again", headers=key())
    assert again.json()["value_sources"] == run["value_sources"]


async def test_what_one_client_maps_is_no_default_of_a_workflow(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    await mapped(stage, stage.instance_id, "Lumen", "B000000001")
    run = await asked(client, stage, sql=SQL, parameters=[ASINS, WORD], values={"word": "Beta"})
    answer = await client.post(f"/runs/{run['id']}/save-as-workflow", json={"name": "W"})
    assert answer.status_code == 201, answer.text
    kept = {each["name"]: each["default"] for each in answer.json()["parameters"]}
    assert kept == {"asins": None, "word": "Beta"}


@pytest.mark.parametrize("given", [{}, {"asins": None}])
async def test_without_a_mapping_a_value_is_asked_for(
    client: httpx.AsyncClient, stage: Stage, given: dict[str, Any]
) -> None:
    body = {"instance_id": str(stage.instance_id), "sql": SQL, "window": WINDOW}
    answer = await client.post(
        "/runs", json=body | {"parameters": [ASINS, WORD], "values": given}, headers=key()
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "body.values.asins"
