"""Boards through the API."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from metatron.apps.amc.boards import answers
from metatron.apps.amc.boards.figures import MOST_FIGURES, MOST_SEGMENTS
from metatron.apps.amc.edge import Page
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from tests.apps.amc.boards.collected import a_board, monday
from tests.apps.amc.house import House


async def figures(house: House, board: dict[str, Any], **params: Any) -> answers.FiguresAnswer:
    answer = await house.viewer.get(f"/amc/boards/{board['id']}/figures", params=params)
    assert answer.status_code == 200, answer.text
    return answers.FiguresAnswer.model_validate_json(answer.content)


async def test_a_board_in_one_click(house: House, database: Database) -> None:
    board = await a_board(house, database)
    told = answers.BoardAnswer.model_validate(board)
    assert {each.id: each.kind for each in told.measures} == {
        "clicks": "sum", "impressions": "sum", "ctr": "ratio", "reach": "distinct",
    }  # fmt: skip
    assert (told.name, told.collection.unit, told.snapshots) == ("Our weeks", "week", 0)
    shown = await house.viewer.get(f"/amc/boards/{board['id']}")
    assert shown.json() == board
    listed = await house.viewer.get("/amc/boards", params={"limit": 1})
    page = Page[answers.BoardAnswer].model_validate_json(listed.content)
    assert [str(each.id) for each in page.items] == [board["id"]]
    of = {"collection_id": str(new_id())}
    assert (await house.viewer.get("/amc/boards", params=of)).json()["items"] == []


async def test_figures_of_all_there_is(house: House, database: Database) -> None:
    board = await a_board(house, database)
    told = await figures(house, board)
    assert told.period.start == f"{monday(8)}T00:00:00"
    assert told.period.end == f"{monday(2)}T00:00:00", "as far as anything was collected"
    found = {each.id: each for each in told.measures}
    assert (found["clicks"].total, found["ctr"].total, found["reach"].total) == (21, 0.1, None)
    assert [point.value for point in found["reach"].series] == [7] * 6
    assert [point.provisional for point in found["clicks"].series] == [False] * 5 + [True]
    assert (told.provisional, told.missing, told.compared) == (True, [], None)
    longer = await figures(house, board, to=monday(0).isoformat())
    assert [each.state for each in longer.missing] == ["waiting", "waiting"]


async def test_compared_and_grouped(house: House, database: Database) -> None:
    board = await a_board(house, database)
    span = {"from": monday(6).isoformat(), "to": monday(4).isoformat()}
    told = await figures(house, board, **span, compare="previous")
    clicks = told.measures[0]
    assert (clicks.total, clicks.base) == (3 + 4, 1 + 2)
    assert clicks.change.value == pytest.approx(400 / 3)
    year = await figures(house, board, **span, compare="year")
    assert (year.measures[0].base, year.measures[0].change.kind) == (None, "none")
    assert year.provisional is False
    months = await figures(house, board, group="month")
    points = months.measures[0].series
    assert sum(point.value or 0 for point in points) == 21
    assert all(point.start.endswith("-01T00:00:00") for point in points)
    client = told.measures[0].clients[0].instance
    own = await figures(house, board, instance_id=str(client.id))
    assert own.measures[0].total == 21
    assert (await figures(house, board, instance_id=str(new_id()))).measures[0].clients == []


@pytest.mark.parametrize(
    "params",
    [
        {"from": "2026-09-01", "to": "2026-09-01"},
        {"from": "yesterday"},
        {"group": "day"},
        {"compare": "decade"},
        {"from": "0001-01-01"},
    ],
)
async def test_what_cannot_be_shown(
    house: House, database: Database, params: dict[str, str]
) -> None:
    board = await a_board(house, database)
    answer = await house.viewer.get(f"/amc/boards/{board['id']}/figures", params=params)
    assert answer.status_code == 422, answer.text


async def test_changed_and_removed(house: House, database: Database) -> None:
    board = await a_board(house, database)
    path = f"/amc/boards/{board['id']}"
    clicks = {"id": "clicks", "label": "Clicks", "kind": "maximum", "column": "clicks"}
    change = {"name": "Clicks", "measures": [clicks]}
    changed = await house.analyst.patch(path, json=change, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert changed.json()["name"] == "Clicks"
    assert {each["measure_id"] for each in changed.json()["layout"]} == {"clicks"}
    assert (await figures(house, board)).measures[0].total == 6
    late = await house.other.patch(path, json=change, headers={"If-Match": '"1"'})
    assert late.status_code == 412
    for wrong in (
        {"layout": [{"measure_id": "nothing", "chart": "line"}]},
        {"measures": [clicks, clicks]},
        {"measures": [clicks | {"kind": "ratio"}]},
        {"measures": [{"id": "a", "label": "A", "kind": "sum"}]},
        {"measures": []},
    ):
        answer = await house.analyst.patch(path, json=wrong)
        assert answer.status_code == 422, wrong
    assert (await house.viewer.patch(path, json=change)).status_code == 403
    assert (await house.viewer.delete(path)).status_code == 403
    assert (await house.analyst.delete(path)).status_code == 204
    for rest in ("", "/figures", "/snapshots"):
        assert (await house.viewer.get(path + rest)).status_code == 404


async def test_a_board_outlives_its_collection(house: House, database: Database) -> None:
    board = await a_board(house, database)
    gone = await house.analyst.delete(f"/amc/collections/{board['collection']['id']}")
    assert gone.status_code == 204
    assert (await figures(house, board)).measures[0].total == 21


async def test_in_every_order(house: House, database: Database) -> None:
    first = await a_board(house, database)
    path = f"/amc/collections/{first['collection']['id']}/board"
    second = await house.analyst.post(
        path, json={"name": "Another"}, headers={"Idempotency-Key": str(new_id())}
    )
    assert second.status_code == 201, second.text
    for sort in ("name", "collection", "updated_at"):
        ways = []
        for way in (sort, f"-{sort}"):
            page = (await house.viewer.get("/amc/boards", params={"sort": way, "limit": 1})).json()
            rest = {"sort": way, "cursor": page["next_cursor"]}
            more = (await house.viewer.get("/amc/boards", params=rest)).json()
            ways.append([each["name"] for each in page["items"] + more["items"]])
        assert ways[0] == ways[1][::-1], sort
        assert sorted(ways[0]) == ["Another", "Our weeks"]


async def test_no_request_asks_for_more_figures_than_there_is_time(
    house: House, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = await a_board(house, database)
    monkeypatch.setattr("metatron.apps.amc.boards.figures.MOST_FIGURES", 4 * 5 + 3)
    path = f"/amc/boards/{board['id']}"
    refused = await house.viewer.get(f"{path}/figures")
    assert (refused.status_code, refused.json()["code"]) == (422, "amc_board_too_large")
    assert refused.json()["most_segments"] == 5, "six weeks were collected"
    assert "5 segments" in refused.json()["detail"]
    expires_at = (utc_now() + timedelta(days=3)).isoformat()
    frozen = await house.analyst.post(f"{path}/snapshots", json={"expires_at": expires_at})
    assert (frozen.status_code, frozen.json()["code"]) == (422, "amc_board_too_large")
    assert (await figures(house, board, **{"from": monday(7).isoformat()})).measures
    async with database.transaction(system_context(house.tenant.id)) as session:
        none = "update amc.board set measures = '[]' where id = cast(:id as uuid)"
        await session.execute(text(none), {"id": board["id"]})
    assert (await figures(house, board)).measures == [], "nothing in its result to be guessed"
    fewer = await house.analyst.patch(path, json={"measures": board["measures"][:2]})
    assert fewer.is_success, fewer.text
    assert (await figures(house, board)).measures


def test_the_largest_sensible_board_is_within_the_bound() -> None:
    days, clients, measures = 31 * 13, 50, 12
    assert days * clients * measures * 2 <= MOST_FIGURES
    assert days * clients * 2 <= MOST_SEGMENTS
