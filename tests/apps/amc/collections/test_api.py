"""Collections through the API: from the first request to the figures on a board."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from metatron.apps.amc.boards import answers as board_answers
from metatron.apps.amc.collections import answers
from metatron.apps.amc.connections.tables import Instance
from metatron.apps.amc.edge import Page
from metatron.apps.amc.runs.schemas import RowsAnswer
from metatron.kernel.clock import utc_now
from metatron.kernel.ids import new_id
from tests.apps.amc.collections.gathered import ROWS, month_back, runs, until
from tests.apps.amc.runs.stage import REACH, Stage


def key() -> dict[str, str]:
    return {"idempotency-key": new_id().hex}


async def made(client: httpx.AsyncClient, stage: Stage, sql: str, **changes: Any) -> dict[str, Any]:
    workflow = await client.post("/workflows", json={"name": "Campaigns", "sql": sql})
    assert workflow.status_code == 201, workflow.text
    body = {
        "name": "Campaigns by month", "workflow_id": workflow.json()["id"],
        "instance_ids": [str(each) for each in sorted(stage.instances.values())[:2]],
        "segments": {"unit": "month", "from": month_back(2).isoformat()},
    }  # fmt: skip
    answer = await client.post("/collections", json=body | changes, headers=key())
    assert answer.status_code == 201, answer.text
    answers.CollectionAnswer.model_validate_json(answer.content)
    told: dict[str, Any] = answer.json()
    return told


async def test_from_the_first_request_to_figures_on_a_board(
    client: httpx.AsyncClient, stage: Stage
) -> None:
    collection = await made(client, stage, stage.script("whole", rows=ROWS))
    path = f"/collections/{collection['id']}"
    assert collection["segments"] == {
        "unit": "month", "from": month_back(2).isoformat(), "to": month_back(0).isoformat(),
        "week_starts_on": 1,
    }  # fmt: skip
    assert (collection["state"], collection["counts"]["total"]) == ("collecting", 4)
    early = await client.post(f"{path}/board", json={}, headers=key())
    assert (early.status_code, early.json()["code"]) == (409, "amc_nothing_collected")
    await until(stage, UUID(collection["id"]), "settled", "provisional")
    shown = await client.get(path)
    counts = shown.json()["counts"]
    assert counts["settled"] + counts["provisional"] == 4
    assert shown.headers["etag"] == f'"{shown.json()["version"]}"'
    await _segments(client, path)
    await _rows(client, path)
    board = await client.post(f"{path}/board", json={}, headers=key())
    assert board.status_code == 201, board.text
    board_answers.BoardAnswer.model_validate_json(board.content)
    assert {each["id"]: each["kind"] for each in board.json()["measures"]} == {
        "clicks": "sum", "impressions": "sum", "total_cost": "sum", "reach": "distinct",
    }  # fmt: skip
    await _figures(client, f"/boards/{board.json()['id']}")
    assert len(await runs(stage)) == 4


async def _segments(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(f"{path}/segments", params={"limit": 3})
    page = Page[answers.SegmentAnswer].model_validate_json(first.content)
    rest = await client.get(f"{path}/segments", params={"cursor": page.next_cursor})
    more = Page[answers.SegmentAnswer].model_validate_json(rest.content)
    assert [len(page.items), len(more.items), more.next_cursor] == [3, 1, None]
    assert len({each.id for each in (*page.items, *more.items)}) == 4
    assert page.items[0].start == f"{month_back(1)}T00:00:00"
    assert {each.rows for each in page.items} == {2}
    for params in ({"state": "failed"}, {"instance_id": str(new_id())}):
        none = await client.get(f"{path}/segments", params=params)
        assert none.json()["items"] == []


async def _rows(client: httpx.AsyncClient, path: str) -> None:
    whole = RowsAnswer.model_validate_json((await client.get(f"{path}/rows")).content)
    assert [each.name for each in whole.columns] == [
        "client", "segment_start", "segment_end", *ROWS[0],
    ]  # fmt: skip
    assert (whole.total, whole.filtered, len(whole.rows)) == (8, 8, 8)
    assert whole.rows[0][1:5] == [
        f"{month_back(2)}T00:00:00", f"{month_back(1)}T00:00:00", "Alpha", 10,
    ]  # fmt: skip
    part = await client.get(f"{path}/rows", params={"offset": 3, "limit": 4})
    assert part.json()["rows"] == whole.rows[3:7]
    clients = sorted({row[0] for row in whole.rows})
    picked = await client.get(
        f"{path}/rows",
        params={
            "sort": "-clicks",
            "filter": f'[["client", "=", "{clients[1]}"],["clicks", ">", 9]]',
        },
    )
    told = picked.json()
    assert (told["total"], told["filtered"]) == (8, 4)
    assert [row[4] for row in told["rows"]] == [30, 30, 10, 10]
    assert {row[0] for row in told["rows"]} == {clients[1]}
    for form in ("csv", "json", "xlsx", "parquet"):
        query = dict(picked.request.url.params) | {"format": form}
        taken = await client.get(f"{path}/export", params=query)
        assert taken.status_code == 200, taken.text
        assert f".{form}" in taken.headers["content-disposition"]
        if form == "json":
            # An amount of money is text in the answer and a number in the file.
            assert [list(each.values())[3:] for each in taken.json()] == [
                [*row[3:6], float(row[6]), *row[7:]] for row in told["rows"]
            ]
    everything = (await client.get(f"{path}/export")).text.splitlines()
    assert len(everything) == 1 + 8
    for target in ("rows", "export"):
        wrong = await client.get(f"{path}/{target}", params={"sort": "nothing"})
        assert wrong.status_code == 422
    nobody = await client.get(f"/collections/{new_id()}/export")
    assert nobody.status_code == 404, nobody.text


async def _figures(client: httpx.AsyncClient, path: str) -> None:
    ratio = {
        "id": "ctr", "label": "CTR", "kind": "ratio", "numerator": "clicks",
        "denominator": "impressions", "format": "percent",
    }  # fmt: skip
    shown = await client.get(path)
    measures = [*shown.json()["measures"], ratio]
    changed = await client.patch(
        path, json={"measures": measures}, headers={"if-match": shown.headers["etag"]}
    )
    assert changed.status_code == 200, changed.text
    params = {
        "from": month_back(1).isoformat(), "to": month_back(0).isoformat(), "compare": "previous",
    }  # fmt: skip
    answer = await client.get(f"{path}/figures", params=params)
    told = board_answers.FiguresAnswer.model_validate_json(answer.content)
    assert told.compared is not None
    assert told.compared.start == f"{month_back(2)}T00:00:00"
    found = {each.id: each for each in told.measures}
    clicks, reach, ctr = found["clicks"], found["reach"], found["ctr"]
    assert (clicks.total, clicks.base, clicks.change.kind, clicks.change.value) == (
        80, 80, "percent", 0,
    )  # fmt: skip
    assert found["total_cost"].total == 15.5
    assert (ctr.total, [each.total for each in ctr.clients]) == (0.2, [0.2, 0.2])
    assert (reach.total, reach.reason, reach.change.kind) == (None, "reach", "none")
    [point] = clicks.series
    assert (point.value, len(point.segment_ids)) == (80, 2)
    assert told.missing == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"segments": {"unit": "once", "from": "2026-01-01"}},
        {"segments": {"unit": "week", "from": "2020-01-01"}},
        {"segments": {"unit": "week", "from": "2026-01-01", "week_starts_on": 8}},
        {"instance_ids": []},
        {"instance_ids": [str(new_id())] * 2},
        {"instance_ids": [str(new_id()) for _ in range(101)]},
        {"overrides": {str(new_id()): {}}},
        {"values": {"unknown": 1}},
        {"time_zone": "Mars/Olympus"},
        {
            "continuing": True,
            "segments": {"unit": "once", "from": "2026-01-01", "to": "2026-02-01"},
        },
        {"name": ""},
    ],
)
async def test_what_cannot_be_collected_is_refused(
    client: httpx.AsyncClient, stage: Stage, wrong: dict[str, Any]
) -> None:
    workflow = await client.post("/workflows", json={"name": "R", "sql": REACH.format("none")})
    body = {
        "name": "R", "workflow_id": workflow.json()["id"],
        "instance_ids": [str(stage.instance_id)],
        "segments": {"unit": "month", "from": month_back(2).isoformat()},
    }  # fmt: skip
    answer = await client.post("/collections", json=body | wrong, headers=key())
    assert answer.status_code == 422, answer.text
    gone = await client.post(
        "/collections", json=body | {"instance_ids": [str(new_id())]}, headers=key()
    )
    assert gone.status_code == 404
    assert (await client.post("/collections", json=body)).status_code == 400, "no key"


async def test_changed_paused_and_archived(client: httpx.AsyncClient, stage: Stage) -> None:
    collection = await made(client, stage, REACH.format("none"))
    path = f"/collections/{collection['id']}"
    tag = (await client.get(path)).headers["etag"]
    changed = await client.patch(
        path, json={"name": "Others", "continuing": True}, headers={"if-match": tag}
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["continuing"]) == ("Others", True)
    late = await client.patch(path, json={"name": "Late"}, headers={"if-match": tag})
    assert late.status_code == 412
    await stage.step()
    grown = (await client.get(path)).json()
    assert grown["counts"]["total"] == 6, "the running month is there, for both clients"
    assert grown["segments"]["to"] > utc_now().date().isoformat()
    assert (await client.post(f"{path}/pause")).json()["state"] == "paused"
    again = await client.post(f"{path}/pause")
    assert (again.status_code, again.json()["code"]) == (409, "amc_collection_not_possible")
    listed = await client.get("/collections", params={"state": "paused", "q": "other"})
    page = Page[answers.CollectionAnswer].model_validate_json(listed.content)
    assert [str(each.id) for each in page.items] == [collection["id"]]
    for params in ({"state": "complete"}, {"q": "nothing like it"}):
        assert (await client.get("/collections", params=params)).json()["items"] == []
    assert (await client.post(f"{path}/resume")).json()["state"] == "collecting"
    unknown = await client.post(f"{path}/retry", json={"segment_ids": [str(new_id())]})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "amc_segment_not_found")
    assert (await client.post(f"{path}/retry", json={})).status_code == 200
    assert (await client.delete(path)).status_code == 204
    for rest in ("", "/segments", "/rows"):
        assert (await client.get(path + rest)).status_code == 404
    assert (await client.get("/collections")).json()["items"] == []


async def test_a_week_that_begins_on_sunday(client: httpx.AsyncClient, stage: Stage) -> None:
    begun = utc_now().date() - timedelta(days=30)
    wanted = {"unit": "week", "from": begun.isoformat(), "week_starts_on": 7}
    collection = await made(client, stage, REACH.format("none"), segments=wanted)
    rows = (await client.get(f"/collections/{collection['id']}/segments")).json()["items"]
    weekdays = {answers.SegmentAnswer.model_validate(each).start[:10] for each in rows}
    assert len(weekdays) >= 4
    from_on = answers.CollectionAnswer.model_validate(collection).segments.from_
    assert from_on.isoweekday() == 7
    assert from_on.isoformat() in weekdays


async def test_segments_beside_the_data_are_told(client: httpx.AsyncClient, stage: Stage) -> None:
    collection = await made(client, stage, REACH.format("none"))
    few, whole = sorted(stage.instances.values())[:2]
    older, newer = month_back(2), month_back(1)
    async with stage.database.transaction(stage.owner) as session:
        days = update(Instance).where(Instance.tenant_id == stage.tenant_id)
        last = newer - timedelta(days=1)
        await session.execute(
            days.where(Instance.id == few).values(data_first_on=older, data_last_on=last)
        )
        await session.execute(
            days.where(Instance.id == whole).values(data_first_on=None, data_last_on=None)
        )
    rows = (await client.get(f"/collections/{collection['id']}/segments")).json()["items"]
    told = {(each["instance"]["id"], each["start"][:10]): each["beside_data"] for each in rows}
    assert told == {
        (str(client_id), begun.isoformat()): (client_id, begun) == (few, newer)
        for client_id in (few, whole)
        for begun in (older, newer)
    }
